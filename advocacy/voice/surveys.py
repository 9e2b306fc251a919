"""Surveys as their editors see them: written, changed, listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.library.audience import people_reached
from advocacy.library.content import Audience
from advocacy.voice import audience, questions
from advocacy.voice.questions import Question
from advocacy.voice.survey_models import Repeats, Survey, SurveyKind, SurveyRound

__all__ = [
    "Line",
    "Repeats",
    "Survey",
    "SurveyKind",
    "Written",
    "ask_again",
    "get",
    "may_be_asked_again",
    "page",
    "rounds",
    "save",
]

LONGEST_OPEN = 90
"""Days that a round may be open."""
STEPS = {Repeats.WEEKLY: 7, Repeats.MONTHLY: 28, Repeats.QUARTERLY: 91}
"""Days from one round to the next: whole weeks, so that it comes on the same weekday."""


@dataclass(frozen=True)
class Written:
    """What an editor decides about a survey.

    Args:
        title: by language; at least one.
        intro: by language.
        questions: in order.
        opens_at: when its first round opens.
        open_days: how long a round is open, 1 to `LONGEST_OPEN`.
        audience: whom it asks; empty is everyone.
    """

    title: Mapping[str, str]
    questions: Sequence[Question]
    opens_at: datetime
    open_days: int = 7
    intro: Mapping[str, str] = field(default_factory=dict)
    kind: SurveyKind = SurveyKind.SURVEY
    repeats: Repeats = Repeats.NEVER
    audience: Audience = field(default_factory=dict)
    is_anonymous: bool = True


@dataclass(frozen=True)
class Line:
    """A survey in a list, with its newest round (None before the first)."""

    survey: Survey
    round: SurveyRound | None


def get(session: Session, *, survey_id: int) -> Survey:
    """A survey.

    Raises:
        NotFound: there is none.
    """
    survey = session.get(Survey, survey_id)
    if survey is None:
        raise NotFound(Text("We could not find that survey. It may have been removed."))
    return survey


def page(session: Session, *, after: str = "", size: int = 30) -> Page[Line]:
    """Every survey, newest first, for its editors and for leaders.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = select(Survey).order_by(Survey.id.desc()).limit(size + 1)
    if after:
        query = query.where(Survey.id < values_of(after, int)[0])
    found = list(session.scalars(query))
    shown = found[:size]
    rounds: dict[int, SurveyRound] = {}
    for one in session.scalars(
        select(SurveyRound)
        .where(SurveyRound.survey_id.in_([survey.id for survey in shown]))
        .order_by(SurveyRound.survey_id, SurveyRound.number)
    ):
        rounds[one.survey_id] = one
    lines = [Line(survey, rounds.get(survey.id)) for survey in shown]
    return Page(lines, cursor_of(shown[-1].id) if len(found) > size else None)


def rounds(session: Session, *, survey_id: int) -> list[SurveyRound]:
    """The rounds of a survey, newest first; at most 60."""
    query = select(SurveyRound).where(SurveyRound.survey_id == survey_id)
    return list(session.scalars(query.order_by(SurveyRound.number.desc()).limit(60)))


def save(
    session: Session, clock: Clock, *, written: Written, by: int, smallest: int, survey_id: int | None = None
) -> Survey:
    """Writes a survey, or changes one: a round that is open keeps the questions it began with.

    Args:
        session: inside a transaction.
        clock: tells when.
        written: what the editor decided.
        by: whose act it is.
        smallest: people in the smallest group that is shown.
        survey_id: of the survey to change; None for a new one.

    Raises:
        NotFound: there is no such survey.
        Invalid: on `title`, `questions`, `open_days` or `audience`; also when an anonymous survey asks so few that
            no result could ever be shown.
    """
    if not any(one.strip() for one in written.title.values()):
        raise Invalid("title", Text("Please give the survey a title."))
    questions.check(written.questions)
    step = STEPS.get(written.repeats, LONGEST_OPEN + 1)
    if not 1 <= written.open_days <= min(LONGEST_OPEN, step - 1):
        raise Invalid("open_days", Text("Please choose 1 to {most} days.", most=min(LONGEST_OPEN, step - 1)))
    kept = audience.kept(session, written.audience)
    if written.is_anonymous and (too_few := _too_few(session, written.audience, smallest)):
        raise Invalid("audience", too_few)
    survey = get(session, survey_id=survey_id) if survey_id else Survey(created_at=clock.now(), created_by=by)
    is_asked = bool(survey_id) and session.scalar(select(SurveyRound.id).where(SurveyRound.survey_id == survey_id))
    if is_asked and survey.is_anonymous != written.is_anonymous:
        raise Invalid("is_anonymous", Text("People have been asked already. Whether it is anonymous stays as it is."))
    survey.kind, survey.title, survey.intro = written.kind, dict(written.title), dict(written.intro)
    survey.questions = [one.to_json() for one in written.questions]
    survey.audience, survey.is_anonymous = kept, written.is_anonymous
    survey.opens_at, survey.open_days, survey.repeats = written.opens_at, written.open_days, written.repeats
    if not is_asked:
        survey.next_round_at = max(written.opens_at, clock.now())
    elif written.repeats is Repeats.NEVER:
        survey.next_round_at = None
    elif survey.next_round_at is None:
        survey.next_round_at = clock.now() + timedelta(days=STEPS[written.repeats])
    session.add(survey)
    session.flush()
    events.record(session, clock, kind="survey.saved", actor_id=by, subject=("survey", survey.id))
    return survey


def _too_few(session: Session, asked: Audience, smallest: int) -> Text | None:
    reached = people_reached(session, asked)
    if reached >= smallest:
        return None
    return Text(
        "This would ask {reached} people. An anonymous survey needs at least {smallest}, or nobody could be "
        "shown what they answered.",
        reached=reached,
        smallest=smallest,
    )


def may_be_asked_again(survey: Survey, found: Sequence[SurveyRound]) -> bool:
    """Whether a survey was asked, is closed, and comes no more by itself.

    Args:
        survey: which.
        found: its rounds.
    """
    return bool(found) and survey.next_round_at is None and all(one.closed_at is not None for one in found)


def ask_again(session: Session, clock: Clock, *, survey_id: int, by: int, smallest: int) -> None:
    """Lets a survey that was asked once ask again: its next round opens now, with its questions as they are now.

    Questions that stayed the same are shown from round to round.

    Args:
        session: inside a transaction; `rounds.open_next` then opens the round.
        clock: tells when.
        survey_id: which.
        by: whose act it is.
        smallest: people in the smallest group that is shown.

    Raises:
        NotFound: there is no such survey.
        Conflict: it is open, or comes again by itself; or it is anonymous and would ask too few by now.
    """
    survey = session.get(Survey, survey_id, with_for_update=True) or get(session, survey_id=survey_id)
    if not may_be_asked_again(survey, rounds(session, survey_id=survey_id)):
        raise Conflict(Text("This survey is open, or it comes again by itself."))
    if survey.is_anonymous and (too_few := _too_few(session, audience.of(survey.audience), smallest)):
        raise Conflict(too_few)
    survey.next_round_at = clock.now()
    session.flush()
    events.record(session, clock, kind="survey.asked_again", actor_id=by, subject=("survey", survey.id))
