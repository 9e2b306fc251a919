"""Notifications, and what people choose to hear of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.base.events import BigId


class Notification(Base):
    """One person is told of one event."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("user_id", "cause"),
        Index("ix_notification_unread", "user_id", "is_folded", "read_at"),
        Index("ix_notification_list", "user_id", "is_folded", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    cause: Mapped[str] = mapped_column(String(80))
    """The kind and the event: the same event never tells a person the same twice."""
    kind: Mapped[str] = mapped_column(String(40))
    says: Mapped[dict[str, Any]]
    """`one`: a sentence as JSON; `together`: for several people, with `{count}`, or null."""
    about: Mapped[str] = mapped_column(String(200), default="")
    path: Mapped[str] = mapped_column(String(300))
    bundle: Mapped[str] = mapped_column(String(80), default="")
    actor_id: Mapped[int | None]
    """Who did it, to count people and not events; a number that is wiped when they erase themselves."""
    count: Mapped[int] = mapped_column(default=1)
    """How many people it speaks of, where it stands for several."""
    at: Mapped[datetime] = mapped_column(index=True)
    read_at: Mapped[datetime | None]
    is_folded: Mapped[bool] = mapped_column(default=False)
    """Whether a later one of its bundle stands for it."""
    mail_due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it goes into a letter; None when it does not, or did."""
    mailed_at: Mapped[datetime | None]
    """All of one letter have the same moment."""
    push_due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it goes to the person's devices; None when it does not, or did."""
    pushed_at: Mapped[datetime | None]
    """All of one push have the same moment."""


class NotificationChoice(Base):
    """A person wants a kind on a channel, or does not; without a row the kind's default holds."""

    __tablename__ = "notification_choice"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    """`app`, `mail` or `push`."""
    is_on: Mapped[bool]


class MessageSettings(Base):
    """What a person decided about letters; without a row the defaults hold."""

    __tablename__ = "message_settings"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    wants_letters: Mapped[bool] = mapped_column(default=True)
    """Notifications by e-mail at all."""
    wants_newsletter: Mapped[bool] = mapped_column(default=True)
    wants_figures: Mapped[bool] = mapped_column(default=True)
    """The monthly letter that leaders get."""
    quiet_from: Mapped[int] = mapped_column(default=20)
    """Hour of the day in the person's zone; the same as `quiet_until` for no quiet hours."""
    quiet_until: Mapped[int] = mapped_column(default=7)
    most_letters: Mapped[int] = mapped_column(default=3)
    """Letters about notifications a day."""
    most_pushes: Mapped[int] = mapped_column(default=10)
    """Pushes to their devices a day."""
    digest: Mapped[str] = mapped_column(String(10), default="weekly")
    """How often the letter with what is new for them comes: one of `choices.RHYTHMS`."""


class DigestTurn(Base):
    """When a person's next letter with what is new for them is due."""

    __tablename__ = "digest_turn"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    on: Mapped[date | None] = mapped_column(Date)
    """The day where the person is; None where it has to be worked out, or for never."""
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """That day's morning where they were when it was worked out."""
    taken_until: Mapped[datetime | None]
    """Until when the worker that writes it is left alone."""
    since: Mapped[datetime | None]
    """Up to when the last one looked; None before the first."""
