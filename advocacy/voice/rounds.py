"""Rounds of surveys open, remind and close by themselves. Closing shakes the box (docs/adr/0008)."""

from __future__ import annotations

import json
import random
import secrets
from datetime import UTC, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.house import House
from advocacy.base.letters import Letter
from advocacy.base.sealing import Sealer, row
from advocacy.base.text import Text
from advocacy.library.audience import members
from advocacy.people import outbox
from advocacy.people.models import User
from advocacy.voice import audience, division, results, surveys
from advocacy.voice.questions import in_language
from advocacy.voice.survey_models import (
    Repeats,
    Survey,
    SurveyBoxed,
    SurveyParticipation,
    SurveyRound,
    SurveySheet,
)
from config import Settings

_SHUFFLE = random.SystemRandom()
REMIND_AFTER = 0.6
"""Of the time that a round is open."""


def tick(house: House) -> None:
    """Closes, opens and reminds where it is time; each round in a transaction of its own."""
    settings = house.part(Settings)
    now, smallest, zone = house.clock.now(), settings.smallest_group, ZoneInfo(settings.time_zone)
    with house.db.reading() as session:
        closing = list(
            session.scalars(
                select(SurveyRound.id).where(SurveyRound.closed_at.is_(None), SurveyRound.closes_at <= now)
            )
        )
        opening = list(session.scalars(select(Survey.id).where(Survey.next_round_at <= now)))
        unsummed = list(
            session.scalars(
                select(SurveyRound.id).where(SurveyRound.closed_at.is_not(None), SurveyRound.results.is_(None))
            )
        )
        reminding = list(session.scalars(select(SurveyRound.id).where(SurveyRound.remind_at <= now)))
    for round_id in closing:
        with house.db.transaction() as session:
            close(session, house.clock, house.part(Sealer), round_id=round_id)
    for round_id in unsummed:
        with house.db.transaction() as session:
            sum_up_late(session, round_id=round_id)
    for survey_id in opening:
        with house.db.transaction() as session:
            open_next(session, house.clock, survey_id=survey_id, smallest=smallest, zone=zone)
    for round_id in reminding:
        with house.db.transaction() as session:
            remind(session, house.clock, house.part(Sealer), round_id=round_id, address=house.part(Settings).address)
    if closing and house.db.is_sqlite:
        # What was overwritten still stands in the write-ahead log until it is taken over.
        with house.db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def open_next(
    session: Session, clock: Clock, *, survey_id: int, smallest: int, zone: tzinfo = UTC
) -> SurveyRound | None:
    """Opens the next round of a survey, when it is time; None when another clock was quicker.

    Args:
        session: inside a transaction.
        clock: tells when.
        survey_id: which.
        smallest: people in the smallest group that is shown.
        zone: the company's; a survey that comes again does so at the same hour there, in summer and in winter.
    """
    survey = session.get_one(Survey, survey_id, with_for_update=True)
    now = clock.now()
    if survey.next_round_at is None or survey.next_round_at > now:
        return None
    newest = session.scalar(select(func.max(SurveyRound.number)).where(SurveyRound.survey_id == survey_id)) or 0
    groups, asked = division.of(session, audience=audience.of(survey.audience), smallest=smallest)
    length = timedelta(days=survey.open_days)
    opened = SurveyRound(
        survey_id=survey_id,
        number=newest + 1,
        questions=survey.questions,
        groups=groups,
        smallest=smallest,
        opens_at=now,
        closes_at=now + length,
        remind_at=now + length * REMIND_AFTER,
        asked=asked,
    )
    session.add(opened)
    step = surveys.STEPS.get(survey.repeats)
    if survey.repeats is Repeats.NEVER or step is None:
        survey.next_round_at = None
    else:
        due = survey.next_round_at
        while due <= now:
            due = (due.astimezone(zone) + timedelta(days=step)).astimezone(UTC)  # days of that zone's own wall clock
        survey.next_round_at = due
    session.flush()
    events.record(
        session, clock, kind="survey.opened", actor_id=None, subject=("survey", survey.id), data={"round": opened.id}
    )
    return opened


