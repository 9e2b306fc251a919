"""The places of a session: who has one, who waits for one, and that none is given twice."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import NotFound
from advocacy.base.text import Text
from advocacy.learning.meeting_models import Meeting, SignUp, Standing


def locked(session: Session, meeting_id: int) -> Meeting:
    """A session, whose list nobody else changes until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    query = select(Meeting).where(Meeting.id == meeting_id).with_for_update()
    meeting = session.scalar(query.execution_options(populate_existing=True))
    if meeting is None:
        raise NotFound(Text("We could not find that session. It may have been removed."))
    return meeting


def own(session: Session, *, user_id: int, meeting_id: int) -> SignUp | None:
    """A person's own sign-up; None without one."""
    return session.scalar(select(SignUp).where(SignUp.meeting_id == meeting_id, SignUp.user_id == user_id))


def count(session: Session, meeting_id: int, standing: Standing) -> int:
    """How many have a place, or wait for one."""
    query = select(func.count()).where(SignUp.meeting_id == meeting_id, SignUp.standing == standing)
    return session.scalar(query) or 0


def free(session: Session, meeting: Meeting) -> Standing:
    """What the next one on the list gets: a place, or one in the queue when all are taken."""
    has_room = meeting.places is None or count(session, meeting.id, Standing.GOING) < meeting.places
    return Standing.GOING if has_room else Standing.WAITING


def move_up(session: Session, clock: Clock, meeting: Meeting) -> None:
    """Gives free places to those who have waited longest; nobody is moved once it is over or called off."""
    if meeting.cancelled_at is not None or meeting.ends_at < clock.now():
        return
    queue = select(SignUp).where(SignUp.meeting_id == meeting.id, SignUp.standing == Standing.WAITING)
    if meeting.places is not None:
        queue = queue.limit(max(0, meeting.places - count(session, meeting.id, Standing.GOING)))
    for one in session.scalars(queue.order_by(SignUp.id)).all():
        one.standing = Standing.GOING
        session.flush()
        tell(session, clock, meeting, "meeting.moved_up", None, user_id=one.user_id)


def tell(session: Session, clock: Clock, meeting: Meeting, kind: str, by: int | None, **data: int) -> None:
    """Records what happened to a session, with its title as it is now."""
    facts = {"title": meeting.title, **data}
    events.record(session, clock, kind=kind, actor_id=by, subject=("meeting", meeting.id), data=facts)
