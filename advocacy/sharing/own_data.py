"""What sharing holds about a person, and how it forgets them: accounts let go, plans cancelled, words removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.people.privacy import Holding, rows
from advocacy.sharing import calendar_feed, connections, results
from advocacy.sharing.models import (
    ComposerDraft,
    ConnectFlow,
    Connection,
    ConnectionState,
    FollowedTopic,
    HeldShare,
    SavedItem,
    Share,
    ShareAttempt,
    ShareRequest,
    ShareState,
)

_OURS = ("sealed_credentials", "limits", "idempotency_key", "request_key", "lease_owner", "lease_until")


def _export(session: Session, user_id: int) -> Mapping[str, Any]:
    shares = select(Share.id).where(Share.user_id == user_id)
    return {
        "connected_accounts": rows(
            session, select(Connection).where(Connection.user_id == user_id).order_by(Connection.id), without=_OURS
        ),
        "shares": rows(session, select(Share).where(Share.user_id == user_id).order_by(Share.id), without=_OURS),
        "tries_to_publish": rows(
            session,
            select(ShareAttempt).where(ShareAttempt.share_id.in_(shares)).order_by(ShareAttempt.id),
            without=("worker",),
        ),
        "drafts": rows(session, select(ComposerDraft).where(ComposerDraft.user_id == user_id)),
        "kept_until_something_else_is_done": rows(session, select(HeldShare).where(HeldShare.user_id == user_id)),
        "saved": rows(session, select(SavedItem).where(SavedItem.user_id == user_id)),
        "followed_topics": rows(session, select(FollowedTopic).where(FollowedTopic.user_id == user_id)),
    }


def _let_go(house: House, user_id: int) -> None:
    with house.db.reading() as session:
        held = [connection.id for connection in connections.mine(session, user_id=user_id)]
    for connection_id in held:
        connections.disconnect(house, user_id=user_id, connection_id=connection_id)


def _erase(session: Session, clock: Clock, user_id: int) -> None:
    own = Share.user_id == user_id
    if session.scalar(select(exists().where(own, Share.state == ShareState.PUBLISHING))):
        raise Conflict(Text("One of your shares is being published right now. Please wait a minute, then try again."))
    planned = own & Share.state.in_((ShareState.SCHEDULED, ShareState.DRAFT, ShareState.MISSED))
    session.execute(
        update(Share).where(planned).values(state=ShareState.CANCELLED, next_attempt_at=None, updated_at=clock.now())
    )
    session.execute(
        update(Share)
        .where(own)
        .values(text="", permalink=None, remote_id=None, reason=None, next_attempt_at=None, time_zone="UTC")
    )
    attempts = select(Share.id).where(own)
    session.execute(update(ShareAttempt).where(ShareAttempt.share_id.in_(attempts)).values(network_said=""))
    held = list(session.scalars(select(Connection).where(Connection.user_id == user_id)))
    events.forget(session, subject_type="connection", subject_ids=[connection.id for connection in held])
    for connection in held:
        connection.state = ConnectionState.DISCONNECTED
        connection.remote_id = f"erased-{connection.id}"
        connection.handle = connection.display_name = connection.profile_url = ""
        connection.sealed_credentials = None
        connection.expires_at = connection.sign_in_ends_at = None
    calendar_feed.forget(session, user_id=user_id)
    results.forget(session, user_id=user_id)
    for table in (ComposerDraft, HeldShare, SavedItem, FollowedTopic, ConnectFlow, ShareRequest):
        session.execute(delete(table).where(table.user_id == user_id))


HOLDING = Holding(area="sharing", export=_export, let_go=_let_go, erase=_erase)
"""That something was shared stays, for the counts of the item and the team; its words and its address do not."""
