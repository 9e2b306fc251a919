"""What colleagues of the demo company thank one another for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from advocacy.people.models import User
from advocacy.recognition import kudos, stories, time_off, values

SAID = (
    (40, "Kari Nordmann", ("Tomas Novak",), 1, "The customer in Bergen called to say how well you explained the delay."),
    (33, "Henrik Moe", ("Aisha Rahman", "Jonas Eide"), 0, "You stayed until the last pallet was off the quay. I owe you both a coffee."),
    (24, "Sara Holm", ("Lars Berg",), 2, "You told the board what it did not want to hear, and kindly."),
    (17, "Mia Lund", ("Kari Nordmann",), 3, "Your first post ever, and you showed the rest of the team how."),
    (11, "Ingrid Solberg", ("Henrik Moe", "Liv Aas", "Tomas Novak"), 0, "Three teams, one weekend, no drama.\n\nThat is how a handover should be."),
    (6, "Aisha Rahman", ("Mia Lund",), 4, "Every single picture has a description now. Nobody asked for it, everybody gains."),
    (2, "Tomas Novak", ("Kari Nordmann", "Sara Holm"), 1, "The school class will talk about their visit for years."),
    (1, "Liv Aas", ("Kari Nordmann",), 0, "Thank you for taking my shift when my son was ill."),
)  # fmt: skip
"""Days ago, who, whom, which value, words."""
OPEN = ("Kari Nordmann", "Tomas Novak", "Aisha Rahman", "Mia Lund", "Henrik Moe", "Sara Holm")
"""Who lets kudos stand on the wall."""


class MovableClock(Protocol):
    """Tells a time that the demo sets."""

    moment: datetime

    def now(self) -> datetime:
        """The moment that was set."""


def say(session: Session, clock: MovableClock, people: dict[str, User], *, now: datetime) -> None:
    """Values, kudos on the wall and between two, and one that a curator took off."""
    values.start(session)
    all_values = values.everything(session)
    clock.moment = now - timedelta(days=50)
    for name in OPEN:
        kudos.choose_for_all(session, clock, user=people[name], kudos_public=True, page_public=name != "Sara Holm")
    holiday = (now - timedelta(days=28)).date()
    time_off.set_holiday(session, clock, day=holiday, name="Autumn holiday", by=people["Ada Vik"].id)
    for number, (days, giver, receivers, value, words) in enumerate(SAID):
        clock.moment = now - timedelta(days=days, hours=number)
        kudos.give(
            session,
            clock,
            giver=people[giver],
            to=[people[one].id for one in receivers],
            words=words,
            value_id=all_values[value].id,
            key=f"demo-{number}",
        )
    clock.moment = now - timedelta(days=9)
    off = kudos.give(session, clock, giver=people["Jonas Eide"], to=[people["Henrik Moe"].id], value_id=all_values[2].id,
        words="Finally somebody who answers mails, unlike the rest of your floor.", key="demo-off")  # fmt: skip
    clock.moment += timedelta(hours=3)
    reason = "Thanks for one should not be a sting for others. Write it again?"
    kudos.hide(session, clock, kudos_id=off.id, by=people["Mia Lund"], reason=reason)
    _stories(session, clock, people, now)


def _stories(session: Session, clock: MovableClock, people: dict[str, User], now: datetime) -> None:
    """One on the wall, one that waits for a curator and for somebody's consent."""
    clock.moment = now - timedelta(days=14)
    story = stories.tell(
        session,
        clock,
        written=stories.Written(
            title="A school class, a wind farm and a new trainee",
            body="In spring Tomas showed a class from Bergen around.\n\nLast week one of them **started here** as a trainee.",
            people=[people["Tomas Novak"].id],
        ),
        by=people["Sara Holm"],
    )
    stories.agree(session, clock, story_id=story.id, user=people["Tomas Novak"], agrees=True)
    clock.moment += timedelta(days=1)
    stories.approve(session, clock, story_id=story.id, by=people["Mia Lund"])
    clock.moment = now - timedelta(days=1)
    written = stories.Written(
        title="The fault that never reached a customer",
        body="Kari heard a sound on the phone that nobody else had noticed.",
        people=[people["Kari Nordmann"].id],
    )
    stories.tell(session, clock, written=written, by=people["Ingrid Solberg"])
