"""Sessions and open meetings: written by their hosts, with places that are never given twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from advocacy.base import sanitize
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.learning import meeting_places
from advocacy.learning.meeting_models import Meeting, SignUp, Standing
from advocacy.library import audience, visibility
from advocacy.library.content import Audience
from advocacy.people import fields
from advocacy.people.models import User

__all__ = ["Meeting", "WrittenMeeting"]

LONGEST = 20_000
MOST_PLACES = 10_000
_AT_ONCE = 60
"""Sessions looked at in one go for those that are for this person."""


@dataclass(frozen=True)
class WrittenMeeting:
    """Everything a host decides about a session.

    Args:
        title: one line.
        starts_at: aware.
        ends_at: aware, after the start.
        description: Markdown.
        place: where.
        link: a web address to join at.
        places: 1 to `MOST_PLACES`; None for room for everybody.
        audience: whom it is for.
        material: Markdown, for afterwards.
    """

    title: str
    starts_at: datetime
    ends_at: datetime
    description: str = ""
    place: str = ""
    link: str = ""
    places: int | None = None
    audience: Audience | None = None
    material: str = ""


@dataclass(frozen=True)
class Line:
    """A session in a list.

    Args:
        meeting: which.
        going: how many have a place.
        waiting: how many wait for one.
        mine: this person's own sign-up; None without one.
    """

    meeting: Meeting
    going: int
    waiting: int
    mine: SignUp | None

    @property
    def left(self) -> int | None:
        """Places that are free; None for room for everybody."""
        return None if self.meeting.places is None else max(0, self.meeting.places - self.going)


def get(session: Session, *, meeting_id: int) -> Meeting:
    """A session.

    Raises:
        NotFound: there is none.
    """
    meeting = session.get(Meeting, meeting_id)
    if meeting is None:
        raise NotFound(Text("We could not find that session. It may have been removed."))
    return meeting


def save(
    session: Session, clock: Clock, *, written: WrittenMeeting, by: int, meeting_id: int | None = None
) -> Meeting:
    """Adds a session, or changes one; more places move the queue up.

    Raises:
        NotFound: there is none to change. Invalid: on the field that does not fit.
        Conflict: more people have a place already than there would be.
    """
    title = fields.short("title", written.title, most=160)
    if not title:
        raise Invalid("title", Text("Please give the session a title."))
    if written.ends_at <= written.starts_at:
        raise Invalid("ends_at", Text("It would end before it begins. Choose a later end."))
    link = written.link.strip()
    if link and sanitize.web_url(link) is None:
        raise Invalid("link", Text("This is no web address. It should begin with https://."))
    for field, words in (("description", written.description), ("material", written.material)):
        if len(words) > LONGEST:
            raise Invalid(field, Text("Please keep this below {count} characters.", count=LONGEST))
    wanted = written.audience or {}
    audience.check(session, wanted)
    if meeting_id is None:
        meeting = Meeting(created_by=by, revision=0)
        session.add(meeting)
    else:
        meeting = meeting_places.locked(session, meeting_id)
        meeting.revision += 1
        if written.places is not None and meeting_places.count(session, meeting_id, Standing.GOING) > written.places:
            raise Conflict(Text("More people have a place already. Give at least as many places."))
    meeting.title, meeting.description, meeting.material = title, written.description, written.material
    meeting.starts_at, meeting.ends_at = written.starts_at, written.ends_at
    meeting.place, meeting.link = fields.short("place", written.place, most=200), link
    meeting.places, meeting.audience = written.places, audience.to_json(wanted)
    meeting.updated_at = clock.now()
    session.flush()
    meeting_places.move_up(session, clock, meeting)
    meeting_places.tell(session, clock, meeting, "meeting.created" if meeting_id is None else "meeting.edited", by)
    return meeting


def cancel(session: Session, clock: Clock, *, meeting_id: int, by: int) -> None:
    """Calls a session off; those who signed up still find it, marked.

    Raises:
        NotFound: there is none.
    """
    meeting = meeting_places.locked(session, meeting_id)
    if meeting.cancelled_at is None:
        meeting.cancelled_at = meeting.updated_at = clock.now()
        meeting.revision += 1
        meeting_places.tell(session, clock, meeting, "meeting.cancelled", by)


def visible(session: Session, *, user: User, meeting_id: int, may_edit: bool = False) -> Line:
    """A session that is for this person, or that they have signed up for.

    Raises:
        NotFound: there is none, or it is for others.
    """
    meeting = get(session, meeting_id=meeting_id)
    mine = meeting_places.own(session, user_id=user.id, meeting_id=meeting_id)
    who = visibility.reader(session, user=user)
    if mine is None and not may_edit and not audience.holds(meeting.audience, who):
        raise NotFound(Text("We could not find that session. It may have been removed."))
    going, waiting = (meeting_places.count(session, meeting_id, one) for one in (Standing.GOING, Standing.WAITING))
    return Line(meeting, going, waiting, mine)


def page(
    session: Session, clock: Clock, *, user: User, is_past: bool = False, after: str = "", size: int = 30
) -> Page[Line]:
    """Sessions for this person: those to come, soonest first; or those that are over, newest first.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    who, now = visibility.reader(session, user=user), clock.now()
    query = select(Meeting).where(Meeting.ends_at < now if is_past else Meeting.ends_at >= now)
    query = query.order_by(
        *((Meeting.starts_at.desc(), Meeting.id.desc()) if is_past else (Meeting.starts_at, Meeting.id))
    )
    edge = values_of(after, datetime, int) if after else None
    found: list[Meeting] = []
    own: dict[int, SignUp] = {}
    while len(found) <= size:
        batch = list(session.scalars(_beyond(query, edge, is_past=is_past).limit(_AT_ONCE)))
        signed = select(SignUp).where(SignUp.user_id == user.id, SignUp.meeting_id.in_([one.id for one in batch]))
        own |= {one.meeting_id: one for one in session.scalars(signed)}
        found += [one for one in batch if one.id in own or audience.holds(one.audience, who)]
        if len(batch) < _AT_ONCE:
            break
        edge = [batch[-1].starts_at, batch[-1].id]
    shown = found[:size]
    numbers = [meeting.id for meeting in shown]
    counted = select(SignUp.meeting_id, SignUp.standing, func.count()).where(SignUp.meeting_id.in_(numbers))
    counts = {
        (number, standing): count
        for number, standing, count in session.execute(counted.group_by(SignUp.meeting_id, SignUp.standing))
    }
    lines = [
        Line(one, counts.get((one.id, Standing.GOING), 0), counts.get((one.id, Standing.WAITING), 0), own.get(one.id))
        for one in shown
    ]
    return Page(lines, cursor_of(shown[-1].starts_at, shown[-1].id) if len(found) > size else None)


