"""How a challenge stands: live from the tallies while it runs, and as it was kept once it is closed.

Sides are compared per head, exactly and not as rounded numbers. A side of too few people has no rank and shows no
figure: it would tell what single people did. Of single people only those are listed who are ranked by name, and the
reader; everybody has a rank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from advocacy.people.models import Team, User, UserState
from advocacy.recognition import challenges
from advocacy.recognition.challenge_models import (
    Challenge,
    ChallengeKind,
    ChallengeMember,
    ChallengePart,
    ChallengeResult,
    ChallengeSide,
    ChallengeState,
    ChallengeTally,
)
from advocacy.recognition.ranges import one_if

One = TypeVar("One")


@dataclass(frozen=True)
class SideLine:
    """A side of a challenge.

    Args:
        side_id: whose.
        name: what it is called.
        rank: 1 is best, equal ones share it; None for a side that is too small.
        score: of all its people together.
        heads: active people in it, on this day or on the day of the result.
        is_mine: the reader is in it.
        has_won: it was first when the challenge was closed.
        now: the score as the ledger has it today, where that differs from the result; else None.
    """

    side_id: int
    name: str
    rank: int | None
    score: int
    heads: int
    is_mine: bool = False
    has_won: bool = False
    now: int | None = None

    @property
    def per_head(self) -> Fraction:
        """What ranks are given by."""
        return Fraction(self.score, self.heads) if self.heads else Fraction(0)


@dataclass(frozen=True)
class PersonLine:
    """A person of a challenge; name and team are None for somebody who is not ranked by name."""

    rank: int
    name: str | None
    team: str | None
    score: int
    is_me: bool
    has_won: bool = False
    now: int | None = None


@dataclass(frozen=True)
class People:
    """A page of single people: who can be listed, the reader's own line wherever it stands, and how many take part."""

    lines: list[PersonLine]
    mine: PersonLine | None
    taking_part: int
    listed: int


def ranked(found: Iterable[One], *, by: Callable[[One], Any]) -> list[tuple[int, One]]:
    """Best first, with ranks: equal ones share one, and the next is left out (1, 2, 2, 4)."""
    lines: list[tuple[int, One]] = []
    for place, one in enumerate(sorted(found, key=by, reverse=True), start=1):
        tied = bool(lines) and by(lines[-1][1]) == by(one)
        lines.append((lines[-1][0] if tied else place, one))
    return lines


def live(session: Session, challenge: Challenge) -> list[SideLine]:
    """The sides as they stand now, best first; those that are too small come last."""
    if challenge.kind is ChallengeKind.TEAMS:
        heads, scores = _of_teams(session, challenge)
    else:
        heads, scores = _of_mixed(session, challenge)
    lines = [
        SideLine(side.id, side.name, None, scores.get(side.id, 0), heads.get(side.id, 0))
        for side in challenges.sides(session, challenge_id=challenge.id)
    ]
    large = [line for line in lines if line.heads >= challenge.smallest]
    small = [line for line in lines if line.heads < challenge.smallest]
    counted = [
        SideLine(line.side_id, line.name, rank, line.score, line.heads)
        for rank, line in ranked(large, by=lambda line: line.per_head)
    ]
    return counted + small


def _of_teams(session: Session, challenge: Challenge) -> tuple[dict[int, int], dict[int, int]]:
    side_of = challenges.team_sides(session, challenge.id)
    within = [User.team_id.in_(sorted(side_of)), User.state == UserState.ACTIVE]
    head, score = (User.team_id, func.count()), (User.team_id, func.sum(ChallengeTally.score))
    people = select(*_any(head)).where(*within).group_by(User.team_id)
    brought = (
        select(*_any(score))
        .join(ChallengeTally, and_(ChallengeTally.user_id == User.id, ChallengeTally.challenge_id == challenge.id))
        .where(*within)
        .group_by(User.team_id)
    )
    return _added(session, people, side_of), _added(session, brought, side_of)


def _any(columns: tuple[Any, ...]) -> tuple[Any, ...]:
    """Columns as mypy bears them where rows go through a function of ours."""
    return columns


