"""Click ids: whether the page behind a link is told one, how long a conversion may come after its click, and which is which.

An id is random and stands for one click. It is kept beside the click only while a conversion may still come, and tells
nobody who clicked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.base import bulk, events
from advocacy.base.clock import Clock
from advocacy.base.db import Base
from advocacy.base.errors import Invalid
from advocacy.base.events import BigId
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.reach.visits import Visit

PARAMETER = "adv_click"
"""What the address of the page behind the link is given."""
LENGTH = 16
"""Characters of an id."""
WINDOWS = (1, 7, 14, 30, 60, 90)
"""Days to choose from."""
LATE = timedelta(days=7)
"""For so long after the window an id is still known, so that a conversion that comes too late is told so."""
BATCH = 5_000


class Conversions(Base):
    """What the administrator decided. No row stands for `UNLESS_DECIDED`."""

    __tablename__ = "conversion_choice"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    click_ids: Mapped[bool]
    window_days: Mapped[int]


class ClickToken(Base):
    """A click's id, and the journal line it was made in: that finds the click, once it is imported, and its judgement."""

    __tablename__ = "click_token"

    token: Mapped[str] = mapped_column(String(LENGTH), primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    segment_id: Mapped[int]
    offset: Mapped[int] = mapped_column(BigId)


@dataclass(frozen=True)
class Choice:
    """What holds.

    Args:
        click_ids: whether pages behind links are told an id of each click.
        window_days: how many days after its click a conversion is still counted.
    """

    click_ids: bool = False
    window_days: int = 30


UNLESS_DECIDED = Choice()


def in_force(session: Session) -> Choice:
    """What holds now."""
    row = session.get(Conversions, 1)
    return Choice(row.click_ids, row.window_days) if row else UNLESS_DECIDED


def are_on(session: Session) -> bool:
    """Whether pages behind links are told an id of each click."""
    return session.scalar(select(Conversions.click_ids)) is True


def decide(session: Session, clock: Clock, *, by: int, choice: Choice) -> None:
    """Decides, for clicks and conversions from now on: within two seconds everywhere. The same again changes nothing.

    Args:
        session: inside a transaction.
        clock: tells when.
        by: the id of who does it.
        choice: what shall hold.

    Raises:
        Invalid: on `window_days`, when it is none of `WINDOWS`.
    """
    if choice.window_days not in WINDOWS:
        raise Invalid("window_days", Text("Please choose one of the lengths in the list."))
    if in_force(session) == choice:
        return
    session.merge(Conversions(id=1, click_ids=choice.click_ids, window_days=choice.window_days))
    events.record(
        session,
        clock,
        kind="click_ids.changed",
        actor_id=by,
        subject=("conversion_choice", None),
        data={"click_ids": choice.click_ids, "window_days": choice.window_days},
    )


def keep(session: Session, visits: Sequence[Visit], *, segment_id: int) -> None:
    """Keeps the ids of a batch of clicks; most batches have none.

    Args:
        session: inside the transaction that adds the clicks.
        visits: the batch.
        segment_id: the journal file they came from.
    """
    rows = [
        (one.click_id[:LENGTH], one.link_id, datetime.fromtimestamp(one.at_ms / 1000, UTC), segment_id, one.offset)
        for one in visits
        if one.click_id
    ]
    columns = ("token", "link_id", "at", "segment_id", "offset")
    bulk.add(session, bulk.table_of(ClickToken), columns, rows)


def forget(house: House) -> None:
    """Removes ids whose time is over. A job."""
    with house.db.reading() as session:
        window = timedelta(days=in_force(session).window_days)
    over = house.clock.now() - window - LATE
    removed = BATCH
    while removed == BATCH:
        with house.db.transaction() as session:
            tokens = list(session.scalars(select(ClickToken.token).where(ClickToken.at < over).limit(BATCH)))
            session.execute(delete(ClickToken).where(ClickToken.token.in_(tokens)))
            removed = len(tokens)
