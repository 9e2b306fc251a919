"""Sessions and open meetings: written by their hosts, with places that are never given twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from advocacy.base import events, sanitize
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.events import Consumer, Event
from advocacy.base.house import House
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
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
        meeting = _locked(session, meeting_id)
        meeting.revision += 1
        if written.places is not None and _count(session, meeting_id, Standing.GOING) > written.places:
            raise Conflict(Text("More people have a place already. Give at least as many places."))
    meeting.title, meeting.description, meeting.material = title, written.description, written.material
    meeting.starts_at, meeting.ends_at = written.starts_at, written.ends_at
    meeting.place, meeting.link = fields.short("place", written.place, most=200), link
    meeting.places, meeting.audience = written.places, audience.to_json(wanted)
    meeting.updated_at = clock.now()
    session.flush()
    _move_up(session, clock, meeting)
    _tell(session, clock, meeting, "meeting.created" if meeting_id is None else "meeting.edited", by)
    return meeting


def cancel(session: Session, clock: Clock, *, meeting_id: int, by: int) -> None:
    """Calls a session off; those who signed up still find it, marked.

    Raises:
        NotFound: there is none.
    """
    meeting = _locked(session, meeting_id)
    if meeting.cancelled_at is None:
        meeting.cancelled_at = meeting.updated_at = clock.now()
        meeting.revision += 1
        _tell(session, clock, meeting, "meeting.cancelled", by)


def visible(session: Session, *, user: User, meeting_id: int, may_edit: bool = False) -> Line:
    """A session that is for this person, or that they have signed up for.

    Raises:
        NotFound: there is none, or it is for others.
    """
    meeting = get(session, meeting_id=meeting_id)
    mine = _own(session, user_id=user.id, meeting_id=meeting_id)
    who = visibility.reader(session, user=user)
    if mine is None and not may_edit and not audience.holds(meeting.audience, who):
        raise NotFound(Text("We could not find that session. It may have been removed."))
    going, waiting = (_count(session, meeting_id, one) for one in (Standing.GOING, Standing.WAITING))
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


def sign_up(session: Session, clock: Clock, *, user: User, meeting_id: int) -> Standing:
    """Takes a place, or one in the queue when all are taken. Doing so twice changes nothing.

    One person after the other looks at a session, so that two clicks at once never share a place.

    Raises:
        NotFound: there is none for this person. Conflict: it is over or called off.
    """
    meeting = _locked(session, meeting_id)
    found = _own(session, user_id=user.id, meeting_id=meeting_id)
    if found is not None:
        return found.standing
    visible(session, user=user, meeting_id=meeting_id)
    if meeting.cancelled_at is not None or meeting.ends_at < clock.now():
        raise Conflict(Text("This session is over or called off, so nobody can sign up any more."))
    has_room = meeting.places is None or _count(session, meeting_id, Standing.GOING) < meeting.places
    standing = Standing.GOING if has_room else Standing.WAITING
    session.add(SignUp(meeting_id=meeting_id, user_id=user.id, standing=standing, signed_up_at=clock.now()))
    session.flush()
    _tell(session, clock, meeting, f"meeting.{standing.value}", user.id, user_id=user.id)
    return standing


def take_out(session: Session, clock: Clock, *, user_id: int, meeting_id: int, by: int) -> bool:
    """A host takes somebody off the list; they are told, and the first in the queue gets the place.

    Returns:
        Whether they had signed up.

    Raises:
        NotFound: there is no such session. Conflict: it has begun, or is called off.
    """
    meeting = _locked(session, meeting_id)
    _is_ahead(meeting, clock)
    found = _own(session, user_id=user_id, meeting_id=meeting_id)
    if found is None:
        return False
    number = found.id
    session.delete(found)
    session.flush()
    _tell(session, clock, meeting, "meeting.taken_out", by, user_id=user_id, sign_up_id=number)
    _move_up(session, clock, meeting)
    return True


def put_back(session: Session, clock: Clock, *, user_id: int, meeting_id: int, by: int) -> Standing:
    """Undoes `take_out`: with a place if one is free, else at their old turn in the queue.

    Raises:
        NotFound: there is no such session, or nobody was taken off its list who is not back.
        Conflict: it has begun, or is called off.
    """
    meeting = _locked(session, meeting_id)
    _is_ahead(meeting, clock)
    query = select(Event).where(Event.subject_type == "meeting", Event.subject_id == meeting_id)
    taken = session.scalars(query.where(Event.kind == "meeting.taken_out").order_by(Event.id.desc())).all()
    last = next((one for one in taken if one.data.get("user_id") == user_id), None)
    user = session.get(User, user_id)
    if last is None or user is None or not user.is_active:
        raise NotFound(Text("We could not find whom to put back."))
    found = _own(session, user_id=user_id, meeting_id=meeting_id)
    if found is not None:
        return found.standing
    has_room = meeting.places is None or _count(session, meeting_id, Standing.GOING) < meeting.places
    standing = Standing.GOING if has_room else Standing.WAITING
    number = int(last.data["sign_up_id"])
    again = SignUp(meeting_id=meeting_id, user_id=user_id, standing=standing, signed_up_at=clock.now())
    if session.get(SignUp, number) is None:
        again.id = number
    session.add(again)
    session.flush()
    _tell(session, clock, meeting, "meeting.put_back", by, user_id=user_id)
    return standing


def give_back(session: Session, clock: Clock, *, user_id: int) -> None:
    """Gives every place back that a person has in sessions to come: they cannot come any more."""
    ahead = select(SignUp.meeting_id).join(Meeting, Meeting.id == SignUp.meeting_id)
    ahead = ahead.where(SignUp.user_id == user_id, Meeting.starts_at > clock.now()).order_by(SignUp.meeting_id)
    for meeting_id in session.scalars(ahead).all():
        leave(session, clock, user_id=user_id, meeting_id=meeting_id)


def keep_up(house: House) -> None:
    """Gives back what people have who were deactivated. A job: reads the event log to its present end."""

    def take(session: Session, happened: Event) -> None:
        user = session.get(User, happened.subject_id)
        if user is not None and not user.is_active:
            give_back(session, house.clock, user_id=user.id)

    consumer = Consumer(name="learning.places", kinds=frozenset({"user.disabled"}), take=take)
    while events.consume(house.db, consumer, batch=200) == 200:
        pass


def _is_ahead(meeting: Meeting, clock: Clock) -> None:
    if meeting.cancelled_at is not None or meeting.starts_at <= clock.now():
        raise Conflict(Text("This session has begun or is called off, so its list stays as it is."))


def leave(session: Session, clock: Clock, *, user_id: int, meeting_id: int) -> None:
    """Gives a place back; the first in the queue gets it. Without a sign-up nothing changes.

    Raises:
        NotFound: there is no such session.
    """
    meeting = _locked(session, meeting_id)
    found = _own(session, user_id=user_id, meeting_id=meeting_id)
    if found is None:
        return
    session.delete(found)
    session.flush()
    _tell(session, clock, meeting, "meeting.left", user_id, user_id=user_id)
    _move_up(session, clock, meeting)


def people(session: Session, *, meeting_id: int) -> list[tuple[SignUp, User]]:
    """Who signed up, in the order of the queue."""
    query = select(SignUp, User).join(User, User.id == SignUp.user_id).where(SignUp.meeting_id == meeting_id)
    return [(one, user) for one, user in session.execute(query.order_by(SignUp.id))]


def note_attendance(session: Session, clock: Clock, *, meeting_id: int, there: Collection[int], by: int) -> None:
    """Writes down who of those with a place was there, by their ids.

    Raises:
        NotFound: there is no such session. Conflict: it has not begun.
    """
    meeting = _locked(session, meeting_id)
    if meeting.starts_at > clock.now():
        raise Conflict(Text("It has not begun yet. Note who was there afterwards."))
    for one, user in people(session, meeting_id=meeting_id):
        if one.standing is Standing.GOING:
            if one.was_there is not True and user.id in there:
                _tell(session, clock, meeting, "meeting.attended", by, user_id=user.id)
            one.was_there = user.id in there


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


def _locked(session: Session, meeting_id: int) -> Meeting:
    query = select(Meeting).where(Meeting.id == meeting_id).with_for_update()
    meeting = session.scalar(query.execution_options(populate_existing=True))
    if meeting is None:
        raise NotFound(Text("We could not find that session. It may have been removed."))
    return meeting


def _own(session: Session, *, user_id: int, meeting_id: int) -> SignUp | None:
    return session.scalar(select(SignUp).where(SignUp.meeting_id == meeting_id, SignUp.user_id == user_id))


def _count(session: Session, meeting_id: int, standing: Standing) -> int:
    query = select(func.count()).where(SignUp.meeting_id == meeting_id, SignUp.standing == standing)
    return session.scalar(query) or 0


def _move_up(session: Session, clock: Clock, meeting: Meeting) -> None:
    """Gives free places to those who have waited longest; nobody is moved once it is over or called off."""
    if meeting.cancelled_at is not None or meeting.ends_at < clock.now():
        return
    queue = select(SignUp).where(SignUp.meeting_id == meeting.id, SignUp.standing == Standing.WAITING)
    if meeting.places is not None:
        queue = queue.limit(max(0, meeting.places - _count(session, meeting.id, Standing.GOING)))
    for one in session.scalars(queue.order_by(SignUp.id)).all():
        one.standing = Standing.GOING
        session.flush()
        _tell(session, clock, meeting, "meeting.moved_up", None, user_id=one.user_id)


def _tell(session: Session, clock: Clock, meeting: Meeting, kind: str, by: int | None, **data: int) -> None:
    facts = {"title": meeting.title, **data}
    events.record(session, clock, kind=kind, actor_id=by, subject=("meeting", meeting.id), data=facts)
