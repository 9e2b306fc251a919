"""What time it is, as an argument, so that tests can say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class StandingClock:
    """Shows one moment: what is written in one transaction happened at one time."""

    moment: datetime

    def now(self) -> datetime:
        """That moment."""
        return self.moment
