"""Films on their way into the hub."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base


class FilmUpload(Base):
    """A film that somebody brings in pieces. How much of it is here is told by its file alone."""

    __tablename__ = "film_upload"
    __table_args__ = (UniqueConstraint("started_by", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    """Of the file on the person's device."""
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes of the whole."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    """By which the same file is known again: a hash of its name, size and last change."""
    part: Mapped[str] = mapped_column(String(40), unique=True)
    """The name of the file with what is here."""
    started_by: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime] = mapped_column(index=True)
    """When it was begun or taken up last."""
    film_id: Mapped[int | None] = mapped_column(ForeignKey("film.id"))
    """What became of it; kept for a while, since the answer may not have arrived."""
