"""The plan: steps with their owner, days, state and what they wait for. Every change is told to those who follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotAllowed, NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.people.owners import owner_of, owners
from advocacy.programme import following, programmes
from advocacy.programme.models import Programme
from advocacy.programme.programmes import LONGEST
from advocacy.programme.step_models import PlanStep, StepNeed, StepState

__all__ = ["PlanStep", "StepState", "Written"]
"""The values that views take from here: they leave tables to services."""

MOST = 500
"""Steps of one plan."""
MOST_NEEDS = 20


@dataclass(frozen=True)
class Written:
    """What an editor decides about a step.

    Args:
        title: in one line.
        due_on: to be done by.
        starts_on: when it begins; None when that is open.
        body: Markdown.
        owner_email: of who does it; "" for nobody yet.
        needs: ids of the steps that must be done before.
    """

    title: str
    due_on: date
    starts_on: date | None = None
    body: str = ""
    owner_email: str = ""
    needs: Sequence[int] = ()


@dataclass(frozen=True)
class Line:
    """A step in a plan.

    Args:
        step: itself.
        owner: the name of who does it; "" for nobody.
        waits_for: (id, title) of the steps before it that are not done.
        is_late: whether its day is over and it is not done.
    """

    step: PlanStep
    owner: str
    waits_for: Sequence[tuple[int, str]]
    is_late: bool


def get(session: Session, *, step_id: int) -> PlanStep:
    """A step.

    Raises:
        NotFound: there is none.
    """
    step = session.get(PlanStep, step_id)
    if step is None:
        raise NotFound(Text("We could not find that step. It may have been removed."))
    return step


def page(session: Session, *, programme_id: int, today: date, after: str = "", size: int = 30) -> Page[Line]:
    """The steps of a plan, the earliest day first.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = (
        select(PlanStep)
        .where(PlanStep.programme_id == programme_id)
        .order_by(PlanStep.due_on, PlanStep.id)
        .limit(size + 1)
    )
    if after:
        due_on, last = values_of(after, date, int)
        query = query.where((PlanStep.due_on > due_on) | ((PlanStep.due_on == due_on) & (PlanStep.id > last)))
    found = list(session.scalars(query))
    shown = found[:size]
    cursor = cursor_of(shown[-1].due_on, shown[-1].id) if len(found) > size else None
    return Page(lines(session, shown, today=today), cursor)


def lines(session: Session, shown: Sequence[PlanStep], *, today: date) -> list[Line]:
    """Steps as a plan shows them, in a number of queries that does not grow."""
    names = owners(session, [one.owner_id for one in shown])
    waiting: dict[int, list[tuple[int, str]]] = defaultdict(list)
    before = (
        select(StepNeed.step_id, PlanStep.id, PlanStep.title)
        .join(PlanStep, PlanStep.id == StepNeed.needs_id)
        .where(
            StepNeed.step_id.in_([one.id for one in shown]),
            PlanStep.state.in_((StepState.PLANNED, StepState.DOING)),
        )
        .order_by(PlanStep.due_on, PlanStep.id)
    )
    for step_id, needs_id, title in session.execute(before):
        waiting[step_id].append((needs_id, title))
    return [
        Line(
            step=one,
            owner=names.get(one.owner_id or 0, ""),
            waits_for=waiting[one.id] if is_open(one) else [],
            is_late=is_open(one) and one.due_on < today,
        )
        for one in shown
    ]


def is_open(step: PlanStep) -> bool:
    """Whether it is still to be done."""
    return step.state in (StepState.PLANNED, StepState.DOING)


def others(session: Session, *, programme_id: int, step_id: int | None = None) -> list[tuple[int, str]]:
    """(id, title) of the plan's other steps, which this one may wait for."""
    query = select(PlanStep.id, PlanStep.title).where(PlanStep.programme_id == programme_id)
    rows = session.execute(query.order_by(PlanStep.due_on, PlanStep.id))
    return [(row.id, row.title) for row in rows if row.id != step_id]


def needs(session: Session, *, step_id: int) -> list[int]:
    """Ids of the steps right before this one."""
    return list(session.scalars(select(StepNeed.needs_id).where(StepNeed.step_id == step_id)))


def after(session: Session, *, step_id: int) -> list[tuple[int, str]]:
    """(id, title) of the steps that wait for this one."""
    query = select(PlanStep.id, PlanStep.title).join(StepNeed, StepNeed.step_id == PlanStep.id)
    rows = session.execute(query.where(StepNeed.needs_id == step_id).order_by(PlanStep.due_on, PlanStep.id))
    return [(row.id, row.title) for row in rows]


