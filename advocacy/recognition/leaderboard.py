"""The leaderboard: read from the sums of the ledger. By name only for those who chose it; everybody sees their own rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, func, literal, or_, select, true, union_all
from sqlalchemy.orm import Session

from advocacy.people.models import Team, User, UserState
from advocacy.recognition import ranges
from advocacy.recognition.models import Standing
from advocacy.recognition.periods import EVER, Period, begins, ends, today
from advocacy.recognition.ranges import Narrow


@dataclass(frozen=True)
class Line:
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
class TeamLine:
    """A team's line: points per head, so that small teams stand a chance."""

    rank: int
    name: str
    people: int
    points: int
    per_head: float


@dataclass(frozen=True)
class Board:
    """A page of the board, and the reader's own line wherever it stands (None without points)."""

    lines: list[Line]
    mine: Line | None
    ranked: int
    begins: date | None
    ends: date | None


def board(
    session: Session,
    *,
    reader: User,
    now: datetime,
    period: Period,
    team_ids: Sequence[int] | None = None,
    narrow: Narrow | None = None,
    first_rank: int = 1,
    size: int = 50,
) -> Board:
    """A page of the leaderboard.

    On a board of less than the whole company and a whole period only people who are ranked by name stand, and the
    reader: in a few people's midst, a line without a name says whose it is.

    Args:
        session: for reading.
        reader: whose own line is always found.
        now: the present moment.
        period: which points count; days of UTC, the same for everybody.
        team_ids: only people of these teams; None is the whole company.
        narrow: days of one's choice in the place of the period, a campaign, a network; None for all points.
        first_rank: line to begin with, 1 or more.
        size: lines a page, 1 to 100.

    Returns:
        The page, sorted by rank and then by id, so that it never reshuffles between pages.
    """
    day, skip = today(now), max(0, first_rank - 1)
    if narrow is None:
        lines, mine, ranked = _of_period(session, reader, period, begins(period, day), team_ids, skip, size)
        first, last = begins(period, day), ends(period, day)
    else:
        first, last = days_of(narrow, period, day)
        lines, mine, ranked = _of_range(session, reader, narrow, (first, last), team_ids, skip, size)
    return Board(lines, mine, ranked, None if first == EVER else first, last)


def days_of(narrow: Narrow, period: Period, day: date) -> tuple[date, date]:
    """The first and the last day that count: those of one's choice, or the period's that this day lies in."""
    return narrow.days or (begins(period, day), ends(period, day) or day)


def _of_period(
    session: Session, reader: User, period: Period, first: date, team_ids: Sequence[int] | None, skip: int, size: int
) -> tuple[list[Line], Line | None, int]:
    """A page of a whole period: one question to the database, each part of it answered from one index."""
    asked: dict[str, Any] = {"period": period.value, "begins": first, "reader": reader.id, "skip": skip, "size": size}
    if team_ids is not None:
        asked["teams"] = list(team_ids)
    rows = session.execute(_WHOLE if team_ids is None else _OF_TEAMS, asked).all()
    people = [row for row in rows if row.user_id is not None]
    found, ranked = [row for row in people if not row.is_mine], int(rows[0].ranked)
    mine = next((row for row in people if row.is_mine), None)
    ranks = _ranks([row.points for row in found], skip=skip, first=int(rows[0].before_page) + 1)
    lines = [
        _line(row, rank, reader)
        for row, rank in zip(found, ranks, strict=True)
        if team_ids is None or row.ranked_by_name or row.user_id == reader.id
    ]
    return lines, _line(mine, int(mine.before_mine) + 1, reader) if mine else None, ranked


def _page(*, of_teams: bool) -> Select[Any]:
    """The statement for that: the page's lines and the reader's own, each with how many there are and stand before.

    It is made once: what a page of the board costs is mostly making it.
    """
    reader = bindparam("reader", type_=Integer)
    within = [
        Standing.period == bindparam("period"),
        Standing.begins == bindparam("begins"),
        Standing.is_active,
        Standing.points > 0,
    ]
    if of_teams:
        within += [
            Standing.team_id.in_(bindparam("teams", expanding=True)),
            or_(Standing.is_named, Standing.user_id == reader),
        ]
    columns: tuple[Any, ...] = (Standing.user_id, Standing.points, Standing.posts, Standing.visitors)
    figures: Select[Any] = select(*columns).where(*within)
    best_first = figures.order_by(Standing.points.desc(), Standing.user_id)
    page = best_first.offset(bindparam("skip", type_=Integer)).limit(bindparam("size", type_=Integer)).cte("page")
    own = figures.where(Standing.user_id == reader).cte("own")
    both = union_all(select(literal(False).label("is_mine"), page), select(literal(True), own)).subquery()

    def count(*conditions: ColumnElement[bool]) -> Any:
        return select(func.count()).select_from(Standing).where(*within, *conditions).scalar_subquery()

    counts = select(
        count().label("ranked"),
        count(Standing.points > select(func.max(page.c.points)).scalar_subquery()).label("before_page"),
        count(Standing.points > select(own.c.points).scalar_subquery()).label("before_mine"),
    ).subquery()
    return (
        select(counts, both, User.name, User.ranked_by_name, Team.name.label("team"))
        .select_from(counts)
        .outerjoin(both, true())
        .outerjoin(User, User.id == both.c.user_id)
        .outerjoin(Team, Team.id == User.team_id)
        .order_by(both.c.is_mine, both.c.points.desc(), both.c.user_id)
    )


