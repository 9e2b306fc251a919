"""What challenges tell people of: that one starts, that its last day has come, how it ended."""

from __future__ import annotations

from sqlalchemy.orm import Session

from advocacy.base.events import Event
from advocacy.base.notifying import Kind, Told
from advocacy.base.text import Text
from advocacy.recognition import challenges
from advocacy.recognition.challenge_models import Challenge

_SAYS = {
    "challenge.started": Text("A challenge that you take part in has started."),
    "challenge.ending": Text("A challenge that you take part in ends tomorrow."),
    "challenge.closed": Text("A challenge that you took part in is over. See how it ended."),
    "challenge.cancelled": Text("A challenge that you take part in is cancelled. The reason stands on its page."),
}


def _told(session: Session, happened: Event) -> Told | None:
    challenge = session.get(Challenge, happened.subject_id)
    if challenge is None:
        return None
    people = challenges.participants(session, challenge)
    path = f"/leaderboard/challenges/{challenge.id}"
    return Told(people, _SAYS[happened.kind], path, about=challenge.title, bundle=f"challenge:{challenge.id}")


KINDS = (
    Kind(
        "challenge",
        frozenset(_SAYS),
        Text("Challenges that I take part in"),
        _told,
        "trophy",
        by_mail=False,
    ),
)
