"""The journal's files from the reader's side: which there are, what is new in them, and whether one is finished."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from advocacy.reach import visits
from advocacy.reach.journal import Line, Lost, Unreadable, decode
from advocacy.reach.visits import Visit

BATCH_BYTES = 2 * 1024 * 1024
"""About 10,000 clicks, a fifth of a second: so long other writers wait on SQLite."""
IMPORTER = ".importer"


@dataclass(frozen=True)
class Batch:
    """Whole lines from one place of a segment to another.

    Args:
        start: bytes from the beginning of the file.
        end: where the next batch begins.
        visits: the clicks, in their order.
        lost: clicks that the writer says it could not write.
        unreadable: places of lines that are not ours or torn.
    """

    start: int
    end: int
    visits: Sequence[Visit]
    lost: int
    unreadable: tuple[int, ...]


def written_in(directory: Path) -> list[Path]:
    """The segments, oldest first by the moment of their making."""
    return sorted(directory.glob("*.log"), key=lambda path: (path.name.split("-")[-2:], path.name))


def read(path: Path, *, start: int, is_finished: bool, most: int = BATCH_BYTES) -> Batch:
    """The next whole lines.

    Args:
        path: the segment.
        start: where the last batch ended.
        is_finished: nobody writes to it any more, so a last line without its end is torn, not under way.
        most: bytes to read at most.
    """
    with path.open("rb") as file:
        file.seek(start)
        data = file.read(most)
        at_end = len(data) < most
    whole = data.rfind(b"\n") + 1
    if at_end and is_finished:
        whole = len(data)
    elif whole == 0 and not at_end:
        whole = len(data)  # a megabyte without a line's end is rubbish; go past it
    return _parsed(data[:whole], start)


def _parsed(data: bytes, start: int) -> Batch:
    found: list[Visit] = []
    unreadable: list[int] = []
    lost, at = 0, start
    whole, ended, torn = data.rpartition(b"\n")
    for raw in whole.split(b"\n") if ended else ():
        visit = visits.quickly(at, raw)
        if visit is not None:
            found.append(visit)
        else:
            try:
                match decode(raw):
                    case Line() as line:
                        found.append(visits.of(at, line))
                    case Lost() as note:
                        lost += note.clicks
            except Unreadable:
                unreadable.append(at)
        at += len(raw) + 1
    if torn:
        unreadable.append(at)
    return Batch(start, start + len(data), found, lost, tuple(unreadable))


@contextmanager
def alone(directory: Path) -> Iterator[bool]:
    """Whether we are the one importer of this folder; the kernel lets go of the claim when its process ends."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(directory / IMPORTER, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield _lock(file)
    finally:
        os.close(file)


@contextmanager
def finished(path: Path) -> Iterator[bool]:
    """Whether the writer of a segment is done with it, or dead."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield _lock(file)
    finally:
        os.close(file)


def _lock(file: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def remove_stillborn(directory: Path) -> None:
    """Removes files of writers that died between making a segment and giving it its name; nothing is in them."""
    for path in directory.glob("*.new"):
        with finished(path) as is_done:
            if is_done and path.stat().st_size == 0:
                path.unlink(missing_ok=True)
