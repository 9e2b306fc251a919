"""Who leads, and who is alive: leases and heartbeats by the database's own time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.base.db import Base, Database


class Lease(Base):
    """Something that one process at a time may do."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime]


class Heartbeat(Base):
    """A process said that it is alive."""

    __tablename__ = "heartbeat"

    process: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    """`clock` or `worker`."""
    at: Mapped[datetime]


def hold(db: Database, *, name: str, owner: str, seconds: float) -> bool:
    """Takes or keeps a lease.

    Args:
        db: whose time judges.
        name: what is led.
        owner: who asks; the same owner renews.
        seconds: how long it holds unless renewed, above 0.

    Returns:
        Whether `owner` holds it now.
    """
    with db.transaction() as session:
        now = db.now(session)
        lease = session.scalar(select(Lease).where(Lease.name == name).with_for_update())
        if lease is None:
            session.add(Lease(name=name, owner=owner, until=now + timedelta(seconds=seconds)))
            return True
        if lease.owner != owner and lease.until > now:
            return False
        lease.owner, lease.until = owner, now + timedelta(seconds=seconds)
        return True


def beat(db: Database, *, process: str, kind: str) -> None:
    """Says that a process is alive, by the database's time."""
    with db.transaction() as session:
        session.merge(Heartbeat(process=process, kind=kind, at=db.now(session)))


def newest_beat(session: Session, *, kind: str) -> datetime | None:
    """When a process of this kind was last heard of; None when never."""
    return session.scalar(select(Heartbeat.at).where(Heartbeat.kind == kind).order_by(Heartbeat.at.desc()).limit(1))