def save(
    session: Session, clock: Clock, *, programme_id: int, written: Written, by: int, step_id: int | None = None
) -> PlanStep:
    """Adds a step to a plan, or changes one; whoever answers for it follows the plan from then on.

    Raises:
        Invalid: on `title`, `due_on`, `owner` or `needs`, also when the steps would wait for one another in a circle.
        NotFound: no such programme or step.
        Conflict: the programme was evaluated.
    """
    programme = _locked(session, programme_id)
    title = " ".join(written.title.split())
    if not title:
        raise Invalid("title", Text("Please say in a line what is to be done."))
    if written.starts_on is not None and written.due_on < written.starts_on:
        raise Invalid("due_on", Text("It cannot end before it begins."))
    owner_id = owner_of(session, written.owner_email)
    if step_id is None:
        if (session.scalar(select(func.count()).where(PlanStep.programme_id == programme_id)) or 0) >= MOST:
            raise Invalid("title", Text("At most {count} steps, please.", count=MOST))
        step = PlanStep(programme_id=programme_id, state=StepState.PLANNED, created_at=clock.now())
        session.add(step)
    else:
        step = get(session, step_id=step_id)
        if step.programme_id != programme_id:
            raise NotFound()
    before = None if step_id is None else (step.title, step.starts_on, step.due_on, step.owner_id)
    step.title, step.body = title[:200], written.body.strip()[:LONGEST]
    step.starts_on, step.due_on, step.owner_id = written.starts_on, written.due_on, owner_id
    step.updated_at = clock.now()
    session.flush()
    _wait_for(session, step, written.needs)
    if owner_id is not None:
        following.follow(session, clock, programme_id=programme_id, user_id=owner_id)
    tell(session, clock, programme, step, _what_changed(before, step), by=by)
    return step


def set_state(
    session: Session, clock: Clock, *, step_id: int, state: StepState, by: User, may_edit: bool
) -> PlanStep:
    """Says where a step stands: its owner and editors may.

    Raises:
        NotFound: no such step.
        NotAllowed: this person may not.
        Conflict: it waits for another step, or the programme was evaluated.
    """
    step = get(session, step_id=step_id)
    programme = programmes.open_one(session, programme_id=step.programme_id)
    if not may_edit and step.owner_id != by.id:
        raise NotAllowed(Text("The step's owner and editors say where it stands."))
    if state in (StepState.DOING, StepState.DONE):
        waits_for = lines(session, [step], today=clock.now().date())[0].waits_for
        if waits_for:
            raise Conflict(
                Text("It waits for “{title}”. Finish that first, or edit what it waits for.", title=waits_for[0][1])
            )
    if step.state is not state:
        step.state, step.updated_at = state, clock.now()
        tell(session, clock, programme, step, _STATES[state], by=by.id)
    return step


def remove(session: Session, clock: Clock, *, step_id: int, by: int) -> int:
    """Takes a step out of its plan.

    Returns:
        The id of the programme that it was of.

    Raises:
        NotFound: no such step.
        Conflict: the programme was evaluated.
    """
    step = get(session, step_id=step_id)
    programme = programmes.open_one(session, programme_id=step.programme_id)
    what = Text("A step was removed: {title}", title=step.title)
    programmes.tell(session, clock, programme, what=what, by=by)
    session.delete(step)
    return programme.id


def tell(session: Session, clock: Clock, programme: Programme, step: PlanStep, template: Text, *, by: int) -> None:
    """Writes into the log what happened to a step."""
    what = Text(template.template, title=step.title, day=step.due_on.isoformat())
    programmes.tell(session, clock, programme, what=what, by=by, path=f"/company/plan/steps/{step.id}")


_STATES: Mapping[StepState, Text] = {
    StepState.PLANNED: Text("Planned again: {title}"),
    StepState.DOING: Text("Begun: {title}"),
    StepState.DONE: Text("Done: {title}"),
    StepState.DROPPED: Text("Dropped: {title}"),
}


def _what_changed(before: tuple[str, date | None, date, int | None] | None, step: PlanStep) -> Text:
    if before is None:
        return Text("A new step, by {day}: {title}")
    if before[1:3] != (step.starts_on, step.due_on):
        return Text("Now by {day}: {title}")
    if before[3] != step.owner_id:
        return Text("Somebody else does it: {title}")
    return Text("A step was changed: {title}")


def _locked(session: Session, programme_id: int) -> Programme:
    """The programme, for this transaction alone: two changes at once could make a circle that neither makes alone."""
    session.get(Programme, programme_id, with_for_update=True)
    return programmes.open_one(session, programme_id=programme_id)


def _wait_for(session: Session, step: PlanStep, wanted: Sequence[int]) -> None:
    chosen = set(wanted)
    if len(chosen) > MOST_NEEDS:
        raise Invalid("needs", Text("A step can wait for {count} others at most.", count=MOST_NEEDS))
    known = set(
        session.scalars(
            select(PlanStep.id).where(PlanStep.programme_id == step.programme_id, PlanStep.id.in_(chosen))
        )
    )
    if chosen - known:
        raise Invalid("needs", Text("A step that you chose is no longer there. Choose again."))
    waits: dict[int, set[int]] = defaultdict(set)
    rows = select(StepNeed.step_id, StepNeed.needs_id).join(PlanStep, PlanStep.id == StepNeed.step_id)
    for step_id, needs_id in session.execute(rows.where(PlanStep.programme_id == step.programme_id)):
        waits[step_id].add(needs_id)
    waits[step.id] = chosen
    if _comes_back(waits, step.id):
        raise Invalid("needs", Text("These steps would wait for one another, and none could begin."))
    session.execute(delete(StepNeed).where(StepNeed.step_id == step.id))
    session.add_all(StepNeed(step_id=step.id, needs_id=one) for one in sorted(chosen))
    session.flush()


def _comes_back(waits: Mapping[int, set[int]], start: int) -> bool:
    seen: set[int] = set()
    waiting = list(waits.get(start, ()))
    while waiting:
        one = waiting.pop()
        if one == start:
            return True
        if one not in seen:
            seen.add(one)
            waiting.extend(waits.get(one, ()))
    return False
