"""What the demo company means to reach: a promise that all tell alike, and a department that has to know it first."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.clock import StandingClock
from advocacy.base.house import House
from advocacy.base.sealing import Sealer
from advocacy.demo.voices import PROMISE, SMALLEST, MovableClock
from advocacy.learning.models import Course
from advocacy.library.models import ContentItem, Dimension
from advocacy.people.models import Team, User
from advocacy.programme import comments, evaluation, following, goals, programmes, steps, survey_readings, touchpoints
from advocacy.programme.goal_models import Goal, GoalSource
from advocacy.programme.models import Programme
from advocacy.programme.step_models import StepState
from advocacy.programme.touchpoint_models import Contact
from advocacy.voice import answering, rounds, surveys
from advocacy.voice.survey_models import Repeats, Survey, SurveyKind

WIND = """**Green power at all hours.** 40 000 homes run on our wind, also when it is calm: hydro steps in.

- Say *at all hours*, not *always windy*
- The number is 40 000 homes, from the first of the year
"""
KNOW = """We tell our own people first. **Nobody in sales should hear the promise from a customer.**"""
ANSWERS = ((0, 0, 1, 2, 2), (0, 0, 0, 0, 2))
"""What the five of sales answered, round by round: 0 is right."""


TOUCHPOINTS = (
    ("The invoice", Contact.INVOICE, "Emma Dahl", "One page. The **share of wind** of that month stands on it.", 90.0,
     ("The share of wind is not printed yet", "Nobody can say what the grid fee is for")),
    ("Calls to the switchboard", Contact.PHONE, "Liv Aas", "An answer within a minute, and no *I will have to ask*.", 70.0,
     ("No words for a day without wind",)),
    ("The fair in Bergen", Contact.EVENT, "Lars Berg", "You meet people who built it.", None, ()),
    ("Connecting a house", Contact.VISIT, "Tomas Novak", "We come when we said we would, and clean up after us.", None, ()),
    ("My page", Contact.WEB, None, "Where the power came from, hour by hour.", None, ()),
)  # fmt: skip
"""Name, how people meet us, who answers for it, the promise, what employees should know of it, and gaps."""
STEPS = (
    ("Write the brief: what we promise, and what not", "Mia Lund", -56, -50, StepState.DONE, ()),
    ("Ask sales what they know today", "Mia Lund", -50, -43, StepState.DONE, (0,)),
    ("A course of four minutes for everybody", "Sara Holm", -43, -30, StepState.DONE, (0,)),
    ("Put the promise on the invoice", "Emma Dahl", -20, -2, StepState.DOING, (0,)),
    ("New words for the switchboard", "Liv Aas", 1, 12, StepState.PLANNED, (2,)),
    ("Launch outside: film, posts, fair in Bergen", "Lars Berg", 10, 24, StepState.PLANNED, (3, 4)),
    ("Stand at the boat show", None, None, 20, StepState.DROPPED, ()),
)
"""Title, who does it, first and last day from now, where it stands, and what it waits for."""


def plan(house: House, clock: MovableClock, *, now: datetime) -> None:
    """Makes the programmes once shares and clicks are there, for their figures come from these."""
    with house.db.transaction() as session:
        people = {user.name: user for user in session.scalars(select(User))}
        _last_year(session, people, now)
        company = _company(session, people, now)
        asked = _sales(session, clock, house.part(Sealer), people, now)
        _audit(session, people, company, asked, now)


def _company(session: Session, people: dict[str, User], now: datetime) -> Programme:
    begun, by = StandingClock(now - timedelta(days=57)), people["Lars Berg"].id
    first = (now - timedelta(days=56)).date()
    programme = programmes.save(
        session,
        begun,
        written=programmes.Written(
            title="Green power at all hours",
            message=WIND,
            starts_on=first,
            ends_on=first + timedelta(days=90),
            owner_email=people["Lars Berg"].email,
        ),
        by=by,
    )
    made = [
        _goal(session, begun, programme, by, title=title, source=source, target=target, unit=unit)
        for title, source, target, unit in (
            ("Customers hear it from us: 1,000 clicks of people", GoalSource.CLICKS, 1000.0, ""),
            ("Fifteen of us tell it every month", GoalSource.ADVOCATES, 15.0, ""),
            ("Calls that ask “what is it now?” go down", GoalSource.HAND, 40.0, "a week"),
        )
    ]
    for days in range(54, -1, -3):
        goals.measure(session, StandingClock(now - timedelta(days=days)), made[1], of_teams=(), smallest=SMALLEST)
    for weeks, calls in enumerate((96, 91, 93, 84, 78, 80, 71)):
        at = StandingClock(begun.now() + timedelta(days=2 + 7 * weeks))
        goals.enter(
            session,
            at,
            goal_id=made[2].id,
            day=at.now().date(),
            value=calls,
            note="Counted by the switchboard",
            by=by,
        )
    goals.measure(session, StandingClock(now), made[0], of_teams=(), smallest=SMALLEST)
    course = session.scalars(select(Course).where(Course.title == "Our promise to homes")).one()
    programmes.add_course(session, begun, programme_id=programme.id, course_id=course.id, by=by)
    for item_id in session.scalars(select(ContentItem.id).where(ContentItem.campaign_id.is_not(None)).limit(3)):
        programmes.add_item(session, begun, programme_id=programme.id, item_id=item_id, by=by)
    for name in ("Kari Nordmann", "Ingrid Solberg", "Aisha Rahman", "Sara Holm"):
        following.follow(session, begun, programme_id=programme.id, user_id=people[name].id)
    _steps(session, programme, people, now)
    return programme


def _last_year(session: Session, people: dict[str, User], now: datetime) -> None:
    """One that is over, so that there is something learned to begin with."""
    begun, by = StandingClock(now - timedelta(days=200)), people["Lars Berg"].id
    programme = programmes.save(
        session,
        begun,
        written=programmes.Written(
            title="Safe home from every site",
            message="We tell of near misses **the same day**, and thank whoever does.",
            starts_on=begun.now().date(),
            ends_on=(begun.now() + timedelta(days=120)).date(),
            teams=[session.scalars(select(Team.id).where(Team.name == "Technology")).one()],
            owner_email=people["Tomas Novak"].email,
        ),
        by=by,
    )
    goal = _goal(
        session, begun, programme, by, title="Forty near misses told a quarter", source=GoalSource.HAND, target=40.0
    )
    for days, told in ((5, 11), (40, 19), (75, 33), (110, 46)):
        at = StandingClock(begun.now() + timedelta(days=days))
        goals.enter(session, at, goal_id=goal.id, day=at.now().date(), value=told, note="From the safety log", by=by)
    learned = "- A short form on the phone did more than three posters\n- **Thanks by name** made others follow\n- We began with the tool; next time we begin with the foremen"
    at = StandingClock(begun.now() + timedelta(days=122))
    evaluation.write(session, at, programme_id=programme.id, learned=learned, by=by)


def _steps(session: Session, programme: Programme, people: dict[str, User], now: datetime) -> None:
    lars = people["Lars Berg"]
    made: list[int] = []
    for title, owner, first, last, state, waits_for in STEPS:
        step = steps.save(
            session,
            StandingClock(now - timedelta(days=57)),
            programme_id=programme.id,
            written=steps.Written(
                title=title,
                owner_email=people[owner].email if owner else "",
                starts_on=(now + timedelta(days=first)).date() if first is not None else None,
                due_on=(now + timedelta(days=last)).date(),
                needs=[made[place] for place in waits_for],
            ),
            by=lars.id,
        )
        made.append(step.id)
        if state is not StepState.PLANNED:
            at = StandingClock(min(now, now + timedelta(days=last)) - timedelta(hours=3))
            steps.set_state(session, at, step_id=step.id, state=state, by=lars, may_edit=True)
    for days, name, said in (
        (9, "Ingrid Solberg", "Can the words for the switchboard come **before** the invoices go out?"),
        (8, "Liv Aas", "Yes please. Customers call the day after the invoice."),
    ):
        at = StandingClock(now - timedelta(days=days))
        comments.say(session, at, programme_id=programme.id, step_id=made[4], body=said, user=people[name])
    at = StandingClock(now - timedelta(days=4))
    comments.say(
        session,
        at,
        programme_id=programme.id,
        body="Good to see the whole of it in one place.",
        user=people["Tomas Novak"],
    )


def _sales(session: Session, clock: MovableClock, sealer: Sealer, people: dict[str, User], now: datetime) -> Survey:
    team_ids = dict(row for row in session.execute(select(Team.name, Team.id)))
    survey = _baseline(session, clock, sealer, people, str(team_ids["Sales"]), now)
    survey_readings.keep_up(session)
    begun, by = StandingClock(now - timedelta(days=40)), people["Mia Lund"].id
    first = begun.now().date()
    programme = programmes.save(
        session,
        begun,
        written=programmes.Written(
            title="Sales knows the promise first",
            message=KNOW,
            starts_on=first,
            ends_on=first + timedelta(days=60),
            teams=[team_ids["Sales"]],
            owner_email=people["Ingrid Solberg"].email,
        ),
        by=by,
    )
    goal = _goal(
        session, begun, programme, by, title="70 of 100 in sales know the new promise", source=GoalSource.SURVEY,
        target=70.0, question=f"{survey.id}:know",
    )  # fmt: skip
    goals.measure(session, StandingClock(now), goal, of_teams=programme.teams, smallest=SMALLEST)
    course = session.scalars(select(Course).where(Course.title == "Our promise to homes")).one()
    programmes.add_course(session, begun, programme_id=programme.id, course_id=course.id, by=by)
    for title, owner, days, state in (
        ("Tell it in the Monday meeting", "Ingrid Solberg", -30, StepState.DONE),
        ("Ride along: one day offshore for each of us", "Emma Dahl", 9, StepState.DOING),
    ):
        step = steps.save(
            session,
            begun,
            programme_id=programme.id,
            written=steps.Written(title, (now + timedelta(days=days)).date(), owner_email=people[owner].email),
            by=by,
        )
        at = StandingClock(min(now, now + timedelta(days=days)))
        steps.set_state(session, at, step_id=step.id, state=state, by=people["Mia Lund"], may_edit=True)
    return survey


def _audit(session: Session, people: dict[str, User], plan_of: Programme, asked: Survey, now: datetime) -> None:
    mia, at = people["Mia Lund"], StandingClock(now - timedelta(days=35))
    for name, contact, owner, promise, wanted, gaps in TOUCHPOINTS:
        one = touchpoints.save(
            session,
            at,
            written=touchpoints.Written(
                name=name,
                contact=contact,
                promise=promise,
                owner_email=people[owner].email if owner else "",
                question=f"{asked.id}:know" if wanted else "",
                wanted=wanted,
            ),
            by=mia.id,
        )
        noted = [touchpoints.note_gap(session, at, touchpoint_id=one.id, text=text, by=mia.id) for text in gaps]
        if noted:
            touchpoints.close_by_step(session, at, gap_id=noted[0].id, programme_id=plan_of.id, by=mia)


def _goal(session: Session, clock: StandingClock, programme: Programme, by: int, **fields: Any) -> Goal:
    written = goals.Written(starts_on=programme.starts_on, due_on=programme.ends_on, **fields)
    return goals.save(session, clock, programme_id=programme.id, written=written, by=by)


def _baseline(
    session: Session, clock: MovableClock, sealer: Sealer, people: dict[str, User], team: str, now: datetime
) -> Survey:
    """Asked before it all began, and again after the course."""
    chance = random.Random("promise")  # noqa: S311 - the same demo every time
    asked = [people[name] for name in ("Kari Nordmann", "Ingrid Solberg", "Marcus Lindqvist", "Emma Dahl", "Liv Aas")]
    clock.moment = now - timedelta(days=50)
    survey = surveys.save(
        session,
        clock,
        written=surveys.Written(
            title={"en": "Does sales know the promise?", "nb": "Kjenner salg løftet?"},
            questions=PROMISE,
            opens_at=clock.now(),
            open_days=6,
            kind=SurveyKind.QUIZ,
            repeats=Repeats.MONTHLY,
            audience={Dimension.TEAM: (team,)},
        ),
        by=people["Mia Lund"].id,
        smallest=SMALLEST,
    )
    for answers in ANSWERS:
        opened = rounds.open_next(session, clock, survey_id=survey.id, smallest=SMALLEST)
        if opened is None:
            break
        opened.remind_at = None
        for user, place in zip(chance.sample(asked, len(asked)), answers, strict=True):
            answering.answer(session, clock, sealer, user=user, round_id=opened.id, given={"know": [str(place)]})
        clock.moment = opened.closes_at
        session.flush()
        rounds.close(session, clock, sealer, round_id=opened.id)
        clock.moment = survey.next_round_at or now
    return survey
