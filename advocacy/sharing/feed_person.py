"""What the feed knows of the person who looks: what they follow, saved and shared; and what colleagues shared."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    BindParameter,
    Boolean,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from advocacy.base import editions
from advocacy.base.db import UtcDateTime
from advocacy.sharing import sign_ins
from advocacy.sharing.models import Connection, FollowedTopic, SavedItem, Share, ShareState

SHARES_COUNT_FOR = timedelta(days=14)
OUT_THERE = (ShareState.SCHEDULED, ShareState.PUBLISHING, ShareState.PUBLISHED, ShareState.UNCONFIRMED)
COUNTED_FOR = 30.0
"""Seconds until colleagues' shares are counted again where there are many: it takes the longer the more there are."""
FEW = 500
"""So few shares are counted again as soon as there is another."""


@dataclass(frozen=True)
class Person:
    """What the feed knows of whoever looks, for the items of a page.

    Args:
        followed: ids of topics.
        saved: ids of items.
        mine: networks that they shared an item to, by its id.
        others: how many others shared an item lately, by its id; none are left out.
        signs_in_again: whether an account of theirs wants a new sign-in.
    """

    followed: frozenset[int]
    saved: frozenset[int]
    mine: Mapping[int, tuple[str, ...]]
    others: Mapping[int, int]
    signs_in_again: bool


_NOTHING = literal("", String)
_NEVER = cast(null(), UtcDateTime)
_USER: BindParameter[int] = bindparam("user_id")
_FLOOR: BindParameter[int] = bindparam("floor")
_IS_OUT = and_(or_(*(Share.state == state for state in OUT_THERE)), Share.removed_at.is_(None))
_ALL = union_all(
    select(
        literal("share", String).label("what"),
        Share.item_id.label("number"),
        Share.network.label("word"),
        cast(case((_IS_OUT, 1), else_=0), Boolean).label("is_out"),
        case((Share.state == ShareState.PUBLISHED, Share.published_at), else_=_NEVER).label("at"),
    ).where(Share.user_id == _USER, Share.item_id >= _FLOOR),
    select(literal("saved", String), SavedItem.item_id, _NOTHING, literal(False), _NEVER).where(
        SavedItem.user_id == _USER, SavedItem.item_id >= _FLOOR
    ),
    select(literal("topic", String), FollowedTopic.topic_id, _NOTHING, literal(False), _NEVER).where(
        FollowedTopic.user_id == _USER
    ),
    select(literal("sign-in", String), Connection.id, _NOTHING, literal(False), _NEVER).where(
        Connection.user_id == _USER, sign_ins.wants(bindparam("soon", type_=UtcDateTime))
    ),
    select(
        literal("newest", String),
        select(func.max(Share.id)).scalar_subquery(),
        _NOTHING,
        literal(False),
        select(func.max(Share.published_at)).scalar_subquery(),
    ),
)
"""All of it in one question."""


def of(session: Session, now: datetime, *, user_id: int, floor: int) -> Person:
    """What is known of this person.

    Args:
        session: for reading.
        now: what is lately and soon.
        user_id: who.
        floor: of items only those with this id or a greater one are told.
    """
    soon = sign_ins.told_until(now)
    rows = session.connection().execute(_ALL, {"user_id": user_id, "floor": floor, "soon": soon}).all()
    numbers: dict[str, list[int]] = defaultdict(list)
    mine: dict[int, tuple[str, ...]] = {}
    counted = set()
    newest: tuple[int, datetime | None] = (0, None)
    for what, number, word, is_out, at in rows:
        if what == "share":
            if is_out:
                mine[number] = tuple(sorted({*mine.get(number, ()), word}))
            if at is not None and at > now - SHARES_COUNT_FOR:
                counted.add(number)
        elif what == "newest":
            newest = (number or 0, at)
        else:
            numbers[what].append(number)
    everybody = _counts(session, now, newest)
    return Person(
        followed=frozenset(numbers["topic"]),
        saved=frozenset(numbers["saved"]),
        mine=mine,
        others={**everybody, **{one: everybody.get(one, 1) - 1 for one in counted}} if counted else everybody,
        signs_in_again=bool(numbers["sign-in"]),
    )


@dataclass(frozen=True)
class _Counted:
    """How many people shared each item lately."""

    now: datetime
    clock: float
    """Seconds of the process's own clock, which nobody sets back."""
    newest: tuple[int, datetime | None]
    people: Mapping[int, int]

    def holds(self, now: datetime, newest: tuple[int, datetime | None]) -> bool:
        """Whether it is as good as counted now."""
        if abs((now - self.now).total_seconds()) > COUNTED_FOR:
            return False
        is_young = time.monotonic() - self.clock < COUNTED_FOR
        return newest == self.newest or (is_young and sum(self.people.values()) > FEW)


def _counts(session: Session, now: datetime, newest: tuple[int, datetime | None]) -> Mapping[int, int]:
    lately = editions.memory(session).lately
    known: _Counted | None = lately.get("sharers of items")
    if known is None or not known.holds(now, newest):
        query = (
            select(Share.item_id, func.count(func.distinct(Share.user_id)))
            .where(Share.state == ShareState.PUBLISHED, Share.published_at > now - SHARES_COUNT_FOR)
            .group_by(Share.item_id)
        )
        people = {item_id: count for item_id, count in session.execute(query)}  # noqa: C416 - typed by its parts
        known = lately["sharers of items"] = _Counted(now, time.monotonic(), newest, people)
    return known.people
