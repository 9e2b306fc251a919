"""Writing down that a share goes out, before it does: from here on its outcome may be unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from advocacy.base.house import House
from advocacy.sharing import costs
from advocacy.sharing.cost_models import CostOf
from advocacy.sharing.costs import BudgetSpent
from advocacy.sharing.models import Purpose, Share, ShareAttempt
from advocacy.sharing.publisher import Publisher
from advocacy.sharing.states import holds_lease
from connectors import ApiConnector


@dataclass(frozen=True)
class _Mark:
    attempt_id: int
    connector: ApiConnector
    price: int


def mark_sent(house: House, *, attempt_id: int, connector: ApiConnector, price: int) -> bool:
    """Writes down that the network is asked now. Attempts that come to this at the same time share a transaction.

    What it costs is reserved in that transaction: nothing is sent that the budget does not hold.

    Args:
        house: database and this process's `Publisher`.
        attempt_id: which.
        connector: whose budget pays.
        price: in millionths of its currency.

    Returns:
        False when the lease is somebody else's by now: nothing may be sent.

    Raises:
        BudgetSpent: nothing was marked and nothing reserved.
    """

    def mark_all(marks: Sequence[_Mark]) -> list[bool | BudgetSpent]:
        with house.db.transaction() as session:
            return _mark_all(house, session, marks)

    marked = house.part(Publisher).marks.run(_Mark(attempt_id, connector, price), mark_all)
    if isinstance(marked, BudgetSpent):
        raise marked
    return bool(marked)


def _mark_all(house: House, session: Session, marks: Sequence[_Mark]) -> list[bool | BudgetSpent]:
    ours = _held(house, session, marks)
    refused: dict[int, BudgetSpent] = {}
    for mark in marks:
        if mark.attempt_id in ours and mark.price > 0:
            try:
                costs.reserve(
                    session,
                    house.db,
                    mark.connector,
                    amount=mark.price,
                    what=CostOf.POST,
                    attempt_id=mark.attempt_id,
                )
            except BudgetSpent as spent:
                refused[mark.attempt_id] = spent
    sent = set(
        session.scalars(
            update(ShareAttempt)
            .where(ShareAttempt.id.in_(ours - refused.keys()), ShareAttempt.sent_at.is_(None))
            .values(sent_at=house.db.now(session), purpose=Purpose.PUBLISH)
            .returning(ShareAttempt.id)
            .execution_options(synchronize_session=False)
        )
    )
    return [refused.get(mark.attempt_id) or mark.attempt_id in sent for mark in marks]


def _held(house: House, session: Session, marks: Sequence[_Mark]) -> set[int]:
    query = (
        select(ShareAttempt.id)
        .join(Share, ShareAttempt.share_id == Share.id)
        .where(
            ShareAttempt.id.in_([mark.attempt_id for mark in marks]),
            ShareAttempt.finished_at.is_(None),
            holds_lease(house.part(Publisher).worker, ShareAttempt.number),
        )
        .order_by(Share.id)
        .with_for_update()
    )
    return set(session.scalars(query))
