"""Writing down what came of attempts: those that end at the same time share a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from advocacy.base import bulk, events
from advocacy.base.clock import Clock
from advocacy.base.house import House
from advocacy.sharing import costs, outcomes, post_sums
from advocacy.sharing.models import Connection, Share, ShareAttempt, ShareState
from advocacy.sharing.outcomes import NoReceipt, Outcome
from advocacy.sharing.publisher import Publisher
from connectors import ConnectorError, Receipt


@dataclass(frozen=True)
class _Published:
    attempt_id: int
    share_id: int
    receipt: Receipt


def settle(house: House, *, attempt_id: int, share_id: int, outcome: Outcome) -> None:
    """Writes down what an attempt came to, and returns when that is committed.

    Args:
        house: database, clock and this process's `Publisher`.
        attempt_id: which.
        share_id: of which share.
        outcome: what the network said, or what kept us from asking it.
    """

    def settle_all(endings: Sequence[_Published]) -> list[bool]:
        with house.db.transaction() as session:
            _published(session, house.db.clock(session), endings)
            return [True] * len(endings)

    if isinstance(outcome, Receipt):
        house.part(Publisher).receipts.run(_Published(attempt_id, share_id, outcome), settle_all)
    else:
        _other(house, attempt_id, share_id, outcome)


def _other(house: House, attempt_id: int, share_id: int, outcome: NoReceipt) -> None:
    # Each in a transaction of its own: it touches other shares of its account, an account, a budget, and two that did
    # so for several shares at once would wait for one another.
    with house.db.transaction() as session:
        clock = house.db.clock(session)
        if isinstance(outcome, ConnectorError):
            outcome.until = _by(clock, house.clock, outcome.until)
        outcomes.record(session, house.db, clock, attempt_id=attempt_id, share_id=share_id, outcome=outcome)


def _by(clock: Clock, ours: Clock, until: datetime | None) -> datetime | None:
    """When a wait ends that a connector reckoned by this machine's clock, by the database's."""
    return until and clock.now() + (until - ours.now())


def _published(session: Session, clock: Clock, endings: Sequence[_Published]) -> None:
    """What most attempts come to, for all of them with one statement a table. A receipt counts whenever it comes."""
    session.execute(
        update(ShareAttempt)
        .where(ShareAttempt.id.in_([ending.attempt_id for ending in endings]), ShareAttempt.finished_at.is_(None))
        .values(finished_at=clock.now(), outcome=outcomes.name_of(endings[0].receipt), network_said="")
        .execution_options(synchronize_session=False)
    )
    receipts = {ending.share_id: ending.receipt for ending in reversed(endings)}
    query = select(Share).where(Share.id.in_(receipts)).order_by(Share.id)
    shares = list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))
    changes, happenings, changed = [], [], dict[str, Any]()
    for share in shares:
        if share.state is ShareState.DRAFT or share.remote_id is not None:
            continue
        changed = outcomes.published_as(receipts[share.id])
        changes.append((share.id, clock.now(), *changed.values()))
        if share.state is not ShareState.PUBLISHED:
            happenings.append(outcomes.is_published(share, receipts[share.id]))
    post_sums.follow_held(session, shares)
    bulk.change(session, bulk.table_of(Share), ("id", "updated_at", *changed), changes, key=("id",))
    _used(session, clock, {share.connection_id for share in shares if share.connection_id is not None})
    for network in sorted({share.network for share in shares}):
        costs.all_is_well(session, network=network)
    events.record_all(session, clock, happenings)


def _used(session: Session, clock: Clock, connection_ids: set[int]) -> None:
    # Whoever holds an account just now may be waiting for shares that are held here; when it was last used can wait.
    accounts = select(Connection.id).where(Connection.id.in_(connection_ids))
    held = list(session.scalars(accounts.with_for_update(key_share=True, skip_locked=True)))
    session.execute(
        update(Connection)
        .where(Connection.id.in_(held))
        .values(last_used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
