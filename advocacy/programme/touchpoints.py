"""The touchpoint audit: where the company meets its market, what it promises there, what employees know, what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.people.owners import owner_of, owners
from advocacy.programme import programmes, steps, survey_readings
from advocacy.programme.models import Programme, ProgrammeState
from advocacy.programme.programmes import LONGEST
from advocacy.programme.step_models import PlanStep
from advocacy.programme.survey_readings import Reading
from advocacy.programme.touchpoint_models import Contact, Touchpoint, TouchpointGap

__all__ = ["Contact", "Touchpoint", "Written"]
"""The values that views take from here: they leave tables to services."""

MOST_GAPS = 30
TIME_FOR_A_GAP = timedelta(days=30)
"""When a step that closes a gap is due, unless the programme ends before: its owner changes it."""


@dataclass(frozen=True)
class Written:
    """What an editor decides about a touchpoint.

    Args:
        name: such as "The invoice".
        contact: what kind of meeting it is.
        promise: Markdown: what we promise there.
        owner_email: of who answers for it; "" for nobody.
        question: "survey id:key" of the question that tells what employees know; "" for none.
        wanted: what its figure should be at least; None when nobody said.
    """

    name: str
    contact: Contact
    promise: str = ""
    owner_email: str = ""
    question: str = ""
    wanted: float | None = None


@dataclass(frozen=True)
class Line:
    """A touchpoint in the audit.

    Args:
        touchpoint: itself.
        owner: the name of who answers for it; "" for nobody.
        known: what the newest round of its question said; None where there is none.
        unit: of that, "%" or "".
        gaps: (gap, the step that closes it or None), the oldest first.
    """

    touchpoint: Touchpoint
    owner: str
    known: Reading | None
    unit: str
    gaps: Sequence[tuple[TouchpointGap, PlanStep | None]]

    @property
    def is_short(self) -> bool:
        """Whether employees know less than is wanted."""
        wanted = self.touchpoint.wanted
        return self.known is not None and wanted is not None and self.known.value < wanted

    @property
    def open_gaps(self) -> int:
        """Gaps that are not closed: without a step, or with one that is still to be done."""
        return sum(step is None or steps.is_open(step) for _, step in self.gaps)


def get(session: Session, *, touchpoint_id: int) -> Touchpoint:
    """A touchpoint.

    Raises:
        NotFound: there is none.
    """
    touchpoint = session.get(Touchpoint, touchpoint_id)
    if touchpoint is None:
        raise NotFound(Text("We could not find that touchpoint. It may have been removed."))
    return touchpoint


def page(session: Session, *, after: str = "", size: int = 30) -> Page[Line]:
    """The audit, by name.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = select(Touchpoint).order_by(Touchpoint.name, Touchpoint.id).limit(size + 1)
    if after:
        name, last = values_of(after, str, int)
        query = query.where((Touchpoint.name > name) | ((Touchpoint.name == name) & (Touchpoint.id > last)))
    found = list(session.scalars(query))
    shown = found[:size]
    cursor = cursor_of(shown[-1].name, shown[-1].id) if len(found) > size else None
    return Page(lines(session, shown), cursor)


def lines(session: Session, shown: Sequence[Touchpoint]) -> list[Line]:
    """Touchpoints as the audit shows them, in a number of queries that does not grow."""
    names = owners(session, [one.owner_id for one in shown])
    asked = [(one.survey_id, one.question_key) for one in shown if one.survey_id is not None]
    known = survey_readings.newest(session, asked) if asked else {}
    shares = survey_readings.shares(session, {survey_id for survey_id, _ in asked})
    gaps: dict[int, list[tuple[TouchpointGap, PlanStep | None]]] = defaultdict(list)
    query = (
        select(TouchpointGap, PlanStep)
        .outerjoin(PlanStep, PlanStep.id == TouchpointGap.step_id)
        .where(TouchpointGap.touchpoint_id.in_([one.id for one in shown]))
        .order_by(TouchpointGap.id)
    )
    for gap, step in session.execute(query):
        gaps[gap.touchpoint_id].append((gap, step))
    return [
        Line(
            touchpoint=one,
            owner=names.get(one.owner_id or 0, ""),
            known=known.get((one.survey_id, one.question_key)) if one.survey_id is not None else None,
            unit="%" if (one.survey_id, one.question_key) in shares else "",
            gaps=gaps[one.id],
        )
        for one in shown
    ]


