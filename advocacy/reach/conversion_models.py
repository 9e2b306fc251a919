"""Conversions: the kinds an administrator named, the servers that may tell of them, and each that was told."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy.base.db import Base
from advocacy.base.events import BigId
from advocacy.people.models import closed_set


class ConversionKind(Base):
    """Something a visitor may do on the company's own pages that matters, such as sending an application."""

    __tablename__ = "conversion_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    key: Mapped[str] = mapped_column(String(24), unique=True)
    """What servers and pixels call it."""
    hundredths: Mapped[int | None] = mapped_column(BigId)
    """What one is worth unless a server says otherwise, in hundredths of the currency; None for nothing said."""
    currency: Mapped[str] = mapped_column(String(3), default="")
    """ISO 4217; "" without a value."""
    has_pixel: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """Since when it is not taken any more."""


class ConversionSource(Base):
    """A server that may tell of conversions, with a secret of its own."""

    __tablename__ = "conversion_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(24), unique=True)
    sealed_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    last_at: Mapped[datetime | None]
    """When it last told of one."""
    revoked_at: Mapped[datetime | None]


class Standing(enum.StrEnum):
    """What came of the search for a conversion's click."""

    WAITING = "waiting"
    """Its click is not imported yet; that takes seconds."""
    FOUND = "found"
    LATE = "late"
    """It came after the window."""
    UNKNOWN = "unknown"
    """No click has that id."""


class Conversion(Base):
    """A conversion as it was told, with the click it belongs to. Nothing in it tells who it was."""

    __tablename__ = "conversion"
    __table_args__ = (
        Index("ix_conversion_day", "day", "id"),
        Index("ix_conversion_standing", "standing", "id"),
        Index("ix_conversion_click", "segment_id", "offset"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("conversion_kind.id"))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("conversion_source.id"))
    """None when a pixel told of it."""
    once: Mapped[str] = mapped_column(String(64), unique=True)
    """By which the same one told twice is known: a hash of the source and its own id for it."""
    digest: Mapped[str] = mapped_column(String(64))
    """Of what was said: the same id with other words is refused."""
    token: Mapped[str] = mapped_column(String(16))
    """The click's id; "" once its click is found, or never will be."""
    at: Mapped[datetime]
    day: Mapped[date]
    """UTC."""
    hundredths: Mapped[int | None] = mapped_column(BigId)
    currency: Mapped[str] = mapped_column(String(3), default="")
    standing: Mapped[Standing] = mapped_column(closed_set(Standing))
    share_id: Mapped[int | None] = mapped_column(ForeignKey("share.id", ondelete="SET NULL"), index=True)
    item_id: Mapped[int | None]
    network: Mapped[str] = mapped_column(String(30), default="")
    clicked_at: Mapped[datetime | None]
    segment_id: Mapped[int | None]
    offset: Mapped[int | None] = mapped_column(BigId)
    """With `segment_id` the journal line of its click."""
    rule: Mapped[str] = mapped_column(String(40), default="")
    """Name of the rule that filtered its click; "" for a human one. Follows when the click is judged again."""

    kind: Mapped[ConversionKind] = relationship(lazy="joined")
