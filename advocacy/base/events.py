"""The event log: what happened, recorded in the transaction in which it happened.

One append-only table is the outbox (consumers read it, each event once) and the audit trail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import BigInteger, Index, Integer, Select, String, and_, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.base import bulk
from advocacy.base.clock import Clock
from advocacy.base.db import Base, Database

THIS_TRANSACTION = text("pg_current_xact_id()::text::bigint")
BigId = BigInteger().with_variant(Integer(), "sqlite")


class Event(Base):
    """Something that happened: never changed but by `forget`, never removed before its retention ends."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_subject", "subject_type", "subject_id"),
        Index("ix_event_txid_id", "txid", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    txid: Mapped[int] = mapped_column(BigInteger, default=0)
    """PostgreSQL's transaction number: ids are given out before commits, so id order is not commit order."""
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(60), index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    data: Mapped[dict[str, Any]]
    request_id: Mapped[str | None] = mapped_column(String(40))


class EventCursor(Base):
    """How far one consumer has read."""

    __tablename__ = "event_cursor"

    consumer: Mapped[str] = mapped_column(String(60), primary_key=True)
    txid: Mapped[int] = mapped_column(BigInteger, default=0)
    event_id: Mapped[int] = mapped_column(BigInteger, default=0)


@dataclass(frozen=True)
class Consumer:
    """Somebody who acts on events, each once.

    Args:
        name: its own cursor's name; never reused for another purpose.
        kinds: the kinds it cares about.
        take: called inside the transaction that also moves the cursor; an error leaves the event for later.
    """

    name: str
    kinds: frozenset[str]
    take: Callable[[Session, Event], None]


@dataclass(frozen=True)
class Happening:
    """Something that happened, before it stands in the log.

    Args:
        kind: `noun.verb-in-the-past`, such as `share.published`.
        subject: what it happened to, as (table's noun, id).
        data: JSON values that a reader of the log needs; no secrets.
        actor_id: the person who did it; None when the hub itself did.
    """

    kind: str
    subject: tuple[str, int | None]
    data: Mapping[str, Any]
    actor_id: int | None = None


def record(
    session: Session,
    clock: Clock,
    *,
    kind: str,
    actor_id: int | None,
    subject: tuple[str, int | None],
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Appends an event to the log, in the caller's transaction.

    Args:
        session: inside `Database.transaction`.
        clock: tells when.
        kind: `noun.verb-in-the-past`, such as `share.published`.
        actor_id: the person who did it; None when the hub itself did.
        subject: what it happened to, as (table's noun, id).
        data: JSON values that a reader of the log needs; no secrets.

    Returns:
        The event, with its id.
    """
    happened = Event(**_values(clock, Happening(kind, subject, data or {}, actor_id)))
    if _knows_transactions(session):
        happened.txid = THIS_TRANSACTION  # type: ignore[assignment]
    session.add(happened)
    session.flush()
    return happened


def record_all(session: Session, clock: Clock, happenings: Sequence[Happening]) -> None:
    """Appends many events at once, in their order, in the caller's transaction: one statement for all.

    Args:
        session: inside `Database.transaction`.
        clock: tells when.
        happenings: what happened; may be empty.
    """
    if not happenings:
        return
    session.flush()  # what was recorded one by one before has the smaller ids
    txid = session.scalar(select(THIS_TRANSACTION)) if _knows_transactions(session) else 0
    at, request_id = clock.now(), _request_id()
    rows = [(txid, at, one.kind, one.actor_id, *one.subject, one.data, request_id) for one in happenings]
    bulk.add(session, bulk.table_of(Event), COLUMNS, rows)


COLUMNS = ("txid", "at", "kind", "actor_id", "subject_type", "subject_id", "data", "request_id")


def _values(clock: Clock, happened: Happening) -> dict[str, Any]:
    return {
        "at": clock.now(),
        "kind": happened.kind,
        "actor_id": happened.actor_id,
        "subject_type": happened.subject[0],
        "subject_id": happened.subject[1],
        "data": dict(happened.data),
        "request_id": _request_id(),
    }


def _request_id() -> str | None:
    return structlog.contextvars.get_contextvars().get("request_id")


def _knows_transactions(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def forget(session: Session, *, subject_type: str, subject_ids: Iterable[int]) -> None:
    """Takes out of the log what it says about things of a person who is erased; that it happened stays.

    The one change the log allows: the law gives people this right, and the log must not stand in its way.

    Args:
        session: inside a transaction.
        subject_type: the noun.
        subject_ids: the things whose names and addresses go.
    """
    about = (Event.subject_type == subject_type) & Event.subject_id.in_(list(subject_ids))
    session.execute(update(Event).where(about).values(data={}))


def consume(db: Database, consumer: Consumer, *, batch: int = 200) -> int:
    """Hands a consumer the events it has not seen, in the order of their commits.

    On PostgreSQL rows that commit late would be skipped by a cursor on the id alone: only events of
    transactions older than the oldest running one are read.

    Args:
        db: the database; one transaction holds the consumer's work and its cursor.
        consumer: whom to hand them to.
        batch: how many at most, 1 or more.

    Returns:
        How many events were passed over or taken; less than `batch` means none is left for now.
    """
    with db.reading() as session:
        known = session.get(EventCursor, consumer.name)
        if known is not None and session.scalar(_after(known).with_only_columns(Event.id).limit(1)) is None:
            return 0  # nothing new: no write lock for that
    with db.transaction() as session:
        cursor = session.get(EventCursor, consumer.name, with_for_update=True)
        if cursor is None:
            cursor = EventCursor(consumer=consumer.name, txid=0, event_id=0)
            session.add(cursor)
            session.flush()
        query = _after(cursor).limit(batch)
        if not db.is_sqlite:
            query = query.where(text("event.txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
        events = list(session.scalars(query))
        for happened in events:
            if happened.kind in consumer.kinds:
                consumer.take(session, happened)
            cursor.txid, cursor.event_id = happened.txid, happened.id
        return len(events)


def is_behind(session: Session, consumer: str, *, until: datetime) -> bool:
    """Whether a consumer still has to read something that happened until a moment.

    Args:
        session: for reading.
        consumer: its name.
        until: a moment that is past, so that all of it stands in the log.
    """
    known = session.get(EventCursor, consumer, populate_existing=True)
    unread = select(Event.id).where(Event.at <= until)
    if known is not None:
        unread = _after(known).with_only_columns(Event.id).where(Event.at <= until)
    return session.scalar(unread.limit(1)) is not None


def _after(cursor: EventCursor) -> Select[Event]:
    newer = or_(Event.txid > cursor.txid, and_(Event.txid == cursor.txid, Event.id > cursor.event_id))
    return select(Event).where(newer).order_by(Event.txid, Event.id)
