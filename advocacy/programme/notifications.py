"""What the programme tells people of: changes of plans they follow."""

from __future__ import annotations

from sqlalchemy.orm import Session

from advocacy.base.events import Event
from advocacy.base.notifying import Kind, Told
from advocacy.base.text import Text
from advocacy.programme.following import followers


def _changed(session: Session, happened: Event) -> Told | None:
    if happened.subject_id is None or "what" not in happened.data:
        return None
    people = followers(session, programme_id=happened.subject_id)
    says, title = Text.from_json(happened.data["what"]), str(happened.data["title"])
    return Told(people, says, str(happened.data["path"]), about=title)


KINDS = (
    Kind(
        "plan_changed",
        frozenset({"plan.changed", "plan.commented"}),
        Text("Changes of plans I follow"),
        _changed,
        "target",
        by_mail=False,
    ),
)
