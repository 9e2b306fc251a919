"""Takes the figures of every open goal, some times a day: a day's last one stands."""

from __future__ import annotations

from sqlalchemy import select

from advocacy.base.house import House
from advocacy.programme import goals, survey_readings
from advocacy.programme.goal_models import Goal, GoalSource
from advocacy.programme.models import Programme, ProgrammeState
from config import Settings


def tick(house: House) -> int:
    """Reads closed surveys, then measures every goal of every open programme, each in a transaction of its own.

    Returns:
        How many goals were measured.
    """
    while True:
        with house.db.transaction() as session:
            if survey_readings.keep_up(session) < survey_readings.AT_ONCE:
                break
    with house.db.reading() as session:
        query = (
            select(Goal.id)
            .join(Programme, Programme.id == Goal.programme_id)
            .where(Programme.state == ProgrammeState.OPEN, Goal.source != GoalSource.HAND)
        )
        goal_ids = list(session.scalars(query.order_by(Goal.id)))
    for goal_id in goal_ids:
        measure(house, goal_id=goal_id)
    return len(goal_ids)


def measure(house: House, *, goal_id: int) -> None:
    """Brings one goal up to now; nothing happens when it is gone meanwhile."""
    smallest = house.part(Settings).smallest_group
    with house.db.transaction() as session:
        goal = session.get(Goal, goal_id)
        if goal is not None:
            if goal.source is GoalSource.SURVEY:
                survey_readings.keep_up(session)
            programme = session.get_one(Programme, goal.programme_id)
            goals.measure(session, house.clock, goal, of_teams=programme.teams, smallest=smallest)
