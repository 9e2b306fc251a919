"""A process's memory of one database: dictionaries that are dropped as soon as the database has another mark."""

from __future__ import annotations

from typing import Any

MEMORY = "memory"
"""Under which a session finds the memory of its database, in `Session.info`."""


class Memory:
    """What was worked out under one mark. Threads share it: at worst two of them work the same thing out."""

    def __init__(self) -> None:
        self._under: tuple[str, dict[str, Any]] = ("", {})
        self.lately: dict[str, Any] = {}
        """What holds for a while, whatever the mark; whoever puts it in says for how long."""

    def under(self, mark: str) -> dict[str, Any]:
        """What is remembered under this mark; nothing yet if it is new here.

        Args:
            mark: as the database has it; "" for none, under which nothing stays.
        """
        known, found = self._under
        if known != mark or not mark:
            found = {}
            self._under = (mark, found)
        return found
