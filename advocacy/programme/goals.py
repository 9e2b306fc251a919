"""Goals: set, changed, figures entered by hand, and how far each has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.db import upsert
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.text import Text
from advocacy.learning.models import Course
from advocacy.programme import figures, forecast, programmes, survey_readings
from advocacy.programme.forecast import Forecast
from advocacy.programme.goal_models import Goal, GoalFigure, GoalSource
from advocacy.programme.models import Programme
from advocacy.voice.questions import QuestionKind

__all__ = ["Goal", "GoalSource", "Written"]
"""The values that views take from here: they leave tables to services."""

MOST = 30
"""Goals of one programme: more are none."""
COUNTS_UP = frozenset({GoalSource.SHARES, GoalSource.CLICKS, GoalSource.KUDOS})


@dataclass(frozen=True)
class Written:
    """What an editor decides about a goal.

    Args:
        title: in one sentence.
        source: where its figure comes from.
        target: to be reached.
        starts_on: the first day.
        due_on: the day to reach it by.
        start_value: where it began; None: the first figure.
        question: "survey id:key" of a survey's question.
        course_id: the course whose completion counts.
        unit: of a figure entered by hand.
        note: what else is to be known.
    """

    title: str
    source: GoalSource
    target: float
    starts_on: date
    due_on: date
    start_value: float | None = None
    question: str = ""
    course_id: int | None = None
    unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a goal has come.

    Args:
        goal: which.
        percent: of the way from the start to the target, 0 to 100; None where there is no figure or no way.
        days_left: until its day; negative once it is over.
    """

    goal: Goal
    percent: int | None
    days_left: int


def get(session: Session, *, goal_id: int) -> Goal:
    """A goal.

    Raises:
        NotFound: there is none.
    """
    goal = session.get(Goal, goal_id)
    if goal is None:
        raise NotFound(Text("We could not find that goal. It may have been removed."))
    return goal


def of_programme(session: Session, *, programme_id: int, today: date) -> list[Progress]:
    """The goals of a programme with how far they have come, the nearest day first."""
    query = select(Goal).where(Goal.programme_id == programme_id).order_by(Goal.due_on, Goal.id)
    return [progress(goal, today=today) for goal in session.scalars(query)]


def progress(goal: Goal, *, today: date) -> Progress:
    """How far a goal has come."""
    percent = None
    if goal.is_reached:
        percent = 100
    elif goal.value is not None and goal.start is not None and goal.start != goal.target:
        percent = round(100 * (goal.value - goal.start) / (goal.target - goal.start))
        percent = max(0, min(99, percent))
    return Progress(goal, percent, (goal.due_on - today).days)


def unit(session: Session, goal: Goal) -> str:
    """What the figure is counted in: "%", what was typed, or "" for plain numbers."""
    if goal.source is GoalSource.COURSE:
        return "%"
    if goal.source is GoalSource.SURVEY:
        asked = survey_readings.find(session, survey_id=goal.survey_id, key=goal.question_key)
        return "%" if asked is not None and asked.question.right else ""
    return goal.unit


