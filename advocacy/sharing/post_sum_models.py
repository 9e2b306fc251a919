"""Sums of what went out; derived from the shares, and made anew from them on doubt."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.base.grains import SumOfItems


class PostSum(SumOfItems, Base):
    """Posts that went out, by how we know it. They stand on the day they went out, taken down since or not."""

    __tablename__ = "post_sum"

    by_network: Mapped[int] = mapped_column(default=0)
    by_click: Mapped[int] = mapped_column(default=0)
    claimed: Mapped[int] = mapped_column(default=0)
    taken_down: Mapped[int] = mapped_column(default=0)
    """Of all these."""


class SharerGap(Base):
    """On a day, how many people had a post go out whose last day with one was some other.

    People with a post between two days are those whose last day before lies before the first of the two: so that many
    people of any days are counted without looking at one of them, and nobody stands here.
    """

    __tablename__ = "sharer_gap"

    network: Mapped[str] = mapped_column(String(30), primary_key=True)
    """"" for all: somebody who posts to two networks counts once there."""
    day: Mapped[date] = mapped_column(primary_key=True)
    """UTC."""
    before: Mapped[date] = mapped_column(primary_key=True)
    """The day before that, of the same people there; the year 1 for their first."""
    people: Mapped[int] = mapped_column(default=0)
