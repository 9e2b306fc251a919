"""The click journal: what was answered is written down first, in one append, on the machine's own disk.

Each process writes files of its own (segments), so that no two ever share one. A click is one line of fields
with tabs between them and a checksum at the end, written by one `write` to a file opened with `O_APPEND`: a
process killed at any point leaves whole lines and at most one torn last one. A segment that is being written
is locked; the kernel lets go of the lock when its process ends, however that happens.

Counting may fail (the disk is full), the redirect may not: `append` never raises. What could not be written is
counted, told to the log, and noted in the journal itself as soon as writing works again.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import threading
import time
from pathlib import Path
from typing import NamedTuple
from weakref import WeakSet
from zlib import crc32

import structlog

log = structlog.get_logger()

FOLDER = "clicks"
"""Inside the data folder."""
SEGMENT_BYTES = 16 * 1024 * 1024
SEGMENT_SECONDS = 300.0
SYNC_SECONDS = 0.1
"""What a power cut can take; a killed process loses nothing."""
COMPLAIN_SECONDS = 10.0
AGENT, PURPOSE, REFERRER = 400, 40, 255
"""How much of each header is kept, in bytes."""

VERSION, VERSION_TOLD = "1", "2"
"""Of a line. The second carries a click id and a country as well, and is written only where one of them is told."""
NOTE = "!"
FIELDS, FIELDS_TOLD = 10, 12
LATEST_MS = 7_258_118_400_000
"""The year 2200."""
CONTROLS = dict.fromkeys((*range(32), 127), " ")


def folder(data_dir: Path) -> Path:
    """Where the journal lies in a hub's data folder."""
    return data_dir / FOLDER


class Line(NamedTuple):
    """A click as the redirect saw it. Headers are as they came, cut, without control characters."""

    at_ms: int
    """Milliseconds since 1970, UTC."""
    link_id: int
    method: str
    visitor: str
    source: str
    facts: str
    """Letters; see `advocacy.reach.judging`."""
    purpose: str
    referrer_host: str
    agent: str
    click_id: str = ""
    """What the page behind the link was told, so that a conversion finds its click; "" where that is off."""
    country: str = ""
    """ISO 3166-1 alpha-2, of the visitor's address; "" where no database tells."""


class Lost(NamedTuple):
    """The writer's own note: so many clicks could not be written before `at_ms`."""

    at_ms: int
    clicks: int


class Unreadable(ValueError):
    """Not a line of ours, or a torn one."""


def clean(header: str, most: int) -> str:
    """A header cut to `most` bytes, with spaces for control characters, so that it fits into a line."""
    header = header[:most]
    return header if header.isascii() and header.isprintable() else header.translate(CONTROLS)


def encode(line: Line) -> bytes:
    """The line as it is written. Its texts are WSGI's: every character stands for one byte."""
    at_ms, link_id, method, visitor, source, facts, purpose, referrer, agent, click_id, country = line
    seen = f"{method}\t{visitor}\t{source}\t{facts}\t{purpose}\t{referrer}\t{agent}"
    return sealed(f"{beginning(at_ms, link_id, click_id, country)}\t{seen}".encode("latin-1"))


def beginning(at_ms: int, link_id: int, click_id: str = "", country: str = "") -> str:
    """A line's first fields, in the shortest form that holds them."""
    if click_id or country:
        return f"{VERSION_TOLD}\t{at_ms}\t{link_id}\t{click_id}\t{country}"
    return f"{VERSION}\t{at_ms}\t{link_id}"


def sealed(body: bytes) -> bytes:
    """A line's fields with the checksum and the newline that make it whole."""
    return b"%b\t%08x\n" % (body, crc32(body))


def encode_note(note: Lost) -> bytes:
    """The note as it is written."""
    return sealed(f"{NOTE}\t{note.at_ms}\t{note.clicks}".encode())


def decode(raw: bytes) -> Line | Lost:
    """What a written line says.

    Args:
        raw: without the newline at its end; anything at all.

    Raises:
        Unreadable: the checksum or the form is wrong.
    """
    body, tab, checksum = raw.rpartition(b"\t")
    if not tab or checksum != b"%08x" % crc32(body):
        raise Unreadable("the checksum is wrong")
    fields = body.decode("utf-8", "replace").split("\t")
    try:
        if fields[0] == NOTE and len(fields) == 3:
            return Lost(int(fields[1]), int(fields[2]))
        is_told = fields[0] == VERSION_TOLD and len(fields) == FIELDS_TOLD
        if is_told or (fields[0] == VERSION and len(fields) == FIELDS):
            at_ms, link_id = int(fields[1]), int(fields[2])
            if not (0 < at_ms < LATEST_MS and 0 < link_id < 2**31):
                raise Unreadable("a number is out of range")
            return Line(at_ms, link_id, *(fields[5:] + fields[3:5] if is_told else fields[3:]))
    except ValueError as error:
        raise Unreadable(f"not a line of ours: {error}") from error
    raise Unreadable("a form that this version does not know")


