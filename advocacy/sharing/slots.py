"""When to share, if the person leaves it to us: a rule that can be told in a sentence.

Where the company's own posts say at which hours people follow their links, the best such hour of the next two days;
else the next quarter of an hour in working hours. Always outside quiet hours, apart from the person's other shares,
and apart from what colleagues share of the same item, so that nobody sees the same thing five times in an hour.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.text import Text
from advocacy.library.models import ContentItem
from advocacy.people.models import User
from advocacy.sharing import results, rules
from advocacy.sharing.models import Share, ShareState
from advocacy.sharing.results import Hour, Result
from advocacy.sharing.rules import Rules
from advocacy.sharing.wall_time import moment, on_the_wall

FIRST_HOUR, LAST_HOUR = 9, 17
"""Working hours in the person's own zone: when the people who follow them are likely to look."""
EARLIEST, LATEST = 7, 21
"""Hours that the company's own results may choose."""
APART = timedelta(minutes=30)
STEP = timedelta(minutes=15)
DAYS_AHEAD = 14
SOON = timedelta(hours=48)
"""How long a better hour is waited for."""
ENOUGH_POSTS = 30
"""Below this many posts on the network nothing is concluded from them."""
CAUTION = 5
"""How many average posts each hour is given before its own count, so that two lucky posts choose no hour."""
OWN_WEIGHT = 3
"""How much more a person's own post says about their followers than a colleague's."""


@dataclass(frozen=True)
class Slot:
    """A good time for a share.

    Args:
        at: aware, UTC.
        why: the rule it follows, in a sentence.
    """

    at: datetime
    why: Text


def next_slot(
    session: Session, clock: Clock, *, user: User, item_id: int | None = None, networks: Collection[str] = ()
) -> Slot:
    """The next good time for a person.

    Args:
        session: for reading.
        clock: what time it is.
        user: whose zone, plans and results count.
        item_id: colleagues' shares of it are kept apart from; None for no item in particular.
        networks: names of the connectors it is for; without any, results choose nothing.
    """
    now = max(clock.now(), _outside_from(session, item_id))
    held_to = rules.now_in_force(session)
    mine = _times(session, now, Share.user_id == user.id)
    theirs = _colleagues_times(session, now, user, item_id, networks)

    def is_free(at: datetime, wall: datetime) -> bool:
        return not held_to.is_quiet(wall) and _is_apart(at, mine, APART) and _is_apart(at, theirs, held_to.spread)

    best = _best_hour(session, user, networks, now, is_free)
    if best is not None:
        return best
    working = [(at, wall) for at, wall in _quarters(now, user.time_zone) if _is_working_time(wall)]
    for at, wall in working:
        if is_free(at, wall):
            return Slot(at, _plain_rule(held_to, bool(theirs)))
    own = [at for at, wall in working if not held_to.is_quiet(wall) and _is_apart(at, mine, APART)]
    if own and theirs:
        return Slot(
            _least_crowded(own, sorted(theirs)),
            Text("Colleagues share this at all good times of the next two weeks. This is the one with the fewest."),
        )
    return Slot(
        held_to.after_quiet(now + APART, user.time_zone),
        Text("Your next days are full, so this is simply half an hour from now."),
    )


def is_still_free(
    session: Session, clock: Clock, *, user: User, item_id: int, networks: Collection[str], offered: datetime
) -> bool:
    """Whether a time that was offered is still apart from colleagues: many look at the same time, and take it in turn.

    Args:
        session: inside the transaction that plans the share. Whoever else takes a time of this item waits for its end.
        clock: what time it is.
        user: who was offered it.
        item_id: what they share.
        networks: names of the connectors it is for.
        offered: aware, as `next_slot` gave it a while ago.
    """
    session.execute(select(ContentItem.id).where(ContentItem.id == item_id).with_for_update(key_share=True))
    spread = rules.now_in_force(session).spread
    if _is_apart(offered, _colleagues_times(session, clock.now(), user, item_id, networks), spread):
        return True
    return offered == next_slot(session, clock, user=user, item_id=item_id, networks=networks).at


def _outside_from(session: Session, item_id: int | None) -> datetime:
    """From when an item may be shared, where our own people have it first."""
    item = session.get(ContentItem, item_id) if item_id is not None else None
    return (item.outside_from if item is not None else None) or datetime.min.replace(tzinfo=UTC)