def close(session: Session, clock: Clock, sealer: Sealer, *, round_id: int) -> None:
    """Closes a round: shakes the box, writes the sheets anew in no order, and forgets who took part.

    Everything is written in one transaction under fresh random keys, so that neither keys nor the database's own
    transaction numbers tell which sheet came when. An anonymous round that fewer than the smallest group answered
    leaves no sheets: nobody may ever see them, so nobody keeps them.

    Args:
        session: inside a transaction.
        clock: tells when.
        sealer: opens the sheets.
        round_id: which.
    """
    closed = session.get_one(SurveyRound, round_id, with_for_update=True)
    if closed.closed_at is not None:
        return
    survey = session.get_one(Survey, closed.survey_id)
    boxed = list(session.scalars(select(SurveyBoxed).where(SurveyBoxed.round_id == round_id)))
    sheets = [json.loads(sealer.open(one.sealed, context=context(one.id))) for one in boxed]
    _SHUFFLE.shuffle(sheets)
    kept = division.shown([sheet["group"] for sheet in sheets], smallest=closed.smallest)
    closed.closed_at, closed.remind_at, closed.answered = clock.now(), None, len(sheets)
    session.execute(delete(SurveyBoxed).where(SurveyBoxed.round_id == round_id))
    outbox.forget(session, kind=_kind(round_id))  # whom it reminded tells who had not answered
    session.execute(delete(SurveyParticipation).where(SurveyParticipation.round_id == round_id))
    answered = [(sheet["group"] if sheet["group"] in kept else None, sheet["answers"]) for sheet in sheets]
    closed.results = results.sum_up(closed.questions, answered, groups=closed.groups, smallest=closed.smallest)
    if survey.is_anonymous and len(sheets) < closed.smallest:
        return
    people = set(session.scalars(select(User.id).where(User.id.in_([sheet["user"] for sheet in sheets]))))
    session.add_all(
        SurveySheet(
            id=fresh_id(),
            round_id=round_id,
            user_id=sheet["user"] if sheet["user"] in people and not survey.is_anonymous else None,
            group=sheet["group"] if sheet["group"] in kept else None,
            answers=sheet["answers"],
        )
        for sheet in sheets
    )


def sum_up_late(session: Session, *, round_id: int) -> None:
    """Sums up a round that closed under a version of the product that summed up at every look."""
    closed = session.get_one(SurveyRound, round_id, with_for_update=True)
    query = select(SurveySheet.group, SurveySheet.answers).where(SurveySheet.round_id == round_id)
    closed.results = results.sum_up(
        closed.questions,
        [(group, answers) for group, answers in session.execute(query)],
        groups=closed.groups,
        smallest=closed.smallest,
    )


def remind(session: Session, clock: Clock, sealer: Sealer, *, round_id: int, address: str) -> int:
    """Writes to those who have not answered a round that is open. What anybody answered is not looked at.

    Returns:
        How many letters were put into the outbox.
    """
    reminded = session.get_one(SurveyRound, round_id, with_for_update=True)
    if reminded.remind_at is None or reminded.closed_at is not None:
        return 0
    reminded.remind_at = None
    survey = session.get_one(Survey, reminded.survey_id)
    answered = select(SurveyParticipation.user_id).where(SurveyParticipation.round_id == round_id)
    asked = members(session, audience.of(survey.audience)).subquery()
    waiting = session.scalars(select(User).where(User.id.in_(select(asked.c.id)), User.id.not_in(answered)))
    count = 0
    for user in waiting:
        outbox.put(
            session,
            clock,
            sealer,
            to=user.email,
            kind=_kind(round_id),
            letter=_letter(survey, user, f"{address}/company/surveys/{round_id}/answer"),
            locale=user.locale,
            useful_for=max(reminded.closes_at - clock.now(), timedelta(hours=1)),
        )
        count += 1
    return count


def _kind(round_id: int) -> str:
    return f"survey:{round_id}"


def _letter(survey: Survey, user: User, address: str) -> Letter:
    lines = [Text("“{title}” waits for your answer.", title=in_language(survey.title, user.locale))]
    if survey.is_anonymous:
        lines.append(
            Text("It is anonymous. We know that you have not answered yet; what others answered nobody can look up.")
        )
    return Letter(subject=Text("What do you think?"), lines=tuple(lines), button=(Text("Answer the survey"), address))


def fresh_id() -> str:
    """A key that tells nothing of when it was given."""
    return secrets.token_hex(16)


def context(boxed_id: str) -> str:
    """What a sheet in the box is sealed for."""
    return row("survey_boxed", "sealed", boxed_id)
