"""What recognition tells people of: that somebody thanked them, and that a thank you of theirs was hidden."""

from __future__ import annotations

from sqlalchemy.orm import Session

from advocacy.base.events import Event
from advocacy.base.notifying import Kind, Told
from advocacy.base.text import Text
from advocacy.recognition.kudos_models import Kudos


def _thanked(session: Session, happened: Event) -> Told | None:
    kudos = session.get(Kudos, happened.subject_id)
    if kudos is None:
        return None  # taken back meanwhile
    people = [int(one) for one in happened.data.get("receivers", [])]
    return Told(people, Text("A colleague thanks you."), f"/company/kudos/{kudos.id}")


def _hidden(session: Session, happened: Event) -> Told | None:
    kudos = session.get(Kudos, happened.subject_id)
    if kudos is None or kudos.hidden_at is None:
        return None
    says = Text("A thank you that you wrote was taken off the wall.")
    return Told([kudos.giver_id], says, f"/company/kudos/{kudos.id}", about=kudos.hidden_reason)


def _badge(_session: Session, happened: Event) -> Told | None:
    says, together = Text("You have a new badge."), Text("You have new badges.")
    return Told([int(happened.data["user_id"])], says, "/me/recognition", bundle="badges", together=together)


KINDS = (
    Kind("kudos", frozenset({"kudos.given"}), Text("Thanks from colleagues"), _thanked, "heart", in_digest=True),
    Kind("kudos_hidden", frozenset({"kudos.hidden"}), Text("Thanks of mine that were hidden"), _hidden, "eye-off"),
    Kind("badge", frozenset({"badge.given"}), Text("Badges"), _badge, "medal", by_mail=False),
)
