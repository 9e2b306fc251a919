"""Answering a survey: what waits for a person, and how an answer goes into the box."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.db import upsert
from advocacy.base.errors import Conflict, NotFound
from advocacy.base.sealing import Sealer
from advocacy.base.text import Text
from advocacy.library import visibility
from advocacy.people.models import User
from advocacy.voice import audience, division, questions
from advocacy.voice.questions import Question
from advocacy.voice.rounds import context, fresh_id
from advocacy.voice.survey_models import Survey, SurveyBoxed, SurveyParticipation, SurveyRound


@dataclass(frozen=True)
class Asked:
    """A round that is open for a person.

    Args:
        survey: what it belongs to.
        round: the round.
        is_answered: whether this person has answered it.
    """

    survey: Survey
    round: SurveyRound
    is_answered: bool

    @property
    def questions(self) -> list[Question]:
        """What is asked."""
        return [Question.from_json(kept) for kept in self.round.questions]


def open_for(session: Session, clock: Clock, *, user: User) -> list[Asked]:
    """Every open round that asks this person; those not answered first, the soonest end first."""
    now = clock.now()
    query = (
        select(Survey, SurveyRound, SurveyParticipation.user_id)
        .join(SurveyRound, SurveyRound.survey_id == Survey.id)
        .outerjoin(
            SurveyParticipation,
            (SurveyParticipation.round_id == SurveyRound.id) & (SurveyParticipation.user_id == user.id),
        )
        .where(SurveyRound.closed_at.is_(None), SurveyRound.closes_at > now)
        .order_by(SurveyRound.closes_at, SurveyRound.id)
    )
    who = visibility.reader(session, user=user)
    found = [
        Asked(survey, opened, took_part is not None)
        for survey, opened, took_part in session.execute(query)
        if audience.holds(survey.audience, who)
    ]
    return sorted(found, key=lambda one: one.is_answered)


def get(session: Session, clock: Clock, *, user: User, round_id: int) -> Asked:
    """An open round that asks this person.

    Raises:
        NotFound: there is none, it is over, or it asks others.
    """
    for one in open_for(session, clock, user=user):
        if one.round.id == round_id:
            return one
    raise NotFound(Text("This survey is over, or it asks others."))


def answer(
    session: Session, clock: Clock, sealer: Sealer, *, user: User, round_id: int, given: Mapping[str, Sequence[str]]
) -> Asked:
    """Puts a person's answer into the box. The log is told of surveys with names alone, and of nothing that was said.

    Args:
        session: inside a transaction.
        clock: whether the round is open.
        sealer: closes the sheet.
        user: who answers; the sheet of an anonymous survey does not hold it.
        round_id: which round.
        given: what the form sent, by key.

    Raises:
        NotFound: as `get`.
        Conflict: this person has answered already.
        Invalid: the field is the key of a question.
    """
    asked = get(session, clock, user=user, round_id=round_id)
    answers = questions.read(asked.questions, given)
    took_part = (
        upsert(session, SurveyParticipation)
        .values(round_id=round_id, user_id=user.id)
        .on_conflict_do_nothing()
        .returning(SurveyParticipation.user_id)
    )
    if session.scalar(took_part) is None:
        raise Conflict(Text("You have answered this survey already. Thank you!"))
    sheet = {
        "answers": answers,
        "group": division.group_of(session, asked.round.groups, team_id=user.team_id),
        "user": None if asked.survey.is_anonymous else user.id,
    }
    boxed_id = fresh_id()
    # Padded, so that the length of what is sealed does not tell a long answer from a short one.
    words = json.dumps(sheet)
    padded = words + " " * (-len(words.encode()) % 512)
    session.add(SurveyBoxed(id=boxed_id, round_id=round_id, sealed=sealer.seal(padded, context=context(boxed_id))))
    if not asked.survey.is_anonymous:
        events.record(session, clock, kind="survey.answered", actor_id=user.id, subject=("survey_round", round_id))
    return asked
