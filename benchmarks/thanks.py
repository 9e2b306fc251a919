"""Thanks, stories, badges and weeks of a company of 5,000 people after three years."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from advocacy.base.house import House
from advocacy.people.models import User
from advocacy.recognition import values
from advocacy.recognition.badge_models import ActiveWeek, BadgeGiven, HolidayWeek, PersonCount
from advocacy.recognition.badges import BADGES
from advocacy.recognition.kudos_models import Kudos, KudosReceiver, RecognitionChoice
from advocacy.recognition.story_models import Story, StoryPerson, StoryState

WEEKS, KUDOS, STORIES, ONES_OWN = 156, 60_000, 500, 600
"""A dozen kudos a person in three years; `ONES_OWN` of them for the first, who stands for whoever has most."""
_chance = random.Random(23)


def fill(session: Session, house: House, people: Sequence[int]) -> None:
    """Puts them in, by bulk SQL."""
    now = house.clock.now()
    values.start(session)
    kinds = [one.id for one in values.everything(session)]
    teams = dict(session.execute(select(User.id, User.team_id)).tuples().all())
    opened = set(people[:1]) | {one for one in people if one % 5 < 3}
    _rows(
        session,
        RecognitionChoice,
        ({"user_id": one, "kudos_public": True, "page_public": True} for one in opened),
    )
    given, received = [], []
    for number in range(1, KUDOS + 1):
        giver, *to = _chance.sample(people[1:], _chance.choice((2, 2, 2, 3, 4)))
        if number <= ONES_OWN:
            to[0] = people[0]
        shows = {one: one in opened for one in to}
        given.append(
            {
                "id": number,
                "giver_id": giver if number % 100 else people[0],
                "value_id": _chance.choice(kinds),
                "words": "Thank you for what you did when nobody else had the time. " * 2,
                "given_at": now - timedelta(minutes=25 * (KUDOS - number)),
                "request_key": f"bench {number}",
                "on_wall": any(shows.values()),
            }
        )
        received += [
            {"kudos_id": number, "user_id": one, "team_id": teams[one], "shows": shows[one]}
            for one in to
            if one != given[-1]["giver_id"]
        ]
    _rows(session, Kudos, given)
    _rows(session, KudosReceiver, received)
    _rows(
        session,
        Story,
        (
            {
                "id": number,
                "user_id": _chance.choice(people),
                "title": f"What went well {number}",
                "body": "It went well. " * 100,
                "state": StoryState.APPROVED if number % 10 else StoryState.WAITING,
                "created_at": now - timedelta(days=2 * number),
                "approved_at": now - timedelta(days=2 * number - 1),
            }
            for number in range(1, STORIES + 1)
        ),
    )
    _rows(
        session,
        StoryPerson,
        ({"story_id": number, "user_id": _chance.choice(people), "agrees": True} for number in range(1, STORIES + 1)),
    )
    monday = (now - timedelta(days=now.weekday())).date()
    weeks = [monday - timedelta(days=7 * back) for back in range(WEEKS)]
    _rows(session, HolidayWeek, ({"week": week, "name": "Holiday"} for week in weeks[::10]))
    _rows(
        session,
        ActiveWeek,
        (
            {"user_id": one, "week": week}
            for one in people
            for week in weeks
            if one == people[0] or _chance.random() < 0.5
        ),
    )
    measures = sorted({badge.measure for badge in BADGES})
    _rows(
        session,
        PersonCount,
        ({"user_id": one, "measure": name, "count": 12} for one in people for name in measures),
    )
    _rows(
        session,
        BadgeGiven,
        (
            {"user_id": one, "badge": badge.name, "at": now, "title": badge.title.to_json()}
            for one in people
            for badge in (BADGES if one == people[0] else BADGES[:6])
        ),
    )


def _rows(session: Session, table: type[Any], rows: Iterable[dict[str, Any]]) -> None:
    session.execute(insert(table), list(rows))
