"""People on the list of a session: they come and go, hosts take them off, and who leaves the company gives places back."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, NotFound
from advocacy.base.events import Consumer, Event
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.learning import meeting_places, meetings
from advocacy.learning.meeting_models import Meeting, SignUp, Standing
from advocacy.people.models import User


def sign_up(session: Session, clock: Clock, *, user: User, meeting_id: int) -> Standing:
    """Takes a place, or one in the queue when all are taken. Doing so twice changes nothing.

    One person after the other looks at a session, so that two clicks at once never share a place.

    Raises:
        NotFound: there is none for this person. Conflict: it is over or called off.
    """
    meeting = meeting_places.locked(session, meeting_id)
    found = meeting_places.own(session, user_id=user.id, meeting_id=meeting_id)
    if found is not None:
        return found.standing
    meetings.visible(session, user=user, meeting_id=meeting_id)
    if meeting.cancelled_at is not None or meeting.ends_at < clock.now():
        raise Conflict(Text("This session is over or called off, so nobody can sign up any more."))
    standing = meeting_places.free(session, meeting)
    session.add(SignUp(meeting_id=meeting_id, user_id=user.id, standing=standing, signed_up_at=clock.now()))
    session.flush()
    meeting_places.tell(session, clock, meeting, f"meeting.{standing.value}", user.id, user_id=user.id)
    return standing


def take_out(session: Session, clock: Clock, *, user_id: int, meeting_id: int, by: int) -> bool:
    """A host takes somebody off the list; they are told, and the first in the queue gets the place.

    Returns:
        Whether they had signed up.

    Raises:
        NotFound: there is no such session. Conflict: it has begun, or is called off.
    """
    meeting = meeting_places.locked(session, meeting_id)
    _is_ahead(meeting, clock)
    found = meeting_places.own(session, user_id=user_id, meeting_id=meeting_id)
    if found is None:
        return False
    number = found.id
    session.delete(found)
    session.flush()
    meeting_places.tell(session, clock, meeting, "meeting.taken_out", by, user_id=user_id, sign_up_id=number)
    meeting_places.move_up(session, clock, meeting)
    return True


def put_back(session: Session, clock: Clock, *, user_id: int, meeting_id: int, by: int) -> Standing:
    """Undoes `take_out`: with a place if one is free, else at their old turn in the queue.

    Raises:
        NotFound: there is no such session, or nobody was taken off its list who is not back.
        Conflict: it has begun, or is called off.
    """
    meeting = meeting_places.locked(session, meeting_id)
    _is_ahead(meeting, clock)
    query = select(Event).where(Event.subject_type == "meeting", Event.subject_id == meeting_id)
    taken = session.scalars(query.where(Event.kind == "meeting.taken_out").order_by(Event.id.desc())).all()
    last = next((one for one in taken if one.data.get("user_id") == user_id), None)
    user = session.get(User, user_id)
    if last is None or user is None or not user.is_active:
        raise NotFound(Text("We could not find whom to put back."))
    found = meeting_places.own(session, user_id=user_id, meeting_id=meeting_id)
    if found is not None:
        return found.standing
    standing = meeting_places.free(session, meeting)
    number = int(last.data["sign_up_id"])
    again = SignUp(meeting_id=meeting_id, user_id=user_id, standing=standing, signed_up_at=clock.now())
    if session.get(SignUp, number) is None:
        again.id = number
    session.add(again)
    session.flush()
    meeting_places.tell(session, clock, meeting, "meeting.put_back", by, user_id=user_id)
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
    meeting = meeting_places.locked(session, meeting_id)
    found = meeting_places.own(session, user_id=user_id, meeting_id=meeting_id)
    if found is None:
        return
    session.delete(found)
    session.flush()
    meeting_places.tell(session, clock, meeting, "meeting.left", user_id, user_id=user_id)
    meeting_places.move_up(session, clock, meeting)


def people(session: Session, *, meeting_id: int) -> list[tuple[SignUp, User]]:
    """Who signed up, in the order of the queue."""
    query = select(SignUp, User).join(User, User.id == SignUp.user_id).where(SignUp.meeting_id == meeting_id)
    return [(one, user) for one, user in session.execute(query.order_by(SignUp.id))]


def note_attendance(session: Session, clock: Clock, *, meeting_id: int, there: Collection[int], by: int) -> None:
    """Writes down who of those with a place was there, by their ids.

    Raises:
        NotFound: there is no such session. Conflict: it has not begun.
    """
    meeting = meeting_places.locked(session, meeting_id)
    if meeting.starts_at > clock.now():
        raise Conflict(Text("It has not begun yet. Note who was there afterwards."))
    for one, user in people(session, meeting_id=meeting_id):
        if one.standing is Standing.GOING:
            if one.was_there is not True and user.id in there:
                meeting_places.tell(session, clock, meeting, "meeting.attended", by, user_id=user.id)
            one.was_there = user.id in there
