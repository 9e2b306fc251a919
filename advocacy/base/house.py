"""What a running hub is made of, handed to views and jobs by the roof."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from advocacy.base.clock import Clock
from advocacy.base.db import Database

Part = TypeVar("Part")


class House:
    """The database, the clock, and every other part, asked for by its type.

    Args:
        db: the database.
        clock: tells the time.
        parts: single objects such as the settings, the sealer or the networks; one of each type.
    """

    def __init__(self, *, db: Database, clock: Clock, parts: Iterable[object] = ()) -> None:
        self.db = db
        self.clock = clock
        self._parts = {type(part): part for part in parts}

    def part(self, kind: type[Part]) -> Part:
        """The part of that very type.

        Raises:
            LookupError: the roof put none of that type in.
        """
        found = self._parts.get(kind)
        if not isinstance(found, kind):
            raise LookupError(f"this house has no {kind.__name__}")
        return found
