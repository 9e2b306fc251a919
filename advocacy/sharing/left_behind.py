"""Shares that nobody carries on with: their worker died, their time passed, or their account lets nobody look any more.

Each comes to an end that its person understands. All is judged by the database's time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.db import Database
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.sharing import places, switches
from advocacy.sharing.models import Connection, ConnectionState, Share, ShareAttempt, ShareState
from advocacy.sharing.outcomes import ASK_AFTER
from advocacy.sharing.publisher import Place
from advocacy.sharing.states import move, tell

log = structlog.get_logger()

BATCH = 200

INTERRUPTED = Text("We were interrupted while publishing, and are looking whether your post is there.")
KEPT_FAILING = Text("We could not find out whether your post is there. Please look yourself.")
CANNOT_LOOK = Text("We cannot look for your post until you connect this account again.")


def recover(db: Database) -> int:
    """Settles shares whose worker's lease ran out.

    Where the try was not sent, it is simply made again. Where it was, nobody knows the outcome: the share becomes
    unconfirmed, and is looked up or repeated under its own key, never started anew.

    Args:
        db: whose time judges the leases.

    Returns:
        How many there were.
    """
    with db.reading() as session:
        left = select(Share.id).where(Share.state == ShareState.PUBLISHING, Share.lease_until < db.now(session))
        if session.scalar(left.limit(1)) is None:
            return 0
    with db.transaction() as session:
        clock = db.clock(session)
        query = (
            select(Share, ShareAttempt)
            .join(ShareAttempt, and_(ShareAttempt.share_id == Share.id, ShareAttempt.number == Share.attempts_made))
            .where(Share.state == ShareState.PUBLISHING, Share.lease_until < clock.now())
            .order_by(Share.id)
            .limit(BATCH)
        )
        if not db.is_sqlite:
            query = query.with_for_update(skip_locked=True)
        left_behind = list(session.execute(query))
        for share, attempt in left_behind:
            _settle(session, clock, share, attempt)
        return len(left_behind)


def _settle(session: Session, clock: Clock, share: Share, attempt: ShareAttempt) -> None:
    now = clock.now()
    unsettled_at = share.unsettled_at or attempt.sent_at
    # A fault that ends every look would be looked into for ever.
    asks = unsettled_at is not None and now - unsettled_at > ASK_AFTER
    moved = move(
        session,
        clock,
        share_id=share.id,
        at={ShareState.PUBLISHING},
        to=ShareState.UNCONFIRMED if unsettled_at else ShareState.SCHEDULED,
        where=Share.attempts_made == attempt.number,
        unsettled_at=unsettled_at,
        next_attempt_at=None if asks else now,
        lease_owner=None,
        lease_until=None,
        reason=(KEPT_FAILING if asks else INTERRUPTED).to_json() if unsettled_at else None,
    )
    if not moved:
        return
    log.warning(
        "a worker's lease ran out", share=share.id, attempt=attempt.number, was_sent=attempt.sent_at is not None
    )
    attempt.finished_at = now
    attempt.outcome = "OutcomeUnknown" if attempt.sent_at else "abandoned"
    if unsettled_at:
        tell(session, clock, share=share, kind="share.asked" if asks else "share.unconfirmed", by=None)


def give_up_late(house: House) -> int:
    """Marks planned shares missed whose deadline has passed: nothing is fired hours late without asking.

    What kept them all this time is told: a network that is switched off, that does not answer, or has no room.

    Args:
        house: its database's time judges the deadlines.

    Returns:
        How many there were.
    """
    db = house.db
    with db.reading() as session:
        if session.scalar(_late(db.now(session)).limit(1)) is None:
            return 0
    with db.transaction() as session:
        clock = db.clock(session)
        late = _late(clock.now()).order_by(Share.id).limit(BATCH)
        if not db.is_sqlite:
            late = late.with_for_update(skip_locked=True)
        shares, off = list(session.scalars(late)), set(session.scalars(switches.off()))
        closed = places.kept_waiting(session, house, clock.now())
        for share in shares:
            told = switches.SWITCHED_OFF if share.network in off else _kept_by(share, closed)
            why = {"reason": told.to_json()} if told else {}
            if move(
                session,
                clock,
                share_id=share.id,
                at={ShareState.SCHEDULED},
                to=ShareState.MISSED,
                where=Share.deadline_at < clock.now(),
                next_attempt_at=None,
                **why,
            ):
                tell(session, clock, share=share, kind="share.missed", by=None)
        return len(shares)


def _kept_by(share: Share, closed: Mapping[Place, Text]) -> Text | None:
    """Why the place it goes to got nothing; None where that was not what kept it, but its account, say."""
    account = share.connection if closed else None
    if account is None or account.state is not ConnectionState.ACTIVE:
        return None
    return closed.get((account.network, account.server))


def _late(now: datetime) -> Select[Share]:
    return select(Share).where(Share.state == ShareState.SCHEDULED, Share.deadline_at < now)


def ask_where_nobody_can_look(db: Database) -> int:
    """Asks the person about unclear shares whose account's sign-in has ended: nobody else can look.

    Should they connect it again, `connections.keep` has the share looked for after all.

    Returns:
        How many there were.
    """
    with db.reading() as session:
        if session.scalar(_out_of_sight().limit(1)) is None:
            return 0
    with db.transaction() as session:
        clock = db.clock(session)
        query = _out_of_sight().order_by(Share.id).limit(BATCH)
        if not db.is_sqlite:
            query = query.with_for_update(of=Share, skip_locked=True)
        return sum(_ask(session, clock, share) for share in list(session.scalars(query)))


def _out_of_sight() -> Select[Share]:
    return (
        select(Share)
        .outerjoin(Connection, Connection.id == Share.connection_id)
        .where(
            Share.state == ShareState.UNCONFIRMED,
            Share.next_attempt_at.is_not(None),
            or_(Connection.id.is_(None), Connection.state != ConnectionState.ACTIVE),
        )
    )


def _ask(session: Session, clock: Clock, share: Share) -> bool:
    # Somebody who connects the account just now holds its row, and wakes its shares themselves.
    account = select(Connection.state).where(Connection.id == share.connection_id).with_for_update(skip_locked=True)
    if share.connection_id is not None and session.scalar(account) in (None, ConnectionState.ACTIVE):
        return False
    asked = move(
        session,
        clock,
        share_id=share.id,
        at={ShareState.UNCONFIRMED},
        to=ShareState.UNCONFIRMED,
        where=Share.next_attempt_at.is_not(None),
        next_attempt_at=None,
        reason=CANNOT_LOOK.to_json(),
    )
    if asked:
        tell(session, clock, share=share, kind="share.asked", by=None)
    return asked
