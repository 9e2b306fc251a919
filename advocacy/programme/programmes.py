"""Programmes: made, changed, read by everybody, followed, and what belongs to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.subjects import Subject
from advocacy.base.text import Text
from advocacy.learning.models import Course, CourseState
from advocacy.library import audience, visibility
from advocacy.library.models import ContentItem, ItemState
from advocacy.people import teams
from advocacy.people.models import Team, User
from advocacy.people.owners import owner_of, owners
from advocacy.programme.goal_models import Goal, GoalFigure, GoalSource
from advocacy.programme.models import Programme, ProgrammeCourse, ProgrammeItem, ProgrammeState
from advocacy.programme.step_models import PlanStep, StepState

__all__ = ["Programme", "Written"]

LONGEST = 20_000
MOST_TEAMS = 50
MOST_OFFERED = 300
"""Items and courses to choose from: the newest."""


@dataclass(frozen=True)
class Written:
    """What an editor decides about a programme.

    Args:
        title: one line.
        message: Markdown.
        starts_on: its first day.
        ends_on: its last day.
        teams: ids of its departments; () is the whole company.
        owner_email: of who answers for it; "" for nobody.
    """

    title: str
    starts_on: date
    ends_on: date
    message: str = ""
    teams: Sequence[int] = ()
    owner_email: str = ""


@dataclass(frozen=True)
class Line:
    """A programme in a list.

    Args:
        programme: itself.
        owner: the name of who answers for it; "" for nobody.
        teams: the paths of its departments; [] is the whole company.
        goals: how many it has.
        reached: how many of these are reached.
        steps: how many its plan has, dropped ones apart.
        done: how many of these are done.
    """

    programme: Programme
    owner: str
    teams: list[str]
    goals: int
    reached: int
    steps: int
    done: int


def get(session: Session, *, programme_id: int) -> Programme:
    """A programme.

    Raises:
        NotFound: there is none.
    """
    programme = session.get(Programme, programme_id)
    if programme is None:
        raise NotFound(Text("We could not find that programme. It may have been removed."))
    return programme


SUBJECT = Subject("plan", lambda session, _clock, _user, number: get(session, programme_id=number))


def open_one(session: Session, *, programme_id: int) -> Programme:
    """A programme that can still be changed.

    Raises:
        NotFound: there is none.
        Conflict: it was evaluated: what it came to stays as it is.
    """
    programme = get(session, programme_id=programme_id)
    if programme.state is ProgrammeState.EVALUATED:
        raise Conflict(Text("This programme has been evaluated. Open it again before you change it."))
    return programme


def page(session: Session, *, after: str = "", size: int = 30) -> Page[Line]:
    """Every programme, the newest first.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = select(Programme).order_by(Programme.id.desc()).limit(size + 1)
    if after:
        query = query.where(Programme.id < values_of(after, int)[0])
    found = list(session.scalars(query))
    shown = found[:size]
    return Page(lines(session, shown), cursor_of(shown[-1].id) if len(found) > size else None)


def lines(session: Session, shown: Sequence[Programme]) -> list[Line]:
    """Programmes with what a list says of them, in a number of queries that does not grow."""
    ids = [one.id for one in shown]
    goals: dict[int, list[Goal]] = {one: [] for one in ids}
    for goal in session.scalars(select(Goal).where(Goal.programme_id.in_(ids))):
        goals[goal.programme_id].append(goal)
    counts: dict[int, dict[StepState, int]] = {one: {} for one in ids}
    of_steps = select(PlanStep.programme_id, PlanStep.state, func.count()).where(PlanStep.programme_id.in_(ids))
    for programme_id, state, count in session.execute(of_steps.group_by(PlanStep.programme_id, PlanStep.state)):
        counts[programme_id][state] = count
    names = owners(session, [one.owner_id for one in shown])
    paths = teams.path_names(session) if any(one.teams for one in shown) else {}
    return [
        Line(
            programme=one,
            owner=names.get(one.owner_id or 0, ""),
            teams=[paths.get(team_id, "?") for team_id in one.teams],
            goals=len(goals[one.id]),
            reached=sum(goal.is_reached for goal in goals[one.id]),
            steps=sum(count for state, count in counts[one.id].items() if state is not StepState.DROPPED),
            done=counts[one.id].get(StepState.DONE, 0),
        )
        for one in shown
    ]


