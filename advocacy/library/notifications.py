"""What the library tells people of: what waits for curators, and what became of what one wrote."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.events import Event
from advocacy.base.notifying import Kind, Told
from advocacy.base.text import Text
from advocacy.library.brief_models import BriefReading
from advocacy.library.models import ContentItem, ItemState
from advocacy.people.models import Role, UserRole


def _submitted(session: Session, happened: Event) -> Told | None:
    item = session.get(ContentItem, happened.subject_id)
    if item is None:
        return None
    curators = list(session.scalars(select(UserRole.user_id).where(UserRole.role == Role.CURATOR)))
    return Told(curators, Text("An item waits for review."), f"/library/items/{item.id}", about=item.title)


def _judged(session: Session, happened: Event) -> Told | None:
    says = {
        "item.approved": Text("What you wrote is approved."),
        "item.sent_back": Text("What you wrote came back to you."),
    }[happened.kind]
    return _to_writer(session, happened, says)


def _commented(session: Session, happened: Event) -> Told | None:
    together = Text("{count} colleagues commented on what you wrote.")
    return _to_writer(session, happened, Text("A colleague commented on what you wrote."), together)


def _new(session: Session, happened: Event) -> Told | None:
    item = session.get(ContentItem, happened.subject_id)
    if item is None or item.state is not ItemState.APPROVED:
        return None
    is_there = item.publish_from is None or item.publish_from <= happened.at
    is_inside = item.internal_only or item.is_inside_only(happened.at)
    says = Text("There is something new to read.") if is_inside else Text("There is something new to share.")
    return Told([], says, f"/feed/items/{item.id}", about=item.title, for_all=item.for_everyone and is_there)


def _asked_again(session: Session, happened: Event) -> Told | None:
    item = session.get(ContentItem, happened.subject_id)
    if item is None:
        return None
    before = select(BriefReading.user_id).where(
        BriefReading.item_id == item.id, BriefReading.edition < item.brief_edition
    )
    readers = sorted(set(session.scalars(before)))
    return Told(readers, Text("A brief that you read has changed."), f"/feed/items/{item.id}#brief", about=item.title)


def _to_writer(session: Session, happened: Event, says: Text, together: Text | None = None) -> Told | None:
    item = session.get(ContentItem, happened.subject_id)
    if item is None or item.created_by is None:
        return None
    bundle = f"{happened.kind}:{item.id}" if together else ""
    path = f"/library/items/{item.id}"
    return Told([item.created_by], says, path, about=item.title, bundle=bundle, together=together)


KINDS = (
    Kind(
        "brief_asked_again",
        frozenset({"brief.asked_again"}),
        Text("Briefs I read that have changed"),
        _asked_again,
        "info-circle",
        by_mail=False,
    ),
    Kind("item_submitted", frozenset({"item.submitted"}), Text("Items that wait for review"), _submitted, "books"),
    Kind(
        "item_judged",
        frozenset({"item.approved", "item.sent_back"}),
        Text("What became of an item I wrote"),
        _judged,
        "file-text",
    ),
    Kind(
        "item_commented",
        frozenset({"item.commented"}),
        Text("Comments on an item I wrote"),
        _commented,
        "message-circle",
        by_mail=False,
    ),
    Kind(
        "new_item",
        frozenset({"item.approved"}),
        Text("New things to share"),
        _new,
        "books",
        in_person=False,
        for_channels=True,
    ),
)
