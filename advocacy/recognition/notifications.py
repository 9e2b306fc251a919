"""What recognition tells people of: that somebody thanked them, and that a thank you of theirs was hidden."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.events import Event
from advocacy.base.notifying import Kind, Told
from advocacy.base.text import Text
from advocacy.people.models import Role, UserRole
from advocacy.recognition.kudos_models import Kudos, KudosReceiver
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
    says = Text("A curator hid a thank you that you wrote.")
    return Told([kudos.giver_id], says, f"/company/kudos/{kudos.id}", about=kudos.hidden_reason)


def _reported(session: Session, happened: Event) -> Told | None:
    kudos = session.get(Kudos, happened.subject_id)
    if kudos is None:
        return None
    concerned = select(KudosReceiver.user_id).where(KudosReceiver.kudos_id == kudos.id)
    curators = select(UserRole.user_id).where(
        UserRole.role == Role.CURATOR, UserRole.user_id != kudos.giver_id, UserRole.user_id.not_in(concerned)
    )
    admins = select(UserRole.user_id).where(
        UserRole.role == Role.ADMIN, UserRole.user_id != kudos.giver_id, UserRole.user_id.not_in(concerned)
    )
    people = list(session.scalars(curators)) or list(session.scalars(admins))
    says = Text("A colleague reports a thank you and asks you to look.")
    return Told(people, says, "/company/kudos/reported", bundle=f"reported:{kudos.id}")


def _report_answered(session: Session, happened: Event) -> Told | None:
    people = [int(one) for one in happened.data.get("reporters", [])]
    if not people or session.get(Kudos, happened.subject_id) is None:
        return None
    hidden = Text("A curator hid the thank you that you reported.")
    left = Text("A curator looked at the thank you that you reported, and left it.")
    if happened.kind == "kudos.hidden":
        return Told(people, hidden, "/company/kudos")  # who only read it on the wall cannot open it any more
    return Told(people, left, f"/company/kudos/{happened.subject_id}")


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
    Kind("kudos_reported", frozenset({"kudos.reported"}), Text("Thanks that colleagues report"), _reported, "flag"),
    Kind(
        "kudos_report_answered",
        frozenset({"kudos.hidden", "kudos.report_answered"}),
        Text("Thanks that I reported"),
        _report_answered,
        "eye",
    ),
    Kind("story", frozenset({"story.approved", "story.sent_back"}), Text("Stories I told"), _story, "sparkles"),
    Kind("story_names", frozenset({"story.told"}), Text("Stories that name me"), _story_names, "sparkles"),
    Kind("story_waits", frozenset({"story.told"}), Text("Stories that wait for a curator"), _story_waits, "eye"),
    Kind("badge", frozenset({"badge.given"}), Text("Badges"), _badge, "medal", by_mail=False),
)
