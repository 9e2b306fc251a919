"""Touchpoints: where the company meets its market, and what is missing there."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.people.models import closed_set


class Contact(enum.StrEnum):
    """How people outside meet the company."""

    SHOP = "shop"
    PHONE = "phone"
    INVOICE = "invoice"
    DELIVERY = "delivery"
    WEB = "web"
    MAIL = "mail"
    SOCIAL = "social"
    EVENT = "event"
    VISIT = "visit"
    OTHER = "other"


class Touchpoint(Base):
    """A place where the company meets its market."""

    __tablename__ = "touchpoint"
    __table_args__ = (Index("ix_touchpoint_name", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    contact: Mapped[Contact] = mapped_column(closed_set(Contact))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    promise: Mapped[str] = mapped_column(Text, default="")
    """Markdown: what we promise there."""
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id", ondelete="SET NULL"), index=True)
    question_key: Mapped[str] = mapped_column(String(40), default="")
    """The question of a survey that tells what employees know of it."""
    wanted: Mapped[float | None]
    """What that question's figure should be at least."""
    updated_at: Mapped[datetime]


class TouchpointGap(Base):
    """What is missing at a touchpoint, and the step of a plan that closes it."""

    __tablename__ = "touchpoint_gap"

    id: Mapped[int] = mapped_column(primary_key=True)
    touchpoint_id: Mapped[int] = mapped_column(ForeignKey("touchpoint.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(String(200))
    step_id: Mapped[int | None] = mapped_column(ForeignKey("plan_step.id", ondelete="SET NULL"), index=True)
    noted_at: Mapped[datetime]
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
