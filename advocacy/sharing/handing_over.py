"""Handing an attempt over in a message: the lease is the message's until the process that received it takes it over."""

from __future__ import annotations

import structlog
from sqlalchemy import CursorResult, select, update

from advocacy.base.house import House
from advocacy.sharing.carrying import carry_out
from advocacy.sharing.models import Share, ShareAttempt
from advocacy.sharing.publisher import LEASE, Publisher
from advocacy.sharing.states import holds_lease

log = structlog.get_logger()

CARRY_OUT = "sharing.carry_out"
"""What the message is called. Workers of an older version may be running: never change it."""
IN_A_MESSAGE = "a message"
"""Stands on the lease from the claim until a worker takes it over. No worker is called that, so none renews it: should
the message be lost, the lease runs out and the share is settled as one whose worker died."""


def take_up(house: House, attempt_id: int) -> None:
    """Takes the lease over from the message and carries the attempt out; does nothing when somebody was faster.

    Args:
        house: of the process that received the message.
        attempt_id: what the message holds.
    """
    worker = house.part(Publisher).worker
    attempt = select(ShareAttempt).where(
        ShareAttempt.id == attempt_id,
        ShareAttempt.share_id == Share.id,
        ShareAttempt.finished_at.is_(None),
        holds_lease(IN_A_MESSAGE, ShareAttempt.number),
    )
    with house.db.transaction() as session:
        taken = session.execute(
            update(Share)
            .where(attempt.exists())
            .values(lease_owner=worker, lease_until=house.db.now(session) + LEASE)
            .execution_options(synchronize_session=False)
        )
    if isinstance(taken, CursorResult) and taken.rowcount == 1:
        carry_out(house, attempt_id)
    else:
        log.info("a message came twice, or too late", attempt=attempt_id)
