"""The message house: what we say, what bears it out, and the words for it."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy.base.db import Base
from advocacy.people.models import closed_set


class KeyMessage(Base):
    """One sentence that we want people to remember, inside and outside."""

    __tablename__ = "key_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    sentences: Mapped[dict[str, Any]]
    """By language: `{"en": "…", "nb": "…"}`."""
    signs: Mapped[list[Any]]
    """Phrases by which a text is known to carry it too."""
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"), index=True)
    """The department that says it; None for the whole company."""
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    """The last day on which it holds."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    proofs: Mapped[list[ProofPoint]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="ProofPoint.position"
    )


class ProofPoint(Base):
    """What bears a key message out."""

    __tablename__ = "proof_point"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("key_message.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(300))
    url: Mapped[str] = mapped_column(String(2000), default="")


class WordUse(enum.StrEnum):
    """What we do with a word."""

    USE = "use"
    AVOID = "avoid"


class HouseWord(Base):
    """A word or phrase that we use, or one that we avoid."""

    __tablename__ = "house_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    use: Mapped[WordUse] = mapped_column(closed_set(WordUse))
    phrase: Mapped[str] = mapped_column(String(80))
    instead: Mapped[str] = mapped_column(String(160), default="")
    """What to say for a word that we avoid; what one that we use means."""
    language: Mapped[str] = mapped_column(String(10), default="")
    """In whose texts; "" for all."""


class AcceptedFinding(Base):
    """A curator looked at a finding and lets it stand. It holds for exactly the words that they saw."""

    __tablename__ = "accepted_finding"

    item_id: Mapped[int] = mapped_column(ForeignKey("content_item.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Of the finding: another one as soon as the words at either place change."""
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    at: Mapped[datetime]
