"""Counts the people of every team each day, and tells how many there were: today afresh, earlier days as kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time

from sqlalchemy import Integer, case, delete, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from advocacy.base.clock import Clock
from advocacy.base.db import Database
from advocacy.base.house import House
from advocacy.insights.models import Headcount
from advocacy.insights.periods import Bucket, Period, Span, asked, buckets
from advocacy.people.entry_models import Invitation
from advocacy.people.groups import NO_TEAM
from advocacy.people.models import User, UserState
from advocacy.sharing.models import Connection, ConnectionState

KEPT = {
    Period.WEEK: Headcount.active_week,
    Period.MONTH: Headcount.active_month,
    Period.SEASON: Headcount.active_season,
    Period.THIS_MONTH: Headcount.active_this_month,
    Period.THIS_QUARTER: Headcount.active_this_quarter,
    Period.THIS_YEAR: Headcount.active_this_year,
}
"""Where each period's active people are kept. Who was active in other days of the past cannot be known later."""


@dataclass(frozen=True)
class Heads:
    """People of a group at the end of a day.

    Args:
        people: who could sign in.
        invited: those, and everybody whose own invitation was open.
        connected: of the people, who had connected a network.
        active: of the people, who were seen in the period; None where nobody counted them.
    """

    people: int
    invited: int
    connected: int
    active: int | None


NOBODY = Heads(people=0, invited=0, connected=0, active=0)


def together(heads: Collection[Heads]) -> Heads:
    """Groups without a common member as one; what is not known of one is not known of all."""
    known = [one.active for one in heads if one.active is not None]
    return Heads(
        people=sum(one.people for one in heads),
        invited=sum(one.invited for one in heads),
        connected=sum(one.connected for one in heads),
        active=sum(known) if len(known) == len(heads) else None,
    )


def by_team(session: Session, *, span: Span, now: datetime) -> Mapping[int, Heads] | None:
    """The people of every team (those right in it) on the last day of a span.

    Args:
        session: for reading.
        span: its last day is the day of the count; *active* is who was seen in it.
        now: the present moment.

    Returns:
        By the team's id, 0 for people in no team. None when that day is over and nobody had counted.
    """
    today = now.astimezone(UTC).date()
    if span.last >= today:
        return _afresh(session, {"active": span.first}, now)
    column = _column_for(span)
    rows = session.execute(
        select(Headcount.team_id, Headcount.people, Headcount.invited, Headcount.connected)
        .add_columns(*([column] if column is not None else []))
        .where(Headcount.day == span.last)
    ).all()
    if not rows:
        return None
    return {
        row[0]: Heads(people=row[1], invited=row[2], connected=row[3], active=row[4] if column is not None else None)
        for row in rows
    }


def _column_for(span: Span) -> InstrumentedAttribute[int] | None:
    """The column that counted exactly these days, by their last one."""
    end = datetime.combine(span.last, time(12), UTC)
    for period, column in KEPT.items():
        if asked(period, now=end).span == span:
            return column
    return None


def daily(session: Session, *, span: Span, team_ids: Collection[int] | None) -> dict[date, tuple[int, int]]:
    """People and connected people of each day that was counted.

    Args:
        session: for reading.
        span: the days.
        team_ids: these teams only; None is the whole company.
    """
    query = (
        select(Headcount.day, func.sum(Headcount.people), func.sum(Headcount.connected))
        .where(Headcount.day.between(span.first, span.last))
        .group_by(Headcount.day)
    )
    if team_ids is not None:
        query = query.where(Headcount.team_id.in_(team_ids))
    return {day: (int(people), int(connected)) for day, people, connected in session.execute(query)}


def over_time(
    session: Session, *, span: Span, team_ids: Collection[int] | None
) -> list[tuple[Bucket, tuple[int, int] | None]]:
    """People and connected people at each point of a chart: the point's last day that was counted, None without one."""
    counted = daily(session, span=span, team_ids=team_ids)
    found: list[tuple[Bucket, tuple[int, int] | None]] = []
    for bucket in buckets(span):
        days = [day for day in counted if bucket.first <= day <= bucket.last]
        found.append((bucket, counted[max(days)] if days else None))
    return found


def tick(house: House) -> None:
    """Keeps today's headcount; what the clock does every ten minutes."""
    keep(house.db, house.clock)


def keep(db: Database, clock: Clock) -> None:
    """Writes down today's headcount, over what was counted earlier today: the day's last count stays."""
    now = clock.now()
    today = now.astimezone(UTC).date()
    with db.transaction() as session:
        windows = {column.key: asked(period, now=now).span.first for period, column in KEPT.items()}
        counted = _count(session, windows, now)
        session.execute(delete(Headcount).where(Headcount.day == today))
        session.add_all(
            Headcount(day=today, team_id=team_id, counted_at=now, **figures) for team_id, figures in counted.items()
        )


def _afresh(session: Session, windows: Mapping[str, date], now: datetime) -> dict[int, Heads]:
    names = {field.name for field in fields(Heads)}
    return {
        team_id: Heads(**{name: figures[name] for name in names})
        for team_id, figures in _count(session, windows, now).items()
    }


def _count(session: Session, windows: Mapping[str, date], now: datetime) -> dict[int, dict[str, int]]:
    """People of each team: all, invited, connected, and seen since the day of each window."""
    # Asked for all at once, not for each person: that took longer than the rest of a leader's page together.
    connected = (
        select(Connection.user_id).where(Connection.state != ConnectionState.DISCONNECTED).distinct().subquery()
    )
    team = func.coalesce(User.team_id, NO_TEAM)
    since = {name: datetime.combine(first, time(), UTC) for name, first in windows.items()}
    rows = session.execute(
        select(
            team,
            func.count(),
            func.count(connected.c.user_id),
            *(func.sum(case((User.last_seen_at >= moment, 1), else_=0)) for moment in since.values()),
        )
        .select_from(User)
        .outerjoin(connected, connected.c.user_id == User.id)
        .where(User.state == UserState.ACTIVE)
        .group_by(team)
    ).all()
    counted: dict[int, dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(("people", "invited", "connected", *windows), 0)
    )
    for team_id, people, linked, *seen in rows:
        counted[team_id] = {"people": people, "invited": people, "connected": int(linked)}
        counted[team_id].update(zip(windows, map(int, seen), strict=True))
    for team_id, waiting in _waiting(session, now).items():
        counted[team_id]["invited"] += waiting
    return dict(counted)


def _waiting(session: Session, now: datetime) -> dict[int, int]:
    """People with an open invitation of their own. Open links are for nobody in particular and are not counted."""
    team = func.coalesce(Invitation.team_id, NO_TEAM)
    is_known = exists().where(User.email == Invitation.email)
    rows = session.execute(
        select(team, func.count(Invitation.email.distinct()).cast(Integer))
        .where(
            Invitation.email.is_not(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.taken == 0,
            Invitation.expires_at > now,
            ~is_known,
        )
        .group_by(team)
    )
    return dict(rows.all())
