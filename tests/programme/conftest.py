"""A programme with goals, in short calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from advocacy.programme import goals, measuring, programmes, steps
from advocacy.programme.goal_models import Goal, GoalSource
from advocacy.programme.models import Programme
from advocacy.programme.step_models import PlanStep
from tests.learning.conftest import teach
from tests.voice.conftest import asking

__all__ = ["asking", "teach"]
FIRST, LAST = date(2026, 3, 2), date(2026, 5, 31)


@pytest.fixture
def begin(house: Any, make: Any) -> Callable[..., Programme]:
    """Makes a programme that runs from the first of March's Mondays to the end of May."""
    leader = make.leader("Lea Der", email="leader@example.com")

    def one(title: str = "The new promise", **fields: Any) -> Programme:
        with house.db.transaction() as session:
            written = programmes.Written(**{"title": title, "starts_on": FIRST, "ends_on": LAST} | fields)
            return programmes.save(session, house.clock, written=written, by=leader.id)

    return one


@pytest.fixture
def aim(house: Any) -> Callable[..., Goal]:
    """Sets a goal of a programme and measures it."""

    def one(programme: Programme, source: GoalSource, target: float = 10, **fields: Any) -> Goal:
        with house.db.transaction() as session:
            values = {"title": "A goal", "starts_on": FIRST, "due_on": LAST} | fields
            written = goals.Written(source=source, target=target, **values)
            goal = goals.save(
                session, house.clock, programme_id=programme.id, written=written, by=programme.created_by or 0
            )
        measuring.measure(house, goal_id=goal.id)
        return goal

    return one


@pytest.fixture
def step(house: Any) -> Callable[..., PlanStep]:
    """Adds a step to a programme's plan."""

    def one(programme: Programme, title: str = "A step", *, due_on: date = LAST, **fields: Any) -> PlanStep:
        with house.db.transaction() as session:
            written = steps.Written(title=title, due_on=due_on, **fields)
            return steps.save(
                session, house.clock, programme_id=programme.id, written=written, by=programme.created_by or 0
            )

    return one


@pytest.fixture
def figures(house: Any) -> Callable[..., dict[date, float]]:
    """A goal's history."""

    def of(goal: Goal) -> dict[date, float]:
        with house.db.reading() as session:
            return dict(goals.history(session, goal_id=goal.id))

    return of
