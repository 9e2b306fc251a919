"""Challenges: who against whom, for how long and for what; sums while they run, and results that stay."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.people.models import closed_set


class ChallengeKind(enum.StrEnum):
    """Who stands against whom."""

    PEOPLE = "people"
    """Everybody who joins, each for themselves."""
    TEAMS = "teams"
    """Chosen teams or departments; whoever is in one takes part."""
    MIXED = "mixed"
    """Teams made for this, from all departments; people join one."""


class Counts(enum.StrEnum):
    """What counts, by the ledger."""

    POINTS = "points"
    SHARES = "shares"
    VISITORS = "visitors"
    COURSES = "courses"


class ChallengeState(enum.StrEnum):
    """Where a challenge stands with its organisers; whether it runs follows from its days, see `Stage`."""

    OPEN = "open"
    CLOSED = "closed"
    """The result is kept."""
    CANCELLED = "cancelled"


class Challenge(Base):
    """A contest of fixed days."""

    __tablename__ = "challenge"
    __table_args__ = (Index("ix_challenge_state_ends", "state", "ends_at"), Index("ix_challenge_ends", "ends_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    description: Mapped[str] = mapped_column(Text, default="")
    """Markdown."""
    kind: Mapped[ChallengeKind] = mapped_column(closed_set(ChallengeKind))
    counts: Mapped[Counts] = mapped_column(closed_set(Counts))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id", ondelete="SET NULL"))
    """Only posts of this campaign count; None for all, and when the campaign is gone."""
    campaign_name: Mapped[str] = mapped_column(String(120), default="")
    """"" for all: of a campaign that is gone nothing more counts, and what did stays."""
    time_zone: Mapped[str] = mapped_column(String(60))
    """The company's when it was made: a later change of the setting moves no days."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """The last day that counts."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """The end of the last day."""
    smallest: Mapped[int]
    """People in the smallest side that is counted."""
    prize_points: Mapped[int] = mapped_column(default=0)
    """To each member of the side that wins."""
    prize_text: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[ChallengeState] = mapped_column(closed_set(ChallengeState), default=ChallengeState.OPEN)
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it was cancelled."""
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    started_told_at: Mapped[datetime | None]
    ending_told_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class ChallengeSide(Base):
    """One of those who stand against one another, where these are not single people."""

    __tablename__ = "challenge_side"
    __table_args__ = (UniqueConstraint("challenge_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(160))
    """A team's path as it was then, or the name of a mixed team."""
    team_id: Mapped[int | None]
    """No foreign key: a team may be removed later, and its result stays."""


class ChallengeMember(Base):
    """A person joined."""

    __tablename__ = "challenge_member"
    __table_args__ = (Index("ix_challenge_member_user", "user_id"),)

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    side_id: Mapped[int | None] = mapped_column(ForeignKey("challenge_side.id", ondelete="CASCADE"), index=True)
    joined_at: Mapped[datetime]


class ChallengeTally(Base):
    """What a person has brought together in a challenge's days. Derived from the ledger; moved with each entry."""

    __tablename__ = "challenge_tally"
    __table_args__ = (Index("ix_challenge_tally_user", "user_id"),)

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    score: Mapped[int] = mapped_column(default=0)


class ChallengeResult(Base):
    """How a side stood when the challenge was closed. Never changed."""

    __tablename__ = "challenge_result"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), primary_key=True)
    side_id: Mapped[int] = mapped_column(ForeignKey("challenge_side.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int | None]
    """None: too small to be counted."""
    score: Mapped[int]
    heads: Mapped[int]
    has_won: Mapped[bool]


class ChallengePart(Base):
    """Who belonged to which side when the challenge was closed, and what they brought. Never changed."""

    __tablename__ = "challenge_part"
    __table_args__ = (
        Index("ix_challenge_part_user", "user_id"),
        Index("ix_challenge_part_rank", "challenge_id", "rank", "user_id"),
    )

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    side_id: Mapped[int | None] = mapped_column(ForeignKey("challenge_side.id", ondelete="CASCADE"), index=True)
    score: Mapped[int]
    rank: Mapped[int | None]
    """Of single people; None where sides stand against one another."""
    has_won: Mapped[bool]
