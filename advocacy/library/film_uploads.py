"""Films brought into the hub in pieces: taken up where they stood after a lost connection, and looked at when whole.

What has arrived is what the file of an upload holds, so that no note of it can be wrong after a crash. A piece is on the
disk before it is answered, and pieces that come at once wait for one another at a lock on that file.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.db import Database
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.library import films, media
from advocacy.library.films import ReadyFilm
from advocacy.library.media import Media
from advocacy.library.models import Film
from advocacy.library.upload_models import FilmUpload
from config import Settings

FOLDER = "arriving"
"""Below the folder of pictures and films; backups leave it out."""
PIECE = 5 * 1024 * 1024
"""Bytes that a browser sends at once."""
MOST_OF_A_PIECE = 8 * 1024 * 1024
KEPT = timedelta(days=2)
"""How long an upload that nobody goes on with may be taken up again."""
_GONE = Text("This upload is not here any more. Choose the film again.")


class WrongPlace(Conflict):
    """A piece does not follow what is here.

    Args:
        at: bytes that are here, where the next piece begins.
    """

    def __init__(self, at: int) -> None:
        super().__init__(Text("That piece of the film does not follow what has arrived."))
        self.at = at


@dataclass(frozen=True)
class Standing:
    """An upload, and how much of it is here.

    Args:
        id: of the upload.
        at: bytes that have arrived.
    """

    id: int
    at: int


def begin(house: House, *, name: str, size: int, fingerprint: str, by: int) -> Standing:
    """Begins an upload, or takes up the one of the same file that this person began before.

    Args:
        house: its settings say how large a film may be.
        name: of the file.
        size: bytes.
        fingerprint: what the browser knows the file by: name, size and last change.
        by: who.

    Raises:
        Invalid: on field `film`: it is empty or too large, or there is no room for it.
    """
    most = house.part(Settings).film_megabytes
    if size <= 0:
        raise Invalid("film", Text("This file is empty. Choose the film itself."))
    if size > most * 1024 * 1024:
        raise Invalid("film", Text("This film is too large. Give one of up to {megabytes} MB.", megabytes=most))
    folder = _folder(house.part(Media))
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < 2 * size:  # what arrives, and what is kept of it, are there at the same time
        raise Invalid("film", Text("There is no room for this film on the hub's disk. Ask whoever runs the hub."))
    key = hashlib.sha256(f"{size}/{fingerprint}".encode()).hexdigest()
    with house.db.transaction() as session:
        upload = _of_file(session, key=key, by=by) or _begun(
            session, house.clock, name=name, size=size, key=key, by=by
        )
        upload.touched_at = house.clock.now()
    return Standing(upload.id, size if upload.film_id else _arrived(folder / upload.part))


def append(house: House, *, upload_id: int, at: int, piece: bytes, by: int) -> Standing:
    """Adds a piece; it is on the disk when this returns.

    Args:
        house: where files are.
        upload_id: of an upload that this person began.
        at: bytes before this piece.
        piece: at most `MOST_OF_A_PIECE`.
        by: who.

    Raises:
        NotFound: no such upload of this person.
        WrongPlace: the piece does not follow what is here, such as one that is here already.
        Invalid: more comes than was said.
    """
    upload = _mine(house.db, upload_id=upload_id, by=by)
    with _locked(_folder(house.part(Media)) / upload.part) as file:
        here = file.seek(0, os.SEEK_END)
        if at != here or upload.film_id is not None:
            raise WrongPlace(upload.size if upload.film_id else here)
        if here + len(piece) > upload.size:
            raise Invalid("film", Text("More of this file came than was announced. Choose the film again."))
        file.write(piece)
        file.flush()
        os.fsync(file.fileno())
        return Standing(upload.id, here + len(piece))


def finish(house: House, *, upload_id: int, by: int) -> Film:
    """Looks at a film that is here in whole, and keeps it; asked again, it answers with the same film.

    Raises:
        NotFound: no such upload of this person.
        WrongPlace: a part of it is not here yet.
        Invalid: on field `film`: it cannot be used; nothing of it is kept.
    """
    store = house.part(Media)
    upload = _mine(house.db, upload_id=upload_id, by=by)
    part = _folder(store) / upload.part
    with _locked(part) as file:
        upload = _mine(house.db, upload_id=upload_id, by=by)  # another request may have ended it meanwhile
        if upload.film_id is not None:
            return _film(house.db, upload.film_id)
        here = file.seek(0, os.SEEK_END)
        if here != upload.size:
            raise WrongPlace(here)
        try:
            kept = keep(house, source=part, by=by, upload_id=upload_id)
        except Invalid:
            cancel(house, upload_id=upload_id, by=by)
            raise
        part.unlink(missing_ok=True)
    return kept


def keep(house: House, *, source: Path, by: int, upload_id: int | None = None) -> Film:
    """Keeps a film that is in a file; the same film twice is one.

    Args:
        house: where it goes. Its file is there before its row: a file without a row harms nobody.
        source: as somebody gave it; it stays.
        by: who brought it.
        upload_id: of the upload that ends with it, if there is one.

    Raises:
        Invalid: on field `film`: it cannot be used.
    """
    store = house.part(Media)
    ready = _in_its_place(store, source)
    with house.db.transaction() as session:
        film = _row(session, house.clock, store, ready, by=by)
        if upload_id is not None:
            upload = session.get(FilmUpload, upload_id)
            if upload is not None:
                upload.film_id = film.id
    return film


def keep_within(session: Session, clock: Clock, store: Media, *, source: Path, by: int) -> Film:
    """As `keep`, in a transaction that is open already: for a film so short that nobody waits for it.

    Raises:
        Invalid: on field `film`: it cannot be used.
    """
    return _row(session, clock, store, _in_its_place(store, source), by=by)


def take(house: House, *, file: BinaryIO, by: int) -> Film:
    """Keeps a film that came with a form, all at once.

    Args:
        house: as for `keep`.
        file: what came.
        by: who brought it.

    Raises:
        Invalid: on field `film`: it cannot be used.
    """
    folder = _folder(house.part(Media))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".mp4") as whole:
        shutil.copyfileobj(file, whole)
        whole.flush()
        return keep(house, source=Path(whole.name), by=by)


def find(session: Session, *, film_id: int | None) -> Film | None:
    """A film's row; None when there is none."""
    return session.get(Film, film_id) if film_id else None


