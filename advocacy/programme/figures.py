"""What a goal's figure is, from the product's own data: every figure with its day, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate

from sqlalchemy import ColumnElement, Date, and_, cast, func, select
from sqlalchemy.orm import Session

from advocacy.base.text import Text
from advocacy.learning.models import Completion, Course
from advocacy.library import audience
from advocacy.people import groups
from advocacy.people.groups import Part, Tree
from advocacy.people.models import User, UserState
from advocacy.programme import survey_readings, team_months
from advocacy.programme.goal_models import Goal, GoalSource
from advocacy.programme.team_months import MEASURED, Month
from advocacy.reach.models import ReachDay
from advocacy.recognition import thanks
from advocacy.sharing.models import Share, ShareState

ACTIVE_DAYS = 30
"""An active advocate has shared within so many days."""
TOO_SMALL = Text(
    "This department is too small, or so few are left beside it, that the figure would tell of single people."
)
NOT_YET = Text("A department's own figures come when a month is over, if enough people added to it.")


@dataclass(frozen=True)
class Found:
    """The figures of a goal.

    Args:
        days: the figure of each day; days that were kept before and are not here stay as they are.
        missing: why there is none; None when there is one.
    """

    days: Mapping[date, float] = field(default_factory=dict)
    missing: Text | None = None


def of_goal(
    session: Session,
    goal: Goal,
    *,
    of_teams: Sequence[int],
    now: datetime,
    smallest: int,
    known: Mapping[date, float],
) -> Found:
    """The figures of a goal, as far as the product can know them now.

    Args:
        session: for reading.
        goal: whose figures; one that is entered by hand has none here.
        of_teams: the departments of its programme; () is the whole company.
        now: the present moment; figures after the goal's last day are not made.
        smallest: people in the smallest group whose figures are shown on their own.
        known: the figures that are kept.
    """
    today = min(now.astimezone(UTC).date(), goal.due_on)
    if today < goal.starts_on:
        return Found(missing=Text("It has not begun."))
    if goal.source is GoalSource.SURVEY:
        return _survey(session, goal, of_teams)
    if goal.source is GoalSource.HAND:
        return Found(missing=Text("Nobody has entered a figure yet."))
    if goal.source is GoalSource.KUDOS:
        return _kudos(session, goal, of_teams, today)
    tree = groups.tree(session, smallest=smallest) if of_teams else None
    if tree is not None and not all(one in tree.names and tree.is_shown(one) for one in of_teams):
        return Found(missing=TOO_SMALL)
    if goal.source is GoalSource.COURSE:
        return _course(session, goal, tree, of_teams, now, smallest)
    if tree is not None:
        return _by_month(session, goal, tree, of_teams, now.astimezone(UTC).date(), known)
    if goal.source is GoalSource.ADVOCATES:
        return Found({today: _sharers(session, today)})
    by_day = _clicks if goal.source is GoalSource.CLICKS else _posts
    return Found(_summed(by_day(session, goal.starts_on, today, None), goal.starts_on, today))


def _survey(session: Session, goal: Goal, of_teams: Sequence[int]) -> Found:
    asked = survey_readings.find(session, survey_id=goal.survey_id, key=goal.question_key)
    if asked is None:
        return Found(missing=Text("The survey no longer asks this question."))
    # The baseline is often measured shortly before the goal is set: the newest round before the start belongs to it.
    readings = survey_readings.trend(session, survey_id=goal.survey_id, key=goal.question_key, of_teams=of_teams)
    readings = [one for one in readings if one.row.closed_on <= goal.due_on]
    earlier = [one for one in readings if one.row.closed_on < goal.starts_on]
    readings = [one for one in readings if one.row.closed_on >= goal.starts_on]
    days = {one.row.closed_on: one.value for one in [*earlier[-1:], *readings]}
    if days:
        return Found(days)
    return Found(
        missing=Text("No round of the survey has closed yet that shows a figure for those whom this programme is of.")
    )


def _kudos(session: Session, goal: Goal, of_teams: Sequence[int], today: date) -> Found:
    """Thanks of the whole company; between two departments they belong to neither."""
    if of_teams:
        return Found(missing=Text("Thanks are counted for the whole company only: they go across departments."))
    by_day = thanks.by_day(session, first=goal.starts_on, last=today)
    return Found(_summed(by_day, goal.starts_on, today))


def _course(
    session: Session, goal: Goal, tree: Tree | None, of_teams: Sequence[int], now: datetime, smallest: int
) -> Found:
    """How many in a hundred of those whom a course is for have passed it."""
    course = session.get(Course, goal.course_id) if goal.course_id is not None else None
    if course is None:
        return Found(missing=Text("The course is no longer there."))
    wanted = audience.from_json(course.audience)
    fits = [audience.person_fits(session, dimension, values) for dimension, values in wanted.items()]
    passed = and_(Completion.user_id == User.id, Completion.course_id == course.id, Completion.passed_at <= now)
    counts = (
        select(User.team_id, func.count(User.id), func.count(Completion.user_id))
        .outerjoin(Completion, passed)
        .where(User.state == UserState.ACTIVE, *fits)
        .group_by(User.team_id)
    )
    rows = session.execute(counts).all()
    within = _below(tree, of_teams)
    asked = {team_id: count for team_id, count, _ in rows}
    people = sum(count for team_id, count in asked.items() if within is None or team_id in within)

    def weigh(part: Part) -> int | None:
        return sum(asked.get(one, 0) for one in part.team_ids) or None

    if people < smallest or (tree is not None and not team_months.may_show(tree, weigh, of_teams)):
        return Found(missing=TOO_SMALL)
    done = sum(count for team_id, _, count in rows if within is None or team_id in within)
    return Found({min(now.astimezone(UTC).date(), goal.due_on): round(100 * done / people, 1)})


def _by_month(
    session: Session,
    goal: Goal,
    tree: Tree,
    of_teams: Sequence[int],
    today: date,
    known: Mapping[date, float],
) -> Found:
    """A department's figures: one a month, when it is over. What may not be told adds nothing.

    A month that is kept is never counted again: once somebody has moved to another department, the difference would
    be what that one person did.
    """
    within = _below(tree, of_teams) or set()
    is_clicks = goal.source is GoalSource.CLICKS
    may_show = team_months.may_show_clicks if is_clicks else team_months.may_show_posts
    days: dict[date, float] = {}
    total = 0.0
    for month in team_months.over(since=goal.starts_on, today=today):
        if month.last > _end_of_month(goal.due_on):
            break
        if month.last in known:
            total = days[month.last] = known[month.last]
        elif not may_show(session, tree, month, of_teams):
            continue
        elif goal.source is GoalSource.ADVOCATES:
            days[month.last] = _sharers_of(session, month, within)
        else:
            by_day = _clicks if is_clicks else _posts
            total += sum(by_day(session, month.first, month.last, within).values())
            days[month.last] = total
    return Found(days, None if days else NOT_YET)


def _end_of_month(day: date) -> date:
    return Month(day.replace(day=1)).last


def _below(tree: Tree | None, of_teams: Sequence[int]) -> set[int] | None:
    if tree is None:
        return None
    return {below for one in of_teams for below in tree.subtree(one)}


def _sharers(session: Session, today: date) -> float:
    since = datetime.combine(today - timedelta(days=ACTIVE_DAYS - 1), time(), UTC)
    until = datetime.combine(today + timedelta(days=1), time(), UTC)
    query = select(func.count(Share.user_id.distinct())).where(*_out(since, until))
    return float(session.scalar(query) or 0)


def _sharers_of(session: Session, month: Month, within: set[int]) -> float:
    query = select(func.count(Share.user_id.distinct())).join(User, User.id == Share.user_id)
    return float(session.scalar(query.where(*_out(*month.bounds), User.team_id.in_(within))) or 0)


def _out(begins: datetime, ends: datetime) -> list[ColumnElement[bool]]:
    return [
        Share.state == ShareState.PUBLISHED,
        Share.proof.in_(MEASURED),
        Share.published_at >= begins,
        Share.published_at < ends,
    ]


def _posts(session: Session, first: date, last: date, within: set[int] | None) -> dict[date, int]:
    """Posts that went out and were proven, by UTC day."""
    begins = datetime.combine(first, time(), UTC)
    ends = datetime.combine(last + timedelta(days=1), time(), UTC)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    day = func.date(Share.published_at) if is_sqlite else cast(func.timezone("UTC", Share.published_at), Date)
    query = select(day, func.count()).select_from(Share).where(*_out(begins, ends)).group_by(day)
    if within is not None:
        query = query.join(User, User.id == Share.user_id).where(User.team_id.in_(within))
    return {_as_day(value): int(count) for value, count in session.execute(query)}


def _clicks(session: Session, first: date, last: date, within: set[int] | None) -> dict[date, int]:
    """Human clicks by UTC day."""
    query = select(ReachDay.day, func.sum(ReachDay.human)).where(ReachDay.day.between(first, last))
    if within is not None:
        query = query.join(User, User.id == ReachDay.user_id).where(User.team_id.in_(within))
    return {day: int(count or 0) for day, count in session.execute(query.group_by(ReachDay.day))}


def _as_day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _summed(by_day: Mapping[date, int], first: date, last: date) -> dict[date, float]:
    """Every day with all that had been counted by its end."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return dict(zip(days, map(float, accumulate(by_day.get(day, 0) for day in days)), strict=True))
