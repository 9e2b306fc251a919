"""What sharing tells people of: what did not go out, and what they are asked."""

from __future__ import annotations

from sqlalchemy.orm import Session

from advocacy.base.events import Event
from advocacy.base.notifying import Kind, Told
from advocacy.base.text import Text
from advocacy.library.models import ContentItem
from advocacy.sharing import briefs_first

_SAYS = {
    "share.failed": Text("A post of yours did not go out."),
    "share.missed": Text("A post of yours was not sent in time. You decide what becomes of it."),
    "share.asked": Text("We do not know whether a post of yours went out. Please look."),
}


def _share(session: Session, happened: Event) -> Told | None:
    user_id = happened.data.get("user_id")
    if user_id is None:
        return None
    item = session.get(ContentItem, happened.data.get("item_id"))
    return Told([int(user_id)], _SAYS[happened.kind], "/my-shares", about=item.title if item else "")


def _brief(session: Session, happened: Event) -> Told | None:
    item = session.get(ContentItem, happened.subject_id)
    if item is None or (happened.kind == "item.edited" and "brief_first" not in happened.data.get("changed", ())):
        return None
    people = briefs_first.waiting_for(session, item=item)
    says = Text("A post you planned waits until you have read what we tell our own people.")
    return Told(people, says, f"/share/{item.id}#brief", about=item.title, bundle=f"brief:{item.id}")


def _connection(_session: Session, happened: Event) -> Told | None:
    user_id = happened.data.get("user_id")
    if user_id is None:
        return None
    network = str(happened.data.get("network", ""))
    return Told(
        [int(user_id)],
        Text("A network asks you to sign in again."),
        "/connections",
        about=network.replace("_", " ").title(),
        bundle=f"sign-in:{network}",
    )


KINDS = (
    Kind("share_trouble", frozenset(_SAYS), Text("Posts of mine that did not go out"), _share, "alert-circle"),
    Kind(
        "brief_waits",
        frozenset({"item.edited", "brief.asked_again"}),
        Text("Posts I planned that wait for me to read a brief"),
        _brief,
        "users-group",
    ),
    Kind(
        "sign_in_again",
        frozenset({"connection.needs_sign_in"}),
        Text("Networks that ask me to sign in again"),
        _connection,
        "plug-connected",
    ),
)
