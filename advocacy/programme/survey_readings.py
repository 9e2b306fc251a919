"""What closed rounds of surveys say of each question, read once and kept for goals and touchpoints.

Nothing is here that the results of a round do not show: groups that are too small have no figure there either.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.people import teams
from advocacy.programme.goal_models import SurveyReading
from advocacy.voice import results
from advocacy.voice.questions import Question, QuestionKind
from advocacy.voice.survey_models import Survey, SurveyRound

AT_ONCE = 20
"""Rounds read in one go."""
WITH_FIGURE = frozenset({QuestionKind.SCALE, QuestionKind.ENPS})
"""Kinds of questions with one figure; a quiz question has one too: the share of right answers."""


@dataclass(frozen=True)
class Asked:
    """A question that has a figure.

    Args:
        survey: it belongs to.
        question: itself.
    """

    survey: Survey
    question: Question

    @property
    def value(self) -> str:
        """As a form sends it."""
        return f"{self.survey.id}:{self.question.key}"


def questions(session: Session, *, most: int = 100) -> list[Asked]:
    """Every question that has a figure, of the newest surveys first."""
    found = session.scalars(select(Survey).order_by(Survey.id.desc()).limit(most))
    return [
        Asked(survey, question)
        for survey in found
        for question in map(Question.from_json, survey.questions)
        if question.kind in WITH_FIGURE or question.right
    ]


def find(session: Session, *, survey_id: int | None, key: str) -> Asked | None:
    """A question; None when it is gone."""
    survey = session.get(Survey, survey_id) if survey_id is not None else None
    if survey is None:
        return None
    asked = (Question.from_json(kept) for kept in survey.questions)
    found = next((one for one in asked if one.key == key), None)
    return Asked(survey, found) if found is not None else None


def shares(session: Session, survey_ids: Collection[int]) -> set[tuple[int, str]]:
    """(survey, key) of the questions whose figure is a share of right answers in per cent."""
    if not survey_ids:
        return set()
    rows = session.execute(select(Survey.id, Survey.questions).where(Survey.id.in_(survey_ids)))
    return {(survey_id, kept["key"]) for survey_id, questions_of in rows for kept in questions_of if kept["right"]}


def keep_up(session: Session) -> int:
    """Reads rounds that have closed since, some at a time.

    Args:
        session: inside a transaction.

    Returns:
        How many rounds were read.
    """
    unread = (
        select(SurveyRound.id)
        .where(
            SurveyRound.closed_at.is_not(None),
            SurveyRound.id.not_in(select(SurveyReading.round_id)),
        )
        .order_by(SurveyRound.id)
        .limit(AT_ONCE)
    )
    round_ids = list(session.scalars(unread))
    for round_id in round_ids:
        _read(session, round_id)
    return len(round_ids)


def _read(session: Session, round_id: int) -> None:
    found = session.get_one(SurveyRound, round_id)
    if found.closed_at is None:
        return
    answered = results.of_round(session, round_id=round_id)[1] if found.results is not None else []
    closed_on = found.closed_at.date()
    session.add(SurveyReading(survey_id=found.survey_id, round_id=round_id, question_key="", closed_on=closed_on))
    named = {name: team_id for team_id, name in map(tuple, found.groups)}
    for one in answered:
        if one.figure is None:
            continue
        session.add(
            SurveyReading(
                survey_id=found.survey_id,
                round_id=round_id,
                question_key=one.question.key,
                closed_on=closed_on,
                value=one.figure.value,
                low=one.figure.low,
                high=one.figure.high,
                answers=one.figure.count,
                groups=[
                    [named[name], figure.value, figure.low, figure.high, figure.count]
                    for name, figure in one.groups
                    if name in named
                ],
            )
        )
    session.flush()


@dataclass(frozen=True)
class Reading:
    """What one round says of a question, for those whom it was asked about.

    Args:
        row: as it is kept.
        value: the figure.
        low: where its 95% interval begins.
        high: where it ends.
        answers: it was made of.
    """

    row: SurveyReading
    value: float
    low: float
    high: float
    answers: int


def trend(
    session: Session, *, survey_id: int | None, key: str, of_teams: Sequence[int] = (), most: int = 60
) -> list[Reading]:
    """A question from round to round, oldest first; rounds with too few answers are left out.

    Args:
        session: for reading.
        survey_id: the survey; None gives nothing.
        key: of the question.
        of_teams: departments whose figure is wanted; () is everybody who was asked. A department has a figure of its
            own where the survey shows one, or where nobody else was asked.
        most: the newest so many rounds.
    """
    if survey_id is None or not key:
        return []
    query = (
        select(SurveyReading)
        .where(SurveyReading.survey_id == survey_id, SurveyReading.question_key == key)
        .order_by(SurveyReading.closed_on.desc(), SurveyReading.id.desc())
        .limit(most)
    )
    rows = list(session.scalars(query))[::-1]
    if not of_teams or (rows and _asks_only(session, survey_id, of_teams)):
        return [_whole(row) for row in rows if row.value is not None]
    if len(of_teams) > 1:
        return []
    return [Reading(row, *figure[1:]) for row in rows for figure in row.groups if figure[0] == of_teams[0]]


def newest(session: Session, asked: Sequence[tuple[int, str]]) -> dict[tuple[int, str], Reading]:
    """The newest figure of each question of everybody asked, in one query; questions without one are left out."""
    query = (
        select(SurveyReading)
        .where(
            SurveyReading.survey_id.in_({survey_id for survey_id, _ in asked}),
            SurveyReading.question_key.in_({key for _, key in asked}),
            SurveyReading.value.is_not(None),
        )
        .order_by(SurveyReading.closed_on, SurveyReading.id)
    )
    found = {(row.survey_id, row.question_key): _whole(row) for row in session.scalars(query)}
    return {one: found[one] for one in asked if one in found}


def _whole(row: SurveyReading) -> Reading:
    return Reading(row, row.value or 0.0, row.low or 0.0, row.high or 0.0, row.answers or 0)


def _asks_only(session: Session, survey_id: int, of_teams: Sequence[int]) -> bool:
    """Whether the survey asks nobody outside these departments."""
    survey = session.get(Survey, survey_id)
    asked = {int(one) for one in survey.audience.get("team", ())} if survey is not None else set()
    within = {below for one in of_teams for below in teams.subtree(session, one)}
    return bool(asked) and asked <= within
