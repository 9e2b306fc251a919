"""One process's part in publishing: its name on leases, and what it is carrying out just now."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from advocacy.base.together import Together

Place = tuple[str, str]
"""A network and the server of it ("" where there is only one): what can be down or busy as a whole."""
SAFETY = timedelta(minutes=10)
"""Taken off a network's memory for keys, and added to the time that is looked through: clocks differ."""
LEASE = timedelta(seconds=60)
"""A worker that is alive renews four times in this; one that died is noticed after it."""


@dataclass(frozen=True)
class IllPlaces:
    """Places that failed when they were last asked.

    Args:
        places: which.
        until: how long that look holds, by `time.monotonic`.
    """

    places: frozenset[Place]
    until: float


def _no_step(_name: str) -> None:
    pass


class Publisher:
    """Tells this process apart from every other, and knows what it does just now.

    Args:
        public_url: the hub's own address, for tracked links (`Settings.address`).
        worker: the name on its leases; a fresh one by default, so that a restarted process never takes up the
            leases of the one that died.
        pace: how many publishing requests a minute one place gets from all workers together, 1 or more. The
            default keeps below Bluesky's 3,000 requests in 5 minutes from one address at 4 requests a share
            (docs.bsky.app, rate limits), the narrowest limit of those that hold for a whole hub.
        most_of_a_place: how many shares of one place this process carries out at once, 1 or more: half of its threads,
            so that a network that does not answer never keeps the others waiting; of several, each gets half of what is left.
        step: called with the name of each step of publishing; for tests that kill the process there.
    """

    def __init__(
        self,
        *,
        public_url: str,
        worker: str = "",
        pace: int = 150,
        most_of_a_place: int = 4,
        step: Callable[[str], None] = _no_step,
    ) -> None:
        self.public_url = public_url
        self.worker = worker or f"{socket.gethostname()[:50]}:{secrets.token_hex(6)}"
        self.pace = pace
        self.most_of_a_place = most_of_a_place
        self.step = step
        self.ill_places: IllPlaces | None = None
        """As last seen; None when something changed since. See `places`."""
        self.marks: Together[Any, Any] = Together()
        """Where what goes out now is written down before it does; see `marking`."""
        self.receipts: Together[Any, Any] = Together()
        """Where what was published is written down; see `settling`."""
        self._carrying: set[int] = set()
        self._lock = threading.Lock()

    @contextmanager
    def carrying(self, share_id: int) -> Iterator[None]:
        """While inside, the share's lease is renewed."""
        with self._lock:
            self._carrying.add(share_id)
        try:
            yield
        finally:
            with self._lock:
                self._carrying.discard(share_id)

    @property
    def share_ids(self) -> list[int]:
        """The shares that are being carried out now."""
        with self._lock:
            return list(self._carrying)
