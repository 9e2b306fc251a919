"""Writing down what came of attempts: those that end at the same time share a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.house import House
from advocacy.sharing import costs, outcomes
from advocacy.sharing.models import Connection, Share, ShareAttempt, ShareState
from advocacy.sharing.outcomes import NoReceipt, Outcome
from advocacy.sharing.publisher import Publisher
from connectors import ConnectorError, Receipt


@dataclass(frozen=True)
class _Ending:
    attempt_id: int
    share_id: int
    outcome: Outcome


def settle(house: House, *, attempt_id: int, share_id: int, outcome: Outcome) -> None:
    """Writes down what an attempt came to, and returns when that is committed.

    Args:
        house: database, clock and this process's `Publisher`.
        attempt_id: which.
        share_id: of which share.
        outcome: what the network said, or what kept us from asking it.
    """

    def settle_all(endings: Sequence[_Ending]) -> list[bool]:
        with house.db.transaction() as session:
            clock = house.db.clock(session)
            plain = [ending for ending in endings if isinstance(ending.outcome, Receipt)]
            _published(session, clock, plain)
            for ending in endings:
                if not isinstance(ending.outcome, Receipt):
                    _other(session, house, clock, ending, ending.outcome)
            return [True] * len(endings)

    house.part(Publisher).outcomes.run(_Ending(attempt_id, share_id, outcome), settle_all)


def _other(session: Session, house: House, clock: Clock, ending: _Ending, outcome: NoReceipt) -> None:
    if isinstance(outcome, ConnectorError):
        outcome.until = _by(clock, house.clock, outcome.until)
    outcomes.record(session, clock, attempt_id=ending.attempt_id, share_id=ending.share_id, outcome=outcome)


def _by(clock: Clock, ours: Clock, until: datetime | None) -> datetime | None:
    """When a wait ends that a connector reckoned by this machine's clock, by the database's."""
    return until and clock.now() + (until - ours.now())


def _published(session: Session, clock: Clock, endings: Sequence[_Ending]) -> None:
    """What most attempts come to, for all of them with one statement a table. A receipt counts whenever it comes."""
    if not endings:
        return
    session.execute(
        update(ShareAttempt)
        .where(ShareAttempt.id.in_([ending.attempt_id for ending in endings]), ShareAttempt.finished_at.is_(None))
        .values(finished_at=clock.now(), outcome=outcomes.name_of(endings[0].outcome), network_said="")
        .execution_options(synchronize_session=False)
    )
    receipts = {e.share_id: e.outcome for e in reversed(endings) if isinstance(e.outcome, Receipt)}
    query = select(Share).where(Share.id.in_(receipts)).order_by(Share.id)
    shares = list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))
    changes, happenings = [], []
    for share in shares:
        if share.state is ShareState.DRAFT or share.remote_id is not None:
            continue
        changes.append({"id": share.id, "updated_at": clock.now(), **outcomes.published_as(receipts[share.id])})
        if share.state is not ShareState.PUBLISHED:
            happenings.append(outcomes.is_published(share, receipts[share.id]))
    if changes:
        session.execute(update(Share), changes)
    _used(session, clock, {share.connection_id for share in shares if share.connection_id is not None})
    for network in sorted({share.network for share in shares}):
        costs.all_is_well(session, network=network)
    events.record_all(session, clock, happenings)


def _used(session: Session, clock: Clock, connection_ids: set[int]) -> None:
    # In the order of their ids: two processes that settle for the same channels must not wait for one another.
    ordered = select(Connection.id).where(Connection.id.in_(connection_ids)).order_by(Connection.id)
    held = list(session.scalars(ordered.with_for_update(key_share=True)))
    session.execute(
        update(Connection)
        .where(Connection.id.in_(held))
        .values(last_used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
