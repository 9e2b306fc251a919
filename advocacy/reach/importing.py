"""Brings the click journal into the database: whatever is new in it, in batches, each line once.

One importer works on a folder at a time (the kernel holds the claim), and the row of each segment says how far it
has come. A segment whose writer is done is removed when everything in it is in the database.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.db import Database
from advocacy.base.house import House
from advocacy.reach import recording, segments, sources
from advocacy.reach.journal import folder
from advocacy.reach.models import JournalSegment
from advocacy.reach.recording import Memory
from config import Settings

LATELY = timedelta(days=7)
LOW_ON_DISK = 200 * 1024 * 1024
"""Bytes: below this the health page warns that clicks may soon not be recorded."""


def tick(house: House) -> int:
    """Imports what is new. A job."""
    return keep_up(house.db, house.clock, directory=folder(house.part(Settings).data_dir))


def keep_up(db: Database, clock: Clock, *, directory: Path) -> int:
    """Imports everything that stands in the journal now.

    Args:
        db: where to.
        clock: tells when.
        directory: the journal's folder on this machine.

    Returns:
        How many clicks were added; 0 when another importer is at work here.
    """
    with segments.alone(directory) as is_ours:
        if not is_ours:
            return 0
        segments.remove_stillborn(directory)
        memory = _memories.setdefault(db, {}).setdefault(directory, Memory())
        try:
            added = sum(_import_segment(db, clock, memory, path) for path in segments.written_in(directory))
        except BaseException:
            del _memories[db][directory]  # it may know of what is not in the database
            raise
    if added:
        with db.transaction() as session:
            sources.forget(session, clock)
    return added


_memories: WeakKeyDictionary[Database, dict[Path, Memory]] = WeakKeyDictionary()
"""Of this process's importers; one is at work in a folder at a time."""


def _import_segment(db: Database, clock: Clock, memory: Memory, path: Path) -> int:
    added = 0
    with segments.finished(path) as is_finished:  # asked before reading: what is written until now is seen below
        while True:
            start = _offset(db, path.stem)
            batch = segments.read(path, start=start, is_finished=is_finished)
            if batch.end == batch.start:
                break
            added += _import_batch(db, clock, memory, path.stem, batch)
        if is_finished:
            _remove(db, clock, path)
    return added


def _offset(db: Database, name: str) -> int:
    with db.reading() as session:
        return session.scalar(select(JournalSegment.offset).where(JournalSegment.name == name)) or 0


def _import_batch(db: Database, clock: Clock, memory: Memory, name: str, batch: segments.Batch) -> int:
    with db.transaction() as session:
        segment = session.scalar(select(JournalSegment).where(JournalSegment.name == name).with_for_update())
        if segment is None:
            segment = JournalSegment(name=name, offset=0, unreadable=0, lost=0, imported_at=clock.now())
            session.add(segment)
            session.flush()
        if segment.offset != batch.start:
            return 0  # another importer has been here since we read
        return recording.record(session, clock, memory, segment=segment, batch=batch)


def _remove(db: Database, clock: Clock, path: Path) -> None:
    path.unlink()
    with db.transaction() as session:
        segment = session.scalar(select(JournalSegment).where(JournalSegment.name == path.stem))
        if segment is not None:
            segment.removed_at = clock.now()


@dataclass(frozen=True)
class JournalHealth:
    """How the counting of clicks is doing on this machine.

    Args:
        waiting_bytes: written and not yet imported.
        newest_import: when anything was last imported; None when never.
        unreadable: lines of the last week that could not be read.
        lost: clicks of the last week that could not be written (the disk was full).
        free_bytes: room left on the journal's disk.
    """

    waiting_bytes: int
    newest_import: datetime | None
    unreadable: int
    lost: int
    free_bytes: int

    @property
    def is_low_on_disk(self) -> bool:
        """Whether clicks may soon not be recorded."""
        return self.free_bytes < LOW_ON_DISK


def health(session: Session, clock: Clock, *, directory: Path) -> JournalHealth:
    """How the counting of clicks is doing on this machine, for the health page and `doctor`."""
    paths = segments.written_in(directory)
    done: dict[str, int] = {
        row.name: row.offset
        for row in session.execute(
            select(JournalSegment.name, JournalSegment.offset).where(JournalSegment.removed_at.is_(None))
        )
    }
    waiting = 0
    for path in paths:
        try:
            waiting += max(0, path.stat().st_size - done.get(path.stem, 0))
        except FileNotFoundError:
            continue  # imported and removed while we looked
    newest = session.scalar(select(func.max(JournalSegment.imported_at)))
    unreadable, lost = session.execute(
        select(func.sum(JournalSegment.unreadable), func.sum(JournalSegment.lost)).where(
            JournalSegment.imported_at > clock.now() - LATELY
        )
    ).one()
    place = directory if directory.exists() else directory.parent
    free = shutil.disk_usage(place if place.exists() else Path("/")).free
    return JournalHealth(waiting, newest, unreadable or 0, lost or 0, free)
