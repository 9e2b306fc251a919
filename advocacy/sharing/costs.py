"""What the networks charge, kept below the month's budget: every cost is reserved before the request is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.db import Database, upsert
from advocacy.base.text import Text
from advocacy.sharing.cost_models import Cost, CostOf, MonthSpent, NetworkTrouble
from connectors import ApiConnector, RateLimited, Reason

MILLION = 1_000_000


class BudgetSpent(RateLimited):
    """Not sent: it would have passed what the company spends at the network in a month."""


@dataclass(frozen=True)
class Purse:
    """How a network stands this month.

    Args:
        used: millionths of `currency` that were reserved since the month began.
        budget: how much there may be; None without a limit.
        currency: such as `USD`.
    """

    used: int
    budget: int | None
    currency: str

    @property
    def left(self) -> int | None:
        """What may still be spent; None without a limit."""
        return None if self.budget is None else max(0, self.budget - self.used)


def reserve(
    session: Session,
    db: Database,
    connector: ApiConnector,
    *,
    amount: int,
    what: CostOf,
    attempt_id: int | None = None,
) -> None:
    """Takes an amount out of the month's budget. Any number of workers may do so at once: the sum never passes it.

    Args:
        session: inside the transaction that marks the request as sent.
        db: whose time decides which month it is.
        connector: of the network.
        amount: in millionths of its currency; 0 costs nothing and is not written down.
        what: what it is for.
        attempt_id: of the share's attempt, to give it back when nothing was taken.

    Raises:
        BudgetSpent: until the next month. Nothing was reserved.
    """
    if amount <= 0:
        return
    now = db.now(session)
    _open_month(session, connector.name, _month(now))
    room = MonthSpent.network == connector.name, MonthSpent.month == _month(now)
    taken = update(MonthSpent).where(*room).values(amount=MonthSpent.amount + amount)
    if connector.monthly_budget is not None:
        # Judged by the database in the same statement that adds: between a look and a write others may come.
        taken = taken.where(MonthSpent.amount + amount <= connector.monthly_budget)
    done = session.execute(taken)
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise _spent(connector, now)
    session.add(Cost(network=connector.name, at=now, what=what, amount=amount, attempt_id=attempt_id))


def reserve_alone(db: Database, connector: ApiConnector, *, amount: int, what: CostOf) -> None:
    """As `reserve`, in a transaction of its own, and in none where nothing is charged.

    Raises:
        BudgetSpent: as there.
    """
    if amount > 0:
        with db.transaction() as session:
            reserve(session, db, connector, amount=amount, what=what)


def give_back(session: Session, *, attempt_id: int) -> None:
    """Puts back what an attempt had reserved: the network took nothing, so it charged nothing.

    Args:
        session: inside the transaction that records what became of the attempt.
        attempt_id: which.
    """
    cost = session.scalar(select(Cost).where(Cost.attempt_id == attempt_id).with_for_update())
    if cost is None:
        return
    of_it = MonthSpent.network == cost.network, MonthSpent.month == _month(cost.at)
    session.execute(update(MonthSpent).where(*of_it).values(amount=MonthSpent.amount - cost.amount))
    session.delete(cost)


def used_up(session: Session, db: Database, connector: ApiConnector) -> Text | None:
    """What to tell whoever writes for a network whose budget no longer holds its cheapest post; None where it does."""
    if connector.monthly_budget is None or not connector.prices():
        return None
    left = purse(session, db, connector).left
    if left is None or left >= connector.prices()[0][1]:
        return None
    reason = _spent(connector, db.now(session)).reason
    return Text(reason.template, **reason.params)


def purse(session: Session, db: Database, connector: ApiConnector) -> Purse:
    """How a network stands this month."""
    used = session.scalar(
        select(MonthSpent.amount).where(
            MonthSpent.network == connector.name, MonthSpent.month == _month(db.now(session))
        )
    )
    return Purse(used or 0, connector.monthly_budget, connector.currency)


def trouble(session: Session, clock: Clock, *, network: str, reason: Text) -> None:
    """Notes that an administrator has to put a network in order; tells it once while it lasts, whoever meets it first."""
    noted = (
        upsert(session, NetworkTrouble)
        .values(network=network, since=clock.now(), reason=reason.to_json())
        .on_conflict_do_nothing()
    )
    if session.execute(noted.returning(NetworkTrouble.network)).first() is not None:
        events.record(
            session,
            clock,
            kind="network.needs_operator",
            actor_id=None,
            subject=("network", None),
            data={"network": network, "reason": str(reason)},
        )


def all_is_well(session: Session, *, network: str) -> None:
    """The network took something again: what an administrator had to look at is over."""
    session.execute(delete(NetworkTrouble).where(NetworkTrouble.network == network))


def money(amount: int) -> str:
    """Millionths as people write them: `12.30`, and `0.005` where cents do not tell."""
    whole = f"{amount / MILLION:.3f}"
    return whole[:-1] if whole.endswith("0") else whole


def _open_month(session: Session, network: str, month: str) -> None:
    values = {"network": network, "month": month, "amount": 0}
    session.execute(upsert(session, MonthSpent).values(values).on_conflict_do_nothing())


def _month(moment: datetime) -> str:
    return f"{moment:%Y-%m}"


def _spent(connector: ApiConnector, now: datetime) -> BudgetSpent:
    next_month = (now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)).replace(
        year=now.year + now.month // 12, month=now.month % 12 + 1
    )
    reason = Reason(
        "What the company spends at {network} in a month is used up. It goes on on {day}.",
        {"network": connector.label, "day": f"{next_month:%Y-%m-%d}"},
    )
    return BudgetSpent(reason, until=next_month)
