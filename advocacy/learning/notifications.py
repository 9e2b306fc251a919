"""What learning tells people of: sessions they signed up for."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.events import Event
from advocacy.base.notifying import Kind, Told
from advocacy.base.text import Text
from advocacy.learning.meeting_models import Meeting, SignUp

_SAYS = {
    "meeting.moved_up": Text("You have a place now: somebody gave theirs back."),
    "meeting.edited": Text("A session that you signed up for was changed."),
    "meeting.cancelled": Text("A session that you signed up for is called off."),
}


def _meeting(session: Session, happened: Event) -> Told | None:
    meeting = session.get(Meeting, happened.subject_id)
    if meeting is None:
        return None
    if happened.kind == "meeting.moved_up":
        people = [int(happened.data["user_id"])] if "user_id" in happened.data else []
    else:
        people = list(session.scalars(select(SignUp.user_id).where(SignUp.meeting_id == meeting.id)))
    path = f"/learning/sessions/{meeting.id}"
    return Told(people, _SAYS[happened.kind], path, about=meeting.title, bundle=f"{happened.kind}:{meeting.id}")


KINDS = (Kind("session", frozenset(_SAYS), Text("Sessions I signed up for"), _meeting, "school"),)
