"""How somebody who wrote anonymously is known again: by a code that they keep and we do not (docs/adr/0008)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from advocacy.base.clock import Clock
from advocacy.base.errors import TooMany
from advocacy.base.text import Text

CODE_LETTERS = 16
"""80 random bits: nobody finds one by trying."""
MOST_REMEMBERED = 40
"""Topics that a browser remembers; older ones are found by their code."""


@dataclass(frozen=True)
class Keyring:
    """What a browser keeps of what was written from it anonymously; it lives in a cookie and nowhere else.

    Args:
        secret: random; "" when nothing was written yet.
        topics: keys of the topics, newest first.
    """

    secret: str = ""
    topics: tuple[str, ...] = ()

    @classmethod
    def of(cls, cookie: str) -> Keyring:
        """What a cookie says; an empty ring for anything else."""
        secret, *topics = cookie.split(".")
        if len(secret) != 43 or any(len(one) != 24 or not one.isalnum() for one in topics):
            return cls()
        return cls(secret, tuple(topics[:MOST_REMEMBERED]))

    def __str__(self) -> str:
        """The cookie."""
        return ".".join((self.secret, *self.topics))

    def with_topic(self, topic_id: str) -> Keyring:
        """The ring that remembers one topic more."""
        kept = (topic_id, *(one for one in self.topics if one != topic_id))
        return Keyring(self.secret or secrets.token_urlsafe(32), kept[:MOST_REMEMBERED])

    def with_secret(self) -> Keyring:
        """The ring itself, or a new one that remembers no topic."""
        return self if self.secret else Keyring(secrets.token_urlsafe(32))

    def code(self, topic_id: str, *, user_id: int) -> str:
        """The code of a topic; another person at the same browser gets another one, which opens nothing."""
        made = hmac.digest(self.secret.encode(), f"{user_id}\0{topic_id}".encode(), "sha256")
        return base64.b32encode(made).decode()[:CODE_LETTERS]


def hash_code(code: str) -> str:
    """What is kept of a code, however it was typed."""
    return hashlib.sha256("".join(code.split()).replace("-", "").upper().encode()).hexdigest()


def is_code(code: str, kept: str | None) -> bool:
    """Whether a code is the one whose hash is kept."""
    return kept is not None and hmac.compare_digest(hash_code(code), kept)


def spaced(code: str) -> str:
    """A code as it is shown: four letters at a time."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


class Pace:
    """Holds people who write anonymously to a pace, in this process's memory alone: written down, a count would say who.

    Args:
        most: in a window.
        window: its length.
    """

    def __init__(self, *, most: int = 5, window: timedelta = timedelta(hours=1)) -> None:
        self._most, self._window = most, window
        self._times: dict[int, deque[datetime]] = defaultdict(deque)
        self._lock = threading.Lock()

    def take(self, clock: Clock, *, user_id: int) -> None:
        """Counts one.

        Raises:
            TooMany: the window is used up.
        """
        now = clock.now()
        with self._lock:
            for times in list(self._times.values()):
                while times and times[0] <= now - self._window:
                    times.popleft()
            self._times = defaultdict(deque, {one: times for one, times in self._times.items() if times})
            mine = self._times[user_id]
            if len(mine) >= self._most:
                raise TooMany(
                    Text("That was a lot in a short time. Please wait an hour and write again."),
                    retry_after=int(self._window.total_seconds()),
                )
            mine.append(now)


def known(ring: Keyring, kept: Sequence[tuple[str, str | None]], *, user_id: int) -> list[str]:
    """Which of these topics this person wrote at this browser.

    Args:
        ring: the browser's.
        kept: (key of a topic, hash that is kept of its code).
        user_id: who looks.
    """
    return [topic_id for topic_id, kept_hash in kept if is_code(ring.code(topic_id, user_id=user_id), kept_hash)]
