"""Clears away what was made of pictures for networks and has not been used for long: it is made anew when it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import or_, select

from advocacy.base.house import House
from advocacy.library.media import Media, is_old
from advocacy.library.models import Film, Picture

log = structlog.get_logger()

KEPT_FOR = timedelta(days=30)
"""After the last time that it was sent."""
BATCH = 200


def clear_made(house: House) -> int:
    """Removes pictures that were fitted for a network and not sent for 30 days, and the notes that name them.

    A file that is a picture of the library itself stays, for it needed no change. The file goes before its note: should
    the process die in between, the next run removes the note.

    Args:
        house: database and the folder of pictures.

    Returns:
        How many notes went.
    """
    store, gone = house.part(Media), 0
    old = list(store.old_notes(KEPT_FOR.total_seconds()))
    for batch in (old[start : start + BATCH] for start in range(0, len(old), BATCH)):
        kept = _of_pictures(house, [name for _, name in batch])
        gone += sum(_clear(store, note, name, is_kept=name.partition(".")[0] in kept) for note, name in batch)
    if gone:
        log.info("cleared away pictures made for networks", notes=gone)
    return gone


def _clear(store: Media, note: Path, name: str, *, is_kept: bool) -> bool:
    if name and not is_kept and not store.forget(name, KEPT_FOR.total_seconds()):
        return False  # another note, or whoever sends it now, has used it since
    if is_old(note, KEPT_FOR.total_seconds()):  # else it was noted anew just now
        note.unlink()
    return True


def _of_pictures(house: House, names: Sequence[str]) -> set[str]:
    """The hashes that belong to pictures and films of the library."""
    hashes = {name.partition(".")[0] for name in names}
    of_one = or_(Picture.sha256.in_(hashes), Picture.original_sha256.in_(hashes))
    with house.db.reading() as session:
        rows = session.execute(select(Picture.sha256, Picture.original_sha256).where(of_one))
        found = {one for row in rows for one in row if one}
        return found | set(session.scalars(select(Film.sha256).where(Film.sha256.in_(hashes))))