def save(session: Session, clock: Clock, *, written: Written, by: int, programme_id: int | None = None) -> Programme:
    """Makes a programme, or changes one.

    Args:
        session: inside a transaction.
        clock: tells when.
        written: everything about it.
        by: who wrote it.
        programme_id: which; None makes a new one.

    Raises:
        Invalid: on `title`, `ends_on`, `teams` or `owner`.
        NotFound: no such programme.
        Conflict: it was evaluated.
    """
    title = " ".join(written.title.split())
    if not title:
        raise Invalid("title", Text("Please give the programme a title."))
    if written.ends_on < written.starts_on:
        raise Invalid("ends_on", Text("It cannot end before it begins."))
    chosen = _teams(session, written.teams)
    owner_id = owner_of(session, written.owner_email)
    if programme_id is None:
        programme = Programme(created_at=clock.now(), created_by=by)
        session.add(programme)
    else:
        programme = open_one(session, programme_id=programme_id)
        if programme.teams != chosen:
            _begin_anew(session, programme_id)
    programme.title, programme.message, programme.teams = title, written.message.strip()[:LONGEST], chosen
    programme.starts_on, programme.ends_on, programme.owner_id = written.starts_on, written.ends_on, owner_id
    session.flush()
    if programme_id is None:
        tell(session, clock, programme, what=Text("The programme begins."), by=by, kind="programme.created")
    else:
        tell(session, clock, programme, what=Text("The programme itself was changed."), by=by)
    return programme


def tell(
    session: Session,
    clock: Clock,
    programme: Programme,
    *,
    what: Text,
    by: int | None,
    kind: str = "plan.changed",
    path: str = "",
) -> None:
    """Writes into the log what changed in a plan: notices to its followers are made from that.

    Args:
        session: inside a transaction.
        clock: tells when.
        programme: whose plan.
        what: one sentence for its followers.
        by: who did it; None for the hub.
        kind: of the event.
        path: where on this hub it can be read; the programme's own page unless given.
    """
    events.record(
        session,
        clock,
        kind=kind,
        actor_id=by,
        subject=("programme", programme.id),
        data={
            "title": programme.title,
            "what": what.to_json(),
            "path": path or f"/company/plan/{programme.id}",
        },
    )


def items(session: Session, clock: Clock, *, programme_id: int, user: User) -> list[ContentItem]:
    """The items of a programme that this person may read now, newest first."""
    mine = select(ProgrammeItem.item_id).where(ProgrammeItem.programme_id == programme_id)
    query = visibility.visible_items(session, clock, user=user).where(ContentItem.id.in_(mine))
    return list(session.scalars(query.order_by(ContentItem.id.desc()).limit(100)))


def courses(session: Session, *, programme_id: int, user: User) -> list[Course]:
    """The open courses of a programme that are for this person."""
    query = (
        select(Course)
        .join(ProgrammeCourse, ProgrammeCourse.course_id == Course.id)
        .where(ProgrammeCourse.programme_id == programme_id, Course.state == CourseState.OPEN)
    )
    who = visibility.reader(session, user=user)
    return [one for one in session.scalars(query.order_by(Course.id.desc())) if audience.holds(one.audience, who)]


@dataclass(frozen=True)
class Belongings:
    """What belongs to a programme, for its editors: whatever its stage and audience.

    Args:
        items: (id, title) of its items.
        courses: of its courses.
        more_items: of items that could be added, the newest first.
        more_courses: of courses that could be added.
    """

    items: Sequence[tuple[int, str]]
    courses: Sequence[tuple[int, str]]
    more_items: Sequence[tuple[int, str]]
    more_courses: Sequence[tuple[int, str]]


