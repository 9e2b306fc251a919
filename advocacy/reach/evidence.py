"""The rows behind a figure: single clicks, each with the rule that filtered it, and every reading of a network."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import Session

from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.people.models import User
from advocacy.reach import rejudging, timetable
from advocacy.reach.judging import Rule, rule_named
from advocacy.reach.models import Agent, Click, FigureReading, ReadBack, RequestKind, moment
from advocacy.reach.totals import Scope
from advocacy.sharing.models import Share


class Show(enum.StrEnum):
    """Which clicks."""

    ALL = "all"
    HUMAN = "human"
    FILTERED = "filtered"
    UNIQUE = "unique"


@dataclass(frozen=True)
class Before:
    """An earlier judgement.

    Args:
        rule: why it did not count; None when it did.
        version: of the rules that judged so.
    """

    rule: Rule | None
    version: int


@dataclass(frozen=True)
class ClickRow:
    """One click as a reader may see it: nothing in it tells who it was.

    Args:
        at: when.
        network: of the share whose link was followed.
        device: `phone`, `tablet`, `desktop` or "".
        agent: what the program called itself.
        referrer_host: the site it came from; "" when it did not say.
        rule: why it does not count as a human's; None for a human's.
        is_first_today: the visitor's first on this link that day.
        before: what it was judged at first, when newer rules judged it otherwise since.
    """

    at: datetime
    network: str
    device: str
    agent: str
    referrer_host: str
    rule: Rule | None
    is_first_today: bool
    before: Before | None


def clicks(
    session: Session,
    scope: Scope,
    *,
    show: Show = Show.ALL,
    rule: str = "",
    after: str | None = None,
    size: int = 30,
) -> Page[ClickRow]:
    """The clicks behind a figure, newest first.

    Args:
        session: for reading.
        scope: the figure's own.
        show: which of the four figures.
        rule: only what this rule filtered; "" for all.
        after: the cursor of the page before.
        size: rows a page, 1 or more.

    Raises:
        Invalid: a cursor that is not ours.
    """
    query: Any = (
        select(
            Click.id,
            Click.day,
            Click.ms,
            Share.network,
            Agent.device,
            Agent.text,
            RequestKind.referrer_host,
            Click.rule,
            Click.is_first_today,
        )
        .join(RequestKind, RequestKind.id == Click.kind_id)
        .join(Agent, Agent.id == RequestKind.agent_id)
        .join(Share, Share.link_id == Click.link_id)
        .where(*_conditions(scope), *_shown(show, rule))
        .order_by(Click.day.desc(), Click.ms.desc(), Click.id.desc())
        .limit(size + 1)
    )
    if scope.team_ids is not None:
        query = query.join(User, User.id == Share.user_id)
    if after is not None:
        query = _after(query, after)
    rows = session.execute(query).all()
    more = len(rows) > size
    rows = rows[:size]
    earlier = before(session, [row.id for row in rows])
    found = [
        ClickRow(
            at=moment(row.day, row.ms),
            network=row.network,
            device=row.device,
            agent=row.text,
            referrer_host=row.referrer_host,
            rule=rule_named(row.rule) if row.rule else None,
            is_first_today=row.is_first_today,
            before=earlier.get(row.id),
        )
        for row in rows
    ]
    return Page(found, cursor_of(moment(rows[-1].day, rows[-1].ms), rows[-1].id) if more else None)


def before(session: Session, click_ids: Sequence[int]) -> dict[int, Before]:
    """What clicks were judged at first; those that no newer rules judged otherwise are left out."""
    return {
        click_id: Before(rule_named(row.rule) if row.rule else None, row.rules_version)
        for click_id, row in rejudging.before(session, click_ids).items()
    }


def _after(query: Any, cursor: str) -> Any:
    at, place = values_of(cursor, datetime, int)
    day = at.date()
    ms = (at - moment(day, 0)) // timedelta(milliseconds=1)
    return query.where(tuple_(Click.day, Click.ms, Click.id) < tuple_(day, ms, place))


def _shown(show: Show, rule: str) -> list[ColumnElement[bool]]:
    chosen: dict[Show, list[ColumnElement[bool]]] = {
        Show.ALL: [],
        Show.HUMAN: [Click.is_human.is_(True)],
        Show.FILTERED: [Click.is_human.is_(False)],
        Show.UNIQUE: [Click.is_first_today.is_(True)],
    }
    return [*chosen[show], Click.rule == rule] if rule else chosen[show]


def _conditions(scope: Scope) -> list[ColumnElement[bool]]:
    wanted: list[tuple[Any, Callable[[Any], ColumnElement[bool]]]] = [
        (scope.share_id, lambda given: Share.id == given),
        (scope.user_id, lambda given: Share.user_id == given),
        (scope.item_id, lambda given: Share.item_id == given),
        (scope.item_ids, lambda given: Share.item_id.in_(given)),
        (scope.team_ids, lambda given: User.team_id.in_(given)),
        (scope.network, lambda given: Share.network == given),
        (scope.first, lambda given: Click.day >= given),
        (scope.last, lambda given: Click.day <= given),
    ]
    return [condition(given) for given, condition in wanted if given is not None]


@dataclass(frozen=True)
class Looks:
    """What is known about a share from its network.

    Args:
        newest: the newest reading that has figures; None when there never was one.
        last: the newest look, whatever it gave; None before the first.
        next_at: when we look again; None when we do not.
        is_read: whether this share's network is asked at all.
        may_ask: whether its sharer may have it asked now.
    """

    newest: FigureReading | None
    last: FigureReading | None
    next_at: datetime | None
    is_read: bool
    may_ask: bool


def looks(session: Session, *, share: Share, tells_figures: bool) -> Looks:
    """The newest figures of a share, and when we look again.

    Args:
        session: for reading.
        share: which.
        tells_figures: whether its network does; a channel does not.
    """
    plan = session.get(ReadBack, share.id)
    last = session.scalar(_history(share.id).limit(1))
    if plan is not None:
        newest = session.get(FigureReading, plan.newest_id) if plan.newest_id is not None else None
        return Looks(newest, last, plan.next_at, is_read=True, may_ask=True)
    # Published a moment ago: it is on the timetable within seconds.
    first_at = timetable.first_look(share) if tells_figures else None
    return Looks(None, last, first_at, is_read=first_at is not None, may_ask=False)


def readings(session: Session, *, share_id: int, most: int = 40) -> list[FigureReading]:
    """Every reading of a share, newest first; the timetable and the sharer's own asking keep them few."""
    return list(session.scalars(_history(share_id).limit(most)))


def _history(share_id: int) -> Select[FigureReading]:
    return (
        select(FigureReading)
        .where(FigureReading.share_id == share_id)
        .order_by(FigureReading.at.desc(), FigureReading.id.desc())
    )
