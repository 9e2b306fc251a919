"""Gives badges: counts what happened, from the event log, each event once; what was reached is given for good."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import StandingClock
from advocacy.base.db import Database, upsert
from advocacy.base.events import Consumer, Event, consume
from advocacy.base.house import House
from advocacy.people.models import User
from advocacy.reach.models import ReachDay
from advocacy.recognition import streaks
from advocacy.recognition.badge_models import ActiveWeek, BadgeGiven, PersonCount
from advocacy.recognition.badges import (
    BADGES,
    COURSES,
    HELPED,
    IDEAS,
    SHARES,
    THANKED,
    THANKED_BY,
    VISITORS,
    WEEKS,
    Badge,
)
from advocacy.recognition.kudos_models import Kudos, KudosReceiver
from advocacy.sharing.models import Proof, Share, ShareState
from advocacy.sharing.results import visitors_in

STEPS: Mapping[str, tuple[str, int]] = {
    "click.counted": (VISITORS, 1),
    "course.passed": (COURSES, 1),
    "reply.marked": (HELPED, 1),
    "reply.unmarked": (HELPED, -1),
    "idea.done": (IDEAS, 1),
    "idea.undone": (IDEAS, -1),
}
"""Counts that move by one with an event, or by as many visitors as it tells of."""
ACTIVE = frozenset(
    {"share.published", "share.confirmed", "kudos.given", "lesson.passed", "course.passed", "meeting.attended"}
)
"""What makes a week count, as the page of badges says it."""


def _shares(user_id: int) -> Select[int]:
    return select(func.count()).where(
        Share.user_id == user_id,
        Share.state == ShareState.PUBLISHED,
        Share.proof.in_((Proof.NETWORK, Proof.CONFIRMED)),
    )


def _thanked(user_id: int) -> Select[int]:
    who = func.count(KudosReceiver.user_id.distinct())
    by_them = select(who).join(Kudos, Kudos.id == KudosReceiver.kudos_id).where(Kudos.giver_id == user_id)
    return by_them.where(Kudos.hidden_at.is_(None))


def _thanked_by(user_id: int) -> Select[int]:
    who = func.count(Kudos.giver_id.distinct())
    for_them = select(who).join(KudosReceiver, KudosReceiver.kudos_id == Kudos.id)
    return for_them.where(KudosReceiver.user_id == user_id, Kudos.hidden_at.is_(None))


COUNTED: Mapping[str, tuple[str, Callable[[int], Select[int]]]] = {
    "share.published": (SHARES, _shares),
    "share.confirmed": (SHARES, _shares),
    "share.removed": (SHARES, _shares),
    "kudos.given": (THANKED, _thanked),
    "kudos.received": (THANKED_BY, _thanked_by),
}
"""Counts that are read anew after an event: how many different ones there are now."""


KUDOS_WENT = frozenset({"kudos.removed", "kudos.hidden", "kudos.shown_again"})
"""After these both sides are counted anew."""
REJUDGED = "clicks.rejudged"
"""Newer rules found other visitors. The count follows, as points do; a badge that was given stays, as all do."""


def take(session: Session, happened: Event) -> None:
    """Counts an event for whoever did it, and gives what was reached.

    Args:
        session: the transaction that also moves the cursor.
        happened: with `user_id` in its data, or else the actor.
    """
    if happened.kind in KUDOS_WENT:
        _count_thanks_again(session, happened)
        return
    user_id = happened.data.get("user_id", happened.actor_id)
    user = session.get(User, int(user_id)) if user_id is not None else None
    if user is None:
        return
    if happened.kind in STEPS:
        measure, step = STEPS[happened.kind]
        step *= visitors_in(happened) if measure == VISITORS else 1
        before = _count(session, user.id, measure)
        _set(session, user.id, measure, max(0, before + step), before=before, at=happened.at)
    if happened.kind == REJUDGED:
        before = _count(session, user.id, VISITORS)
        _set(session, user.id, VISITORS, _visitors(session, user.id, happened), before=before, at=happened.at)
    if happened.kind in COUNTED:
        measure, query = COUNTED[happened.kind]
        before = _count(session, user.id, measure)
        _set(session, user.id, measure, int(session.scalar(query(user.id)) or 0), before=before, at=happened.at)
    if happened.kind in ACTIVE:
        _be_active(session, user, happened.at)


BADGE_GIVER = Consumer(
    name="badges", kinds=frozenset(STEPS) | frozenset(COUNTED) | ACTIVE | KUDOS_WENT | {REJUDGED}, take=take
)


def keep_up(db: Database) -> None:
    """Reads the event log to its present end."""
    while consume(db, BADGE_GIVER, batch=200) == 200:
        pass


def _visitors(session: Session, user_id: int, happened: Event) -> int:
    """A person's visitors as of an event: the sums, which may be ahead of the log, less what is still to be read."""
    sums = select(func.coalesce(func.sum(ReachDay.unique_visitors), 0)).where(ReachDay.user_id == user_id)
    each = func.coalesce(Event.data["visitors"].as_integer(), 1)
    later = or_(Event.txid > happened.txid, and_(Event.txid == happened.txid, Event.id > happened.id))
    to_come = select(func.coalesce(func.sum(each), 0)).where(
        Event.kind == "click.counted", later, Event.data["user_id"].as_integer() == user_id
    )
    found = session.scalar(select(sums.scalar_subquery() - to_come.scalar_subquery()))
    return max(0, int(found or 0))


