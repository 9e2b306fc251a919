"""The forum: what colleagues raise, how it is answered, and what was written anonymously (docs/adr/0008).

Keys are random and SQLite keeps rows by them, so that no order tells when something anonymous was written between
things whose moment is known.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.base.db import Base
from advocacy.people.models import closed_set
from advocacy.voice.survey_models import UNORDERED


class TopicKind(enum.StrEnum):
    """What somebody raises."""

    IDEA = "idea"
    QUESTION = "question"
    CRITICISM = "criticism"


class TopicState(enum.StrEnum):
    """Where it stands, for everybody to see."""

    OPEN = "open"
    HEARD = "heard"
    PLANNED = "planned"
    DONE = "done"
    DECLINED = "declined"
    """No, and why."""


class ForumTopic(Base):
    """An idea, a question or criticism."""

    __tablename__ = "forum_topic"
    __table_args__ = (
        Index("ix_forum_topic_newest", "day", "id"),
        Index("ix_forum_topic_votes", "votes", "id"),
        Index("ix_forum_topic_state", "state", "day", "id"),
        UNORDERED,
    )

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    kind: Mapped[TopicKind] = mapped_column(closed_set(TopicKind))
    title: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text)
    """Plain words, or Markdown."""
    day: Mapped[date]
    """When it was written: no hour, whoever wrote it."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    """Who wrote it; None when anonymous."""
    code_hash: Mapped[str | None] = mapped_column(String(64))
    """Of an anonymous one: the hash of the code that its writer keeps. Nothing else leads back."""
    is_settled: Mapped[bool] = mapped_column(default=True)
    """Whether the row was written anew with the others of its day, so that no order of writing is left."""
    state: Mapped[TopicState] = mapped_column(closed_set(TopicState), default=TopicState.OPEN)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    answer: Mapped[str] = mapped_column(Text, default="")
    """What the company says to it, beside the state."""
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    votes: Mapped[int] = mapped_column(default=0)
    merged_into_id: Mapped[str | None] = mapped_column(ForeignKey("forum_topic.id"), index=True)
    """The topic that says the same; this one then only leads there."""
    solution_id: Mapped[str | None] = mapped_column(String(24))
    """The reply that was marked as the answer to a question with a name. No foreign key: replies point here."""
    hidden_at: Mapped[datetime | None]
    hidden_by: Mapped[int | None]
    """The curator who took it down. No foreign key: SQLite would have to write the table anew."""
    hidden_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    """What stands in its place, for everybody to read."""
    removed_day: Mapped[date | None]
    """When its writer took it back: a day alone, as for the writing. Its words are gone; what others said stays."""

    @property
    def is_there(self) -> bool:
        """Whether everybody can read it: neither taken down nor taken back."""
        return self.hidden_at is None and self.removed_day is None


class ForumReply(Base):
    """A word to a topic."""

    __tablename__ = "forum_reply"
    __table_args__ = (UNORDERED,)

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    topic_id: Mapped[str] = mapped_column(ForeignKey("forum_topic.id", ondelete="CASCADE"), index=True)
    place: Mapped[int]
    """Which in its topic, from 1."""
    body: Mapped[str] = mapped_column(Text)
    day: Mapped[date]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    is_from_writer: Mapped[bool] = mapped_column(default=False)
    """Written anonymously by whoever wrote the topic, proved by the code."""
    is_settled: Mapped[bool] = mapped_column(default=True)
    hidden_at: Mapped[datetime | None]
    hidden_by: Mapped[int | None]
    """The curator who took it down. No foreign key: SQLite would have to write the table anew."""
    hidden_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    """What stands in its place, for everybody to read."""


class ForumVote(Base):
    """A person is for it. Never set by writing: a vote has a name, an anonymous topic has none."""

    __tablename__ = "forum_vote"
    __table_args__ = (UNORDERED,)

    topic_id: Mapped[str] = mapped_column(ForeignKey("forum_topic.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)


class ForumReport(Base):
    """Somebody asks the curators to look at a topic or a reply; once a person.

    Where the topic has a writer's name, the report keeps who it is from, so that they hear what became of it. Around an
    anonymous topic it keeps nobody: there it is known again by a code that only the reporter's browser can make.
    """

    __tablename__ = "forum_report"
    __table_args__ = (UNORDERED,)

    piece_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    """The reply's key, or the topic's."""
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The person's number, or the hash of their browser's code."""
    topic_id: Mapped[str] = mapped_column(ForeignKey("forum_topic.id", ondelete="CASCADE"), index=True)
    reply_id: Mapped[str | None] = mapped_column(ForeignKey("forum_reply.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    """Who; None around an anonymous topic. Curators and the writer are not told."""
    reason: Mapped[str] = mapped_column(String(500))
    day: Mapped[date]
    is_told: Mapped[bool] = mapped_column(default=False)
    """Whether curators were told. The clock does that for all at once, and so writes the row anew."""
    settled_at: Mapped[datetime | None] = mapped_column(index=True)
    """When a curator took the piece down or left it; None while it waits for one."""
