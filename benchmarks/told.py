"""What a company of 5,000 people was told in three years: its message house, briefs, letters and notifications."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.insights.view_models import SavedView
from advocacy.library.brief_models import BriefReading, ItemBrief
from advocacy.library.message_models import AcceptedFinding, HouseWord, KeyMessage, ProofPoint, WordUse
from advocacy.library.models import ContentItem
from advocacy.messages.models import Notification
from advocacy.messages.newsletter_models import Newsletter, NewsletterDelivery, NewsletterLink, NewsletterState
from advocacy.people.mail_models import OutgoingMail
from advocacy.programme.models import Programme, ProgrammeItem

NOTIFICATIONS, LETTERS, NEWSLETTERS, VIEWS = 60, 50_000, 36, 300
"""A person's of the 90 days that they are kept; letters of the outbox; one newsletter a month; saved views."""
_chance = random.Random(29)


def fill(session: Session, house: House, people: Sequence[int]) -> None:
    """Puts them in, by bulk SQL; the items are there already."""
    _house_of_messages(session, house, people)
    _briefs(session, house, people)
    _notifications(session, house, people)
    _newsletters(session, house, people)
    now = house.clock.now()
    _rows(
        session,
        SavedView,
        (
            {
                "owner_id": people[1 + number % 2],
                "name": f"View {number}",
                "page": "overview",
                "choices": {},
                "is_shared": number % 3 == 0,
                "created_at": now - timedelta(days=number),
            }
            for number in range(VIEWS)
        ),
    )


def _house_of_messages(session: Session, house: House, people: Sequence[int]) -> None:
    now = house.clock.now()
    for number in range(40):
        message = KeyMessage(
            sentences={
                "en": f"We keep promise {number} to every home",
                "nb": f"Vi holder løfte {number} til alle hjem",
            },
            signs=[f"promise {number}"],
            owner_id=_chance.choice(people),
            valid_from=(now - timedelta(days=400)).date(),
            created_at=now,
            updated_at=now,
        )
        message.proofs = [ProofPoint(position=place, text=f"{place}0 000 homes have power") for place in range(1, 4)]
        session.add(message)
    _rows(
        session,
        HouseWord,
        (
            {"use": WordUse.AVOID if number % 2 else WordUse.USE, "phrase": f"word {number}", "instead": "another"}
            for number in range(200)
        ),
    )


def _briefs(session: Session, house: House, people: Sequence[int]) -> None:
    now = house.clock.now()
    items = list(session.scalars(select(ContentItem.id).order_by(ContentItem.id.desc())))
    brief = "We tell our own people first that 40 000 homes have power since 3 May. " * 20
    session.execute(update(ContentItem).values(internal_brief=brief, brief_first=True))
    _rows(session, ItemBrief, ({"item_id": one, "language": "nb", "text": brief} for one in items))
    _rows(
        session,
        BriefReading,
        (
            {"item_id": one, "user_id": who, "edition": edition, "at": now}
            for one, edition in session.execute(select(ContentItem.id, ContentItem.brief_edition)).all()
            for who in _chance.sample(people, 400)
        ),
    )
    _rows(
        session,
        AcceptedFinding,
        (
            {"item_id": one, "key": f"finding {place}", "reason": "It is so.", "by": people[1], "at": now}
            for one in items
            for place in range(5)
        ),
    )
    newest = session.scalars(select(Programme.id).order_by(Programme.id.desc()).limit(1)).one()
    _rows(session, ProgrammeItem, ({"programme_id": newest, "item_id": one} for one in items[:100]))


def _notifications(session: Session, house: House, people: Sequence[int]) -> None:
    now = house.clock.now()
    says = {"one": Text("There is a new notice.").to_json(), "together": None}
    for start in range(0, len(people), 500):
        _rows(
            session,
            Notification,
            (
                {
                    "user_id": one,
                    "cause": f"notice:{number}",
                    "kind": "notice",
                    "says": says,
                    "about": f"Notice {number}",
                    "path": "/company/notices/1",
                    "at": now - timedelta(days=number),
                    "read_at": now if number > 5 else None,
                }
                for one in people[start : start + 500]
                for number in range(NOTIFICATIONS, 0, -1)
            ),
        )


def _newsletters(session: Session, house: House, people: Sequence[int]) -> None:
    now = house.clock.now()
    for number in range(NEWSLETTERS):
        at = now - timedelta(days=30 * number + 1)
        letter = Newsletter(
            subject=f"What moves us, {number}",
            opening="This is new. " * 40,
            blocks={},
            audience={},
            state=NewsletterState.SENT,
            counts={"sent": len(people)},
            created_by=people[1],
            created_at=at,
            updated_at=at,
        )
        session.add(letter)
        session.flush()
        row = {"newsletter_id": letter.id, "due_at": at, "put_at": at}
        _rows(
            session, NewsletterDelivery, (row | {"user_id": one, "message_id": f"n{number}-{one}"} for one in people)
        )
        links = (
            {"newsletter_id": letter.id, "path": f"/company/notices/{place}", "label": "A notice", "opened": 300}
            for place in range(1, 11)
        )
        _rows(session, NewsletterLink, links)
    sent = {"kind": "notifications", "give_up_at": now, "tries": 1}
    _rows(
        session,
        OutgoingMail,
        (
            sent
            | {
                "message_id": f"bench-{number}",
                "to": f"person{number % 5_000}@example.com",
                "created_at": now - timedelta(minutes=number),
                "sent_at": now - timedelta(minutes=number),
            }
            for number in range(LETTERS, 0, -1)
        ),
    )


def _rows(session: Session, table: type[Any], rows: Iterable[dict[str, Any]]) -> None:
    session.execute(insert(table), list(rows))