def _best_hour(
    session: Session,
    user: User,
    networks: Collection[str],
    now: datetime,
    is_free: Callable[[datetime, datetime], bool],
) -> Slot | None:
    """The free quarter of the next days whose hour brought most visitors a post; None where too few posts tell."""
    known = results.by_hour(session, networks=networks, user_id=user.id) if networks else {}
    posts = sum(companys.posts for companys, _ in known.values())
    if posts < ENOUGH_POSTS:
        return None
    average = sum(companys.visitors for companys, _ in known.values()) / posts
    free = [
        (at, Hour(wall.weekday() > 4, wall.hour))
        for at, wall in _quarters(now, user.time_zone, until=now + SOON)
        if EARLIEST <= wall.hour < LATEST and is_free(at, wall)
    ]
    tried = [(at, hour) for at, hour in free if hour in known]
    if not tried or average == 0:
        return None
    at, hour = max(tried, key=lambda one: (round(_expected(known[one[1]], average), 6), -one[0].timestamp()))
    if _expected(known[hour], average) <= average:
        return None
    return Slot(at, _told(hour, known[hour][0], average))


def _expected(result: tuple[Result, Result], average: float) -> float:
    """Visitors that a post of this hour may expect: its mean, drawn to the average where few posts tell.

    (sum of visitors + CAUTION * average) / (posts + CAUTION): a posterior mean with a prior of `CAUTION` average posts;
    the person's own posts count `OWN_WEIGHT` times.
    """
    companys, own = result
    more = OWN_WEIGHT - 1
    visitors = companys.visitors + more * own.visitors
    posts = companys.posts + more * own.posts
    return (visitors + CAUTION * average) / (posts + CAUTION)


def _told(hour: Hour, result: Result, average: float) -> Text:
    found = {
        "begin": f"{hour.hour:02}:00",
        "end": f"{(hour.hour + 1) % 24:02}:00",
        "posts": result.posts,
        "visitors": f"{result.visitors / max(1, result.posts):.1f}",
        "average": f"{average:.1f}",
    }
    if hour.is_weekend:
        return Text(
            "At weekends between {begin} and {end}, {posts} posts of your company brought {visitors} visitors each; a post brings {average} on average.",
            **found,
        )
    return Text(
        "On working days between {begin} and {end}, {posts} posts of your company brought {visitors} visitors each; a post brings {average} on average.",
        **found,
    )


def _plain_rule(held_to: Rules, colleagues_share_it: bool) -> Text:
    if colleagues_share_it and held_to.spread:
        return Text(
            "The next quarter of an hour on a working day between 9 and 17, half an hour from your other shares and {minutes} minutes from colleagues who share this too.",
            minutes=int(held_to.spread.total_seconds()) // 60,
        )
    return Text("The next quarter of an hour on a working day between 9 and 17, half an hour from your other shares.")


def _quarters(now: datetime, zone: str, *, until: datetime | None = None) -> Iterator[tuple[datetime, datetime]]:
    """Every quarter of an hour from five minutes on, as a moment and as the person's wall shows it."""
    wall = on_the_wall(now + timedelta(minutes=5), zone)
    wall = wall.replace(minute=wall.minute // 15 * 15, second=0, microsecond=0) + STEP
    last = wall + timedelta(days=DAYS_AHEAD)
    while wall < last:
        at = moment(wall, zone).at
        if until is not None and at > until:
            return
        yield at, wall
        wall += STEP


def _is_working_time(wall: datetime) -> bool:
    return wall.weekday() <= 4 and FIRST_HOUR <= wall.hour < LAST_HOUR


def _is_apart(at: datetime, others: Sequence[datetime], distance: timedelta) -> bool:
    return all(abs(at - other) >= distance for other in others)


def _least_crowded(times: Sequence[datetime], others: Sequence[datetime]) -> datetime:
    """The time that is farthest from the nearest of `others` (sorted); of several, the first that has the fewest."""

    def crowd(at: datetime) -> tuple[timedelta, int]:
        place = bisect_left(others, at)
        nearest = min(abs(at - other) for other in others[max(place - 1, 0) : place + 1])
        there = bisect_left(others, at + STEP) - bisect_right(others, at - STEP)
        return -nearest, there

    return min(times, key=crowd)


def _colleagues_times(
    session: Session, now: datetime, user: User, item_id: int | None, networks: Collection[str]
) -> list[datetime]:
    if item_id is None or not networks:
        return []
    return _times(session, now, Share.user_id != user.id, Share.item_id == item_id, Share.network.in_(networks))


def _times(session: Session, now: datetime, *which: ColumnElement[bool]) -> list[datetime]:
    """When shares are due that are planned or went out lately."""
    query = select(Share.due_at).where(
        *which,
        Share.state.in_((ShareState.SCHEDULED, ShareState.PUBLISHING, ShareState.PUBLISHED)),
        Share.due_at > now - rules.FARTHEST_APART,
        Share.due_at < now + timedelta(days=DAYS_AHEAD + 1),
    )
    return [at for at in session.scalars(query) if at is not None]