def save(
    session: Session, clock: Clock, *, programme_id: int, written: Written, by: int, goal_id: int | None = None
) -> Goal:
    """Sets a goal, or changes one. A change of where its figure comes from begins its history anew.

    Raises:
        Invalid: on `title`, `target`, `start_value`, `due_on`, `question`, `course` or `source`.
        NotFound: no such programme or goal.
        Conflict: the programme was evaluated.
    """
    programme = programmes.open_one(session, programme_id=programme_id)
    survey_id, key = _question(session, written)
    _check(session, written)
    if goal_id is None:
        if len(session.scalars(select(Goal.id).where(Goal.programme_id == programme_id)).all()) >= MOST:
            raise Invalid("title", Text("At most {count} goals, please.", count=MOST))
        goal = Goal(programme_id=programme_id, created_at=clock.now(), created_by=by)
        session.add(goal)
    else:
        goal = get(session, goal_id=goal_id)
        if goal.programme_id != programme_id:
            raise NotFound()
    is_other = (goal.source, goal.survey_id, goal.question_key, goal.course_id, goal.starts_on) != (
        (written.source, survey_id, key, written.course_id, written.starts_on)
    )
    goal.title, goal.note = " ".join(written.title.split()), written.note.strip()
    goal.source, goal.target, goal.start_value = written.source, written.target, written.start_value
    goal.survey_id, goal.question_key, goal.course_id = survey_id, key, written.course_id
    goal.unit = written.unit.strip() if written.source is GoalSource.HAND else ""
    goal.starts_on, goal.due_on = written.starts_on, written.due_on
    session.flush()
    if is_other and goal_id is not None:
        session.execute(delete(GoalFigure).where(GoalFigure.goal_id == goal.id))
    settle(session, goal)
    what = Text("A goal was set: {title}", title=goal.title)
    if goal_id is not None:
        what = Text("A goal was changed: {title}", title=goal.title)
    programmes.tell(session, clock, programme, what=what, by=by, path=f"/company/plan/goals/{goal.id}")
    return goal


def remove(session: Session, clock: Clock, *, goal_id: int, by: int) -> Programme:
    """Takes a goal away, with its history.

    Returns:
        The programme that it was of.

    Raises:
        NotFound: there is none.
        Conflict: the programme was evaluated.
    """
    goal = get(session, goal_id=goal_id)
    programme = programmes.open_one(session, programme_id=goal.programme_id)
    programmes.tell(session, clock, programme, what=Text("A goal was removed: {title}", title=goal.title), by=by)
    session.delete(goal)
    return programme


def enter(session: Session, clock: Clock, *, goal_id: int, day: date, value: float, note: str, by: int) -> None:
    """Writes down a figure by hand, in the place of what stood for that day.

    Raises:
        Invalid: on `day`: it is ahead, or before the goal begins; on `note`: there is none.
        Conflict: the goal's figure is measured; or its programme was evaluated.
        NotFound: no such goal.
    """
    goal = get(session, goal_id=goal_id)
    programmes.open_one(session, programme_id=goal.programme_id)
    if goal.source is not GoalSource.HAND:
        raise Conflict(Text("The hub measures this figure itself. It cannot be entered by hand."))
    if day > clock.now().date():
        raise Invalid("day", Text("This day is still ahead."))
    if day < goal.starts_on:
        raise Invalid("day", Text("The goal begins later than that."))
    if not note.strip():
        raise Invalid("note", Text("Please say in a few words where the figure comes from."))
    keep(session, goal, {day: value}, at=clock, note=note.strip()[:300], by=by)
    settle(session, goal)
    events.record(
        session,
        clock,
        kind="goal.figure_entered",
        actor_id=by,
        subject=("goal", goal.id),
        data={"day": day.isoformat(), "value": value, "note": note.strip()[:300]},
    )


def keep(
    session: Session, goal: Goal, days: dict[date, float], *, at: Clock, note: str = "", by: int | None = None
) -> None:
    """Keeps figures of days, in the place of what stood for them."""
    statement = upsert(session, GoalFigure)
    statement = statement.on_conflict_do_update(
        index_elements=[GoalFigure.goal_id, GoalFigure.day],
        set_={name: statement.excluded[name] for name in ("value", "note", "entered_by", "at")},
    )
    now = at.now()
    session.execute(
        statement,
        [
            {"goal_id": goal.id, "day": day, "value": value, "note": note, "entered_by": by, "at": now}
            for day, value in days.items()
        ],
    )


def settle(session: Session, goal: Goal) -> None:
    """Takes over into the goal what its history says: where it began, and where it stands."""
    of_goal = select(GoalFigure).where(GoalFigure.goal_id == goal.id)
    first = session.scalar(of_goal.order_by(GoalFigure.day).limit(1))
    last = session.scalar(of_goal.order_by(GoalFigure.day.desc()).limit(1))
    goal.first_value = 0.0 if goal.source in COUNTS_UP else first.value if first is not None else None
    goal.value, goal.value_on = (last.value, last.day) if last is not None else (None, None)


