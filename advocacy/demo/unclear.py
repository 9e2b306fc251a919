"""Two posts of the demo that were sent while a network was down, so that its page for unclear shares can be seen."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from advocacy.people.models import User
from advocacy.sharing.models import Connection, Link, Purpose, Share, ShareAttempt, ShareState
from advocacy.sharing.outcomes import NOT_FOUND

SILENCE = "no answer within 20 s"


def leave(
    session: Session,
    published: Sequence[Share],
    linked: dict[tuple[int, str], Connection],
    *,
    user: User,
    now: datetime,
) -> None:
    """Leaves the newest items that this person has not shared yet unclear.

    Args:
        session: inside a transaction.
        published: whose items may be taken.
        linked: accounts by person and network.
        user: whose.
        now: two hours after they were sent.
    """
    known = {share.item_id for share in published if share.user_id == user.id}
    others = {share.item_id: share for share in published if share.item_id not in known}
    account = linked[user.id, "mastodon"]
    account.profile_url = f"{account.server}/@{account.handle.split('@')[1]}"
    at = now - timedelta(hours=2)
    for number, like in enumerate(list(others.values())[-2:]):
        link = Link(code=f"unclear{number}", target=f"https://www.example.com/{number}", created_at=at)
        session.add(link)
        session.flush()
        share = Share(
            user_id=user.id,
            item_id=like.item_id,
            network="mastodon",
            connection_id=account.id,
            link_id=link.id,
            request_key=f"demo-unclear-{number}",
            state=ShareState.UNCONFIRMED,
            text=like.text,
            language=like.language,
            approved_at=at,
            due_at=at,
            idempotency_key=str(uuid.UUID(int=number, version=4)),
            record_at=at,
            unsettled_at=at,
            attempts_made=2,
            reason=NOT_FOUND.to_json(),
            created_at=at,
            updated_at=at,
        )
        session.add(share)
        session.flush()
        for step, (purpose, outcome) in enumerate(
            ((Purpose.PUBLISH, "OutcomeUnknown"), (Purpose.LOOK, "not_found")), start=1
        ):
            when = at + timedelta(minutes=step)
            session.add(
                ShareAttempt(
                    share_id=share.id,
                    number=step,
                    purpose=purpose,
                    worker="demo",
                    started_at=when,
                    sent_at=when if purpose is Purpose.PUBLISH else None,
                    finished_at=when,
                    outcome=outcome,
                    network_said=SILENCE if purpose is Purpose.PUBLISH else "",
                )
            )
