"""What the database says about networks, remembered for a moment: every page asks for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from advocacy.base.db import Database
from advocacy.sharing.network_models import NetworkOff, OwnNetwork
from connectors import OwnPage

MOMENT = 5.0
"""Seconds until another process's change is seen here."""


@dataclass(frozen=True)
class Decided:
    """What administrators decided.

    Args:
        off: names of networks that are switched off.
        own: the company's own networks by name, those that are no longer offered too: shares of them remain.
        offered: names of the own networks that people can choose.
    """

    off: frozenset[str] = frozenset()
    own: Mapping[str, OwnPage] = field(default_factory=dict)
    offered: frozenset[str] = frozenset()


class NetworkMemory:
    """Tells what is decided; asks the database when what it knows is older than a moment.

    Args:
        db: where it is written.
        monotonic: seconds that only go forward.
    """

    def __init__(self, db: Database, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._db = db
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: Decided | None = None
        self._until = 0.0

    def __call__(self) -> Decided:
        """What is decided now, or was a moment ago."""
        with self._lock:
            if self._known is None or self._monotonic() >= self._until:
                self._known = self._read()
                self._until = self._monotonic() + MOMENT
            return self._known

    def look_again(self) -> None:
        """Something was changed here: the next question is put to the database."""
        with self._lock:
            self._known = None

    def _read(self) -> Decided:
        with self._db.reading() as session:
            off = frozenset(session.scalars(select(NetworkOff.network)))
            rows = list(session.scalars(select(OwnNetwork).order_by(OwnNetwork.label, OwnNetwork.id)))
        return Decided(
            off=off,
            own={row.name: OwnPage(name=row.name, label=row.label, template=row.template) for row in rows},
            offered=frozenset(row.name for row in rows if row.removed_at is None),
        )
