"""The sums of what went out: moved in the transaction that moves a share, made anew from the shares whenever one doubts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Integer, Select, case, cast, delete, func, literal, select, union_all
from sqlalchemy.orm import Session

from advocacy.base import bulk, db, grains
from advocacy.base.db import Database
from advocacy.sharing.models import Proof, Share, ShareState
from advocacy.sharing.post_sum_models import PostSum, SharerGap

SUMS = ("by_network", "by_click", "claimed", "taken_down")
NEVER = date(1, 1, 1)
"""The day before somebody's first."""
ALL = ""
"""The network of those who are counted once, wherever they posted."""
_TABLE, _GAPS = bulk.table_of(PostSum), bulk.table_of(SharerGap)
_ALONE = "sums of posts"


class _Post(NamedTuple):
    """What the sums hold of a post that is out."""

    user_id: int
    item_id: int
    network: str
    day: date
    proof: Proof
    is_down: bool


def follow(session: Session, share_ids: Collection[int]) -> None:
    """Holds shares that are about to change, and moves the sums by what became of them when the transaction ends.

    Args:
        session: inside a transaction; before the shares are changed.
        share_ids: whose state, proof, day or removal is about to change.
    """
    held = db.left_for_the_end(session, _finish, dict[int, _Post | None])
    unknown = sorted(set(share_ids) - held.keys())
    if unknown:
        # Whoever changes one meanwhile waits, as it would with the change itself.
        found = _posts(session, Share.id.in_(unknown), lock=True)
        held.update({share_id: found.get(share_id) for share_id in unknown})


def follow_held(session: Session, shares: Iterable[Share]) -> None:
    """As `follow`, for shares that were just read and are held: nothing is asked of the database for them."""
    held = db.left_for_the_end(session, _finish, dict[int, _Post | None])
    for share in shares:
        held.setdefault(share.id, _of(share))


def follow_new(session: Session, share: Share) -> None:
    """Adds a share that is out from its first moment on (of a demo), when the transaction ends.

    Args:
        session: inside a transaction.
        share: flushed.
    """
    db.left_for_the_end(session, _finish, dict[int, _Post | None]).setdefault(share.id, None)


def _finish(session: Session, before: dict[int, _Post | None]) -> None:
    after = _posts(session, Share.id.in_(list(before)))
    changed = {one: post for one, post in before.items() if post != after.get(one)}
    if not changed:
        return
    # Whose last day it was must have one answer, with two posts of a person going out at once.
    db.alone(session, _ALONE)
    moves = [(1, after.get(one)) for one in changed] + [(-1, post) for post in changed.values()]
    grains.add(
        session,
        _TABLE,
        [
            (post.day, post.item_id, post.network, *(by * figure for figure in _figures(post)))
            for by, post in moves
            if post is not None
        ],
        sums=SUMS,
    )
    now = _days(session, {post.user_id for _, post in moves if post is not None})
    then = Counter(now)
    for by, post in moves:
        if post is not None:
            then[post.user_id, post.network, post.day] -= by
    gaps = _gaps(+now)
    gaps.subtract(_gaps(+then))
    _add_gaps(session, gaps)


def _days(session: Session, people: Collection[int]) -> Counter[tuple[int, str, date]]:
    """How many posts each of these people have out, by network and day."""
    day = grains.day_of(session, Share.published_at)
    key: tuple[Any, ...] = (Share.user_id, Share.network, day)
    query: Select[Any] = (
        select(*key, func.count()).where(Share.user_id.in_(sorted(people)), *_is_out()).group_by(*key)
    )
    return Counter({(user, network, grains.as_day(on)): count for user, network, on, count in session.execute(query)})


def _is_out() -> list[ColumnElement[bool]]:
    return [Share.state == ShareState.PUBLISHED, Share.published_at.is_not(None)]


def _figures(post: _Post) -> tuple[int, int, int, int]:
    by_network, by_click = post.proof is Proof.NETWORK, post.proof is Proof.CONFIRMED
    return int(by_network), int(by_click), int(not by_network and not by_click), int(post.is_down)


def _posts(session: Session, which: Any, *, lock: bool = False) -> dict[int, _Post]:
    columns: tuple[Any, ...] = (Share.id, Share.user_id, Share.item_id, Share.network, Share.published_at)
    query: Select[Any] = select(*columns, Share.proof, Share.removed_at, Share.state).where(which).order_by(Share.id)
    if lock:
        query = query.with_for_update(key_share=True)
    found = ((row.id, _of(row)) for row in session.execute(query))
    return {share_id: post for share_id, post in found if post is not None}


def _of(row: Any) -> _Post | None:
    """What the sums hold of a share, or of the columns of one; None of one that is not out."""
    if row.state is not ShareState.PUBLISHED or row.published_at is None:
        return None
    day, is_down = row.published_at.astimezone(UTC).date(), row.removed_at is not None
    return _Post(row.user_id, row.item_id, row.network, day, row.proof, is_down)


