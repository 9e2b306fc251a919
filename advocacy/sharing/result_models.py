"""What posts came to by the hour they went out: what the next good time is chosen by."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base

EVERYBODY = 0
"""Stands in `HourResult.user_id` for the whole company."""


class HourResult(Base):
    """Posts and their visitors of one hour of the day on one network. Kept up from the event log, never by hand."""

    __tablename__ = "hour_result"

    network: Mapped[str] = mapped_column(String(30), primary_key=True)
    """The connector's name, as in `Share.network`."""
    user_id: Mapped[int] = mapped_column(primary_key=True)
    """`EVERYBODY` or a person; no foreign key, so that the company's row can stand beside theirs."""
    is_weekend: Mapped[bool] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True)
    """0 to 23, on the wall of the person who shared."""
    posts: Mapped[int] = mapped_column(default=0)
    visitors: Mapped[int] = mapped_column(default=0)
    """People who followed the posts' links; a person counts once a day for each post."""
