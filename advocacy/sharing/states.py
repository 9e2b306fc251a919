"""The one way a share changes its state: by an update that names the state it must be in, never read then write."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.events import Happening
from advocacy.sharing import post_sums
from advocacy.sharing.models import Share, ShareState

DRAFT, SCHEDULED, PUBLISHING = ShareState.DRAFT, ShareState.SCHEDULED, ShareState.PUBLISHING
PUBLISHED, UNCONFIRMED, FAILED = ShareState.PUBLISHED, ShareState.UNCONFIRMED, ShareState.FAILED
CANCELLED, MISSED = ShareState.CANCELLED, ShareState.MISSED

MOVES: dict[ShareState, frozenset[ShareState]] = {
    DRAFT: frozenset({PUBLISHED, CANCELLED}),
    SCHEDULED: frozenset({SCHEDULED, PUBLISHING, CANCELLED, MISSED, PUBLISHED, UNCONFIRMED}),
    PUBLISHING: frozenset({PUBLISHED, UNCONFIRMED, FAILED, SCHEDULED, CANCELLED, MISSED}),
    UNCONFIRMED: frozenset({UNCONFIRMED, PUBLISHING, PUBLISHED, SCHEDULED, CANCELLED, MISSED, FAILED}),
    FAILED: frozenset({SCHEDULED, CANCELLED, PUBLISHED}),
    MISSED: frozenset({SCHEDULED, CANCELLED, PUBLISHED}),
    CANCELLED: frozenset({PUBLISHED, UNCONFIRMED}),
    PUBLISHED: frozenset({PUBLISHED, CANCELLED}),
}
"""Which state may follow which. Every state may be followed by published: a receipt of the network is the truth,
however late it comes. What was cancelled or is to be sent again comes back as unconfirmed where a person takes back what
they answered. Published may be cancelled only where nothing but the person's word says that it is there."""


def move(
    session: Session,
    clock: Clock,
    *,
    share_id: int,
    at: Collection[ShareState],
    to: ShareState,
    where: ColumnElement[bool] | None = None,
    **values: Any,
) -> bool:
    """Changes a share's state if it is in one of the states given.

    Args:
        session: inside a transaction.
        clock: tells when.
        share_id: which share.
        at: states it must be in; each must allow the move.
        to: the state it comes into.
        where: a further condition.
        values: columns that change along.

    Returns:
        Whether it changed: False says that somebody else was faster.
    """
    forbidden = [state for state in at if to not in MOVES[state]]
    if forbidden:
        raise ValueError(f"a share cannot go from {forbidden} to {to}")
    if to is PUBLISHED or PUBLISHED in at:
        post_sums.follow(session, [share_id])
    change = update(Share).where(Share.id == share_id, Share.state.in_(at))
    if where is not None:
        change = change.where(where)
    done = session.execute(change.values(state=to, updated_at=clock.now(), **values))
    return isinstance(done, CursorResult) and done.rowcount == 1


def holds_lease(worker: str, number: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The share is being published by this worker, and by this attempt of it."""
    return and_(Share.state == PUBLISHING, Share.lease_owner == worker, Share.attempts_made == number)


def tell(session: Session, clock: Clock, *, share: Share, kind: str, by: int | None, **data: Any) -> None:
    """Records what happened to a share, with what readers of the log need to know of it.

    Args:
        session: inside the transaction of the change.
        clock: tells when.
        share: which.
        kind: such as `share.published`.
        by: the person who did it; None when the hub did.
        data: more than `user_id`, `item_id`, `network` and `share_kind`, which are always there.
    """
    events.record_all(session, clock, [happening(share, kind=kind, by=by, **data)])


def happening(share: Share, *, kind: str, by: int | None, **data: Any) -> Happening:
    """As `tell`, to be recorded together with others."""
    facts = {
        "user_id": share.user_id,
        "item_id": share.item_id,
        "network": share.network,
        "share_kind": share.kind.value,
    }
    return Happening(kind, ("share", share.id), {**facts, **data}, by)
