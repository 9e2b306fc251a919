"""Views of figures that people named, to come back to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base


class SavedView(Base):
    """A page of figures with its filters, under a name."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    page: Mapped[str] = mapped_column(String(20))
    """One of `saved_views.PAGES`."""
    choices: Mapped[dict[str, str]]
    """Its filters, each looked at before it was kept; never an address."""
    is_shared: Mapped[bool] = mapped_column(default=False, index=True)
    """Whether everybody who may read figures finds it."""
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    """When its owner removed it; it may be brought back for a day."""
