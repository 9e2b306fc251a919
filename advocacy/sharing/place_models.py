"""How a network's server stands with us: what it may still get, and whether it answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base


class PlaceState(Base):
    """A network and the server of it, and so our app there: its bucket of tokens and its circuit breaker."""

    __tablename__ = "place_state"

    network: Mapped[str] = mapped_column(String(30), primary_key=True)
    """The connector's name."""
    server: Mapped[str] = mapped_column(String(255), primary_key=True)
    """As `Connection.server`."""
    taken: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Tokens out of the bucket, by the second of the database's time in which they were taken."""
    empty_until: Mapped[datetime | None]
    """The network asked our whole app to wait: the bucket stays empty."""
    failures: Mapped[int] = mapped_column(default=0)
    """In a row."""
    opened_at: Mapped[datetime | None]
    """Since when nobody asks it but one that tries; None while all is well."""
    next_try_at: Mapped[datetime | None]
    """When one may try."""
    trying_until: Mapped[datetime | None]
    """One tries just now; should its worker die, another may after this."""
    openings: Mapped[int] = mapped_column(default=0)
    """Tries in vain since it opened, the opening included: each wait is longer."""
    reason: Mapped[dict[str, Any] | None]
    """A `Text` as JSON: what it said last."""