def _beyond(query: Select[Meeting], edge: Sequence[Any] | None, *, is_past: bool) -> Select[Meeting]:
    """The sessions that come after one in the order of the list."""
    if edge is None:
        return query
    at, number = edge
    if is_past:
        return query.where((Meeting.starts_at < at) | ((Meeting.starts_at == at) & (Meeting.id < number)))
    return query.where((Meeting.starts_at > at) | ((Meeting.starts_at == at) & (Meeting.id > number)))


def calendar_file(meeting: Meeting, *, public_url: str, with_link: bool) -> bytes:
    """A session for one's own calendar (RFC 5545).

    Args:
        meeting: which.
        public_url: `Settings.address`; its host makes the event's id unique in the world.
        with_link: whether the address to join at is told: to those who have a place.
    """
    from icalendar import Calendar
    from icalendar import Event as Entry  # only whoever takes a session along waits for it

    event = Entry()
    event.add("uid", f"meeting-{meeting.id}@{urlsplit(public_url).hostname or 'localhost'}")
    event.add("dtstamp", meeting.updated_at.astimezone(UTC))
    event.add("dtstart", meeting.starts_at.astimezone(UTC))
    event.add("dtend", meeting.ends_at.astimezone(UTC))
    event.add("sequence", meeting.revision)
    event.add("summary", meeting.title)
    event.add("location", meeting.place or (meeting.link if with_link else ""))
    event.add("description", meeting.link if with_link else "")
    event.add("url", f"{public_url}/learning/sessions/{meeting.id}")
    event.add("status", "CANCELLED" if meeting.cancelled_at else "CONFIRMED")
    plan = Calendar()
    plan.add("prodid", "-//Advocacy hub//Sessions//EN")
    plan.add("version", "2.0")
    plan.add_component(event)
    return bytes(plan.to_ical())