def save(
    session: Session, clock: Clock, *, written: Written, by: int, touchpoint_id: int | None = None
) -> Touchpoint:
    """Adds a touchpoint to the audit, or changes one.

    Raises:
        Invalid: on `name`, `owner` or `question`.
        NotFound: no such touchpoint.
    """
    name = " ".join(written.name.split())
    if not name:
        raise Invalid("name", Text("Please give the touchpoint a name."))
    survey_id, key = None, ""
    if written.question:
        number, _, key = written.question.partition(":")
        asked = survey_readings.find(session, survey_id=int(number), key=key) if number.isdigit() else None
        if asked is None:
            raise Invalid("question", Text("Please choose the question whose figure is meant."))
        survey_id = asked.survey.id
    touchpoint = get(session, touchpoint_id=touchpoint_id) if touchpoint_id is not None else Touchpoint()
    touchpoint.name, touchpoint.contact = name[:160], written.contact
    touchpoint.promise = written.promise.strip()[:LONGEST]
    touchpoint.owner_id = owner_of(session, written.owner_email)
    touchpoint.survey_id, touchpoint.question_key = survey_id, key
    touchpoint.wanted, touchpoint.updated_at = written.wanted, clock.now()
    session.add(touchpoint)
    session.flush()
    _record(session, clock, "touchpoint.saved", touchpoint, by)
    return touchpoint


def remove(session: Session, clock: Clock, *, touchpoint_id: int, by: int) -> None:
    """Takes a touchpoint out of the audit, with its gaps; steps that were made of them stay in their plans.

    Raises:
        NotFound: there is none.
    """
    touchpoint = get(session, touchpoint_id=touchpoint_id)
    _record(session, clock, "touchpoint.removed", touchpoint, by)
    session.delete(touchpoint)


def note_gap(session: Session, clock: Clock, *, touchpoint_id: int, text: str, by: int) -> TouchpointGap:
    """Writes down what is missing at a touchpoint.

    Raises:
        Invalid: on `text`.
        NotFound: no such touchpoint.
    """
    touchpoint = get(session, touchpoint_id=touchpoint_id)
    words = " ".join(text.split())
    if not words or len(words) > 200:
        raise Invalid("text", Text("Please say in a line what is missing."))
    query = select(TouchpointGap.id).where(TouchpointGap.touchpoint_id == touchpoint_id)
    if len(session.scalars(query).all()) >= MOST_GAPS:
        raise Invalid("text", Text("At most {count} gaps, please.", count=MOST_GAPS))
    gap = TouchpointGap(touchpoint_id=touchpoint_id, text=words, noted_at=clock.now(), noted_by=by)
    session.add(gap)
    session.flush()
    _record(session, clock, "touchpoint.gap_noted", touchpoint, by)
    return gap


def forget_gap(session: Session, *, gap_id: int) -> int:
    """Takes a gap away that was none.

    Returns:
        The id of its touchpoint.

    Raises:
        NotFound: there is none.
    """
    gap = _gap(session, gap_id)
    session.delete(gap)
    return gap.touchpoint_id


def close_by_step(session: Session, clock: Clock, *, gap_id: int, programme_id: int, by: User) -> PlanStep:
    """Makes a step of a programme's plan out of a gap; its owner is the touchpoint's.

    Raises:
        NotFound: no such gap or programme.
        Conflict: the gap has a step already, or the programme was evaluated.
    """
    gap = _gap(session, gap_id, for_update=True)
    if gap.step_id is not None:
        raise Conflict(Text("This gap is a step of a plan already."))
    touchpoint = get(session, touchpoint_id=gap.touchpoint_id)
    programme = programmes.open_one(session, programme_id=programme_id)
    today = clock.now().date()
    owner = session.get(User, touchpoint.owner_id) if touchpoint.owner_id is not None else None
    step = steps.save(
        session,
        clock,
        programme_id=programme_id,
        written=steps.Written(
            title=f"{touchpoint.name}: {gap.text}"[:200],
            due_on=max(today, min(today + TIME_FOR_A_GAP, programme.ends_on)),
            owner_email=owner.email if owner is not None and owner.is_active else "",
            body=touchpoint.promise,
        ),
        by=by.id,
    )
    gap.step_id = step.id
    return step


def open_programmes(session: Session, *, most: int = 50) -> list[tuple[int, str]]:
    """(id, title) of programmes whose plan can take a step, the newest first."""
    query = select(Programme.id, Programme.title).where(Programme.state == ProgrammeState.OPEN)
    return [(row.id, row.title) for row in session.execute(query.order_by(Programme.id.desc()).limit(most))]


def _gap(session: Session, gap_id: int, *, for_update: bool = False) -> TouchpointGap:
    gap = session.get(TouchpointGap, gap_id, with_for_update=for_update)
    if gap is None:
        raise NotFound()
    return gap


def _record(session: Session, clock: Clock, kind: str, touchpoint: Touchpoint, by: int) -> None:
    events.record(
        session,
        clock,
        kind=kind,
        actor_id=by,
        subject=("touchpoint", touchpoint.id),
        data={"name": touchpoint.name},
    )
