"""What happens to a challenge by itself: it starts, its last day comes, and its result is kept once and for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import CursorResult, insert, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.events import Happening
from advocacy.base.house import House
from advocacy.people.models import User, UserState
from advocacy.recognition import challenge_standing, challenges, tallies
from advocacy.recognition.challenge_models import (
    Challenge,
    ChallengeKind,
    ChallengeMember,
    ChallengePart,
    ChallengeResult,
    ChallengeState,
    ChallengeTally,
)

WAIT = timedelta(minutes=2)
"""After the end: whatever was under way then stands in the event log by now."""
A_DAY = timedelta(days=1)
LEAST_SIDES = 2
"""Sides that are counted, or people, without whom nobody wins."""


def tick(house: House) -> None:
    """Tells of starts and last days, and closes what is over. A job; may run anywhere, twice, and after a crash."""
    now = house.clock.now()
    with house.db.reading() as session:
        found = [(one.id, one.starts_at, one.ends_at) for one in challenges.current(session, now)]
        due = [row for row in found if row[1] <= now]
    for challenge_id, starts_at, ends_at in due:
        with house.db.transaction() as session:
            if ends_at > now:
                _tell(session, house.clock, challenge_id, "started")
                if ends_at - A_DAY <= now and ends_at - starts_at > A_DAY:
                    _tell(session, house.clock, challenge_id, "ending")
            elif ends_at + WAIT <= now and not events.is_behind(session, "points", until=ends_at):
                close(session, house.clock, challenge_id=challenge_id)


def _tell(session: Session, clock: Clock, challenge_id: int, what: str) -> None:
    column = Challenge.started_told_at if what == "started" else Challenge.ending_told_at
    told = session.execute(
        update(Challenge)
        .where(Challenge.id == challenge_id, Challenge.state == ChallengeState.OPEN, column.is_(None))
        .values({column: clock.now()})
        .execution_options(synchronize_session=False)
    )
    if isinstance(told, CursorResult) and told.rowcount == 1:
        _record(session, clock, f"challenge.{what}", challenges.get(session, challenge_id=challenge_id))


def close(session: Session, clock: Clock, *, challenge_id: int) -> bool:
    """Keeps the result, made from the ledger itself, and gives the prize; what comes later changes neither.

    Args:
        session: inside a transaction.
        clock: tells when.
        challenge_id: one that is over.

    Returns:
        Whether it was closed now; False when somebody had done it already, or it is cancelled.
    """
    closed = session.execute(
        update(Challenge)
        .where(Challenge.id == challenge_id, Challenge.state == ChallengeState.OPEN)
        .values(state=ChallengeState.CLOSED, closed_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if not isinstance(closed, CursorResult) or closed.rowcount != 1:
        return False
    challenge = challenges.get(session, challenge_id=challenge_id)
    session.refresh(challenge)
    tallies.rebuild(session, challenge)
    if challenge.kind is ChallengeKind.PEOPLE:
        winners = _keep_people(session, challenge)
    else:
        winners = _keep_sides(session, challenge)
    _record(session, clock, "challenge.closed", challenge)
    if challenge.prize_points:
        _give(session, clock, challenge, winners)
    return True


def _keep_people(session: Session, challenge: Challenge) -> list[int]:
    rows = list(session.execute(challenge_standing.everybody(challenge)))
    won = {row.user_id for row in rows if row.rank == 1 and row.score > 0 and len(rows) >= LEAST_SIDES}
    parts = [
        {
            "challenge_id": challenge.id,
            "user_id": row.user_id,
            "side_id": None,
            "score": row.score,
            "rank": row.rank,
            "has_won": row.user_id in won,
        }
        for row in rows
    ]
    _add(session, parts)
    return sorted(won)


def _keep_sides(session: Session, challenge: Challenge) -> list[int]:
    lines = challenge_standing.live(session, challenge)
    counted = [line for line in lines if line.rank is not None]
    won = {line.side_id for line in counted if line.rank == 1 and line.score > 0 and len(counted) >= LEAST_SIDES}
    for line in lines:
        session.add(
            ChallengeResult(
                challenge_id=challenge.id,
                side_id=line.side_id,
                rank=line.rank,
                score=line.score,
                heads=line.heads,
                has_won=line.side_id in won,
            )
        )
    session.flush()
    side_of = _people_by_side(session, challenge)
    query = select(ChallengeTally.user_id, ChallengeTally.score).where(ChallengeTally.challenge_id == challenge.id)
    brought = {row.user_id: row.score for row in session.execute(query)}
    parts = [
        {
            "challenge_id": challenge.id,
            "user_id": user_id,
            "side_id": side_id,
            "score": brought.get(user_id, 0),
            "rank": None,
            "has_won": side_id in won,
        }
        for user_id, side_id in side_of.items()
    ]
    _add(session, parts)
    return sorted(user_id for user_id, side_id in side_of.items() if side_id in won)


def _people_by_side(session: Session, challenge: Challenge) -> dict[int, int]:
    if challenge.kind is ChallengeKind.TEAMS:
        side_of = challenges.team_sides(session, challenge.id)
        query = select(User.id, User.team_id).where(User.team_id.in_(sorted(side_of)), User.state == UserState.ACTIVE)
        return {row.id: side_of[row.team_id] for row in session.execute(query)}
    joined = select(ChallengeMember.user_id, ChallengeMember.side_id).join(User, User.id == ChallengeMember.user_id)
    joined = joined.where(ChallengeMember.challenge_id == challenge.id, User.state == UserState.ACTIVE)
    return {row.user_id: row.side_id for row in session.execute(joined)}


def _add(session: Session, parts: Sequence[dict[str, object]]) -> None:
    if parts:
        session.execute(insert(ChallengePart), list(parts))


def _give(session: Session, clock: Clock, challenge: Challenge, winners: Sequence[int]) -> None:
    """Tells the ledger of the prize, a person at a time; it pays each of them once."""
    events.record_all(
        session,
        clock,
        [
            Happening(
                "challenge.won",
                ("challenge", challenge.id),
                {"user_id": user_id, "points": challenge.prize_points, "title": challenge.title},
            )
            for user_id in winners
        ],
    )


def _record(session: Session, clock: Clock, kind: str, challenge: Challenge) -> None:
    data = {"title": challenge.title}
    events.record(session, clock, kind=kind, actor_id=None, subject=("challenge", challenge.id), data=data)
