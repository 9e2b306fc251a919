"""What recognition tells people of: that somebody thanked them, and that a thank you of theirs was hidden."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.events import Event
from advocacy.base.notifying import Kind, Told
from advocacy.base.text import Text
from advocacy.people.models import Role, UserRole
from advocacy.recognition.kudos_models import Kudos
from advocacy.recognition.story_models import Story


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


def _story(session: Session, happened: Event) -> Told | None:
    story = session.get(Story, happened.subject_id)
    if story is None:
        return None
    path = f"/company/stories/{story.id}"
    if happened.kind == "story.approved":
        return Told([story.user_id], Text("Your story is on the wall."), path, about=story.title)
    return Told([story.user_id], Text("Your story came back to you."), path, about=story.title)


def _story_names(session: Session, happened: Event) -> Told | None:
    story = session.get(Story, happened.subject_id)
    if story is None:
        return None
    people = [int(one) for one in happened.data.get("people", [])]
    says = Text("A colleague names you in a story and asks whether you agree.")
    return Told(people, says, f"/company/stories/{story.id}", about=story.title, bundle=f"story:{story.id}")


def _story_waits(session: Session, happened: Event) -> Told | None:
    story = session.get(Story, happened.subject_id)
    if story is None:
        return None
    curators = list(session.scalars(select(UserRole.user_id).where(UserRole.role == Role.CURATOR)))
    return Told(curators, Text("A story waits for a curator."), f"/company/stories/{story.id}", about=story.title)


def _badge(_session: Session, happened: Event) -> Told | None:
    says, together = Text("You have a new badge."), Text("You have new badges.")
    return Told([int(happened.data["user_id"])], says, "/me/recognition", bundle="badges", together=together)


KINDS = (
    Kind("kudos", frozenset({"kudos.given"}), Text("Thanks from colleagues"), _thanked, "heart", in_digest=True),
    Kind("kudos_hidden", frozenset({"kudos.hidden"}), Text("Thanks of mine that were hidden"), _hidden, "eye-off"),
    Kind("story", frozenset({"story.approved", "story.sent_back"}), Text("Stories I told"), _story, "sparkles"),
    Kind("story_names", frozenset({"story.told"}), Text("Stories that name me"), _story_names, "sparkles"),
    Kind("story_waits", frozenset({"story.told"}), Text("Stories that wait for a curator"), _story_waits, "eye"),
    Kind("badge", frozenset({"badge.given"}), Text("Badges"), _badge, "medal", by_mail=False),
)
