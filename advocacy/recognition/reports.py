"""Reports of unkind kudos: whoever may read one shows it to the curators, who hide it or leave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid, NotAllowed, NotFound
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.recognition import kudos, wall
from advocacy.recognition.kudos_models import Kudos, KudosReceiver, KudosReport
from advocacy.recognition.wall import Line

LONGEST = 500
MOST_WAITING = 100


@dataclass(frozen=True)
class Said:
    """What somebody finds wrong, without their name: `is_thanked` when it is for them, else a reader of the wall."""

    reason: str
    is_thanked: bool


@dataclass(frozen=True)
class Waiting:
    """Kudos that a curator is to look at, with everything that was said of it."""

    line: Line
    said: Sequence[Said]


def report(session: Session, clock: Clock, *, kudos_id: int, by: User, reason: str) -> None:
    """Shows kudos to the curators, also where it is between two; said again, the later words stand.

    Args:
        session: inside a transaction.
        clock: tells when.
        kudos_id: which; they may read it.
        by: who finds it unkind; not its giver.
        reason: 1 to 500 characters.

    Raises:
        NotFound: there is none that they may read.
        NotAllowed: they wrote it.
        Invalid: on `reason`.
    """
    found = kudos.get(session, kudos_id=kudos_id, reader=by, is_moderator=False)
    if found.giver_id == by.id:
        raise NotAllowed(Text("You wrote this one. You can take it back."))
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST:
        raise Invalid("reason", Text("Please say what is wrong, in {count} characters at most.", count=LONGEST))
    kept = session.get(KudosReport, (kudos_id, by.id), with_for_update=True)
    is_news = kept is None or kept.settled_at is not None
    session.merge(KudosReport(kudos_id=kudos_id, user_id=by.id, reason=said, at=clock.now(), settled_at=None))
    session.flush()
    if is_news:
        events.record(session, clock, kind="kudos.reported", actor_id=by.id, subject=("kudos", kudos_id))


def of_reader(session: Session, *, kudos_id: int, user_id: int) -> KudosReport | None:
    """What a person reported of kudos; None when they did not."""
    return session.get(KudosReport, (kudos_id, user_id))


def waiting(session: Session, *, reader: User) -> list[Waiting]:
    """What curators are to look at, the oldest first, without what this one wrote or was thanked with; at most 100."""
    first = (
        select(KudosReport.kudos_id, func.min(KudosReport.at).label("at"))
        .where(KudosReport.settled_at.is_(None))
        .group_by(KudosReport.kudos_id)
        .subquery()
    )
    query = (
        select(Kudos)
        .join(first, first.c.kudos_id == Kudos.id)
        .where(*_for(reader))
        .order_by(first.c.at, Kudos.id)
        .limit(MOST_WAITING)
    )
    return [
        Waiting(wall.line(session, one, reader=reader), _said(session, one.id))
        for one in session.scalars(query).all()
    ]


def count(session: Session, *, reader: User) -> int:
    """How many wait for this curator."""
    reported = exists().where(KudosReport.kudos_id == Kudos.id, KudosReport.settled_at.is_(None))
    return session.scalar(select(func.count(Kudos.id)).where(*_for(reader), reported)) or 0


def _for(reader: User) -> list[ColumnElement[bool]]:
    mine = exists().where(KudosReceiver.kudos_id == Kudos.id, KudosReceiver.user_id == reader.id)
    return [Kudos.hidden_at.is_(None), Kudos.giver_id != reader.id, ~mine]


def _said(session: Session, kudos_id: int) -> list[Said]:
    thanked = exists().where(
        KudosReceiver.kudos_id == KudosReport.kudos_id, KudosReceiver.user_id == KudosReport.user_id
    )
    query = select(KudosReport.reason, thanked.label("thanked")).where(
        KudosReport.kudos_id == kudos_id, KudosReport.settled_at.is_(None)
    )
    return [Said(row.reason, bool(row.thanked)) for row in session.execute(query.order_by(KudosReport.at))]


def leave_it(session: Session, clock: Clock, *, kudos_id: int, by: User) -> None:
    """A curator finds nothing wrong: it stays as it was, and whoever reported it is told.

    Raises:
        NotFound: nobody reported it, or somebody else has answered.
        NotAllowed: it is about this curator.
    """
    kudos.check_moderates(session, kudos_id=kudos_id, by=by)
    open_ones = (KudosReport.kudos_id == kudos_id, KudosReport.settled_at.is_(None))
    people = list(session.scalars(select(KudosReport.user_id).where(*open_ones).with_for_update()))
    if not people:
        raise NotFound(Text("Nobody reported this one, or somebody has looked at it already."))
    session.execute(update(KudosReport).where(*open_ones).values(settled_at=clock.now()))
    events.record(
        session,
        clock,
        kind="kudos.report_answered",
        actor_id=by.id,
        subject=("kudos", kudos_id),
        data={"reporters": people},
    )
