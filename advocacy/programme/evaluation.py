"""The evaluation at the end: each goal beside its result and the surveys' trend, and what we learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid
from advocacy.base.text import Text
from advocacy.programme import goals, programmes, survey_readings
from advocacy.programme.goal_models import Goal, GoalSource
from advocacy.programme.models import Programme, ProgrammeState
from advocacy.programme.programmes import LONGEST
from advocacy.programme.step_models import PlanStep
from advocacy.programme.survey_readings import Asked, Reading


@dataclass(frozen=True)
class Result:
    """A goal beside what came of it.

    Args:
        title: of the goal.
        source: where its figure came from, as `GoalSource`.
        start: where it began; None where nothing was measured.
        target: what was wanted.
        value: what it came to; None where nothing was measured.
        unit: of the figures.
        day: the last figure's day, as ISO writes it.
        due_on: the day it was to be reached by.
        is_reached: whether it was.
        goal_id: the goal.
    """

    title: str
    source: str
    start: float | None
    target: float
    value: float | None
    unit: str
    day: str | None
    due_on: str
    is_reached: bool
    goal_id: int


@dataclass(frozen=True)
class Trend:
    """A question of a survey from round to round.

    Args:
        asked: the question and its survey.
        readings: oldest first.
    """

    asked: Asked
    readings: Sequence[Reading]

    @property
    def change(self) -> float | None:
        """From the first round to the last; None with fewer than two."""
        return self.readings[-1].value - self.readings[0].value if len(self.readings) > 1 else None

    @property
    def is_sure(self) -> bool:
        """Whether the two intervals lie apart: the change is larger than what chance would make of it."""
        if len(self.readings) < 2:
            return False
        first, last = self.readings[0], self.readings[-1]
        return first.high < last.low or last.high < first.low


@dataclass(frozen=True)
class Evaluation:
    """The page.

    Args:
        results: goal by goal: as they stood at the evaluation, else as they stand now.
        trends: of the questions that goals of this programme are measured by.
        states: how many steps of the plan stand where.
    """

    results: Sequence[Result]
    trends: Sequence[Trend]
    states: Mapping[Any, int]

    @property
    def reached(self) -> int:
        """How many goals were reached."""
        return sum(one.is_reached for one in self.results)


def of(session: Session, programme: Programme) -> Evaluation:
    """What a programme came to."""
    query = select(Goal).where(Goal.programme_id == programme.id).order_by(Goal.due_on, Goal.id)
    found = list(session.scalars(query))
    if programme.state is ProgrammeState.EVALUATED:
        results = [Result(**kept) for kept in programme.results]
    else:
        results = [_result(session, goal) for goal in found]
    states: dict[Any, int] = {}
    for state in session.scalars(select(PlanStep.state).where(PlanStep.programme_id == programme.id)):
        states[state] = states.get(state, 0) + 1
    return Evaluation(results, _trends(session, programme, found), states)


def write(session: Session, clock: Clock, *, programme_id: int, learned: str, by: int) -> Programme:
    """Ends a programme: its results stay as they are now, with what was learned.

    Raises:
        Invalid: on `learned`: nothing was learned, it seems.
        NotFound: no such programme.
        Conflict: it was evaluated already.
    """
    programme = programmes.open_one(session, programme_id=programme_id)
    if not learned.strip():
        raise Invalid("learned", Text("Please write what you learned: it is what the next programme begins with."))
    programme.results = [asdict(one) for one in of(session, programme).results]
    programme.learned = learned.strip()[:LONGEST]
    programme.state = ProgrammeState.EVALUATED
    programme.evaluated_at, programme.evaluated_by = clock.now(), by
    programmes.tell(
        session,
        clock,
        programme,
        what=Text("The programme was evaluated."),
        by=by,
        path=f"/company/plan/{programme_id}/evaluation",
    )
    events.record(
        session,
        clock,
        kind="programme.evaluated",
        actor_id=by,
        subject=("programme", programme_id),
        data={"title": programme.title, "results": programme.results},
    )
    return programme


def reopen(session: Session, clock: Clock, *, programme_id: int, by: int) -> Programme:
    """Lets a programme that was evaluated go on; what was learned is kept to be gone on with.

    Raises:
        NotFound: no such programme.
        Conflict: it is open.
    """
    programme = programmes.get(session, programme_id=programme_id)
    if programme.state is ProgrammeState.OPEN:
        raise Conflict(Text("The programme is open."))
    programme.state, programme.results = ProgrammeState.OPEN, []
    programme.evaluated_at = programme.evaluated_by = None
    programmes.tell(session, clock, programme, what=Text("The programme goes on."), by=by)
    return programme


def _result(session: Session, goal: Goal) -> Result:
    return Result(
        title=goal.title,
        source=goal.source.value,
        start=goal.start,
        target=goal.target,
        value=goal.value,
        unit=goals.unit(session, goal),
        day=goal.value_on.isoformat() if goal.value_on is not None else None,
        due_on=goal.due_on.isoformat(),
        is_reached=goal.is_reached,
        goal_id=goal.id,
    )


def _trends(session: Session, programme: Programme, found: Sequence[Goal]) -> list[Trend]:
    trends: dict[tuple[int | None, str], Trend] = {}
    for goal in found:
        asked = survey_readings.find(session, survey_id=goal.survey_id, key=goal.question_key)
        if goal.source is GoalSource.SURVEY and asked is not None:
            readings = survey_readings.trend(
                session, survey_id=goal.survey_id, key=goal.question_key, of_teams=programme.teams
            )
            trends[goal.survey_id, goal.question_key] = Trend(asked, readings)
    return list(trends.values())
