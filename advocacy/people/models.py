"""People and where they belong: users, teams, roles, and their way in."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Enum,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from advocacy.base.db import Base
from advocacy.base.editions import REMEMBERED


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
    ERASED = "erased"
    """The person erased themselves: nothing is left that says who it was."""


def closed_set(kind: type[enum.StrEnum]) -> Enum:
    """A column type for a closed set, kept as its plain words on every database."""
    return Enum(kind, native_enum=False, length=30, values_callable=lambda k: [member.value for member in k])


class Team(Base):
    """A department or a team in it."""

    __tablename__ = "team"
    __table_args__ = (
        UniqueConstraint("parent_id", "name"),
        Index(
            "uq_team_name_at_the_top",
            "name",
            unique=True,
            sqlite_where=sql_text("parent_id IS NULL"),
            postgresql_where=sql_text("parent_id IS NULL"),
        ),
        {"info": {REMEMBERED: True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    manager_id: Mapped[int | None]
    """A user's id. No foreign key: users point at teams already, and SQLite cannot add the second one later."""

    parent: Mapped[Team | None] = relationship(remote_side=[id])


class User(Base):
    """A person who can sign in."""

    __tablename__ = "user"
    __table_args__ = (Index("ix_user_search_words", "search_words", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """In lower case."""
    name: Mapped[str] = mapped_column(String(120))
    search_words: Mapped[str] = mapped_column(String(500), default="")
    """Name and e-mail without regard to case: what people are sorted and searched by."""
    job_title: Mapped[str] = mapped_column(String(120), default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[UserState] = mapped_column(closed_set(UserState), default=UserState.ACTIVE)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    location: Mapped[str] = mapped_column(String(80), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    """Where the person works, as ISO 3166-1 alpha-2; "" when not known. Decides what their posts disclose."""
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
    """When the first share was made."""
    onboarding_skipped_at: Mapped[datetime | None]

    team: Mapped[Team | None] = relationship(foreign_keys=[team_id])
    role_rows: Mapped[list[UserRole]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @validates("name", "email")
    def _keep_search_words(self, key: str, value: str) -> str:
        name, email = (value, self.email) if key == "name" else (self.name, value)
        self.search_words = f"{name or ''} {email or ''}".casefold()[:500]
        return value

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


class Policy(Base):
    """A version of the company's social-media policy. The newest is in force."""

    __tablename__ = "policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    """1 for the first version."""
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
