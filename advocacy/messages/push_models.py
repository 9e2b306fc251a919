"""Browsers that show notifications by themselves, and what is on its way to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base


class PushDevice(Base):
    """A browser of a person's that takes pushes. It goes with its sign-in: who is signed out is told nothing."""

    __tablename__ = "push_device"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    sign_in: Mapped[str] = mapped_column(ForeignKey("sign_in_session.token_hash", ondelete="CASCADE"), index=True)
    endpoint_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """Where it is reached and its keys, as JSON, sealed: whoever has them could disturb its owner."""
    name: Mapped[str] = mapped_column(String(120))
    """Browser and system, for its owner's list."""
    created_at: Mapped[datetime]
    failure: Mapped[str] = mapped_column(String(300), default="")
    """What went wrong last; "" when all is well."""


class PushMessage(Base):
    """Something on its way to a device; gone once it is settled."""

    __tablename__ = "push_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("push_device.id", ondelete="CASCADE"), index=True)
    says: Mapped[dict[str, Any]]
    """`title`, `path` and `tag`: a browser shows one of a tag, so that one sent twice is seen once."""
    next_try_at: Mapped[datetime] = mapped_column(index=True)
    give_up_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
