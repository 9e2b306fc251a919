"""Long lists, a page at a time, by the last row seen (keyset) and never by counting rows off."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from advocacy.base.errors import Invalid
from advocacy.base.text import Text

Row = TypeVar("Row")
NO_SUCH_PAGE = Text("This page of the list does not exist. Start again from the first page.")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """A part of a list.

    Args:
        items: the rows of this page.
        next_cursor: what the next page is asked for with; None on the last.
    """

    items: Sequence[Row]
    next_cursor: str | None = None


def cursor_of(*values: object) -> str:
    """A cursor that keeps the sort key of the last row: numbers, words, moments or None."""
    kept = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(kept).encode()).decode().rstrip("=")


def values_of(cursor: str, *, size: int) -> list[str | int | float | None]:
    """What `cursor_of` kept.

    Args:
        cursor: from a page's address, so anything.
        size: how many values it must hold.

    Raises:
        Invalid: it is not one of ours.
    """
    try:
        kept = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        kept = None
    if (
        not isinstance(kept, list)
        or len(kept) != size
        or not all(value is None or isinstance(value, str | int | float) for value in kept)
    ):
        raise Invalid("after", NO_SUCH_PAGE)
    return kept