def cancel(house: House, *, upload_id: int, by: int) -> None:
    """Forgets an upload and what has arrived of it; a film that was kept stays.

    Raises:
        NotFound: no such upload of this person.
    """
    with house.db.transaction() as session:
        upload = session.scalar(select(FilmUpload).where(FilmUpload.id == upload_id, FilmUpload.started_by == by))
        if upload is None:
            raise NotFound(_GONE)
        session.delete(upload)
    (_folder(house.part(Media)) / upload.part).unlink(missing_ok=True)


def sweep(house: House) -> None:
    """Removes uploads that nobody went on with for two days, and files that belong to none."""
    folder = _folder(house.part(Media))
    with house.db.transaction() as session:
        old = FilmUpload.touched_at < house.clock.now() - KEPT
        for upload in session.scalars(select(FilmUpload).where(old)):
            session.delete(upload)
    if not folder.is_dir():
        return
    there = sorted(folder.iterdir())  # before the rows are read: an upload that begins now has its row first
    with house.db.reading() as session:
        wanted = set(session.scalars(select(FilmUpload.part)))
    for path in there:
        if path.name not in wanted and not _is_fresh(path):
            path.unlink(missing_ok=True)


def _is_fresh(path: Path) -> bool:
    """Whether another request may still be writing it."""
    try:
        return path.suffix == ".mp4" and path.stat().st_mtime > time.time() - 3600
    except FileNotFoundError:
        return True


def _folder(store: Media) -> Path:
    return store.folder / FOLDER


def _arrived(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _mine(db: Database, *, upload_id: int, by: int) -> FilmUpload:
    with db.reading() as session:
        upload = session.scalar(select(FilmUpload).where(FilmUpload.id == upload_id, FilmUpload.started_by == by))
        if upload is None:
            raise NotFound(_GONE)
        return upload


def _of_file(session: Session, *, key: str, by: int) -> FilmUpload | None:
    query = select(FilmUpload).where(FilmUpload.fingerprint == key, FilmUpload.started_by == by)
    return session.scalar(query)


def _begun(session: Session, clock: Clock, *, name: str, size: int, key: str, by: int) -> FilmUpload:
    now = clock.now()
    upload = FilmUpload(
        name=name[:200],
        size=size,
        fingerprint=key,
        part=f"{uuid.uuid4().hex}.part",
        started_by=by,
        created_at=now,
        touched_at=now,
    )
    try:
        with session.begin_nested():
            session.add(upload)
    except IntegrityError:  # another window of this person began the same file in between
        return session.scalars(
            select(FilmUpload).where(FilmUpload.fingerprint == key, FilmUpload.started_by == by)
        ).one()
    return upload


@contextmanager
def _locked(part: Path) -> Iterator[BinaryIO]:
    """The file of an upload, which nobody else touches meanwhile."""
    with part.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


@dataclass(frozen=True)
class _Placed:
    """A film whose file is where it stays."""

    ready: ReadyFilm
    sha256: str
    size: int


def _in_its_place(store: Media, source: Path) -> _Placed:
    folder = _folder(store)
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{uuid.uuid4().hex}.mp4"
    try:
        ready = films.prepare(source, draft)
        placed = _Placed(ready, _flushed_hash(draft), draft.stat().st_size)
        store.take_in(draft, sha256=placed.sha256, mime=films.MIME)
    finally:
        draft.unlink(missing_ok=True)
    return placed


def _flushed_hash(path: Path) -> str:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def _row(session: Session, clock: Clock, store: Media, placed: _Placed, *, by: int) -> Film:
    known = select(Film).where(Film.sha256 == placed.sha256)
    found = session.scalar(known)
    if found is not None:
        return found
    ready, still = placed.ready, placed.ready.poster
    poster = media.store(
        session, clock, store, data=still.data, mime=still.mime, width=still.width, height=still.height, by=by
    )
    film = Film(
        sha256=placed.sha256,
        mime=films.MIME,
        size=placed.size,
        seconds=ready.seconds,
        width=ready.width,
        height=ready.height,
        poster=poster,
        created_at=clock.now(),
        created_by=by,
    )
    try:
        with session.begin_nested():
            session.add(film)
    except IntegrityError:  # another worker kept the same film in between
        return session.scalars(known).one()
    return film


def _film(db: Database, film_id: int) -> Film:
    with db.reading() as session:
        return session.get_one(Film, film_id)
