"""What stands in the letter with what is new for one person: to share, waiting for them, and what theirs came to."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.house import House
from advocacy.base.letters import Letter, Section
from advocacy.base.notifying import Kinds
from advocacy.base.sealing import Sealer
from advocacy.base.text import Text
from advocacy.learning import requirements
from advocacy.messages import choices, unsubscribing
from advocacy.messages.models import Notification
from advocacy.messages.posting import sentence
from advocacy.people.models import User
from advocacy.reach import totals
from advocacy.reach.totals import Scope
from advocacy.sharing import feed
from advocacy.sharing.feed import Wish
from advocacy.voice import answering, notices
from advocacy.voice.questions import in_language
from config import Settings

MOST_ITEMS = 3
MOST_WAITING = 5
MOST_GOOD_NEWS = 3
LONGEST_WORDS = 220


def letter(house: House, session: Session, user: User, *, since: datetime) -> Letter | None:
    """The letter as it would be now; None when there is nothing to say.

    Args:
        house: its clock, address and sealer.
        session: for reading.
        user: whom it is for; what they may not see is not in it.
        since: up to when the last one looked.
    """
    address = house.part(Settings).address
    fresh = _to_share(house, session, user, since, address)
    waiting = _waiting(house, session, user, address)
    came = [*_good_news(house, session, user, since, address), *_reached(house, session, user, since, address)]
    if not (fresh or waiting or came):
        return None
    return Letter(
        subject=_subject(fresh, waiting, came),
        lines=(Text("Hello {name},", name=user.name.split()[0]),),
        sections=(*fresh, *waiting, *came),
        after=(Text("You choose how often this letter comes: {address}", address=f"{address}/me/messages"),),
        unsubscribe=unsubscribing.link(house.part(Sealer), address=address, user_id=user.id, letters=choices.DIGEST),
    )


def _subject(fresh: list[Section], waiting: list[Section], came: list[Section]) -> Text:
    if fresh:
        return Text("New for you: {title}", title=str(fresh[0].heading))
    if len(waiting) == 1:
        return Text("Waiting for you: {title}", title=str(waiting[0].heading))
    if waiting:
        return Text("{count} things wait for you", count=len(waiting))
    return came[0].heading


def _to_share(house: House, session: Session, user: User, since: datetime, address: str) -> list[Section]:
    wish = Wish(unshared=True, since=since)
    cards = feed.page(session, house.clock, user=user, wish=wish, size=MOST_ITEMS).items
    return [
        Section(
            heading=_said(card.title),
            lines=(_said(_short(card.summary)),) if card.summary else (),
            button=(
                Text("Read it") if card.internal_only else Text("Look at it and share"),
                f"{address}/feed/items/{card.id}",
            ),
            above=card.reason,
        )
        for card in cards
    ]


def _waiting(house: House, session: Session, user: User, address: str) -> list[Section]:
    """What asks something of this person. Of surveys only that they have not answered; nobody's answers are read."""
    found = [
        Section(
            heading=_said(duty.course.title),
            lines=(_due(duty.due_on, is_late=duty.is_late, locale=user.locale),),
            button=(Text("Take the course"), f"{address}/learning/courses/{duty.course.id}"),
            above=Text("Required course"),
        )
        for duty in requirements.owed(session, house.clock, user=user)
    ]
    found += [
        Section(
            heading=_said(line.notice.title),
            lines=(Text("Please read it and say that you have."),),
            button=(Text("Read the notice"), f"{address}/company/notices/{line.notice.id}"),
            above=Text("Notice"),
        )
        for line in notices.page(session, user=user).items
        if line.waits
    ]
    for asked in answering.open_for(session, house.clock, user=user):
        if not asked.is_answered:
            ends = format_date(asked.round.closes_at.astimezone(choices.zone_of(user)), "long", locale=user.locale)
            found.append(
                Section(
                    heading=_said(in_language(asked.survey.title, user.locale)),
                    lines=(Text("You can answer until {day}.", day=ends),),
                    button=(Text("Answer the survey"), f"{address}/company/surveys/{asked.round.id}/answer"),
                    above=Text("Survey"),
                )
            )
    return found[:MOST_WAITING]


def _due(day: date | None, *, is_late: bool, locale: str) -> Text:
    if day is None:
        return Text("Please take it when you can.")
    written = format_date(day, "long", locale=locale)
    return Text("It was to be taken by {day}.", day=written) if is_late else Text("Until {day}.", day=written)


def _good_news(house: House, session: Session, user: User, since: datetime, address: str) -> list[Section]:
    kinds = {kind.name: kind for kind in house.part(Kinds).all if kind.in_digest}
    if not kinds:
        return []
    query = (
        select(Notification)
        .where(Notification.user_id == user.id, Notification.kind.in_(kinds), Notification.at >= since)
        .order_by(Notification.id.desc())
        .limit(MOST_GOOD_NEWS)
    )
    return [
        Section(
            heading=sentence(line),
            lines=(_said(line.about),) if line.about else (),
            button=(Text("Look at it"), address + line.path),
            above=kinds[line.kind].label,
        )
        for line in session.scalars(query)
    ]


def _reached(house: House, session: Session, user: User, since: datetime, address: str) -> list[Section]:
    """What links of theirs came to on whole days, so that two letters never count the same click."""
    first, last = since.date(), house.clock.now().date() - timedelta(days=1)
    human = totals.clicks(session, Scope(user_id=user.id, first=first, last=last)).human if first <= last else 0
    if not human:
        return []
    days = {
        "first": format_date(first, "long", locale=user.locale),
        "last": format_date(last, "long", locale=user.locale),
    }
    return [
        Section(
            heading=Text("Your posts led {count} times to the page they share", count=human)
            if human > 1
            else Text("A post of yours led somebody to the page it shares"),
            lines=(Text("People's clicks from {first} to {last}, machines left out.", **days),),
            button=(Text("My shares"), f"{address}/my-shares"),
            above=Text("What your posts reached"),
        )
    ]


def _short(words: str) -> str:
    one_line = " ".join(words.split())
    return one_line if len(one_line) <= LONGEST_WORDS else one_line[: LONGEST_WORDS - 1].rsplit(" ", 1)[0] + "…"


def _said(words: str) -> Text:
    return Text("{words}", words=words)
