"""Sums of what came of posts, for pages of many days. Derived; made anew from what they are sums of."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.base.events import BigId


class ClickSum(Base):
    """Clicks on links of posts, on the day they were made. Derived from `ReachDay`."""

    __tablename__ = "click_sum"
    __table_args__ = (Index("ix_click_sum_item", "item_id", "grain", "begins"),)

    grain: Mapped[str] = mapped_column(String(10), primary_key=True)
    """A `Grain`."""
    begins: Mapped[date] = mapped_column(primary_key=True)
    """UTC."""
    item_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0 for everything."""
    network: Mapped[str] = mapped_column(String(30), primary_key=True)
    raw: Mapped[int] = mapped_column(BigId, default=0)
    filtered: Mapped[int] = mapped_column(BigId, default=0)
    human: Mapped[int] = mapped_column(BigId, default=0)
    unique_visitors: Mapped[int] = mapped_column(BigId, default=0)


class RuleSum(Base):
    """How many clicks each rule filtered. Derived from `FilteredDay`."""

    __tablename__ = "rule_sum"
    __table_args__ = (Index("ix_rule_sum_item", "item_id", "grain", "begins"),)

    grain: Mapped[str] = mapped_column(String(10), primary_key=True)
    begins: Mapped[date] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    network: Mapped[str] = mapped_column(String(30), primary_key=True)
    rule: Mapped[str] = mapped_column(String(40), primary_key=True)
    clicks: Mapped[int] = mapped_column(BigId, default=0)


class FigureSum(Base):
    """What networks reported of posts, as last read, on the day the posts went out. Derived from the newest readings."""

    __tablename__ = "figure_sum"
    __table_args__ = (Index("ix_figure_sum_item", "item_id", "grain", "begins"),)

    grain: Mapped[str] = mapped_column(String(10), primary_key=True)
    begins: Mapped[date] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    network: Mapped[str] = mapped_column(String(30), primary_key=True)
    likes: Mapped[int] = mapped_column(BigId, default=0)
    reposts: Mapped[int] = mapped_column(BigId, default=0)
    replies: Mapped[int] = mapped_column(BigId, default=0)
    quotes: Mapped[int] = mapped_column(BigId, default=0)
    views: Mapped[int] = mapped_column(BigId, default=0)
    with_likes: Mapped[int] = mapped_column(default=0)
    """How many posts have this figure; without one, nothing is known, which is not 0."""
    with_reposts: Mapped[int] = mapped_column(default=0)
    with_replies: Mapped[int] = mapped_column(default=0)
    with_quotes: Mapped[int] = mapped_column(default=0)
    with_views: Mapped[int] = mapped_column(default=0)
