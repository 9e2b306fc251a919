"""How long single rows are kept: what the company laid down for each kind, and how far the removal has come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import BigInteger, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.db import Base
from advocacy.base.errors import Invalid
from advocacy.base.text import Text

CLICKS, EVENTS = "click", "event"
"""Kinds of rows that become too many: the tables' names."""
CHOICES = (3, 6, 12, 18, 24, 36, 60, 120)
"""Months to choose from."""
GRACE = timedelta(days=1)
"""Between a choice and the first removal: what is gone is gone, and a slip of the hand can be taken back."""


class Retention(Base):
    """How long one kind of rows is kept. No row stands for "for good"."""

    __tablename__ = "retention"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    months: Mapped[int | None]
    """Whole months before the running one; None for good."""
    changed_at: Mapped[datetime]
    gone_before: Mapped[date | None]
    """Rows of days (UTC) before this one are gone or being removed. It never goes back: they do not come again."""
    removed: Mapped[int] = mapped_column(BigInteger, default=0)
    """Rows, ever."""
    removed_at: Mapped[datetime | None]


def in_force(session: Session) -> dict[str, Retention]:
    """What was laid down, by kind."""
    return {row.kind: row for row in session.scalars(select(Retention))}


def lay_down(session: Session, clock: Clock, *, by: int, kind: str, months: int | None) -> None:
    """Decides how long a kind of rows is kept, from a day from now on. The same choice again changes nothing.

    Args:
        session: inside a transaction.
        clock: tells when.
        by: the id of who does it.
        kind: `CLICKS` or `EVENTS`.
        months: one of `CHOICES`; None for good.

    Raises:
        Invalid: another number.
    """
    if months is not None and months not in CHOICES:
        raise Invalid(kind, Text("Please choose one of the lengths in the list."))
    row = session.get(Retention, kind, with_for_update=True)
    if (row.months if row else None) == months:
        return
    if row is None:
        row = Retention(kind=kind)
        session.add(row)
    row.months, row.changed_at = months, clock.now()
    session.flush()
    events.record(
        session,
        clock,
        kind="retention.changed",
        actor_id=by,
        subject=("retention", None),
        data={"kind": kind, "months": months},
    )


def begin(session: Session, clock: Clock, *, kind: str) -> date | None:
    """Says that rows of days before the one returned go from now on. Commit before the first is removed.

    Whoever compares or rebuilds sums asks `is_kept` in their transaction, so that none of them sees a day half gone.

    Args:
        session: inside a transaction of its own.
        clock: tells which month it is.
        kind: of rows.

    Returns:
        The first day whose rows stay; None when nothing is removed.
    """
    row = session.get(Retention, kind, with_for_update=True)
    now = clock.now().astimezone(UTC)
    if row is None:
        return None
    if row.months is not None and row.changed_at <= now - GRACE:
        first = first_kept(now.date(), row.months)
        row.gone_before = max(row.gone_before or first, first)
    return row.gone_before


def first_kept(today: date, months: int) -> date:
    """The first day that is kept: that of the month so many whole months before the running one."""
    number = today.year * 12 + today.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def note(session: Session, clock: Clock, *, kind: str, removed: int) -> None:
    """Counts rows that this transaction removes."""
    if removed:
        row = session.get_one(Retention, kind, with_for_update=True)
        row.removed, row.removed_at = row.removed + removed, clock.now()


def gone_before(session: Session, kind: str) -> date | None:
    """The first day whose rows are all there; None when none was ever removed."""
    return session.scalar(select(Retention.gone_before).where(Retention.kind == kind))


def is_kept(session: Session, kind: str, day: date) -> bool:
    """Whether a day's rows are all there, and stay there until this transaction ends.

    Args:
        session: inside a transaction.
        kind: of rows.
        day: UTC.
    """
    row = session.scalar(
        select(Retention)
        .where(Retention.kind == kind)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    return row is None or row.gone_before is None or day >= row.gone_before
