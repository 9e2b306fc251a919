"""Sums of what came of posts, for pages of many days. Derived; made anew from what they are sums of."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.base.events import BigId
from advocacy.base.grains import SumOfItems


class ClickSum(SumOfItems, Base):
    """Clicks on links of posts, on the day they were made. Derived from `ReachDay`."""

    __tablename__ = "click_sum"

    raw: Mapped[int] = mapped_column(BigId, default=0)
    filtered: Mapped[int] = mapped_column(BigId, default=0)
    human: Mapped[int] = mapped_column(BigId, default=0)
    unique_visitors: Mapped[int] = mapped_column(BigId, default=0)


class RuleSum(SumOfItems, Base):
    """How many clicks each rule filtered. Derived from `FilteredDay`."""

    __tablename__ = "rule_sum"

    rule: Mapped[str] = mapped_column(String(40), primary_key=True)
    clicks: Mapped[int] = mapped_column(BigId, default=0)


class FigureSum(SumOfItems, Base):
    """What networks reported of posts, as last read, on the day the posts went out. Derived from the newest readings."""

    __tablename__ = "figure_sum"

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
