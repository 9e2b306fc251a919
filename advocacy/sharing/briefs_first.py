"""The brief before the share: the question that `gates` asks, for items whose brief has to be read first."""

from __future__ import annotations

from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.text import Text
from advocacy.library import briefs
from advocacy.library.models import ContentItem
from advocacy.people.models import User
from advocacy.sharing.gates import Hold


def hold(session: Session, _clock: Clock, user: User, item: ContentItem) -> Hold | None:
    """The brief that a person has yet to read before they share an item; None when there is none."""
    if not briefs.is_owed(session, user_id=user.id, item=item):
        return None
    return Hold(
        reason=Text("Before you share this, please read what we tell our own people about it."),
        action=Text("Read the brief"),
        path=f"/share/{item.id}#brief",
    )
