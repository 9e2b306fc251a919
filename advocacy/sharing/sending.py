"""How much of a film is on its way: its pieces as a connector asks for them, and what a page may tell of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from advocacy.sharing.models import Share
from connectors import Progress

SENT = "film bytes"
"""Under which name a share's progress tells how far into the film its try has read."""
EVERY = 2.0
"""Seconds between two notes of it, at least."""


def reader(path: Path, size: int, progress: Progress) -> Callable[[int, int], bytes]:
    """What gives a connector the pieces of a film, and notes how far it is, so that its person sees that it moves.

    Args:
        path: the film's file.
        size: bytes of it.
        progress: of the share. Where the share is somebody else's by now, the next note raises, and nothing more is
            sent.

    Returns:
        `read(start, length)`: that many bytes from there, fewer at the end.
    """
    noted = time.monotonic()

    def read(start: int, length: int) -> bytes:
        nonlocal noted
        with path.open("rb") as file:
            file.seek(start)
            piece = file.read(length)
        now, there = time.monotonic(), min(start, size)
        if start == 0 or now >= noted + EVERY:
            noted = now
            progress.keep(SENT, str(there))
        return piece

    return read


def percent(share: Share) -> int | None:
    """How much of its film is sent; None where nothing of it tells, such as where the network fetches it itself.

    Args:
        share: with its item, and that item's film.
    """
    sent = (share.progress or {}).get(SENT)
    if share.film_id is None or sent is None:
        return None
    film = share.item.film
    if film is None or film.id != share.film_id:
        return None
    return min(100, 100 * int(sent) // max(film.size, 1))
