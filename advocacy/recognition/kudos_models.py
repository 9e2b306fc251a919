"""Thanks between colleagues: the company's values, kudos, whom they are for, and what each person lets others see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base


class CompanyValue(Base):
    """Something that the company stands for, and that colleagues thank one another with."""

    __tablename__ = "company_value"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[dict[str, Any]]
    """By language; "en" is always there."""
    sentence: Mapped[dict[str, Any]]
    """What it means here, by language."""
    position: Mapped[int]
    is_open: Mapped[bool] = mapped_column(default=True)
    """Whether new kudos can be given with it; those that were keep it."""


class Kudos(Base):
    """A colleague thanks one or several others."""

    __tablename__ = "kudos"
    __table_args__ = (
        Index("ix_kudos_wall", "on_wall", "given_at", "id"),
        Index("ix_kudos_value", "value_id", "on_wall", "given_at", "id"),
        Index("ix_kudos_giver", "giver_id", "given_at"),
        Index("ix_kudos_given_at", "given_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    value_id: Mapped[int | None] = mapped_column(ForeignKey("company_value.id"))
    words: Mapped[str] = mapped_column(Text)
    """Plain words; never read as Markdown or HTML."""
    given_at: Mapped[datetime]
    request_key: Mapped[str] = mapped_column(String(60), unique=True)
    """Of the form: two clicks are one thank you."""
    on_wall: Mapped[bool] = mapped_column(default=False)
    """Whether everybody may read it; derived from what the receivers chose, see `recognition.standing`."""
    hidden_at: Mapped[datetime | None]
    hidden_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    hidden_reason: Mapped[str] = mapped_column(String(300), default="")


class KudosReceiver(Base):
    """One of those who are thanked."""

    __tablename__ = "kudos_receiver"
    __table_args__ = (
        Index("ix_kudos_receiver_user", "user_id", "kudos_id"),
        Index("ix_kudos_receiver_team", "team_id", "shows", "kudos_id"),
    )

    kudos_id: Mapped[int] = mapped_column(ForeignKey("kudos.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    team_id: Mapped[int | None]
    """As the person's own is now."""
    is_named: Mapped[bool] = mapped_column(default=False)
    """Whether the words hold a part of this person's name, so that they would tell who it is."""
    is_public: Mapped[bool | None]
    """What the person chose for this one; None: as they chose for all."""
    shows: Mapped[bool] = mapped_column(default=False)
    """Whether the wall says this name; derived."""


class KudosReport(Base):
    """Somebody finds kudos unkind and asks the curators to look; once a person."""

    __tablename__ = "kudos_report"

    kudos_id: Mapped[int] = mapped_column(ForeignKey("kudos.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    """Who; curators and the giver are not told."""
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column(index=True)
    """When a curator hid the kudos or left it; None while it waits for one."""


class RecognitionChoice(Base):
    """What a person lets colleagues see. No row: nothing."""

    __tablename__ = "recognition_choice"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    kudos_public: Mapped[bool] = mapped_column(default=False)
    """Kudos for this person stand on the wall with their name."""
    page_public: Mapped[bool] = mapped_column(default=False)
    """Colleagues may see badges, level and weeks in a row."""
