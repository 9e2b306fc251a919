"""Pictures and films the hub keeps: files named by the hash of their content, each known by one row."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import NotFound
from advocacy.library.models import FILM_SUFFIXES, SUFFIXES, Picture
from advocacy.library.pictures import ReadyPicture

_SUFFIXES = {**SUFFIXES, **FILM_SUFFIXES}
_NAME = re.compile(rf"[0-9a-f]{{64}}\.({'|'.join(_SUFFIXES.values())})\Z")
LOCK = ".lock"
_MIMES = {suffix: mime for mime, suffix in _SUFFIXES.items()}


class Media:
    """The folder of pictures and films.

    Args:
        folder: made when the first one comes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, data: bytes, *, mime: str) -> str:
        """Writes a picture and returns the hash of its content; one that is there already stays as it is.

        The file appears whole or not at all: it is written beside its place and then moved there.

        Args:
            data: the picture, already made safe.
            mime: one of `SUFFIXES`.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(f"{sha256}.{SUFFIXES[mime]}")
        if not self._used(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".")
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(path)
        return sha256

    def name_of(self, data: bytes, *, mime: str) -> str:
        """The name of a picture's file, which is kept if it is not there yet."""
        return f"{self.keep(data, mime=mime)}.{SUFFIXES[mime]}"

    def noted(self, key: str) -> str | None:
        """The name of a file that was made once and noted under this key, while it is there."""
        note = self._made / key
        name = note.read_text() if note.is_file() else ""
        return name if _NAME.match(name) and self._used(self._path(name)) else None

    def note(self, key: str, name: str) -> None:
        """Notes the name of a file under a key, so that nobody has to make it again.

        Args:
            key: letters and digits.
            name: as `name_of` gave it.
        """
        note = self._made / key
        note.parent.mkdir(parents=True, exist_ok=True)
        draft = note.with_name(f".{key}.{os.getpid()}.{threading.get_ident()}")
        draft.write_text(name)
        draft.replace(note)

    def find(self, name: str) -> tuple[Path, str]:
        """Where a picture's or a film's file is, and its content type.

        Args:
            name: from an address, so anything.

        Raises:
            NotFound: it is no name of ours, or there is no such file.
        """
        if not _NAME.match(name) or not self._path(name).is_file():
            raise NotFound()
        return self._path(name), _MIMES[name.rsplit(".", 1)[1]]

    def take_in(self, draft: Path, *, sha256: str, mime: str) -> None:
        """Moves a film that is here in whole to its place; one that is there already stays as it is.

        Args:
            draft: its file, on the same disk, flushed; it is gone afterwards.
            sha256: the hash of its content.
            mime: one of `FILM_SUFFIXES`.
        """
        path = self._path(f"{sha256}.{FILM_SUFFIXES[mime]}")
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            draft.unlink()
        else:
            draft.replace(path)

    def old_notes(self, older_than: float) -> Iterator[tuple[Path, str]]:
        """What was noted and is not new: each note and the name that stands in it, "" where it is none.

        Args:
            older_than: seconds.
        """
        for note in sorted(self._made.iterdir()) if self._made.is_dir() else ():
            if note.name != LOCK and is_old(note, older_than):
                name = note.read_text()
                yield note, name if _NAME.match(name) else ""

    def forget(self, name: str, older_than: float) -> bool:
        """Removes a file that nobody has used for so long. Whoever uses it at this moment is waited for, and keeps it.

        Args:
            name: as `name_of` gave it; no row may name it.
            older_than: seconds.

        Returns:
            Whether it is gone.
        """
        path = self._path(name)
        with self._held(fcntl.LOCK_EX):
            if is_old(path, older_than):
                path.unlink()
        return not path.exists()

    def _used(self, path: Path) -> bool:
        """Whether a file is there; from now on it counts as new, so that nobody clears it away under its user."""
        if not path.is_file():
            return False
        with self._held(fcntl.LOCK_SH):
            try:
                os.utime(path)
            except FileNotFoundError:  # cleared away a moment ago
                return False
        return True

    @contextmanager
    def _held(self, how: int) -> Iterator[None]:
        """While inside, nobody clears a file away (or, held exclusively, nobody takes one up)."""
        self._made.mkdir(parents=True, exist_ok=True)
        with (self._made / LOCK).open("a") as lock:
            fcntl.flock(lock, how)
            yield

    @property
    def _made(self) -> Path:
        return self.folder / "made"

    def _path(self, name: str) -> Path:
        return (self.folder / name[:2] / name).absolute()


def is_old(path: Path, older_than: float) -> bool:
    """Whether a file is there and nobody has used it for so many seconds."""
    try:
        return path.stat().st_mtime < time.time() - older_than
    except FileNotFoundError:
        return False


def store(
    session: Session,
    clock: Clock,
    media: Media,
    *,
    data: bytes,
    mime: str,
    width: int,
    height: int,
    by: int | None = None,
    original: ReadyPicture | None = None,
) -> Picture:
    """Keeps a picture; the same picture twice is one.

    Args:
        session: inside a transaction.
        clock: tells when.
        media: where the file goes. It is written before the row: a file without a row harms nobody.
        data: the picture, re-encoded by `library.pictures`, so without metadata and of a sane size.
        mime: one of `SUFFIXES`.
        width: pixels.
        height: pixels.
        by: who brought it; None for one that came with a link.
        original: the larger one that networks get theirs from, or the one that moves, if there is one.
    """
    sha256 = media.keep(data, mime=mime)
    kept = media.keep(original.data, mime=original.mime) if original else None
    known = select(Picture).where(Picture.sha256 == sha256)
    found = session.scalar(known)
    if found is not None:
        if found.original_sha256 is None and kept is not None and original is not None:
            found.original_sha256, found.original_mime, found.frames = kept, original.mime, original.frames
        return found
    picture = Picture(
        sha256=sha256,
        mime=mime,
        width=width,
        height=height,
        size=len(data),
        original_sha256=kept,
        original_mime=original.mime if original else "",
        frames=original.frames if original else 1,
        created_at=clock.now(),
        created_by=by,
    )
    try:
        with session.begin_nested():
            session.add(picture)
    except IntegrityError:  # another worker stored the same picture in between
        return session.scalars(known).one()
    return picture


def find(session: Session, *, picture_id: int | None) -> Picture | None:
    """A picture's row; None when there is none."""
    return session.get(Picture, picture_id) if picture_id else None


def read(media: Media, *, picture: Picture) -> bytes:
    """A picture's content, for sending it to a network.

    Raises:
        NotFound: its file is gone.
    """
    path, _ = media.find(picture.file_name)
    return path.read_bytes()
