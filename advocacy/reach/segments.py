"""The journal's files from the reader's side: which there are, what is new in them, and whether one is finished."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from advocacy.reach.journal import Line, Lost, Unreadable, decode

BATCH_BYTES = 1024 * 1024
"""About 5,000 clicks."""
IMPORTER = ".importer"


@dataclass(frozen=True)
class Batch:
    """Whole lines from one place of a segment to another.

    Args:
        start: bytes from the beginning of the file.
        end: where the next batch begins.
        clicks: each with the place its line begins at.
        lost: clicks that the writer says it could not write.
        unreadable: places of lines that are not ours or torn.
    """

    start: int
    end: int
    clicks: tuple[tuple[int, Line], ...]
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
    clicks: list[tuple[int, Line]] = []
    unreadable: list[int] = []
    lost, at = 0, start
    for raw in data.splitlines(keepends=True) if b"\r" not in data else _split(data):
        try:
            if not raw.endswith(b"\n"):
                raise Unreadable("torn")
            match decode(raw[:-1]):
                case Line() as line:
                    clicks.append((at, line))
                case Lost() as note:
                    lost += note.clicks
        except Unreadable:
            unreadable.append(at)
        at += len(raw)
    return Batch(start, start + len(data), tuple(clicks), lost, tuple(unreadable))


def _split(data: bytes) -> list[bytes]:
    """Lines by the newline alone: `splitlines` takes a carriage return for an end too."""
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


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