def _gaps(posted: Iterable[tuple[int, str, date]]) -> Counter[tuple[str, date, date]]:
    """How many people had a day with a post, by network and their last one before."""
    days: dict[tuple[int, str], set[date]] = defaultdict(set)
    for user_id, network, day in posted:
        days[user_id, network].add(day)
        days[user_id, ALL].add(day)
    return Counter(
        (network, day, before)
        for (_, network), of_one in days.items()
        for before, day in pairwise([NEVER, *sorted(of_one)])
    )


def _add_gaps(session: Session, gaps: Counter[tuple[str, date, date]]) -> None:
    rows = [(*key, people) for key, people in sorted(gaps.items()) if people]
    bulk.add_up(session, _GAPS, ("network", "day", "before", "people"), rows, sums=("people",))


def sharers(first: date, last: date, *, network: str = ALL) -> Select[Any]:
    """How many people had a post go out, proved or claimed, as a query of one number (None for nobody).

    Args:
        first: UTC.
        last: UTC, included.
        network: one network; `ALL` for any.
    """
    count: Any = func.sum(SharerGap.people)
    return select(count).where(
        SharerGap.network == network, SharerGap.day.between(first, last), SharerGap.before < first
    )


def differing(session: Session) -> list[date]:
    """The months in which sums are not what the shares say; shares may be going out meanwhile."""
    found = set(grains.months_among(_missing(session)))
    found.update(grains.month_of(day) for _, day, *_ in _missing_gaps(session))
    return sorted(found)


def rebuild(house_db: Database, months: Iterable[date]) -> None:
    """Makes the sums of some months right from the shares, while shares go out and pages are read.

    Args:
        house_db: a transaction for each month; whoever publishes waits for no longer than one of them.
        months: their first days.
    """
    wanted = set(months)
    for first in sorted(wanted):
        last = grains.month_after(first) - timedelta(days=1)
        with house_db.transaction() as session:
            db.alone(session, _ALONE)
            grains.mend(session, _TABLE, _missing(session, first, last), sums=SUMS)
    with house_db.transaction() as session:
        db.alone(session, _ALONE)
        gaps = [row for row in _missing_gaps(session) if grains.month_of(row[1]) in wanted]
        _add_gaps(session, Counter({(network, day, before): people for network, day, before, people in gaps}))
        session.execute(delete(SharerGap).where(SharerGap.people == 0))


def _missing(session: Session, first: date | None = None, last: date | None = None) -> list[tuple[Any, ...]]:
    """What has to be added to the sums of posts, of all days or of a month's."""
    is_out = _is_out()
    if first is not None:
        is_out.append(Share.published_at >= datetime.combine(first, time(), UTC))
    if last is not None:
        is_out.append(Share.published_at < datetime.combine(last + timedelta(days=1), time(), UTC))
    day = grains.day_of(session, Share.published_at)
    by_network, by_click = Share.proof == Proof.NETWORK, Share.proof == Proof.CONFIRMED
    conditions = (by_network, by_click, ~by_network & ~by_click, Share.removed_at.is_not(None))
    counted = (
        select(day.label("day"), Share.item_id, Share.network)
        .add_columns(
            *(
                func.sum(case((condition, 1), else_=0)).label(name)
                for name, condition in zip(SUMS, conditions, strict=True)
            )
        )
        .where(*is_out)
        .group_by(day, Share.item_id, Share.network)
    )
    return grains.differences(session, _TABLE, counted, sums=SUMS, first=first, last=last)


def _missing_gaps(session: Session) -> list[tuple[str, date, date, int]]:
    """What has to be added to the counts of people: network, day, day before and how many."""
    day = grains.day_of(session, Share.published_at)
    is_out = _is_out()
    of_one: Any = select(Share.user_id, Share.network, day.label("day")).where(*is_out).distinct()
    of_any: Any = select(Share.user_id, literal(ALL).label("network"), day.label("day")).where(*is_out).distinct()
    days = union_all(of_one, of_any).subquery()
    earlier = func.lag(days.c.day).over(partition_by=(days.c.user_id, days.c.network), order_by=days.c.day)
    pairs = select(
        days.c.network, days.c.day, func.coalesce(earlier, literal(NEVER, Date)).label("before")
    ).subquery()
    key = (pairs.c.network, pairs.c.day, pairs.c.before)
    counted: Any = select(*key, func.count().label("people")).group_by(*key)
    kept: Any = select(SharerGap.network, SharerGap.day, SharerGap.before, -SharerGap.people)
    both = union_all(counted, kept).subquery()
    found = (both.c.network, both.c.day, both.c.before)
    total = cast(func.sum(both.c.people), Integer)
    rows = session.execute(select(*found, total).group_by(*found).having(total != 0))
    return [(row[0], grains.as_day(row[1]), grains.as_day(row[2]), row[3]) for row in rows]
