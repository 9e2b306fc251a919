"""What the company's policy asks posts to disclose, country by country."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.library.disclosures import Place
from advocacy.people.models import closed_set


class DisclosureRule(Base):
    """What people who work in one country disclose; "" for everybody for whose country there is none."""

    __tablename__ = "disclosure_rule"

    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    text_en: Mapped[str] = mapped_column(String(120), default="")
    """`{company}` holds a place; both empty: nothing is disclosed."""
    text_nb: Mapped[str] = mapped_column(String(120), default="")
    is_required: Mapped[bool] = mapped_column(default=True)
    place: Mapped[Place] = mapped_column(closed_set(Place), default=Place.END)
    in_channels: Mapped[bool] = mapped_column(default=False)
    """Whether also in a team's channel, where colleagues read."""
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