def history(session: Session, *, goal_id: int) -> Sequence[tuple[date, float]]:
    """(day, figure), oldest first."""
    query = select(GoalFigure.day, GoalFigure.value).where(GoalFigure.goal_id == goal_id).order_by(GoalFigure.day)
    return session.execute(query).all()


def entries(session: Session, *, goal_id: int, most: int = 50) -> list[GoalFigure]:
    """What was entered by hand, the newest day first."""
    query = select(GoalFigure).where(GoalFigure.goal_id == goal_id, GoalFigure.entered_by.is_not(None))
    return list(session.scalars(query.order_by(GoalFigure.day.desc()).limit(most)))


def ahead(session: Session, goal: Goal, *, found: Sequence[tuple[date, float]] | None = None) -> Forecast | None:
    """What the figure will be on its day if it goes on as it has; None from too few figures.

    Surveys have none: a few rounds say nothing of the next.
    """
    if goal.source is GoalSource.SURVEY:
        return None
    figures_of = history(session, goal_id=goal.id) if found is None else found
    is_percent = goal.source is GoalSource.COURSE or goal.unit == "%"
    return forecast.forecast(
        figures_of,
        day=goal.due_on,
        least=0.0 if goal.source is not GoalSource.HAND or is_percent else None,
        most=100.0 if is_percent else None,
        never_falls=goal.source in COUNTS_UP,
    )


def measure(session: Session, clock: Clock, goal: Goal, *, of_teams: Sequence[int], smallest: int) -> None:
    """Brings a goal's figures up to now from the product's own data.

    Args:
        session: inside a transaction.
        clock: tells when.
        goal: whose.
        of_teams: the departments of its programme.
        smallest: people in the smallest group that is shown.
    """
    if goal.source is GoalSource.HAND:
        return
    known = dict(history(session, goal_id=goal.id))
    found = figures.of_goal(session, goal, of_teams=of_teams, now=clock.now(), smallest=smallest, known=known)
    news = {day: value for day, value in found.days.items() if known.get(day) != value}
    if news:
        keep(session, goal, news, at=clock)
    settle(session, goal)
    goal.missing = None if goal.value is not None or found.missing is None else found.missing.to_json()


def _question(session: Session, written: Written) -> tuple[int | None, str]:
    if written.source is not GoalSource.SURVEY:
        return None, ""
    survey_id, _, key = written.question.partition(":")
    asked = survey_readings.find(session, survey_id=int(survey_id), key=key) if survey_id.isdigit() else None
    if asked is None:
        raise Invalid("question", Text("Please choose the question whose figure is meant."))
    low, high = (0, 100) if asked.question.right else (1, 5)
    if asked.question.kind is QuestionKind.ENPS:
        low, high = -100, 100
    if not low <= written.target <= high:
        raise Invalid(
            "target", Text("The figure of this question lies between {low} and {high}.", low=low, high=high)
        )
    return asked.survey.id, key


def _check(session: Session, written: Written) -> None:
    if not written.title.strip():
        raise Invalid("title", Text("Please say in a sentence what is to be reached."))
    if written.due_on <= written.starts_on:
        raise Invalid("due_on", Text("Please choose a day after the first."))
    if written.start_value is not None and written.start_value == written.target:
        raise Invalid("start_value", Text("The start is the target already. Choose a target that is still ahead."))
    if written.source is GoalSource.COURSE:
        if written.course_id is None or session.get(Course, written.course_id) is None:
            raise Invalid("course", Text("Please choose the course whose completion is meant."))
        if not 0 < written.target <= 100:
            raise Invalid("target", Text("A share of people lies between {low} and {high}.", low=0, high=100))
    if written.source in COUNTS_UP | {GoalSource.ADVOCATES} and written.target < 1:
        raise Invalid("target", Text("Please choose a target of 1 or more."))