def belongings(session: Session, *, programme_id: int) -> Belongings:
    """What belongs to a programme and what could."""
    of_items = select(ProgrammeItem.item_id).where(ProgrammeItem.programme_id == programme_id)
    of_courses = select(ProgrammeCourse.course_id).where(ProgrammeCourse.programme_id == programme_id)
    item, course = select(ContentItem.id, ContentItem.title), select(Course.id, Course.title)
    newest, latest = ContentItem.id.desc(), Course.id.desc()
    return Belongings(
        items=_pairs(session.execute(item.where(ContentItem.id.in_(of_items)).order_by(newest))),
        courses=_pairs(session.execute(course.where(Course.id.in_(of_courses)).order_by(latest))),
        more_items=_pairs(
            session.execute(
                item.where(ContentItem.id.not_in(of_items), ContentItem.state != ItemState.WITHDRAWN)
                .order_by(newest)
                .limit(MOST_OFFERED)
            )
        ),
        more_courses=_pairs(
            session.execute(
                course.where(Course.id.not_in(of_courses), Course.state != CourseState.CLOSED)
                .order_by(latest)
                .limit(MOST_OFFERED)
            )
        ),
    )


def add_item(session: Session, clock: Clock, *, programme_id: int, item_id: int, by: int) -> None:
    """Makes an item part of a programme; twice is once.

    Raises:
        NotFound: no such programme, or no such item.
        Conflict: the programme was evaluated.
    """
    programme = open_one(session, programme_id=programme_id)
    item = session.get(ContentItem, item_id)
    if item is None:
        raise NotFound()
    if session.get(ProgrammeItem, (programme_id, item_id)) is None:
        session.add(ProgrammeItem(programme_id=programme_id, item_id=item_id))
        # An item may be for others than the followers: what it is called stays with whom it is for.
        tell(session, clock, programme, what=Text("An item was added."), by=by)


def add_course(session: Session, clock: Clock, *, programme_id: int, course_id: int, by: int) -> None:
    """Makes a course part of a programme; twice is once.

    Raises:
        NotFound: no such programme, or no such course.
        Conflict: the programme was evaluated.
    """
    programme = open_one(session, programme_id=programme_id)
    if session.get(Course, course_id) is None:
        raise NotFound()
    if session.get(ProgrammeCourse, (programme_id, course_id)) is None:
        session.add(ProgrammeCourse(programme_id=programme_id, course_id=course_id))
        tell(session, clock, programme, what=Text("A course was added."), by=by)


def take_out_item(session: Session, clock: Clock, *, programme_id: int, item_id: int, by: int) -> None:
    """An item no longer belongs to a programme.

    Raises:
        NotFound: no such programme.
        Conflict: it was evaluated.
    """
    programme = open_one(session, programme_id=programme_id)
    found = session.get(ProgrammeItem, (programme_id, item_id))
    if found is not None:
        session.delete(found)
        tell(session, clock, programme, what=Text("An item was taken out."), by=by)


def take_out_course(session: Session, clock: Clock, *, programme_id: int, course_id: int, by: int) -> None:
    """A course no longer belongs to a programme.

    Raises:
        NotFound: no such programme.
        Conflict: it was evaluated.
    """
    programme = open_one(session, programme_id=programme_id)
    found = session.get(ProgrammeCourse, (programme_id, course_id))
    if found is not None:
        session.delete(found)
        tell(session, clock, programme, what=Text("A course was taken out."), by=by)


def _begin_anew(session: Session, programme_id: int) -> None:
    """The figures that the hub measured were of other people: they go, and are taken anew at the next time."""
    measured = (Goal.programme_id == programme_id) & (Goal.source != GoalSource.HAND)
    session.execute(delete(GoalFigure).where(GoalFigure.goal_id.in_(select(Goal.id).where(measured))))
    session.execute(update(Goal).where(measured).values(value=None, value_on=None, first_value=None))


def _pairs(rows: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    return [(row[0], row[1]) for row in rows]


def _teams(session: Session, wanted: Sequence[int]) -> list[int]:
    """The teams in order, without those below another one that is named."""
    if len(wanted) > MOST_TEAMS:
        raise Invalid("teams", Text("At most {count} teams, please.", count=MOST_TEAMS))
    known = set(session.scalars(select(Team.id).where(Team.id.in_(wanted))))
    if set(wanted) - known:
        raise Invalid("teams", Text("A team that you chose is no longer there. Choose again."))
    return sorted(one for one in known if not known & set(teams.ancestors(session, one)[1:]))
