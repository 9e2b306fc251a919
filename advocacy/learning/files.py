"""Documents and videos of lessons: files named by the hash of their content, of a few kinds told by their bytes."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid, NotFound
from advocacy.base.text import Text
from advocacy.learning.models import LessonFile

MEGABYTES = 200
MIMES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "mp4": "video/mp4",
    "webm": "video/webm",
}
_NAME = re.compile(rf"[0-9a-f]{{64}}\.({'|'.join(MIMES)})\Z")
_BEGINNINGS = {"pdf": b"%PDF-", "mp4": b"ftyp", "webm": b"\x1a\x45\xdf\xa3"}
"""How a file of that kind begins; all others are ZIP archives. An mp4 has four bytes of length before."""


class LessonFiles:
    """The folder of lessons' files.

    Args:
        folder: made when the first file comes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, name: str) -> tuple[Path, str]:
        """Where a file is, and its content type.

        Args:
            name: from an address, so anything.

        Raises:
            NotFound: it is no name of ours, or there is no such file.
        """
        path = (self.folder / name).absolute()
        if not _NAME.match(name) or not path.is_file():
            raise NotFound()
        return path, MIMES[name.rsplit(".", 1)[1]]


def store(
    session: Session, clock: Clock, files: LessonFiles, *, stream: BinaryIO, name: str, by: int, field: str = "file"
) -> LessonFile:
    """Keeps a file; the same file twice is one.

    Args:
        session: inside a transaction.
        clock: tells when.
        files: where it goes.
        stream: what came; read piece by piece, so that a film needs no memory.
        name: what it is called; its ending says its kind, and its bytes must agree.
        by: who brought it.
        field: where to show what is wrong.

    Raises:
        Invalid: it is of no kind we take, or too large.
    """
    suffix = name.rsplit(".", 1)[-1].lower()
    beginning = stream.read(16)
    looked_for = _BEGINNINGS.get(suffix, b"PK\x03\x04")
    if suffix not in MIMES or looked_for not in (beginning if suffix == "mp4" else beginning[: len(looked_for)]):
        raise Invalid(field, Text("This file cannot be used. PDF, Word, PowerPoint, Excel, MP4 and WebM can."))
    sha256 = _written(files, stream, beginning, suffix, field)
    known = select(LessonFile).where(LessonFile.sha256 == sha256)
    found = session.scalar(known)
    if found is not None:
        return found
    size = (files.folder / f"{sha256}.{suffix}").stat().st_size
    shown = "".join(sign for sign in name.replace("\\", "/").rsplit("/", 1)[-1] if sign.isprintable())[-160:]
    kept = LessonFile(sha256=sha256, suffix=suffix, name=shown, size=size, created_at=clock.now(), created_by=by)
    try:
        with session.begin_nested():
            session.add(kept)
    except IntegrityError:  # somebody else stored the same file in between
        return session.scalars(known).one()
    return kept


def _written(files: LessonFiles, stream: BinaryIO, beginning: bytes, suffix: str, field: str) -> str:
    """Writes the file beside its place and moves it there whole; returns its hash."""
    files.folder.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=files.folder, prefix=".")
    try:
        digest, size, piece = hashlib.sha256(), 0, beginning
        with os.fdopen(handle, "wb") as file:
            while piece:
                size += len(piece)
                if size > MEGABYTES * 1024 * 1024:
                    raise Invalid(
                        field, Text("This file is too large. Give one of up to {count} MB.", count=MEGABYTES)
                    )
                digest.update(piece)
                file.write(piece)
                piece = stream.read(1024 * 1024)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(files.folder / f"{digest.hexdigest()}.{suffix}")
    finally:
        Path(draft).unlink(missing_ok=True)
    return digest.hexdigest()


def find(session: Session, *, file_id: int | None) -> LessonFile | None:
    """A file's row; None when there is none."""
    return session.get(LessonFile, file_id) if file_id else None
