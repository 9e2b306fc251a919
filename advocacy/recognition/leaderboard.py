"""The leaderboard: a query over the ledger. By name only for those who chose it; everybody sees their own rank."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, Select, func, or_, select
from sqlalchemy.orm import Session

from advocacy.people.models import Team, User, UserState
from advocacy.recognition.models import PointsEntry


class Period(enum.StrEnum):
    """For which time points are added up."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ALL = "all"


@dataclass(frozen=True)
class Standing:
    """One line of the board.

    Args:
        rank: 1 is best; equal points share a rank, and the next one is left out (1, 2, 2, 4).
        name: None for a colleague who is not ranked by name.
        team: None likewise.
        points: in the period.
        shares: posts that earned points in the period.
        visitors: people who followed a link, as the ledger paid them.
        is_me: the reader's own line.
    """

    rank: int
    name: str | None
    team: str | None
    points: int
    shares: int
    visitors: int
    is_me: bool


@dataclass(frozen=True)
class TeamStanding:
    """A team's line: points per head, so that small teams stand a chance."""

    rank: int
    name: str
    people: int
    points: int
    per_head: float


@dataclass(frozen=True)
class Board:
    """A page of the board, and the reader's own line wherever it stands (None without points)."""

    lines: list[Standing]
    mine: Standing | None
    ranked: int
    begins: date | None
    ends: date | None


def bounds(period: Period, *, now: datetime, time_zone: str) -> tuple[datetime | None, datetime | None]:
    """Where a period begins and ends (exclusive), by the reader's own calendar; weeks begin on Monday."""
    if period is Period.ALL:
        return None, None
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    if period is Period.WEEK:
        first = today - timedelta(days=today.weekday())
        last = first + timedelta(days=7)
    else:
        months = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}[period]
        first = date(today.year, (today.month - 1) // months * months + 1, 1)
        last = date(first.year + (first.month + months > 12), (first.month + months - 1) % 12 + 1, 1)
    midnight = datetime.min.time()
    return datetime.combine(first, midnight, zone), datetime.combine(last, midnight, zone)


def board(
    session: Session,
    *,
    reader: User,
    now: datetime,
    period: Period,
    team_ids: list[int] | None = None,
    first_rank: int = 1,
    size: int = 50,
) -> Board:
    """A page of the leaderboard.

    Within a team only people who are ranked by name stand on it, and the reader: in a few people's midst, a line
    without a name says whose it is.

    Args:
        session: for reading.
        reader: whose own line is always found.
        now: the present moment.
        period: which points count.
        team_ids: only people of these teams; None is the whole company.
        first_rank: line to begin with, 1 or more.
        size: lines a page, 1 to 100.

    Returns:
        The page, sorted by rank and then by id, so that it never reshuffles between pages.
    """
    begins, ends = bounds(period, now=now, time_zone=reader.time_zone)
    ranked_query = _ranked(begins, ends, team_ids)
    if team_ids is not None:
        ranked_query = ranked_query.where(or_(User.ranked_by_name, User.id == reader.id))
    ranked = ranked_query.subquery()
    columns = (ranked, User.name, User.ranked_by_name, Team.name.label("team"))
    query = (
        select(*columns)
        .join(User, User.id == ranked.c.user_id)
        .outerjoin(Team, Team.id == User.team_id)
        .order_by(ranked.c.rank, ranked.c.user_id)
    )
    rows = session.execute(query.offset(max(0, first_rank - 1)).limit(size)).all()
    mine = session.execute(query.where(ranked.c.user_id == reader.id)).first()
    return Board(
        lines=[_standing(row, reader) for row in rows],
        mine=_standing(mine, reader) if mine else None,
        ranked=session.scalar(select(func.count()).select_from(ranked)) or 0,
        begins=begins.date() if begins else None,
        ends=(ends - timedelta(days=1)).date() if ends else None,
    )


def team_board(session: Session, *, reader: User, now: datetime, period: Period, smallest: int) -> list[TeamStanding]:
    """Teams by points per head, best first. People without a team are left out; disabled ones are no heads.

    Args:
        session: for reading.
        reader: by whose calendar.
        now: the present moment.
        period: which points count.
        smallest: people of the smallest team that is shown.
    """
    begins, ends = bounds(period, now=now, time_zone=reader.time_zone)
    points = _ranked(begins, ends, None).subquery()
    heads = func.count(User.id)
    total = func.coalesce(func.sum(points.c.points), 0)
    rows = session.execute(
        select(Team.name, heads, total)
        .join(User, User.team_id == Team.id)
        .outerjoin(points, points.c.user_id == User.id)
        .where(User.state == UserState.ACTIVE)
        .group_by(Team.id, Team.name)
        .having(heads >= smallest)
    ).all()
    lines = sorted(
        ((name, people, int(earned)) for name, people, earned in rows), key=lambda line: (-line[2] / line[1], line[0])
    )
    standings: list[TeamStanding] = []
    for place, (name, people, earned) in enumerate(lines, start=1):
        per_head = earned / people
        tied = standings and standings[-1].per_head == per_head
        rank = standings[-1].rank if tied else place
        standings.append(TeamStanding(rank=rank, name=name, people=people, points=earned, per_head=per_head))
    return standings


def _ranked(
    begins: datetime | None, ends: datetime | None, team_ids: list[int] | None
) -> Select[tuple[int, int, int, int, int]]:
    points = func.sum(PointsEntry.points)
    shares = func.sum(func.coalesce((PointsEntry.rule.in_(("published", "confirmed"))).cast(Integer), 0))
    removed = func.sum(func.coalesce((PointsEntry.rule == "removed").cast(Integer), 0))
    visitors = func.sum(func.coalesce((PointsEntry.rule == "visitor").cast(Integer), 0))
    query = (
        select(
            PointsEntry.user_id.label("user_id"),
            points.label("points"),
            (shares - removed).label("shares"),
            visitors.label("visitors"),
            func.rank().over(order_by=points.desc()).label("rank"),
        )
        .join(User, User.id == PointsEntry.user_id)
        .where(User.state == UserState.ACTIVE)
        .group_by(PointsEntry.user_id)
        .having(points > 0)
    )
    if begins is not None:
        query = query.where(PointsEntry.at >= begins)
    if ends is not None:
        query = query.where(PointsEntry.at < ends)
    if team_ids is not None:
        query = query.where(User.team_id.in_(team_ids))
    return query  # type: ignore[return-value]


def _standing(row: object, reader: User) -> Standing:
    found = row._mapping  # type: ignore[attr-defined]
    is_me = found["user_id"] == reader.id
    named = is_me or found["ranked_by_name"]
    return Standing(
        rank=found["rank"],
        name=found["name"] if named else None,
        team=found["team"] if named else None,
        points=int(found["points"]),
        shares=int(found["shares"]),
        visitors=int(found["visitors"]),
        is_me=is_me,
    )
