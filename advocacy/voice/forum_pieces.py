"""A topic of the forum or one of its replies, as what can be reported, taken down and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, NotAllowed, NotFound
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.voice import forum
from advocacy.voice.forum_models import ForumReply, ForumTopic


@dataclass(frozen=True)
class Piece:
    """A topic, or one of its replies.

    Args:
        topic: the topic, also of a reply.
        reply: None when it is the topic itself.
    """

    topic: ForumTopic
    reply: ForumReply | None = None

    @property
    def row(self) -> ForumTopic | ForumReply:
        """What is reported, taken down or taken back."""
        return self.reply or self.topic

    @property
    def writer_id(self) -> int | None:
        """Who wrote it; None when anonymous."""
        return self.row.user_id

    @property
    def is_around_anonymous(self) -> bool:
        """Whether the topic has no name: then nothing that is done around it by colleagues may keep one."""
        return self.topic.user_id is None


def find(session: Session, *, topic_id: str, reply_id: str = "") -> Piece:
    """A topic, or one of its replies.

    Args:
        session: any.
        topic_id: the topic.
        reply_id: one of its replies; "" for the topic itself.

    Raises:
        NotFound: there is none.
    """
    topic = forum.get(session, topic_id=topic_id)
    if not reply_id:
        return Piece(topic)
    reply = session.get(ForumReply, reply_id)
    if reply is None or reply.topic_id != topic.id:
        raise NotFound(Text("We could not find that reply."))
    return Piece(topic, reply)


def is_own(piece: Piece, *, user_id: int, is_writer: bool) -> bool:
    """Whether somebody wrote it: with their name, or anonymously as the code proves."""
    if piece.writer_id is not None:
        return piece.writer_id == user_id
    return is_writer and (piece.reply is None or piece.reply.is_from_writer)


def check_there(piece: Piece) -> None:
    """Sees to it that everybody can read it.

    Raises:
        Conflict: it was taken down or taken back.
    """
    if not piece.topic.is_there or piece.row.hidden_at is not None:
        raise Conflict(Text("This was taken down or taken back."))


def check_not_own(piece: Piece, by: User) -> None:
    """Sees to it that a curator does not decide about their own words.

    Raises:
        NotAllowed: they wrote it.
    """
    if piece.writer_id == by.id:
        raise NotAllowed(Text("You wrote this one. Another curator decides about it."))


def tell(
    session: Session, clock: Clock, what: str, piece: Piece, *, by: int, more: Mapping[str, Any] | None = None
) -> None:
    """Records what was done to it; `more` says about it what its keys do not."""
    data = {"topic": piece.topic.id} | ({"reply": piece.reply.id} if piece.reply else {}) | dict(more or {})
    events.record(session, clock, kind=f"topic.{what}", actor_id=by, subject=("forum_topic", None), data=data)
