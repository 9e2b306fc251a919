"""A company of 5,000 people after three years: what its own places hold, by bulk SQL."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from advocacy.base.house import House
from advocacy.learning.meeting_models import Meeting, SignUp, Standing
from advocacy.learning.models import Completion, Course, CourseState, Lesson, LessonDone, Question, QuizTry
from advocacy.people.models import User
from advocacy.programme import goals, survey_readings
from advocacy.programme.goal_models import Goal, GoalFigure, GoalSource
from advocacy.programme.models import Programme, ProgrammeCourse, ProgrammeFollower
from advocacy.programme.step_models import PlanComment, PlanStep, StepNeed, StepState
from advocacy.programme.touchpoint_models import Contact, Touchpoint, TouchpointGap
from advocacy.voice import rounds
from advocacy.voice.forum_models import ForumReply, ForumTopic, ForumVote, TopicKind, TopicState
from advocacy.voice.models import Notice, NoticeReading
from advocacy.voice.page_models import Feedback, HandbookPage, HandbookVersion
from advocacy.voice.survey_models import Survey, SurveyRound, SurveySheet
from benchmarks import contests, thanks, told
from tests.factories import Factory

PEOPLE, TEAMS, WEEKS = int(os.environ.get("BENCH_COMPANY", "5000")), 60, 156
_chance = random.Random(17)
"""The same company each time."""


def fill(house: House) -> dict[str, User]:
    """A company of three years. Returns an employee, an editor and a leader of it."""
    make = Factory(house)
    tops = [make.team(f"Department {number}") for number in range(6)]
    teams = [make.team(f"Team {number}", parent=tops[number % 6]) for number in range(TEAMS)]
    visitors = {
        "employee": make.user("Kari Nordmann", team_id=teams[0].id),
        "editor": make.admin("Ed Itor", team_id=teams[1].id),
        "leader": make.leader("Lea Der", team_id=tops[0].id),
    }
    first = make.user("The First")
    common = {c.name: getattr(first, c.name) for c in User.__table__.columns if c.name != "id"}
    with house.db.transaction() as session:
        session.execute(
            insert(User),
            [
                common
                | {
                    "email": f"person{number}@example.com",
                    "name": f"Person Number {number}",
                    "team_id": teams[number % TEAMS].id,
                }
                for number in range(PEOPLE)
            ],
        )
    with house.db.transaction() as session:
        people = list(session.execute(User.__table__.select().with_only_columns(User.id)).scalars())
        _voice(session, house, people)
        _learning(session, house, people)
        _programme(session, house, people)
        thanks.fill(session, house, people)
        contests.fill(session, house, people)
    for number in range(3 * WEEKS):
        make.item(f"Story number {number}", captions=["Look at this"])
    with house.db.transaction() as session:
        told.fill(session, house, people)
    with house.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return visitors


def _voice(session: Session, house: House, people: Sequence[int]) -> None:
    now = house.clock.now()
    editor = people[1]
    for number in range(3 * WEEKS):
        at = now - timedelta(days=number * 7 / 3)
        notice = Notice(
            title=f"Notice {number}",
            body="Please *read* this.",
            audience={},
            asks_confirmation=number % 2 == 0,
            published_at=at,
            created_by=editor,
        )
        session.add(notice)
        session.flush()
        _rows(
            session, NoticeReading, ({"notice_id": notice.id, "user_id": one, "at": at} for one in _some(people, 400))
        )
    for number in range(10 * WEEKS):
        day = (now - timedelta(days=number * 0.7)).date()
        topic = ForumTopic(id=rounds.fresh_id()[:24], kind=_chance.choice(list(TopicKind)), title=f"Topic {number}", body="What if we did it another way?",
            day=day, user_id=_chance.choice(people), state=_chance.choice(list(TopicState)), votes=20)  # fmt: skip
        session.add(topic)
        session.flush()
        _rows(session, ForumVote, ({"topic_id": topic.id, "user_id": one} for one in _some(people, 20)))
        _rows(
            session,
            ForumReply,
            (
                {
                    "id": rounds.fresh_id()[:24],
                    "topic_id": topic.id,
                    "place": place,
                    "body": "I agree.",
                    "day": day,
                    "user_id": one,
                }
                for place, one in enumerate(_some(people, 5), start=1)
            ),
        )
    for number in range(300):
        page = HandbookPage(
            title=f"Page {number}",
            body="How we do it here. " * 200,
            search_words=f"page {number} how we do it",
            updated_at=now,
            owner_id=editor,
            version=10,
        )
        session.add(page)
        session.flush()
        _rows(
            session,
            HandbookVersion,
            (
                {
                    "page_id": page.id,
                    "number": version,
                    "title": page.title,
                    "body": page.body,
                    "at": now,
                    "by": editor,
                }
                for version in range(1, 11)
            ),
        )
        about = f"handbook:{page.id}"
        _rows(
            session,
            Feedback,
            (
                {"about": about, "user_id": one, "is_helpful": True, "why": "Clear", "day": now.date()}
                for one in _some(people, 60)
            ),
        )
    for number in range(60):
        _survey(session, house, number, people)


def _survey(session: Session, house: House, number: int, people: Sequence[int]) -> None:
    """Most are asked once; the first is a pulse of twelve rounds."""
    now = house.clock.now()
    questions = [
        {
            "key": key,
            "kind": kind,
            "text": {"en": "How is it?"},
            "options": [],
            "required": True,
            "only_if": None,
            "right": [],
        }
        for key, kind in (("mood", "scale"), ("enps", "enps"), ("why", "text"))
    ]
    survey = Survey(
        title={"en": f"Survey {number}"},
        intro={},
        questions=questions,
        audience={},
        opens_at=now - timedelta(days=number * 18),
        open_days=7,
        created_at=now,
    )
    session.add(survey)
    session.flush()
    for place in range(12 if number == 0 else 1):
        begun = now - timedelta(days=10 + 30 * place)
        asked = SurveyRound(survey_id=survey.id, number=12 - place, questions=questions, groups=[], smallest=5, opens_at=begun, closes_at=begun + timedelta(days=7),
            closed_at=begun + timedelta(days=7), asked=len(people), answered=1000)  # fmt: skip
        session.add(asked)
        session.flush()
        _rows(
            session,
            SurveySheet,
            (
                {
                    "id": rounds.fresh_id(),
                    "round_id": asked.id,
                    "answers": {"mood": _chance.randint(1, 5), "enps": _chance.randint(0, 10), "why": "Because."},
                }
                for _ in range(1000)
            ),
        )
        rounds.sum_up_late(session, round_id=asked.id)


def _learning(session: Session, house: House, people: Sequence[int]) -> None:
    now = house.clock.now()
    for number in range(60):
        course = Course(
            title=f"Course {number}",
            state=CourseState.OPEN,
            created_at=now,
            updated_at=now,
            opened_at=now,
            created_by=people[1],
        )
        course.lessons = [Lesson(position=place, title=f"Lesson {place}", body="Read this.") for place in range(5)]
        course.questions = [
            Question(
                position=place,
                text="What is right?",
                options=[{"text": "This", "is_right": True}, {"text": "That", "is_right": False}],
            )
            for place in range(5)
        ]
        session.add(course)
        session.flush()
        takers = _some(people, 1500)
        lessons = [one.id for one in course.lessons]
        _rows(
            session,
            LessonDone,
            ({"user_id": one, "lesson_id": lesson, "done_at": now} for one in takers for lesson in lessons),
        )
        _rows(
            session,
            QuizTry,
            (
                {
                    "course_id": course.id,
                    "user_id": one,
                    "number": 1,
                    "at": now,
                    "answers": {},
                    "right": 5,
                    "asked": 5,
                    "has_passed": True,
                }
                for one in takers
            ),
        )
        _rows(
            session,
            Completion,
            (
                {"course_id": course.id, "user_id": one, "passed_at": now, "code": f"c{number}-{one}"}
                for one in takers
            ),
        )
    for number in range(500):
        starts = now + timedelta(days=30 - number * 2)
        meeting = Meeting(
            title=f"Meeting {number}",
            starts_at=starts,
            ends_at=starts + timedelta(hours=1),
            places=40,
            created_by=people[1],
            updated_at=now,
        )
        session.add(meeting)
        session.flush()
        _rows(
            session,
            SignUp,
            (
                {"meeting_id": meeting.id, "user_id": one, "standing": Standing.GOING, "signed_up_at": now}
                for one in _some(people, 40)
            ),
        )


def _programme(session: Session, house: House, people: Sequence[int]) -> None:
    """Many programmes, and one of three years with all that a plan can hold; 300 touchpoints."""
    now, editor = house.clock.now(), people[1]
    today, begun = now.date(), (now - timedelta(weeks=WEEKS)).date()
    while survey_readings.keep_up(session):
        pass
    _rows(
        session,
        Programme,
        (
            {
                "title": f"Programme {number}",
                "message": "What we tell. " * 50,
                "teams": [],
                "starts_on": begun,
                "ends_on": today + timedelta(days=200),
                "created_at": now,
                "owner_id": _chance.choice(people),
            }
            for number in range(WEEKS)
        ),
    )
    big = session.scalars(select(Programme).order_by(Programme.id.desc()).limit(1)).one()
    for number in range(10):
        source = GoalSource.SURVEY if number == 0 else GoalSource.HAND
        goal = Goal(programme_id=big.id, title=f"Goal {number}", source=source, target=2000.0, survey_id=1 if number == 0 else None,
            question_key="enps" if number == 0 else "", starts_on=begun, due_on=big.ends_on, created_at=now)  # fmt: skip
        session.add(goal)
        session.flush()
        days = [begun + timedelta(days=day) for day in range((today - begun).days)]
        made = {"goal_id": goal.id, "at": now, "note": "Counted", "entered_by": editor}
        _rows(session, GoalFigure, (made | {"day": day, "value": float(place)} for place, day in enumerate(days)))
        goals.settle(session, goal)
    step = {"programme_id": big.id, "body": "How. " * 40, "created_at": now, "updated_at": now}
    steps = session.scalars(
        insert(PlanStep).returning(PlanStep.id, sort_by_parameter_order=True),
        [
            step
            | {
                "title": f"Step {number}",
                "owner_id": _chance.choice(people),
                "due_on": begun + timedelta(days=2 * number),
                "state": StepState.PLANNED if number % 5 == 0 else StepState.DONE,
            }
            for number in range(500)
        ],
    ).all()
    _rows(session, StepNeed, ({"step_id": steps[n], "needs_id": steps[n - 1]} for n in range(1, 500)))
    said = {"programme_id": big.id, "body": "I think so too. " * 10, "at": now}
    _rows(
        session,
        PlanComment,
        (
            said | {"user_id": _chance.choice(people), "step_id": steps[0] if n % 2 else None}
            for n in range(5 * WEEKS * 2)
        ),
    )
    _rows(
        session,
        ProgrammeFollower,
        ({"programme_id": big.id, "user_id": one, "since": now} for one in _some(people, 4000)),
    )
    _rows(session, ProgrammeCourse, ({"programme_id": big.id, "course_id": one} for one in range(1, 30)))
    for number in range(300):
        point = Touchpoint(
            name=f"Touchpoint {number}",
            contact=Contact.SHOP,
            owner_id=_chance.choice(people),
            promise="We promise. " * 40,
            survey_id=1 + number % 50,
            question_key="mood",
            wanted=4.0,
            updated_at=now,
        )
        session.add(point)
        session.flush()
        gaps = ({"touchpoint_id": point.id, "text": f"Gap {n}", "noted_at": now} for n in range(3))
        _rows(session, TouchpointGap, gaps)


def _some(people: Sequence[int], count: int) -> list[int]:
    return _chance.sample(list(people), min(count, len(people)))


def _rows(session: Session, table: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    session.execute(insert(table), list(rows))
