"""Learns from the event log at which hours posts bring visitors."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from advocacy.base.events import Consumer, Event, consume
from advocacy.base.house import House
from advocacy.sharing.models import Share
from advocacy.sharing.result_models import EVERYBODY, HourResult
from advocacy.sharing.wall_time import on_the_wall

WENT_OUT = frozenset({"share.published", "share.confirmed"})
VISITED = "click.counted"


@dataclass(frozen=True)
class Hour:
    """An hour of working days, or of weekends, on a person's own wall.

    Args:
        is_weekend: Saturday or Sunday.
        hour: 0 to 23.
    """

    is_weekend: bool
    hour: int


@dataclass(frozen=True)
class Result:
    """What posts of one hour came to.

    Args:
        posts: how many went out.
        visitors: how many people followed their links.
    """

    posts: int
    visitors: int


def visitors_in(happened: Event) -> int:
    """How many visitors an event of the kind `VISITED` tells of: those of a link and a day that came in together.

    Earlier events told of one each, and did not say so.
    """
    return int(happened.data.get("visitors", 1))


def keep_up(house: House) -> None:
    """Reads the event log to its present end. A job; safe to run at any time and by many workers."""
    while consume(house.db, LEARNER, batch=200) == 200:
        pass


def take(session: Session, happened: Event) -> None:
    """Adds one event to the hour its share went out, for the person and for the company.

    Args:
        session: the transaction that also moves the cursor.
        happened: a share that went out, or a visitor of one.
    """
    number = happened.subject_id if happened.subject_type == "share" else happened.data.get("share_id")
    share = session.get(Share, number) if number is not None else None
    if share is None or share.published_at is None:
        return  # erased since
    wall = on_the_wall(share.published_at, share.time_zone)
    for user_id in (EVERYBODY, share.user_id):
        key = (share.network, user_id, wall.weekday() > 4, wall.hour)
        row = session.get(HourResult, key)
        if row is None:
            names = ("network", "user_id", "is_weekend", "hour")
            row = HourResult(**dict(zip(names, key, strict=True)), posts=0, visitors=0)
            session.add(row)
        if happened.kind == VISITED:
            row.visitors += visitors_in(happened)
        else:
            row.posts += 1
    session.flush()


LEARNER = Consumer(name="sharing.hours", kinds=WENT_OUT | {VISITED}, take=take)


def by_hour(session: Session, *, networks: Collection[str], user_id: int) -> dict[Hour, tuple[Result, Result]]:
    """What went out at each hour came to.

    Args:
        session: for reading.
        networks: names of connectors.
        user_id: whose own results stand beside the company's.

    Returns:
        For each hour with any post: the company's result (the person's included), and the person's.
    """
    rows = session.execute(
        select(
            HourResult.is_weekend,
            HourResult.hour,
            HourResult.user_id,
            func.sum(HourResult.posts),
            func.sum(HourResult.visitors),
        )
        .where(HourResult.network.in_(networks), or_(HourResult.user_id == EVERYBODY, HourResult.user_id == user_id))
        .group_by(HourResult.is_weekend, HourResult.hour, HourResult.user_id)
    )
    companys: dict[Hour, Result] = {}
    own: dict[Hour, Result] = {}
    for is_weekend, hour, whose, posts, visitors in rows:
        (companys if whose == EVERYBODY else own)[Hour(bool(is_weekend), hour)] = Result(int(posts), int(visitors))
    return {hour: (result, own.get(hour, Result(0, 0))) for hour, result in companys.items()}


def forget(session: Session, *, user_id: int) -> None:
    """Removes a person's own hours when they are erased; the company's sums name nobody."""
    session.execute(delete(HourResult).where(HourResult.user_id == user_id))