def _added(session: Session, query: Select[Any], side_of: dict[int, int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for team_id, figure in session.execute(query):
        found[side_of[team_id]] = found.get(side_of[team_id], 0) + int(figure)
    return found


def _of_mixed(session: Session, challenge: Challenge) -> tuple[dict[int, int], dict[int, int]]:
    score = func.coalesce(func.sum(ChallengeTally.score), 0)
    query = (
        select(*_any((ChallengeMember.side_id, func.count(), score)))
        .join(User, User.id == ChallengeMember.user_id)
        .outerjoin(
            ChallengeTally,
            and_(ChallengeTally.user_id == ChallengeMember.user_id, ChallengeTally.challenge_id == challenge.id),
        )
        .where(ChallengeMember.challenge_id == challenge.id, User.state == UserState.ACTIVE)
        .group_by(ChallengeMember.side_id)
    )
    rows = list(session.execute(query))
    return {row[0]: row[1] for row in rows}, {row[0]: int(row[2]) for row in rows}


def board(session: Session, challenge: Challenge, *, reader: User) -> list[SideLine]:
    """The sides as the reader sees them: live, or as they were kept with what was corrected since."""
    mine = my_side(session, challenge, reader=reader)
    is_closed = challenge.state is ChallengeState.CLOSED
    lines = _kept(session, challenge) if is_closed else live(session, challenge)
    return [
        SideLine(one.side_id, one.name, one.rank, one.score, one.heads, one.side_id == mine, one.has_won, one.now)
        for one in lines
    ]


def _kept(session: Session, challenge: Challenge) -> list[SideLine]:
    """The result, beside what the same people have by the ledger of today."""
    today = dict(
        session.execute(
            select(ChallengePart.side_id, func.sum(ChallengeTally.score))
            .join(
                ChallengeTally,
                and_(ChallengeTally.user_id == ChallengePart.user_id, ChallengeTally.challenge_id == challenge.id),
            )
            .where(ChallengePart.challenge_id == challenge.id)
            .group_by(ChallengePart.side_id)
        ).all()
    )
    rows = session.execute(
        select(ChallengeResult, ChallengeSide.name)
        .join(ChallengeSide, ChallengeSide.id == ChallengeResult.side_id)
        .where(ChallengeResult.challenge_id == challenge.id)
        .order_by(ChallengeResult.rank.is_(None), ChallengeResult.rank, ChallengeSide.id)
    )
    lines = []
    for result, name in rows:
        now = int(today.get(result.side_id, 0))
        lines.append(
            SideLine(
                result.side_id,
                name,
                result.rank,
                result.score,
                result.heads,
                has_won=result.has_won,
                now=now if now != result.score else None,
            )
        )
    return lines


def my_side(session: Session, challenge: Challenge, *, reader: User) -> int | None:
    """The side that the reader is in, or was in when it was closed."""
    if challenge.state is ChallengeState.CLOSED:
        part = session.get(ChallengePart, (challenge.id, reader.id))
        return part.side_id if part is not None else None
    if challenge.kind is ChallengeKind.TEAMS:
        return challenges.team_sides(session, challenge.id).get(reader.team_id or 0)
    joined = challenges.membership(session, challenge_id=challenge.id, user_id=reader.id)
    return joined.side_id if joined is not None else None


def own_score(session: Session, challenge: Challenge, *, reader: User) -> int:
    """What the reader alone has brought, which nobody else sees."""
    tally = session.get(ChallengeTally, (challenge.id, reader.id))
    return tally.score if tally is not None else 0


def everybody(challenge: Challenge) -> Select[Any]:
    """(user_id, score, rank) of each active person who joined, as it stands now."""
    score = func.coalesce(ChallengeTally.score, 0)
    rank = func.rank().over(order_by=score.desc())
    columns: list[Any] = [ChallengeMember.user_id, score.label("score"), rank.label("rank")]
    return (
        select(*columns)
        .join(User, User.id == ChallengeMember.user_id)
        .outerjoin(
            ChallengeTally,
            and_(ChallengeTally.user_id == ChallengeMember.user_id, ChallengeTally.challenge_id == challenge.id),
        )
        .where(ChallengeMember.challenge_id == challenge.id, User.state == UserState.ACTIVE)
    )


def people(session: Session, challenge: Challenge, *, reader: User, first: int = 1, size: int = 50) -> People:
    """A page of single people.

    Args:
        session: for reading.
        challenge: one between single people.
        reader: whose own line is always found.
        first: line to begin with, 1 or more.
        size: lines a page.
    """
    is_closed = challenge.state is ChallengeState.CLOSED
    if is_closed:
        kept: Any = select(
            ChallengePart.user_id, ChallengePart.score, ChallengePart.rank, ChallengePart.has_won
        ).where(ChallengePart.challenge_id == challenge.id)
        standing = kept.cte()
    else:
        standing = everybody(challenge).cte()
    won = standing.c.has_won if is_closed else None
    columns: list[Any] = [standing.c.user_id, standing.c.score, standing.c.rank, User.name, User.ranked_by_name]
    query = (
        select(*columns, Team.name.label("team"), *([won] if won is not None else []))
        .join(User, User.id == standing.c.user_id)
        .outerjoin(Team, Team.id == User.team_id)
    )
    listed = or_(User.ranked_by_name, User.id == reader.id)
    page = query.where(listed).order_by(standing.c.rank, User.name, User.id).offset(first - 1).limit(size)
    rows = session.execute(page).all()
    mine = session.execute(query.where(User.id == reader.id)).first()
    counted = session.execute(
        select(func.count(), func.sum(one_if(listed))).select_from(standing).join(User, User.id == standing.c.user_id)
    ).one()
    today = (
        _today(session, challenge, [row.user_id for row in (*rows, *([mine] if mine else []))]) if is_closed else {}
    )
    lines = [_person(row, reader, today) for row in rows]
    return People(lines, _person(mine, reader, today) if mine else None, counted[0], int(counted[1] or 0))


def _today(session: Session, challenge: Challenge, user_ids: Sequence[int]) -> dict[int, int]:
    query = select(ChallengeTally.user_id, ChallengeTally.score).where(
        ChallengeTally.challenge_id == challenge.id, ChallengeTally.user_id.in_(user_ids)
    )
    return dict.fromkeys(user_ids, 0) | {row.user_id: row.score for row in session.execute(query)}


def _person(row: Any, reader: User, today: dict[int, int]) -> PersonLine:
    now = today.get(row.user_id, row.score)
    return PersonLine(
        rank=row.rank,
        name=row.name,
        team=row.team,
        score=row.score,
        is_me=row.user_id == reader.id,
        has_won=bool(getattr(row, "has_won", False)),
        now=now if now != row.score else None,
    )