_WHOLE, _OF_TEAMS = _page(of_teams=False), _page(of_teams=True)


def _of_range(
    session: Session,
    reader: User,
    narrow: Narrow,
    days: tuple[date, date],
    team_ids: Sequence[int] | None,
    skip: int,
    size: int,
) -> tuple[list[Line], Line | None, int]:
    """A page of anything else: summed from the days, or for a campaign from the ledger."""
    earned = ranges.earned(narrow, days, reader=reader, team_ids=team_ids).cte()
    rank = func.rank().over(order_by=earned.c.points.desc())
    place = func.row_number().over(order_by=(earned.c.points.desc(), earned.c.user_id))
    ranked = select(earned, rank.label("rank"), place.label("place"), func.count().over().label("ranked")).cte()
    of_page = and_(ranked.c.place > skip, ranked.c.place <= skip + size)
    query = _people(select(ranked), ranked.c.user_id)
    rows = session.execute(query.where(or_(of_page, ranked.c.user_id == reader.id)).order_by(ranked.c.place)).all()
    lines = [_line(row, row.rank, reader) for row in rows if skip < row.place <= skip + size]
    mine = next((_line(row, row.rank, reader) for row in rows if row.user_id == reader.id), None)
    return lines, mine, int(rows[0].ranked) if rows else 0


def _people(query: Select[Any], user_id: Any) -> Select[Any]:
    """With what a line says of its person, as it is now."""
    return (
        query.add_columns(User.name, User.ranked_by_name, Team.name.label("team"))
        .join(User, User.id == user_id)
        .outerjoin(Team, Team.id == User.team_id)
    )


def _ranks(points: Sequence[int], *, skip: int, first: int) -> list[int]:
    """Ranks of a page's lines: the first line's is known, equal points share one."""
    ranks: list[int] = []
    for place, value in enumerate(points):
        if place == 0:
            ranks.append(first)
        else:
            ranks.append(ranks[-1] if value == points[place - 1] else skip + place + 1)
    return ranks


def team_board(
    session: Session, *, now: datetime, period: Period, smallest: int, narrow: Narrow | None = None
) -> list[TeamLine]:
    """Teams by points per head, best first. People without a team are left out; disabled ones are no heads.

    Args:
        session: for reading.
        now: the present moment.
        period: which points count; days of UTC.
        smallest: people of the smallest team that is shown.
        narrow: as for `board`.
    """
    heads = func.count(User.id)
    teams = session.execute(
        select(Team.id, Team.name, heads)
        .join(User, User.team_id == Team.id)
        .where(User.state == UserState.ACTIVE)
        .group_by(Team.id, Team.name)
        .having(heads >= smallest)
    ).all()
    if narrow is None:
        sums = (
            select(Standing.team_id, func.sum(Standing.points))
            .where(Standing.period == period.value, Standing.begins == begins(period, today(now)))
            .where(Standing.is_active, Standing.points > 0)
            .group_by(Standing.team_id)
        )
    else:
        sums = ranges.of_teams(narrow, days_of(narrow, period, today(now)))
    points = dict(session.execute(sums).all())
    found = ((name, people, int(points.get(team_id, 0))) for team_id, name, people in teams)
    lines: list[TeamLine] = []
    for place, (name, people, earned) in enumerate(
        sorted(found, key=lambda line: (-line[2] / line[1], line[0])), start=1
    ):
        per_head = earned / people
        tied = lines and lines[-1].per_head == per_head
        lines.append(TeamLine(lines[-1].rank if tied else place, name, people, earned, per_head))
    return lines


def _line(row: Any, rank: int, reader: User) -> Line:
    is_me = row.user_id == reader.id
    named = is_me or row.ranked_by_name
    return Line(
        rank=rank,
        name=row.name if named else None,
        team=row.team if named else None,
        points=int(row.points),
        shares=int(row.posts),
        visitors=int(row.visitors),
        is_me=is_me,
    )
