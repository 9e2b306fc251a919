"""What should not stand in the forum: a curator takes it down and can put it back, its writer takes it back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid, NotAllowed, NotFound
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.voice import forum, forum_pieces, forum_reports
from advocacy.voice.forum_models import ForumReply, ForumReport, ForumTopic, TopicKind, TopicState
from advocacy.voice.forum_pieces import Piece

LONGEST_REASON = 300


@dataclass(frozen=True)
class Taken:
    """A piece that was taken down, with the names of its writer (None when anonymous) and of the curator."""

    piece: Piece
    writer: str | None
    by: str | None


def check_removable(piece: Piece, *, by: User) -> None:
    """Sees to it that something can be taken down by this curator.

    Raises:
        Conflict: it is not there any more.
        NotAllowed: they wrote it.
    """
    forum_pieces.check_there(piece)
    forum_pieces.check_not_own(piece, by)


def taken_down(session: Session) -> list[Taken]:
    """What was taken down and can be put back, the newest first; at most 100 topics and replies."""
    found: list[Piece] = []
    topics = select(ForumTopic).where(ForumTopic.hidden_at.is_not(None), ForumTopic.removed_day.is_(None))
    found += [
        Piece(one)
        for one in session.scalars(topics.order_by(ForumTopic.hidden_at.desc()).limit(forum_reports.MOST_SHOWN))
    ]
    replies = (
        select(ForumTopic, ForumReply)
        .join(ForumTopic, ForumTopic.id == ForumReply.topic_id)
        .where(ForumReply.hidden_at.is_not(None))
        .order_by(ForumReply.hidden_at.desc())
        .limit(forum_reports.MOST_SHOWN)
    )
    found += [Piece(topic, reply) for topic, reply in session.execute(replies)]
    found.sort(key=lambda piece: (piece.row.hidden_at, piece.row.id), reverse=True)
    people = {one for piece in found for one in (piece.writer_id, piece.row.hidden_by) if one is not None}
    names = {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(people)))}
    return [
        Taken(piece, names.get(piece.writer_id or 0), names.get(piece.row.hidden_by or 0))
        for piece in found[: forum_reports.MOST_SHOWN]
    ]


def take_down(session: Session, clock: Clock, *, piece: Piece, by: User, reason: str) -> None:
    """A curator takes something down: its reason stands in its place. Whoever wrote or reported it is told, where known.

    Points for an idea that was done, or for the answer to a question, go back.

    Raises:
        Conflict: it is not there any more.
        NotAllowed: they wrote it: another curator decides.
        Invalid: on `reason`, 1 to 300 characters.
    """
    check_removable(piece, by=by)
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON:
        raise Invalid("reason", Text("Please say why, in {count} characters at most.", count=LONGEST_REASON))
    reporters = forum_reports.settle(session, clock, piece)
    _back_from_points(session, clock, piece, by=by.id)
    piece.row.hidden_at, piece.row.hidden_by, piece.row.hidden_reason = clock.now(), by.id, said
    forum_pieces.tell(session, clock, "hidden", piece, by=by.id, more={"reason": said, "reporters": reporters})


def restore(session: Session, clock: Clock, *, piece: Piece, by: User) -> None:
    """A curator puts back what was taken down.

    Raises:
        NotFound: it was not taken down, or its writer took it back.
        NotAllowed: they wrote it: another curator decides.
    """
    if piece.row.hidden_at is None or piece.topic.removed_day is not None:
        raise NotFound(Text("This was not taken down."))
    forum_pieces.check_not_own(piece, by)
    piece.row.hidden_at, piece.row.hidden_by, piece.row.hidden_reason = None, None, ""
    if piece.reply is None and _is_idea_done(piece.topic):
        forum.tell_about(session, clock, "idea.done", piece.topic, by=by.id, user_id=piece.topic.user_id or 0)
    forum_pieces.tell(session, clock, "shown_again", piece, by=by.id)


def take_back(session: Session, clock: Clock, *, piece: Piece, by: User, is_writer: bool) -> None:
    """Its writer takes something back: the words are gone for good. What others said to a topic stays.

    Anonymous pieces leave neither event nor hour, as when they were written.

    Args:
        session: inside a transaction.
        clock: tells the day.
        piece: which.
        by: who takes it back.
        is_writer: whether they wrote the anonymous topic, as their browser's code proved.

    Raises:
        NotAllowed: they did not write it.
    """
    if not forum_pieces.is_own(piece, user_id=by.id, is_writer=is_writer):
        raise NotAllowed(Text("Only whoever wrote this can take it back."))
    has_name = piece.writer_id is not None
    if piece.row.hidden_at is None:
        _back_from_points(session, clock, piece, by=by.id)
    if piece.reply is not None:
        session.delete(piece.reply)
    else:
        session.execute(delete(ForumReport).where(ForumReport.piece_id == piece.topic.id))
        piece.topic.title, piece.topic.body, piece.topic.removed_day = "", "", forum.today(clock)
        piece.topic.is_settled = has_name
    session.flush()
    if has_name:
        forum_pieces.tell(session, clock, "taken_back", piece, by=by.id)


def _is_idea_done(topic: ForumTopic) -> bool:
    return topic.kind is TopicKind.IDEA and topic.user_id is not None and topic.state is TopicState.DONE


def _back_from_points(session: Session, clock: Clock, piece: Piece, *, by: int) -> None:
    topic, reply = piece.topic, piece.reply
    if reply is None and _is_idea_done(topic):
        forum.tell_about(session, clock, "idea.undone", topic, by=by, user_id=topic.user_id or 0)
    if reply is not None and topic.solution_id == reply.id:
        topic.solution_id = None
        if reply.user_id is not None:
            forum.tell_about(session, clock, "reply.unmarked", topic, by=by, user_id=reply.user_id)
