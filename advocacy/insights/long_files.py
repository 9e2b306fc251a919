"""Long files of figures, made in the background: asked for, followed, fetched by who asked alone, and gone after a day.

The row decides who makes a file. A worker that is killed leaves a lease that runs out; the next one begins again under
a name of its own, so that no half file is ever given out.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import structlog
from sqlalchemy import CursorResult, delete, func, or_, select, update
from sqlalchemy.orm import Session

from advocacy.base import workbooks
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, HubError, Invalid, NotFound
from advocacy.base.house import House
from advocacy.base.speaking import Speaker
from advocacy.base.text import Text
from advocacy.insights import about_files, click_rows, file_lengths, files, people_shown, written
from advocacy.insights.file_models import OPEN, FigureFile, FileState
from advocacy.insights.files import Table, Wanted
from advocacy.insights.periods import Span
from advocacy.insights.scope import Scope
from advocacy.people import groups
from advocacy.sharing.networks import Networks
from config import Settings

log = structlog.get_logger()

LONG = 20_000
"""Rows from which on nobody is kept waiting for a file."""
MOST_OPEN = 5
"""Files that one person may have in the making."""
KEPT = timedelta(hours=24)
LEASE = timedelta(minutes=5)
TELL_EVERY = 1.0
"""Seconds between two notes of how far a file is; each extends the lease."""
MOST_TURNS = 3
FOLDER = "figure-files"
CHOICES = ("which", "state", "rule", "post", "kind", "known", "order")
"""Words of an address that a table understands beside days, network and item."""


class _Given(Exception):
    """Somebody cancelled it, or another worker took it over."""


def ask(
    session: Session,
    clock: Clock,
    *,
    by: int,
    name: str,
    form: str,
    scope: Scope,
    choices: Mapping[str, str],
    locale: str,
) -> FigureFile:
    """Has a file made.

    Args:
        session: inside a transaction.
        clock: tells when.
        by: the id of who wants it.
        name: of the table.
        form: one of `written.FORMS`.
        scope: what is counted.
        choices: further words of the address.
        locale: the language it is written in.

    Raises:
        NotAllowed: it asks for the clicks on one post whose author did not choose to be named.
        NotFound: there is no such table.
        Invalid: there is no such form.
        Conflict: they have as many in the making as one person may.
    """
    if name not in files.TABLES:
        raise NotFound(Text("There is no table of this name to save."))
    if form not in written.FORMS:
        raise Invalid("form", Text("Please choose one of these."))
    share_id = click_rows.which_of(choices)[2] if name == "clicks" else None
    if share_id is not None:
        people_shown.check_post(session, share_id=share_id)
    is_mine = (FigureFile.asked_by == by, FigureFile.state.in_(OPEN))
    if (session.scalar(select(func.count()).select_from(FigureFile).where(*is_mine)) or 0) >= MOST_OPEN:
        raise Conflict(Text("You have {count} files in the making. Wait for one, or cancel one.", count=MOST_OPEN))
    kept = {"first": scope.span.first.isoformat(), "last": scope.span.last.isoformat()}
    if scope.network:
        kept["network"] = scope.network
    if scope.item_id is not None:
        kept["item"] = str(scope.item_id)
    kept |= {one: choices[one][:40] for one in CHOICES if choices.get(one)}
    file = FigureFile(
        asked_by=by, asked_at=clock.now(), name=name, form=form, choices=kept, locale=locale, state=FileState.WAITING
    )
    session.add(file)
    session.flush()
    return file


def of(session: Session, *, user_id: int) -> Sequence[FigureFile]:
    """A person's files, the newest first."""
    return session.scalars(
        select(FigureFile).where(FigureFile.asked_by == user_id).order_by(FigureFile.id.desc()).limit(50)
    ).all()


def cancel(session: Session, clock: Clock, *, by: int, file_id: int) -> None:
    """Ends the making of one's own file; nothing happens when it is over.

    Raises:
        NotFound: there is none of theirs.
    """
    file = session.get(FigureFile, file_id, with_for_update=True)
    if file is None or file.asked_by != by:
        raise NotFound()
    if file.state in OPEN:
        file.state, file.ended_at, file.taken_until = FileState.CANCELLED, clock.now(), None


def fetch(session: Session, *, by: int, file_id: int, folder: Path) -> tuple[FigureFile, Path]:
    """One's own file that is ready, and where it lies.

    Raises:
        NotFound: there is none of theirs, it is not ready, or it is gone already.
    """
    file = session.get(FigureFile, file_id)
    if file is None or file.asked_by != by or file.state is not FileState.READY:
        raise NotFound(Text("There is no such file of yours. Files are removed after 24 hours."))
    place = folder / _file_name(file.id, file.turn)
    if not place.exists():
        raise NotFound(Text("There is no such file of yours. Files are removed after 24 hours."))
    return file, place


def folder_of(house: House) -> Path:
    """Where files lie."""
    return house.part(Settings).data_dir / FOLDER


def scope_of(choices: Mapping[str, str]) -> Scope:
    """What was asked for."""
    return Scope(
        span=Span(date.fromisoformat(choices["first"]), date.fromisoformat(choices["last"])),
        network=choices.get("network", ""),
        item_id=int(choices["item"]) if "item" in choices else None,
    )


