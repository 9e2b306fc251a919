"""Letters that wait to be sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base


class OutgoingMail(Base):
    """A letter waiting to be sent; what it says is removed once it is settled."""

    __tablename__ = "outgoing_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(60), unique=True)
    """Without its domain. The same at every try, so that a letter sent twice is shown once."""
    to: Mapped[str] = mapped_column(String(254), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    """What it is for, such as `reset`, for the list of letters; `survey:12` is of round 12."""
    locale: Mapped[str] = mapped_column(String(10), default="en")
    sealed_letter: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A `base.letters.Letter` as JSON, sealed, since it can hold a way in."""
    created_at: Mapped[datetime]
    is_urgent: Mapped[bool] = mapped_column(default=False)
    """Whether somebody waits for it in front of the screen: goes before a thousand invitations."""
    next_try_at: Mapped[datetime | None] = mapped_column(index=True)
    """When to send it (again); None once it is settled either way."""
    give_up_at: Mapped[datetime]
    """After this it is of no use."""
    tries: Mapped[int] = mapped_column(default=0)
    is_once: Mapped[bool] = mapped_column(default=False)
    """Whether it is rather not sent again where nobody knows whether it arrived; see docs/adr."""
    handed_at: Mapped[datetime | None]
    """Of letters that are sent once: when the server had taken the address, and the letter itself was to follow."""
    unclear_at: Mapped[datetime | None]
    """When it was found that nobody knows whether it arrived."""
    sent_at: Mapped[datetime | None]
    """When the company's mail server took it; what servers behind it do comes back as a letter."""
    bounced_at: Mapped[datetime | None]
    """When a report came that it did not arrive."""
    failed_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(String(300), default="")
    """What the mail server said, in its own words."""


class PausedAddress(Base):
    """An address that a mail server knows nothing of: letters that nobody waits for no longer go there."""

    __tablename__ = "paused_address"

    email: Mapped[str] = mapped_column(String(254), primary_key=True)
    since: Mapped[datetime]
    said: Mapped[str] = mapped_column(String(300))
    """What the mail server said, in its own words."""
