"""People and where they belong: users, teams, roles, and their way in."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy.base.db import Base


class Role(enum.StrEnum):
    """What a person may do here; one can hold several. Everyone is an advocate."""

    ADVOCATE = "advocate"
    CURATOR = "curator"
    LEADER = "leader"
    ADMIN = "admin"


class UserState(enum.StrEnum):
    """Whether a person can sign in."""

    ACTIVE = "active"
    DISABLED = "disabled"


def closed_set(kind: type[enum.StrEnum]) -> Enum:
    """A column type for a closed set, kept as its plain words on every database."""
    return Enum(kind, native_enum=False, length=30, values_callable=lambda k: [member.value for member in k])


class Team(Base):
    """A department or a team in it."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("parent_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    manager_id: Mapped[int | None]
    """A user's id. No foreign key: users point at teams already, and SQLite cannot add the second one later."""

    parent: Mapped[Team | None] = relationship(remote_side=[id])


class User(Base):
    """A person who can sign in."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """In lower case."""
    name: Mapped[str] = mapped_column(String(120))
    job_title: Mapped[str] = mapped_column(String(120), default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[UserState] = mapped_column(closed_set(UserState), default=UserState.ACTIVE)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    location: Mapped[str] = mapped_column(String(80), default="")
    languages: Mapped[list[Any]] = mapped_column(default=list)
    """Languages the person posts in, as BCP 47 codes such as "en" and "nb"; the first is preferred."""
    locale: Mapped[str] = mapped_column(String(10), default="en")
    """Language of the pages: "en" or "nb"."""
    time_zone: Mapped[str] = mapped_column(String(60), default="UTC")
    theme: Mapped[str] = mapped_column(String(10), default="system")
    """`system`, `light` or `dark`."""
    ranked_by_name: Mapped[bool] = mapped_column(default=False)
    """Whether the person chose to appear by name on leaderboards."""
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    onboarded_at: Mapped[datetime | None]

    team: Mapped[Team | None] = relationship(foreign_keys=[team_id])
    role_rows: Mapped[list[UserRole]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held, advocate included."""
        return frozenset({Role.ADVOCATE, *(row.role for row in self.role_rows)})

    @property
    def is_active(self) -> bool:
        """Whether the person may use the hub (Flask-Login asks)."""
        return self.state is UserState.ACTIVE

    @property
    def is_authenticated(self) -> bool:
        """True: a user is somebody (Flask-Login asks)."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """False: a user is somebody (Flask-Login asks)."""
        return False

    def get_id(self) -> str:
        """The id as Flask-Login wants it."""
        return str(self.id)

    @property
    def initials(self) -> str:
        """Up to two letters for the avatar."""
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper()

    @property
    def first_name(self) -> str:
        """What a greeting calls the person."""
        return (self.name.split() or [self.email])[0]


class UserRole(Base):
    """One role of one person."""

    __tablename__ = "user_role"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = mapped_column(closed_set(Role), primary_key=True)


class SignInSession(Base):
    """A signed-in browser. Only the hash of its token is kept; deleting the row signs it out."""

    __tablename__ = "sign_in_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    """The absolute limit; the idle limit is counted from `last_seen_at`."""
    device: Mapped[str] = mapped_column(String(120), default="")


class Invitation(Base):
    """A way in: for one address, or a link that a whole team may use until it ends."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    """None: an open link, for anybody who has it, up to `places` people."""
    name: Mapped[str] = mapped_column(String(120), default="")
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    roles: Mapped[list[Any]] = mapped_column(default=list)
    location: Mapped[str] = mapped_column(String(80), default="")
    languages: Mapped[list[Any]] = mapped_column(default=list)
    locale: Mapped[str] = mapped_column(String(10), default="en")
    time_zone: Mapped[str] = mapped_column(String(60), default="UTC")
    places: Mapped[int] = mapped_column(default=1)
    taken: Mapped[int] = mapped_column(default=0)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("taken <= places", name="places"),)


class PasswordReset(Base):
    """A link by mail that sets a new password, once."""

    __tablename__ = "password_reset"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Policy(Base):
    """A version of the company's social-media policy. The newest is in force."""

    __tablename__ = "policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text)
    """Markdown."""
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class PolicyAcceptance(Base):
    """A person accepted a version of the policy."""

    __tablename__ = "policy_acceptance"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"), primary_key=True)
    accepted_at: Mapped[datetime]


class Attempts(Base):
    """How often something was tried in a window of time: sign-in, reset, and the like."""

    __tablename__ = "attempts"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    """What is counted, hashed, such as the sign-ins of one address."""
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class OutgoingMail(Base):
    """A letter waiting to be sent; its body is removed once it is."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (Index("ix_outgoing_mail_due", "sent_at", "next_try_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    sealed_body: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed, since it can hold a sign-in link."""
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(String(300), default="")
