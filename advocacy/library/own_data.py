"""What the library holds about a person: what they wrote for it, and what they remarked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.library.brief_models import BriefReading
from advocacy.library.message_models import AcceptedFinding, KeyMessage
from advocacy.library.models import ContentItem, Film, ItemVersion, Picture, ReviewComment
from advocacy.library.source_models import Source
from advocacy.library.upload_models import FilmUpload
from advocacy.people.privacy import Holding, rows

_OF_THE_COMPANY = ("content", "search_words", "body", "internal_brief")
"""An item is the company's, whoever typed it: the export names it, with the hour and the note."""


def _export(session: Session, user_id: int) -> Mapping[str, Any]:
    written = select(ContentItem).where(ContentItem.created_by == user_id).order_by(ContentItem.id)
    changed = select(ItemVersion).where(ItemVersion.by == user_id).order_by(ItemVersion.id)
    said = select(ReviewComment).where(ReviewComment.user_id == user_id).order_by(ReviewComment.id)
    brought = select(Picture).where(Picture.created_by == user_id).order_by(Picture.id)
    films = select(Film).where(Film.created_by == user_id).order_by(Film.id)
    arriving = select(FilmUpload).where(FilmUpload.started_by == user_id).order_by(FilmUpload.id)
    feeds = select(Source).where(Source.created_by == user_id).order_by(Source.id)
    return {
        "items_written": rows(session, written, without=_OF_THE_COMPANY),
        "items_changed": rows(session, changed, without=_OF_THE_COMPANY),
        "comments": rows(session, said),
        "pictures": rows(session, brought),
        "films": rows(session, films),
        "film_uploads": rows(session, arriving, without=("part",)),
        "sources": rows(session, feeds),
        "briefs_read": rows(session, select(BriefReading).where(BriefReading.user_id == user_id)),
        "findings_let_stand": rows(session, select(AcceptedFinding).where(AcceptedFinding.by == user_id)),
        "key_messages_answered_for": rows(session, select(KeyMessage).where(KeyMessage.owner_id == user_id)),
    }


def _erase(session: Session, _clock: Clock, user_id: int) -> None:
    session.execute(update(ReviewComment).where(ReviewComment.user_id == user_id).values(user_id=None))
    session.execute(update(Picture).where(Picture.created_by == user_id).values(created_by=None))
    session.execute(update(Film).where(Film.created_by == user_id).values(created_by=None))
    session.execute(delete(BriefReading).where(BriefReading.user_id == user_id))
    session.execute(update(AcceptedFinding).where(AcceptedFinding.by == user_id).values(by=None))
    session.execute(update(KeyMessage).where(KeyMessage.owner_id == user_id).values(owner_id=None))
    session.execute(delete(FilmUpload).where(FilmUpload.started_by == user_id))  # its file goes with the next sweep


HOLDING = Holding(area="library", export=_export, erase=_erase)
"""Items and their history stay, with a number instead of a name: they are the company's."""
