"""Ways in: invitations, lists of people to invite, forgotten passwords, and how often somebody tried."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy.base.db import Base
from advocacy.people.models import Team, User


class InvitationStage(enum.StrEnum):
    """Where an invitation stands at a given moment."""

    OPEN = "open"
    ACCEPTED = "accepted"
    """Every place is taken."""
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Invitation(Base):
    """A way in: for one address, or a link that a whole team may use until it ends."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sealed_token: Mapped[bytes] = mapped_column(LargeBinary)
    """So that an administrator can copy the link again."""
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    """None: an open link, for anybody who has it, up to `places` people."""
    email_domain: Mapped[str] = mapped_column(String(200), default="")
    """Open links: only addresses at this domain may join; empty for any."""
    name: Mapped[str] = mapped_column(String(120), default="")
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    roles: Mapped[list[Any]] = mapped_column(default=list)
    location: Mapped[str] = mapped_column(String(80), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    languages: Mapped[list[Any]] = mapped_column(default=list)
    locale: Mapped[str] = mapped_column(String(10), default="en")
    time_zone: Mapped[str] = mapped_column(String(60), default="")
    """Empty: the person's browser tells."""
    places: Mapped[int] = mapped_column(default=1)
    taken: Mapped[int] = mapped_column(default=0)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("taken <= places", name="places"),)

    team: Mapped[Team | None] = relationship()
    inviter: Mapped[User | None] = relationship()

    def stage(self, now: datetime) -> InvitationStage:
        """Where the invitation stands at `now`."""
        if self.withdrawn_at is not None:
            return InvitationStage.WITHDRAWN
        if self.taken >= self.places:
            return InvitationStage.ACCEPTED
        return InvitationStage.EXPIRED if self.expires_at <= now else InvitationStage.OPEN


class PeopleFile(Base):
    """A list of people that was read and checked, and waits for somebody to say yes."""

    __tablename__ = "people_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200), default="")
    rows: Mapped[list[Any]]
    """Every row as it stood in the file, as a list of cells under `columns`."""
    columns: Mapped[list[Any]]
    makes_teams: Mapped[bool] = mapped_column(default=False)
    """Whether teams that are not there yet are made."""
    created_by: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(index=True)


class PasswordReset(Base):
    """A link by mail that sets a new password, once."""

    __tablename__ = "password_reset"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Attempts(Base):
    """How often something was tried in a window of time: sign-in, reset, and the like."""

    __tablename__ = "attempts"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    """What is counted, hashed, such as the sign-ins of one address."""
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
