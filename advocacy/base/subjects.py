"""What people can say something about, wherever it lives: each area declares its own, and the roof puts them together."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import NotFound
from advocacy.base.text import Text

_NAMED = re.compile(r"([a-z]{1,20}):([1-9][0-9]{0,9})")
GREATEST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class Subject:
    """A kind of thing.

    Args:
        name: kept before its number, as in `item:17`.
        open: reads one for a person (a `people.models.User`) as its own page does.
            Raises `NotFound` where it is not there or not for them.
    """

    name: str
    open: Callable[[Session, Clock, Any, int], object]


class Subjects:
    """All kinds of things; the roof puts them together."""

    def __init__(self, *subjects: Subject) -> None:
        self._by_name = {one.name: one for one in subjects}

    def check(self, session: Session, clock: Clock, *, about: str, user: Any) -> str:
        """Sees to it that a thing is there, and that this person may see it now.

        Args:
            session: reads it.
            clock: tells which windows are open.
            about: its kind and number, such as `item:17`.
            user: a `people.models.User`.

        Returns:
            `about`, as it is kept.

        Raises:
            NotFound: it is no kind of ours, there is none of that number, or it is not for them.
        """
        named = _NAMED.fullmatch(about)
        subject = self._by_name.get(named[1]) if named else None
        if named is None or subject is None or int(named[2]) > GREATEST_NUMBER:
            raise NotFound(
                Text("We could not find what this is about. It may have been removed, or it is for others.")
            )
        subject.open(session, clock, user, int(named[2]))
        return about
