"""Files of figures that are made in the background: who asked for what, and how far it is."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.people.models import closed_set


class FileState(enum.StrEnum):
    """How far a file is."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (FileState.WAITING, FileState.WORKING)
"""Not over yet."""


class FigureFile(Base):
    """A table that somebody wants as a file, too long to wait for."""

    __tablename__ = "figure_file"
    __table_args__ = (Index("ix_figure_file_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(20))
    """Of the table."""
    form: Mapped[str] = mapped_column(String(10))
    """`xlsx`, `csv` or `plain`."""
    choices: Mapped[dict[str, str]]
    """`first`, `last`, and the filters that the table knows, each looked at when it was asked for."""
    locale: Mapped[str] = mapped_column(String(10))
    """The language it is written in."""
    state: Mapped[FileState] = mapped_column(closed_set(FileState), default=FileState.WAITING)
    rows: Mapped[int | None]
    """In all; None until they were counted."""
    done: Mapped[int] = mapped_column(default=0)
    """Written so far."""
    turn: Mapped[int] = mapped_column(default=0)
    """How often a worker began it: the file's name ends with it, so that one that was given up is not mixed in."""
    taken_until: Mapped[datetime | None]
    """Until when the worker that makes it is left alone."""
    ended_at: Mapped[datetime | None]
    reason: Mapped[dict[str, Any] | None]
    """Why there is none, as a `Text` kept as JSON."""
    size: Mapped[int | None]
    """Bytes."""

    @property
    def is_open(self) -> bool:
        """Whether it is not over yet."""
        return self.state in OPEN
