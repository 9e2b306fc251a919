"""Notifications: made from the event log, each event once, and read by whom they are for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.db import upsert
from advocacy.base.errors import NotFound
from advocacy.base.events import Consumer, Event, consume
from advocacy.base.house import House
from advocacy.base.notifying import Kind, Kinds, Told
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.messages import choices
from advocacy.messages.models import MessageSettings, Notification
from advocacy.messages.push_models import PushDevice
from advocacy.people.models import User, UserState

TOO_OLD = timedelta(days=3)
"""What happened before is no news: a hub that gets notifications late, or was away, does not pour out its past."""
GATHERED_FOR = timedelta(minutes=10)
"""How long the first of a letter waits for others."""
KEPT = timedelta(days=90)
_AT_ONCE = 500


def consumer(house: House) -> Consumer:
    """Who makes notifications from events."""
    kinds = house.part(Kinds)

    def take(session: Session, happened: Event) -> None:
        if happened.at < house.clock.now() - TOO_OLD:
            return
        for kind in kinds.personal:
            if happened.kind in kind.events:
                told = kind.tell(session, happened)
                if told is not None:
                    if told.forgets:
                        _forget(session, told.path)
                    _make(session, kind, happened, told)

    return Consumer(name="notifications", kinds=kinds.events, take=take)


def keep_up(house: House) -> None:
    """Reads the event log to its present end."""
    reader = consumer(house)
    while consume(house.db, reader, batch=200) == 200:
        pass


def _make(session: Session, kind: Kind, happened: Event, told: Told) -> None:
    people = sorted(set(told.people) - {happened.actor_id})
    if not people:
        return
    cause = f"{kind.name}:{happened.id}"
    active = set(session.scalars(select(User.id).where(User.state == UserState.ACTIVE, _among(people))))
    in_app = choices.who_wants(session, kind, choices.APP, active)
    by_mail = choices.who_wants(session, kind, choices.MAIL, active)
    by_push = choices.who_wants(session, kind, choices.PUSH, active)
    by_push &= set(session.scalars(select(PushDevice.user_id).distinct()))
    by_mail -= set(session.scalars(select(MessageSettings.user_id).where(~MessageSettings.wants_letters)))
    already = set(session.scalars(select(Notification.user_id).where(Notification.cause == cause)))
    rows: list[dict[str, Any]] = []
    for user_id in sorted((in_app | by_mail | by_push) - already):
        rows.append(
            {
                "user_id": user_id,
                "cause": cause,
                "kind": kind.name,
                "says": {
                    "one": told.says.to_json(),
                    "together": told.together.to_json() if told.together else None,
                },
                "about": told.about[:200],
                "path": told.path[:300],
                "bundle": told.bundle[:80],
                "actor_id": happened.actor_id,
                "count": _fold(session, user_id, told.bundle, happened.actor_id) if told.bundle else 1,
                "at": happened.at,
                # Wanted elsewhere alone: never in the list nor in the count.
                "is_folded": user_id not in in_app,
                "mail_due_at": happened.at + GATHERED_FOR if user_id in by_mail else None,
                "push_due_at": happened.at if user_id in by_push else None,
            }
        )
    for start in range(0, len(rows), _AT_ONCE):
        session.execute(upsert(session, Notification).on_conflict_do_nothing(), rows[start : start + _AT_ONCE])


def _forget(session: Session, path: str) -> None:
    session.execute(
        update(Notification)
        .where(Notification.path == path[:300])
        .values(about="", mail_due_at=None, push_due_at=None)
        .execution_options(synchronize_session=False)
    )


def _among(people: Collection[int]) -> Any:
    # A whole company is asked for by state alone: databases take only so many values in one question.
    return User.id.in_(people) if len(people) <= _AT_ONCE else User.id.is_not(None)


def _fold(session: Session, user_id: int, bundle: str, actor_id: int | None) -> int:
    """Lays the unread ones of a bundle under the one to come. Returns how many people it then speaks of."""
    unread = [
        Notification.user_id == user_id,
        Notification.bundle == bundle[:80],
        Notification.read_at.is_(None),
    ]
    others = set(session.scalars(select(Notification.actor_id).where(*unread)))
    session.execute(
        update(Notification)
        .where(*unread, Notification.is_folded.is_(False))
        .values(is_folded=True, mail_due_at=None, push_due_at=None)
        .execution_options(synchronize_session=False)
    )
    return len((others | {actor_id}) - {None}) or 1


def page(session: Session, *, user_id: int, after: str = "", size: int = 30) -> Page[Notification]:
    """What a person was told, newest first.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = select(Notification).where(Notification.user_id == user_id, Notification.is_folded.is_(False))
    if after:
        query = query.where(Notification.id < values_of(after, int)[0])
    found = list(session.scalars(query.order_by(Notification.id.desc()).limit(size + 1)))
    return Page(found[:size], cursor_of(found[size - 1].id) if len(found) > size else None)


def unread(session: Session, *, user_id: int) -> tuple[int, int]:
    """How many a person has not read, and the newest of them (0 for none): one question to one index."""
    query = select(func.count(), func.max(Notification.id)).where(
        Notification.user_id == user_id, Notification.is_folded.is_(False), Notification.read_at.is_(None)
    )
    count, newest = session.execute(query).one()
    return count, newest or 0


def read(session: Session, clock: Clock, *, user_id: int, notification_id: int) -> Notification:
    """A person looks at one; with it those that it stands for are read.

    Raises:
        NotFound: there is none of theirs.
    """
    found = session.get(Notification, notification_id)
    if found is None or found.user_id != user_id:
        raise NotFound()
    if found.read_at is None:
        where = Notification.id == found.id
        if found.bundle:
            where = (Notification.bundle == found.bundle) & (Notification.id <= found.id)
        _mark(session, clock.now(), user_id, where)
    return found


def read_all(session: Session, clock: Clock, *, user_id: int, up_to: int) -> None:
    """A person has seen all of theirs up to one, so that what came in meanwhile stays unread."""
    _mark(session, clock.now(), user_id, Notification.id <= up_to)


def _mark(session: Session, now: datetime, user_id: int, where: Any) -> None:
    session.execute(
        update(Notification)
        .where(Notification.user_id == user_id, Notification.read_at.is_(None), where)
        .values(read_at=now, mail_due_at=None, push_due_at=None)
    )


def sweep(house: House) -> None:
    """Removes what is long past. A job."""
    with house.db.transaction() as session:
        session.execute(delete(Notification).where(Notification.at < house.clock.now() - KEPT))