_journals: WeakSet[Journal] = WeakSet()
"""Those of this process, for its forks to let go of."""


class Journal:
    """Where one process writes its clicks.

    Args:
        directory: holds the segments of all processes of this machine; made when it is not there.
        segment_bytes: a segment that has grown beyond this is closed and another begun.
        segment_seconds: so is one that was begun longer ago than this.
    """

    def __init__(
        self, directory: Path, *, segment_bytes: int = SEGMENT_BYTES, segment_seconds: float = SEGMENT_SECONDS
    ) -> None:
        self._directory = directory
        self._segment_bytes = segment_bytes
        self._segment_seconds = segment_seconds
        self._begin_anew()
        _journals.add(self)

    def _begin_anew(self) -> None:
        self._lock = threading.Lock()
        self._file = -1
        self._size = 0
        self._until = 0.0
        self._is_torn = False
        self._is_dirty = False
        self._lost = 0
        self._complained = 0.0

    @property
    def lost(self) -> int:
        """Clicks that could not be written since writing last worked; 0 is health."""
        return self._lost

    def append(self, line: Line) -> bool:
        """Writes a click down; see `put`."""
        return self.put(encode(line))

    def put(self, written: bytes) -> bool:
        """Writes a click down that is a line already.

        Returns:
            Whether it is written. It never raises: the visitor goes on either way.
        """
        with self._lock:
            try:
                now = time.monotonic()
                if self._size > self._segment_bytes or now >= self._until:
                    self._begin_segment(now)
                if self._is_torn or self._lost:
                    self._mend()
                self._put(written)
            except Exception as error:  # whatever it is, the redirect goes on
                self._lost += 1
                self._complain(error)
                return False
            return True

    def close(self) -> None:
        """Ends the segment, so that it can be imported to its end and removed."""
        with self._lock:
            self._end_segment()

    def _put(self, written: bytes) -> None:
        done = os.write(self._file, written)
        self._size += done
        self._is_dirty = True
        if done < len(written):
            self._is_torn = True
            raise OSError(f"only {done} of {len(written)} bytes were taken")

    def _mend(self) -> None:
        """After trouble: ends the torn line, and notes how many were lost."""
        at_ms = time.time_ns() // 1_000_000
        self._put((b"\n" if self._is_torn else b"") + encode_note(Lost(at_ms, self._lost)))
        log.warning("clicks are recorded again", lost=self._lost)
        self._is_torn, self._lost = False, 0

    def _complain(self, error: Exception) -> None:
        now = time.monotonic()
        if now - self._complained >= COMPLAIN_SECONDS:
            self._complained = now
            log.error("clicks are NOT recorded; visitors are still sent on", error=str(error), lost=self._lost)

    def _begin_segment(self, now: float) -> None:
        self._end_segment()
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{socket.gethostname()[:32]}-{os.getpid()}-{time.time_ns() // 1000}-{secrets.token_hex(3)}"
        fresh, final = self._directory / f"{name}.new", self._directory / f"{name}.log"
        file = os.open(fresh, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            # Locked before it has the name that importers look for: an unlocked segment is a finished one.
            fcntl.flock(file, fcntl.LOCK_EX)
            fresh.rename(final)
        except OSError:
            os.close(file)
            raise
        self._file, self._size, self._until = file, 0, now + self._segment_seconds
        threading.Thread(target=self._sync_for_ever, args=(file,), daemon=True, name="journal").start()

    def _end_segment(self) -> None:
        if self._file >= 0:
            file, self._file, self._until = self._file, -1, 0.0
            os.close(file)

    def leave_to_parent(self) -> None:
        """In a fork the file is the parent's, and so is its lock; closing our copy does not let go of it."""
        if self._file >= 0:
            os.close(self._file)
        self._begin_anew()

    def _sync_for_ever(self, file: int) -> None:
        while True:
            time.sleep(SYNC_SECONDS)
            with self._lock:
                if self._file != file:
                    return
                if not self._is_dirty:
                    continue
                self._is_dirty = False
                copy = os.dup(file)  # synced outside the lock, so that no visitor waits for the disk
            try:
                os.fdatasync(copy)
            except OSError as error:
                log.error("the click journal could not be synced to disk", error=str(error))
            finally:
                os.close(copy)


def _leave_all_to_parent() -> None:
    for one in list(_journals):
        one.leave_to_parent()


os.register_at_fork(after_in_child=_leave_all_to_parent)