def _count_thanks_again(session: Session, happened: Event) -> None:
    kudos = session.get(Kudos, happened.subject_id)
    thanked = set(happened.data.get("receivers", ()))
    rows = select(KudosReceiver.user_id).where(KudosReceiver.kudos_id == happened.subject_id)
    thanked |= set(session.scalars(rows))
    giver = kudos.giver_id if kudos is not None else happened.actor_id  # who else takes it away was thanked
    pairs = [(one, THANKED_BY, _thanked_by) for one in sorted(thanked)] + [(giver, THANKED, _thanked)]
    for user_id, measure, query in pairs:
        if user_id is not None and session.get(User, user_id) is not None:
            before = _count(session, user_id, measure)
            found = int(session.scalar(query(user_id)) or 0)
            _set(session, user_id, measure, found, before=before, at=happened.at)


def _be_active(session: Session, user: User, at: datetime) -> None:
    monday = streaks.monday_of(at, user.time_zone)
    if session.get(ActiveWeek, (user.id, monday)) is not None:
        return
    session.add(ActiveWeek(user_id=user.id, week=monday))
    session.flush()
    before = _count(session, user.id, WEEKS)
    longest = streaks.of_person(session, user, now=at, shown=0).longest
    _set(session, user.id, WEEKS, max(longest, before), before=before, at=at)


def _count(session: Session, user_id: int, measure: str) -> int:
    row = session.get(PersonCount, (user_id, measure))
    return row.count if row is not None else 0


def _set(session: Session, user_id: int, measure: str, found: int, *, before: int, at: datetime) -> None:
    session.merge(PersonCount(user_id=user_id, measure=measure, count=found))
    session.flush()
    for badge in BADGES:
        if badge.measure == measure and before < badge.count <= found:
            _give_one(session, user_id, badge, at)


def _give_one(session: Session, user_id: int, badge: Badge, at: datetime) -> None:
    given = (
        upsert(session, BadgeGiven)
        .values(user_id=user_id, badge=badge.name, at=at, title=badge.title.to_json())
        .on_conflict_do_nothing()
        .returning(BadgeGiven.user_id)
    )
    if session.scalar(given) is not None:
        data = {"badge": badge.name, "user_id": user_id}
        # As of when it was reached: a log that is read late tells nobody of old badges.
        events.record(
            session, StandingClock(at), kind="badge.given", actor_id=None, subject=("user", user_id), data=data
        )


def catch_up(house: House) -> int:
    """Gives badges whose count was lowered, or that are new, to those who have reached it already. A job.

    Returns:
        How many were given.
    """
    given = 0
    for badge in BADGES:
        with house.db.transaction() as session:
            has = select(BadgeGiven.user_id).where(BadgeGiven.badge == badge.name)
            reached = select(PersonCount.user_id).where(
                PersonCount.measure == badge.measure,
                PersonCount.count >= badge.count,
                PersonCount.user_id.not_in(has),
            )
            for user_id in session.scalars(reached.limit(1000)).all():
                _give_one(session, user_id, badge, house.clock.now())
                given += 1
    return given
