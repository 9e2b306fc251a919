"""Three years of points, challenges and rewards of a company of 5,000 people, by bulk SQL."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from advocacy.base.house import House
from advocacy.people.models import Team
from advocacy.recognition.challenge_models import (
    Challenge,
    ChallengeKind,
    ChallengeMember,
    ChallengePart,
    ChallengeResult,
    ChallengeSide,
    ChallengeState,
    ChallengeTally,
    Counts,
)
from advocacy.recognition.models import PointsEntry
from advocacy.recognition.reward_models import Redemption, RedemptionState, Reward, Spending

CHALLENGES, REWARDS, ENTRIES = 78, 60, 60
"""One every two weeks; what is offered; entries of the ledger a person."""
_chance = random.Random(23)


def fill(session: Session, house: House, people: Sequence[int]) -> None:
    """Adds them to a company that has its people and teams."""
    _ledger(session, house, people)
    _challenges(session, house, people)
    _rewards(session, house, people)


def _ledger(session: Session, house: House, people: Sequence[int]) -> None:
    now = house.clock.now()
    for start in range(0, len(people), 500):
        _rows(
            session,
            PointsEntry,
            (
                {
                    "user_id": one,
                    "rule": "visitor",
                    "rule_version": 1,
                    "points": 2,
                    "cause": f"bench:{one}:{number}",
                    "at": now - timedelta(days=18 * number, hours=1),
                    "day": (now - timedelta(days=18 * number, hours=1)).date(),
                }
                for one in people[start : start + 500]
                for number in range(ENTRIES)
            ),
        )


def _challenges(session: Session, house: House, people: Sequence[int]) -> None:
    now = house.clock.now()
    tops = list(session.scalars(select(Team).where(Team.parent_id.is_(None)).order_by(Team.id)))
    for number in range(CHALLENGES):
        kind = (ChallengeKind.TEAMS, ChallengeKind.MIXED, ChallengeKind.PEOPLE)[number % 3]
        begun = now - timedelta(days=14 * number + 7)
        ended = begun + timedelta(days=14)
        is_over = ended < now
        challenge = Challenge(
            title=f"Challenge {number}",
            description="Who shares most. " * 10,
            kind=kind,
            counts=Counts.POINTS,
            time_zone="UTC",
            starts_on=begun.date(),
            ends_on=ended.date(),
            starts_at=begun,
            ends_at=ended,
            smallest=5,
            prize_points=20,
            state=ChallengeState.CLOSED if is_over else ChallengeState.OPEN,
            closed_at=ended if is_over else None,
            started_told_at=begun,
            created_at=begun,
        )
        session.add(challenge)
        session.flush()
        sides: list[ChallengeSide] = []
        if kind is not ChallengeKind.PEOPLE:
            sides = [ChallengeSide(challenge_id=challenge.id, name=team.name, team_id=team.id) for team in tops]
            session.add_all(sides)
            session.flush()
        _taking_part(session, challenge, sides, people)


def _taking_part(
    session: Session, challenge: Challenge, sides: Sequence[ChallengeSide], people: Sequence[int]
) -> None:
    side_of = {one: sides[place % len(sides)].id if sides else None for place, one in enumerate(people)}
    of = {"challenge_id": challenge.id}
    at = challenge.starts_at
    if challenge.kind is not ChallengeKind.TEAMS:
        members = ({**of, "user_id": one, "side_id": side_of[one], "joined_at": at} for one in people)
        _rows(session, ChallengeMember, members)
    _rows(session, ChallengeTally, ({**of, "user_id": one, "score": _chance.randint(1, 90)} for one in people))
    if challenge.state is ChallengeState.OPEN:
        return
    _rows(
        session,
        ChallengePart,
        (
            {
                **of,
                "user_id": one,
                "side_id": side_of[one],
                "score": 40,
                "rank": None if sides else 1,
                "has_won": False,
            }
            for one in people
        ),
    )
    _rows(
        session,
        ChallengeResult,
        (
            {**of, "side_id": side.id, "rank": rank, "score": 900, "heads": 80, "has_won": rank == 1}
            for rank, side in enumerate(sides, start=1)
        ),
    )


def _rewards(session: Session, house: House, people: Sequence[int]) -> None:
    now = house.clock.now()
    offered = [
        Reward(title=f"Reward {number}", description="Nice.", price=10, stock=100, created_at=now)
        for number in range(REWARDS)
    ]
    session.add_all(offered)
    session.flush()
    states = (RedemptionState.ASKED, RedemptionState.GRANTED, *[RedemptionState.HANDED_OUT] * 20)
    _rows(
        session,
        Redemption,
        (
            {
                "reward_id": _chance.choice(offered).id,
                "user_id": one,
                "request_key": f"{one}-{number}",
                "price": 10,
                "took_stock": True,
                "state": _chance.choice(states),
                "asked_at": now - timedelta(days=_chance.randint(1, 1000)),
            }
            for one in people
            for number in range(6)
        ),
    )
    taken = session.execute(select(Redemption.id, Redemption.user_id)).all()
    _rows(
        session,
        Spending,
        (
            {"user_id": row.user_id, "redemption_id": row.id, "points": -10, "cause": f"spent:{row.id}", "at": now}
            for row in taken
        ),
    )


def _rows(session: Session, table: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    found = list(rows)
    if found:
        session.execute(insert(table), found)
