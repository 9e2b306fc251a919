"""What an administrator says a click or a view is worth as bought advertising: each rate with its range and its source."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.db import Base
from advocacy.base.errors import Invalid, NotFound
from advocacy.base.events import BigId
from advocacy.base.text import Text
from advocacy.people.models import closed_set
from advocacy.reach import conversion_kinds

LONGEST_SOURCE = 300
PER = (1, 1000)
"""How many of the figure a rate is for."""


class Figure(enum.StrEnum):
    """What is counted."""

    CLICKS = "clicks"
    """By people."""
    VIEWS = "views"
    LIKES = "likes"
    REPOSTS = "reposts"
    REPLIES = "replies"
    QUOTES = "quotes"


class MediaRate(Base):
    """What so many of a figure cost on one network, from low to high."""

    __tablename__ = "media_rate"
    __table_args__ = (UniqueConstraint("network", "figure"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    network: Mapped[str] = mapped_column(String(30))
    figure: Mapped[Figure] = mapped_column(closed_set(Figure))
    per: Mapped[int]
    low: Mapped[int] = mapped_column(BigId)
    """In hundredths of the currency."""
    high: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str] = mapped_column(String(3))
    source: Mapped[str] = mapped_column(String(LONGEST_SOURCE))
    """Where the rate is from, in words or as an address."""
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime]


def in_force(session: Session) -> Sequence[MediaRate]:
    """All rates, by network and figure."""
    return session.scalars(select(MediaRate).order_by(MediaRate.network, MediaRate.figure)).all()


def save(
    session: Session,
    clock: Clock,
    *,
    by: int,
    network: str,
    figure: Figure,
    per: int,
    low: str,
    high: str,
    currency: str,
    source: str,
) -> MediaRate:
    """Enters a rate, in the place of the one there was for this network and figure.

    Args:
        session: inside a transaction.
        clock: tells when.
        by: the id of who does it.
        network: as `Share.network` has it.
        figure: what is counted.
        per: one of `PER`.
        low: an amount of money, the least that so many cost.
        high: the most.
        currency: ISO 4217.
        source: where that is from; needed.

    Raises:
        Invalid: on `per`, `low`, `high`, `currency` or `source`.
    """
    if per not in PER:
        raise Invalid("per", Text("Please choose one of the list."))
    least, most = conversion_kinds.hundredths(low, field="low"), conversion_kinds.hundredths(high, field="high")
    if least is None:
        raise Invalid("low", Text("Please give an amount of 0 or more, such as 120 or 120.50."))
    if most is None:
        raise Invalid("high", Text("Please give an amount of 0 or more, such as 120 or 120.50."))
    if most < least:
        raise Invalid("high", Text("The highest must not be below the lowest."))
    money, kept = conversion_kinds.currency(currency, is_needed=True), " ".join(source.split())
    if not kept:
        raise Invalid("source", Text("Please say where the rate is from: without a source nobody can check it."))
    if len(kept) > LONGEST_SOURCE:
        raise Invalid("source", Text("Please keep this below {count} characters.", count=LONGEST_SOURCE))
    rate = session.scalar(select(MediaRate).where(MediaRate.network == network, MediaRate.figure == figure))
    if rate is None:
        rate = MediaRate(network=network, figure=figure)
        session.add(rate)
    rate.per, rate.low, rate.high, rate.currency, rate.source = per, least, most, money, kept
    rate.changed_by, rate.changed_at = by, clock.now()
    session.flush()
    _tell(session, clock, "media_rate.saved", by, rate)
    return rate


def remove(session: Session, clock: Clock, *, by: int, rate_id: int) -> None:
    """Takes a rate away.

    Raises:
        NotFound: there is none.
    """
    rate = session.get(MediaRate, rate_id)
    if rate is None:
        raise NotFound(Text("There is no such rate. It may have been removed."))
    _tell(session, clock, "media_rate.removed", by, rate)
    session.delete(rate)


def _tell(session: Session, clock: Clock, what: str, by: int, rate: MediaRate) -> None:
    events.record(
        session,
        clock,
        kind=what,
        actor_id=by,
        subject=("media_rate", rate.id),
        data={
            "network": rate.network,
            "figure": rate.figure.value,
            "per": rate.per,
            "low": rate.low,
            "high": rate.high,
            "currency": rate.currency,
            "source": rate.source,
        },
    )