def tick(house: House) -> int:
    """Makes every file that waits. A job; any number of workers may.

    Returns:
        How many were begun.
    """
    begun = 0
    while (file := _take(house)) is not None:
        begun += 1
        with structlog.contextvars.bound_contextvars(file=file.id):
            _carry_out(house, file)
    return begun


def sweep(house: House) -> None:
    """Removes files that are a day old, and whatever lies in the folder without a row that needs it."""
    with house.db.transaction() as session:
        session.execute(delete(FigureFile).where(FigureFile.ended_at < house.clock.now() - KEPT))
    with house.db.reading() as session:
        kept = select(FigureFile.id, FigureFile.turn).where(
            FigureFile.state.in_((FileState.WORKING, FileState.READY))
        )
        names = {_file_name(row.id, row.turn) for row in session.execute(kept)}
    folder = folder_of(house)
    for place in folder.iterdir() if folder.is_dir() else ():
        if place.name.removesuffix(".part") not in names:
            place.unlink(missing_ok=True)


def _file_name(file_id: int, turn: int) -> str:
    return f"{file_id}-{turn}"


def _take(house: House) -> FigureFile | None:
    with house.db.transaction() as session:
        now = house.clock.now()
        may = or_(
            FigureFile.state == FileState.WAITING,
            (FigureFile.state == FileState.WORKING) & (FigureFile.taken_until <= now),
        )
        query = select(FigureFile).where(may).order_by(FigureFile.id).limit(1).with_for_update(skip_locked=True)
        file = session.scalar(query)
        if file is None:
            return None
        if file.turn >= MOST_TURNS:
            _end(file, FileState.FAILED, house.clock, Text("Making it was interrupted several times."))
            return file
        file.state, file.taken_until, file.turn, file.done = FileState.WORKING, now + LEASE, file.turn + 1, 0
        return file


def _end(file: FigureFile, state: FileState, clock: Clock, reason: Text | None = None) -> None:
    file.state, file.ended_at, file.taken_until = state, clock.now(), None
    file.reason = reason.to_json() if reason else None


def _carry_out(house: House, file: FigureFile) -> None:
    if file.state is not FileState.WORKING:
        return
    place = folder_of(house) / _file_name(file.id, file.turn)
    part = place.with_name(f"{place.name}.part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        _write(house, file, part)
        size = part.stat().st_size
        part.replace(place)
        _note(house, file, state=FileState.READY, ended_at=house.clock.now(), taken_until=None, size=size)
    except _Given:
        place.unlink(missing_ok=True)
    except HubError as refused:
        _fail(house, file, refused.text)
    except OSError as problem:
        log.exception("a file of figures could not be written")
        _fail(house, file, Text("It could not be written to the disk: {problem}.", problem=problem.strerror or "?"))
    except Exception:
        log.exception("a file of figures could not be made")
        _fail(house, file, Text("Something went wrong on our side. It is written down for the administrator."))
    finally:
        part.unlink(missing_ok=True)


def _fail(house: House, file: FigureFile, reason: Text) -> None:
    with house.db.transaction() as session:
        kept = session.get(FigureFile, file.id, with_for_update=True)
        if kept is not None and kept.state is FileState.WORKING and kept.turn == file.turn:
            _end(kept, FileState.FAILED, house.clock, reason)


def _write(house: House, file: FigureFile, place: Path) -> None:
    settings, networks = house.part(Settings), house.part(Networks)
    scope, say = scope_of(file.choices), house.part(Speaker).to(file.locale)
    with house.db.reading() as session:
        tree = groups.tree(session, smallest=settings.smallest_group)
        rows = file_lengths.rows(session, file.name, scope, file.choices)
        facts = about_files.facts(
            session,
            file.name,
            scope=scope,
            choices=file.choices,
            label=networks.label,
            company=settings.company_name,
            now=house.clock.now(),
        )
    _note(house, file, rows=rows)
    made = files.table(file.name, Wanted(house.db, scope, tree, networks.label, file.choices))
    told = replace(made, rows=_counted(house, file, made))
    if file.form == written.XLSX:
        sheets = about_files.sheets(told, title=about_files.TITLES[file.name], facts=facts, say=say)
        workbooks.write(place, sheets)
    else:
        with place.open("wb") as out:
            for piece in written.pieces(told, form=file.form, locale=file.locale, say=say):
                out.write(piece)
    with place.open("rb+") as out:
        os.fsync(out.fileno())


def _counted(house: House, file: FigureFile, made: Table) -> Iterator[Sequence[object]]:
    """The rows, telling now and then how many were written."""
    told, number = time.monotonic(), 0
    for number, row in enumerate(made.rows, 1):
        yield row
        if time.monotonic() - told >= TELL_EVERY:
            _note(house, file, done=number, taken_until=house.clock.now() + LEASE)
            told = time.monotonic()
    _note(house, file, done=number, taken_until=house.clock.now() + LEASE)


def _note(house: House, file: FigureFile, **values: object) -> None:
    """Writes down how far a file is.

    Raises:
        _Given: it is not ours any more.
    """
    is_ours = (FigureFile.id == file.id, FigureFile.turn == file.turn, FigureFile.state == FileState.WORKING)
    with house.db.transaction() as session:
        done = session.execute(update(FigureFile).where(*is_ours).values(**values))
        if not isinstance(done, CursorResult) or done.rowcount != 1:
            raise _Given()
