"""What an administrator decides about networks: which are off, which the company adds, whom a channel is open to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base


class NetworkOff(Base):
    """A network that is switched off for everyone: there is a row for as long as it is."""

    __tablename__ = "network_off"

    network: Mapped[str] = mapped_column(String(30), primary_key=True)
    """The connector's name."""
    since: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class ChannelOpening(Base):
    """A channel that several people may share to, beside whoever connected it."""

    __tablename__ = "channel_opening"

    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    """None for everybody. When the team goes, the channel is its owner's alone again."""
    opened_at: Mapped[datetime]


class OwnNetwork(Base):
    """A network of the company's own, such as its intranet: the address of its share page."""

    __tablename__ = "own_network"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(40))
    template: Mapped[str] = mapped_column(String(1000))
    """An https address with `{url}`, `{text}` and `{title}` where they go."""
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    """No longer offered. The row stays: shares that were made keep their network's name."""

    @property
    def name(self) -> str:
        """What `Share.network` holds."""
        return f"own_{self.id}"
