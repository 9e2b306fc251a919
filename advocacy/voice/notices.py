"""The notice board: what everybody should know, and who says that they have read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.db import upsert
from advocacy.base.errors import Invalid, NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.library import visibility
from advocacy.library.audience import members
from advocacy.library.content import Audience
from advocacy.people.models import User
from advocacy.voice import audience
from advocacy.voice.models import Notice, NoticeReading

LONGEST_BODY = 20_000
_AT_ONCE = 60
"""Notices looked at in one go for those that are for this person."""


@dataclass(frozen=True)
class Written:
    """What an editor decides about a notice."""

    title: str
    body: str
    asks_confirmation: bool = False
    audience: Audience = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A notice in a list, and whether its reader has said that they have read it."""

    notice: Notice
    is_read: bool

    @property
    def waits(self) -> bool:
        """Whether its reader is asked to say so."""
        return self.notice.asks_confirmation and not self.is_read


@dataclass(frozen=True)
class Readers:
    """How many of those whom it is for have confirmed."""

    confirmed: int
    asked: int


def page(session: Session, *, user: User, after: str = "", size: int = 20) -> Page[Line]:
    """The board for this person, newest first.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    who = visibility.reader(session, user=user)
    last = values_of(after, int)[0] if after else 0
    found: list[Line] = []
    while len(found) <= size:
        batch = _batch(session, user_id=user.id, before=last)
        found += [line for line in batch if audience.holds(line.notice.audience, who)]
        if len(batch) < _AT_ONCE:
            break
        last = batch[-1].notice.id
    shown = found[:size]
    return Page(shown, cursor_of(shown[-1].notice.id) if len(found) > size else None)


def waiting(session: Session, *, user: User) -> int:
    """How many notices ask this person for a confirmation."""
    who = visibility.reader(session, user=user)
    mine = select(NoticeReading.notice_id).where(NoticeReading.user_id == user.id)
    query = select(Notice.audience).where(
        Notice.withdrawn_at.is_(None), Notice.asks_confirmation.is_(True), Notice.id.not_in(mine)
    )
    return sum(audience.holds(found, who) for found in session.scalars(query.limit(500)))


def get(session: Session, *, user: User, notice_id: int) -> Line:
    """A notice that is for this person, or that they wrote.

    Raises:
        NotFound: there is none, it was withdrawn, or it is for others.
    """
    notice = session.get(Notice, notice_id)
    who = visibility.reader(session, user=user)
    if (
        notice is None
        or notice.withdrawn_at is not None
        or not (audience.holds(notice.audience, who) or notice.created_by == user.id)
    ):
        raise NotFound(Text("We could not find that notice. It may have been withdrawn, or it is for others."))
    return Line(notice, session.get(NoticeReading, (notice_id, user.id)) is not None)


def readers(session: Session, notice: Notice) -> Readers:
    """How many have confirmed, of those whom it is for now."""
    asked = members(session, audience.of(notice.audience)).subquery()
    confirmed = select(func.count()).where(
        NoticeReading.notice_id == notice.id, NoticeReading.user_id.in_(select(asked.c.id))
    )
    return Readers(session.scalar(confirmed) or 0, session.scalar(select(func.count()).select_from(asked)) or 0)


def publish(session: Session, clock: Clock, *, written: Written, by: int) -> Notice:
    """Puts a notice on the board.

    Raises:
        Invalid: on `title`, `body` or `audience`.
    """
    title = " ".join(written.title.split())
    if not title:
        raise Invalid("title", Text("Please give the notice a title."))
    if not written.body.strip():
        raise Invalid("body", Text("Please write what people should know."))
    notice = Notice(
        title=title,
        body=written.body,
        audience=audience.kept(session, written.audience),
        asks_confirmation=written.asks_confirmation,
        published_at=clock.now(),
        created_by=by,
    )
    session.add(notice)
    session.flush()
    events.record(
        session, clock, kind="notice.published", actor_id=by, subject=("notice", notice.id), data={"title": title}
    )
    return notice


def withdraw(session: Session, clock: Clock, *, notice_id: int, by: int) -> None:
    """Takes a notice off the board; who read it is kept.

    Raises:
        NotFound: there is none.
    """
    notice = session.get(Notice, notice_id)
    if notice is None:
        raise NotFound(Text("We could not find that notice. It may have been withdrawn, or it is for others."))
    notice.withdrawn_at = notice.withdrawn_at or clock.now()
    events.record(session, clock, kind="notice.withdrawn", actor_id=by, subject=("notice", notice_id))


def confirm(session: Session, clock: Clock, *, user: User, notice_id: int) -> None:
    """Writes down that a person has read a notice; twice is once.

    Raises:
        NotFound: as `get`.
    """
    get(session, user=user, notice_id=notice_id)
    session.execute(
        upsert(session, NoticeReading)
        .values(notice_id=notice_id, user_id=user.id, at=clock.now())
        .on_conflict_do_nothing()
    )


def _batch(session: Session, *, user_id: int, before: int) -> Sequence[Line]:
    query = (
        select(Notice, NoticeReading.user_id)
        .outerjoin(NoticeReading, (NoticeReading.notice_id == Notice.id) & (NoticeReading.user_id == user_id))
        .where(Notice.withdrawn_at.is_(None))
        .order_by(Notice.id.desc())
        .limit(_AT_ONCE)
    )
    if before:
        query = query.where(Notice.id < before)
    return [Line(notice, reader is not None) for notice, reader in session.execute(query)]
