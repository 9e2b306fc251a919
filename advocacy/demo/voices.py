"""What the demo company asks, tells and hears."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from advocacy.base.sealing import Sealer
from advocacy.people.models import User
from advocacy.voice import answering, forum, handbook, notices, rounds, surveys
from advocacy.voice.forum_models import TopicKind, TopicState
from advocacy.voice.questions import Question, QuestionKind
from advocacy.voice.survey_models import Repeats, SurveyKind

SMALLEST = 5
SAID = (
    "More time for customers.",
    "Fewer meetings on Mondays.",
    "The new plan is clear to me.",
    "I miss the old canteen.",
)
PULSE = (
    Question("mood", QuestionKind.SCALE, {"en": "How was your month?", "nb": "Hvordan var måneden din?"}),
    Question(
        "enps", QuestionKind.ENPS, {"en": "Would you recommend working here?", "nb": "Ville du anbefale å jobbe her?"}
    ),
    Question("why", QuestionKind.TEXT, {"en": "What should change?", "nb": "Hva bør endres?"}, required=False),
)
PROMISE = (
    Question(
        "know",
        QuestionKind.CHOICE,
        {"en": "What do we promise our customers this year?", "nb": "Hva lover vi kundene i år?"},
        (
            {"en": "Green power at all hours", "nb": "Grønn kraft døgnet rundt"},
            {"en": "The lowest price", "nb": "Laveste pris"},
            {"en": "I do not know", "nb": "Jeg vet ikke"},
        ),
        right=(0,),
    ),
    Question(
        "missing",
        QuestionKind.TEXT,
        {"en": "What would help you to know?", "nb": "Hva ville hjelpe deg å vite det?"},
        required=False,
        only_if=("know", (2,)),
    ),
)


class MovableClock(Protocol):
    """Tells a time that the demo sets."""

    moment: datetime

    def now(self) -> datetime:
        """The moment that was set."""


def speak(session: Session, clock: MovableClock, sealer: Sealer, people: dict[str, User], *, now: datetime) -> None:
    """Notices, two closed rounds of a pulse and an open one, a quiz, and a forum with answers."""
    mia, lars = people["Mia Lund"], people["Lars Berg"]
    chance = random.Random("voices")  # noqa: S311 - the same demo every time
    _notices(session, clock, people, now)
    clock.moment = now - timedelta(days=59)
    pulse = surveys.save(
        session,
        clock,
        written=surveys.Written(
            title={"en": "Pulse of the month", "nb": "Månedens puls"},
            intro={"en": "Three questions, two minutes.", "nb": "Tre spørsmål, to minutter."},
            questions=PULSE,
            opens_at=clock.now(),
            open_days=7,
            kind=SurveyKind.PULSE,
            repeats=Repeats.MONTHLY,
        ),
        by=mia.id,
        smallest=SMALLEST,
    )
    for _ in range(3):
        opened = rounds.open_next(session, clock, survey_id=pulse.id, smallest=SMALLEST)
        if opened is None:
            break
        opened.remind_at = None
        for user in chance.sample(list(people.values()), 13 if opened.closes_at < now else 4):
            given = {"mood": [str(chance.choice((3, 4, 4, 5)))], "enps": [str(chance.choice((6, 8, 9, 9, 10)))]}
            if chance.random() < 0.6:
                given["why"] = [chance.choice(SAID)]
            answering.answer(session, clock, sealer, user=user, round_id=opened.id, given=given)
        if opened.closes_at < now:
            clock.moment = opened.closes_at
            session.flush()
            rounds.close(session, clock, sealer, round_id=opened.id)
            clock.moment = pulse.next_round_at or now
    clock.moment = now - timedelta(days=1)
    quiz = surveys.save(
        session,
        clock,
        written=surveys.Written(
            title={"en": "Do we know our promise?", "nb": "Kjenner vi løftet vårt?"},
            questions=PROMISE,
            opens_at=clock.now(),
            open_days=10,
            kind=SurveyKind.QUIZ,
        ),
        by=mia.id,
        smallest=SMALLEST,
    )
    rounds.open_next(session, clock, survey_id=quiz.id, smallest=SMALLEST)
    _forum(session, clock, people, lars, now)
    _handbook(session, clock, mia, now)


def _notices(session: Session, clock: MovableClock, people: dict[str, User], now: datetime) -> None:
    clock.moment = now - timedelta(days=6)
    asked = notices.publish(
        session,
        clock,
        written=notices.Written(
            title="New rules for visits offshore",
            body="From the first of the month every visit is booked **two days** ahead.\n\n- Bring your certificate\n- Tell Tomas who comes",
            asks_confirmation=True,
        ),
        by=people["Lars Berg"].id,
    )
    for name in ("Mia Lund", "Tomas Novak", "Aisha Rahman", "Henrik Moe"):
        notices.confirm(session, clock, user=people[name], notice_id=asked.id)
    clock.moment = now - timedelta(days=2)
    notices.publish(
        session,
        clock,
        written=notices.Written(
            title="The canteen has new hours", body="Open from seven to eight, Monday to Friday."
        ),
        by=people["Mia Lund"].id,
    )


def _forum(session: Session, clock: MovableClock, people: dict[str, User], leader: User, now: datetime) -> None:
    raised = []
    for days, kind, name, title, body in (
        (20, TopicKind.CRITICISM, None, "The canteen closes too early", "Those who come late go hungry."),
        (
            12,
            TopicKind.IDEA,
            "Aisha Rahman",
            "Show new colleagues a wind farm",
            "One day offshore says more than ten slides.",
        ),
        (5, TopicKind.QUESTION, "Kari Nordmann", "May we post about the Bergen project?", "A customer asked me."),
        (1, TopicKind.CRITICISM, None, "Too many meetings on Mondays", "There is no hour left to work in."),
    ):
        clock.moment = now - timedelta(days=days)
        raised.append(
            forum.raise_topic(
                session,
                clock,
                kind=kind,
                title=title,
                body=body,
                user=people[name or "Sara Holm"],
                code_hash=None if name else "0" * 63 + str(days % 10),
            )
        )
    for name in ("Ingrid Solberg", "Tomas Novak", "Jonas Eide"):
        forum.vote(session, topic_id=raised[1].id, user=people[name], is_for=True)
    clock.moment = now - timedelta(days=3)
    for topic, state, answer in (
        (raised[0], TopicState.DONE, "It is open until eight from this week."),
        (raised[1], TopicState.PLANNED, "From spring, with the first group in April."),
    ):
        forum.respond(
            session, clock, topic_id=topic.id, state=state, answer=answer, owner_email=leader.email, by=leader.id
        )
    forum.reply(
        session,
        clock,
        topic_id=raised[1].id,
        body="I would come along!",
        user=people["Liv Aas"],
        is_from_writer=False,
    )


def _handbook(session: Session, clock: MovableClock, editor: User, now: datetime) -> None:
    for days, title, body, until in (
        (
            50,
            "Travelling for work",
            "Book by train where it takes less than six hours.\n\n- Tell your manager\n- Keep receipts",
            -5,
        ),
        (40, "Your first week", "**Monday:** keys and computer.\n\n**Friday:** lunch with your team.", 120),
    ):
        clock.moment = now - timedelta(days=days)
        until_day = (now + timedelta(days=until)).date()
        page = handbook.save(session, clock, written=handbook.Written(title, body, until_day), by=editor.id)
        clock.moment += timedelta(days=9)
        again = handbook.Written(
            title, body.replace("Tell", "Ask"), until_day, note="As agreed with People and Culture"
        )
        handbook.save(session, clock, written=again, by=editor.id, page_id=page.id)
