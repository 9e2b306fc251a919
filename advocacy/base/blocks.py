"""What can stand in a newsletter: each area offers its own kind of block, and messages puts them together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.text import Text


@dataclass(frozen=True)
class Drawn:
    """A block as one reader gets it.

    Args:
        title: its heading.
        words: what it says; "" for nothing more.
        path: where on this hub the whole of it is.
        button: what leads there.
    """

    title: str
    words: str
    path: str
    button: Text


@dataclass(frozen=True)
class Block:
    """A kind of block.

    Args:
        name: kept in newsletters.
        label: what an editor chooses from.
        offered: (id, title) of what can be taken now, the newest first.
        draw: for one reader (a `people.models.User`); None where it is not for them or no longer there.
    """

    name: str
    label: Text
    offered: Callable[[Session, Clock], Sequence[tuple[int, str]]]
    draw: Callable[[Session, Clock, Any, int], Drawn | None]


class Blocks:
    """All kinds, in the order in which a newsletter has them; the roof puts them together."""

    def __init__(self, *blocks: Block) -> None:
        self.all = blocks
