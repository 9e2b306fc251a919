"""The brief before the share: for items whose brief has to be read first, also where that was decided after a share was
planned. Such a share is not sent: it waits for its reader until its own deadline, and then they are asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.text import Text
from advocacy.library import briefs
from advocacy.library.models import ContentItem
from advocacy.people.models import User
from advocacy.sharing import waiting
from advocacy.sharing.gates import Hold
from advocacy.sharing.models import Share, ShareState

REASON = Text("Before you share this, please read what we tell our own people about it.")
WAITS = Text("Waits until you have read what we tell our own people about it.")
"""What a planned share says that is held for it."""


def hold(session: Session, _clock: Clock, user: User, item: ContentItem) -> Hold | None:
    """The brief that a person has yet to read before they share an item; None when there is none."""
    if not briefs.is_owed(session, user_id=user.id, item=item):
        return None
    return Hold(
        reason=REASON,
        action=Text("Read the brief"),
        path=f"/share/{item.id}#brief",
        waits=WAITS,
    )


def waiting_for(session: Session, *, item: ContentItem) -> Sequence[int]:
    """Ids of people who planned to share an item and have yet to read its brief."""
    planned = select(Share.user_id).where(Share.item_id == item.id, Share.state == ShareState.SCHEDULED).distinct()
    return [one for one in session.scalars(planned).all() if briefs.is_owed(session, user_id=one, item=item)]


def let_go_on(session: Session, clock: Clock, *, user_id: int, item: ContentItem) -> None:
    """Lets a person's shares go out at once that were due and waited for the brief, where they have read it."""
    if briefs.is_owed(session, user_id=user_id, item=item):
        return
    now = clock.now()
    session.execute(
        update(Share)
        .where(Share.item_id == item.id, *waiting.overdue(user_id, now))
        .values(next_attempt_at=now)
        .execution_options(synchronize_session=False)
    )
