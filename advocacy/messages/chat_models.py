"""Channels in Slack, Teams and Discord in which the hub tells everybody what is new, and what is on its way there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base


class ChatChannel(Base):
    """A channel of the company, reached by a webhook that an administrator pasted."""

    __tablename__ = "chat_channel"

    id: Mapped[int] = mapped_column(primary_key=True)
    network: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(32), unique=True)
    """What the address is sealed for."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The address, as JSON, sealed: whoever has it can post."""
    kinds: Mapped[list[Any]]
    """Names of the kinds of news it is told."""
    locale: Mapped[str] = mapped_column(String(10), default="en")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    failure: Mapped[dict[str, Any] | None]
    """Why the last post did not arrive, as a `Text`; None when it did."""


class ChatMessage(Base):
    """News on its way to a channel. A webhook cannot be asked, so it is handed over once; see docs/adr/0015."""

    __tablename__ = "chat_message"
    __table_args__ = (UniqueConstraint("channel_id", "cause"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("chat_channel.id", ondelete="CASCADE"))
    cause: Mapped[str] = mapped_column(String(80))
    """The kind and the event: the same is never told twice."""
    says: Mapped[dict[str, Any]]
    """A sentence as JSON."""
    about: Mapped[str] = mapped_column(String(200), default="")
    path: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None] = mapped_column(index=True)
    """When to send it (again); None once it is settled."""
    tries: Mapped[int] = mapped_column(default=0)
    handed_at: Mapped[datetime | None]
    """When it was handed over, while nobody has noted the answer."""
    sent_at: Mapped[datetime | None]
    unclear_at: Mapped[datetime | None]
    """When it was found that nobody knows whether it is there."""
    failure: Mapped[dict[str, Any] | None]
    """Why it is not there, as a `Text`."""
