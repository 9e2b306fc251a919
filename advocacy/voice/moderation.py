"""What should not stand in the forum: colleagues report it, a curator takes it down or leaves it, its writer takes it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.db import upsert
from advocacy.base.errors import Conflict, Invalid, NotAllowed, NotFound
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.voice import forum
from advocacy.voice.forum_models import ForumReply, ForumReport, ForumTopic, TopicKind, TopicState

LONGEST = 500
LONGEST_REASON = 300
MOST_SHOWN = 100


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


@dataclass(frozen=True)
class Waiting:
    """A piece that a curator is to look at.

    Args:
        piece: which.
        writer: its writer's name; None when anonymous.
        reasons: what colleagues find wrong, without their names.
    """

    piece: Piece
    writer: str | None
    reasons: Sequence[str]


@dataclass(frozen=True)
class Taken:
    """A piece that was taken down, with the names of its writer (None when anonymous) and of the curator."""

    piece: Piece
    writer: str | None
    by: str | None


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


def check_reportable(piece: Piece, *, by: User) -> None:
    """Sees to it that something can be reported by somebody.

    Raises:
        Conflict: it is not there any more.
        NotAllowed: they wrote it.
    """
    _check_there(piece)
    if piece.writer_id == by.id:
        raise NotAllowed(Text("You wrote this one. You can take it back."))


def check_removable(piece: Piece, *, by: User) -> None:
    """Sees to it that something can be taken down by this curator.

    Raises:
        Conflict: it is not there any more.
        NotAllowed: they wrote it.
    """
    _check_there(piece)
    _check_not_own(piece, by)


def report(
    session: Session, clock: Clock, *, piece: Piece, by: User, reason: str, code_hash: str | None = None
) -> None:
    """Asks the curators to look at something; once a person. Said again while it waits, the later words stand.

    Args:
        session: inside a transaction.
        clock: tells the day.
        piece: which.
        by: who finds it wrong; not its writer. Around an anonymous topic they are not written down.
        reason: 1 to 500 characters.
        code_hash: around an anonymous topic: the hash of the code by which their browser knows the report again.

    Raises:
        Conflict: it is not there any more, or a curator has answered this person's report.
        NotAllowed: they wrote it.
        Invalid: on `reason`.
        ValueError: the topic is anonymous and there is no code.
    """
    check_reportable(piece, by=by)
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST:
        raise Invalid("reason", Text("Please say what is wrong, in {count} characters at most.", count=LONGEST))
    key, user_id = str(by.id), by.id if not piece.is_around_anonymous else None
    if piece.is_around_anonymous:
        if code_hash is None:
            raise ValueError("around an anonymous topic a report needs a code")
        key = code_hash
    making = upsert(session, ForumReport).values(
        piece_id=piece.row.id,
        key=key,
        topic_id=piece.topic.id,
        reply_id=piece.reply.id if piece.reply else None,
        user_id=user_id,
        reason=said,
        day=forum.today(clock),
        is_told=False,
    )
    kept = session.scalar(
        making.on_conflict_do_update(
            index_elements=["piece_id", "key"], set_={"reason": said}, where=ForumReport.settled_at.is_(None)
        ).returning(ForumReport.piece_id)
    )
    if kept is None:
        raise Conflict(Text("You reported this before. A curator looked at it and left it."))


def reported_by(session: Session, *, topic_id: str, keys: Mapping[str, str], user_id: int) -> set[str]:
    """Which pieces around a topic this person has reported and no curator has answered.

    Args:
        session: any.
        topic_id: the topic.
        keys: by piece, the hash that their browser makes for it; empty where there is no browser's secret.
        user_id: who looks.
    """
    query = select(ForumReport.piece_id, ForumReport.key).where(
        ForumReport.topic_id == topic_id, ForumReport.settled_at.is_(None)
    )
    return {row.piece_id for row in session.execute(query) if row.key in (str(user_id), keys.get(row.piece_id, ""))}


def waiting(session: Session, *, reader: User) -> list[Waiting]:
    """What curators are to look at, the oldest first, without what this one wrote; at most 100."""
    first = (
        select(ForumReport.piece_id, func.min(ForumReport.day).label("day"))
        .where(ForumReport.settled_at.is_(None))
        .group_by(ForumReport.piece_id)
        .subquery()
    )
    query = (
        select(ForumTopic, ForumReply, User.name)
        .select_from(first)
        .outerjoin(ForumReply, ForumReply.id == first.c.piece_id)
        .join(ForumTopic, ForumTopic.id == func.coalesce(ForumReply.topic_id, first.c.piece_id))
        .outerjoin(User, User.id == _writer())
        .where(*_for(reader))
        .order_by(first.c.day, first.c.piece_id)
        .limit(MOST_SHOWN)
    )
    found = [(Piece(topic, reply), name) for topic, reply, name in session.execute(query)]
    said: dict[str, list[str]] = {piece.row.id: [] for piece, _ in found}
    reasons = select(ForumReport.piece_id, ForumReport.reason).where(
        ForumReport.settled_at.is_(None), ForumReport.piece_id.in_(list(said))
    )
    for row in session.execute(reasons.order_by(ForumReport.piece_id, ForumReport.reason)):
        said[row.piece_id].append(row.reason)
    return [Waiting(piece, name, said[piece.row.id]) for piece, name in found]


def count(session: Session, *, reader: User) -> int:
    """How many pieces wait for this curator; at most 100 are counted."""
    query = (
        select(ForumReport.piece_id)
        .outerjoin(ForumReply, ForumReply.id == ForumReport.piece_id)
        .join(ForumTopic, ForumTopic.id == ForumReport.topic_id)
        .where(ForumReport.settled_at.is_(None), *_for(reader))
        .distinct()
        .limit(MOST_SHOWN)
    )
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def taken_down(session: Session) -> list[Taken]:
    """What was taken down and can be put back, the newest first; at most 100 topics and replies."""
    found: list[Piece] = []
    topics = select(ForumTopic).where(ForumTopic.hidden_at.is_not(None), ForumTopic.removed_day.is_(None))
    found += [Piece(one) for one in session.scalars(topics.order_by(ForumTopic.hidden_at.desc()).limit(MOST_SHOWN))]
    replies = (
        select(ForumTopic, ForumReply)
        .join(ForumTopic, ForumTopic.id == ForumReply.topic_id)
        .where(ForumReply.hidden_at.is_not(None))
        .order_by(ForumReply.hidden_at.desc())
        .limit(MOST_SHOWN)
    )
    found += [Piece(topic, reply) for topic, reply in session.execute(replies)]
    found.sort(key=lambda piece: (piece.row.hidden_at, piece.row.id), reverse=True)
    people = {one for piece in found for one in (piece.writer_id, piece.row.hidden_by) if one is not None}
    names = {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(people)))}
    return [
        Taken(piece, names.get(piece.writer_id or 0), names.get(piece.row.hidden_by or 0))
        for piece in found[:MOST_SHOWN]
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
    reporters = _settle_reports(session, clock, piece)
    _back_from_points(session, clock, piece, by=by.id)
    piece.row.hidden_at, piece.row.hidden_by, piece.row.hidden_reason = clock.now(), by.id, said
    _tell(session, clock, "hidden", piece, by=by.id, more={"reason": said, "reporters": reporters})


def restore(session: Session, clock: Clock, *, piece: Piece, by: User) -> None:
    """A curator puts back what was taken down.

    Raises:
        NotFound: it was not taken down, or its writer took it back.
        NotAllowed: they wrote it: another curator decides.
    """
    if piece.row.hidden_at is None or piece.topic.removed_day is not None:
        raise NotFound(Text("This was not taken down."))
    _check_not_own(piece, by)
    piece.row.hidden_at, piece.row.hidden_by, piece.row.hidden_reason = None, None, ""
    if piece.reply is None and _is_idea_done(piece.topic):
        forum.tell_about(session, clock, "idea.done", piece.topic, by=by.id, user_id=piece.topic.user_id or 0)
    _tell(session, clock, "shown_again", piece, by=by.id)


def leave_it(session: Session, clock: Clock, *, piece: Piece, by: User) -> None:
    """A curator finds nothing wrong: it stays, and whoever reported it is told, where known.

    Raises:
        NotFound: nobody reported it, or somebody else has answered.
        NotAllowed: they wrote it: another curator decides.
    """
    _check_not_own(piece, by)
    if not session.scalar(select(func.count()).where(*_open_reports(piece))):
        raise NotFound(Text("Nobody reported this one, or somebody has looked at it already."))
    reporters = _settle_reports(session, clock, piece)
    _tell(session, clock, "report_answered", piece, by=by.id, more={"reporters": reporters})


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
    if not is_own(piece, user_id=by.id, is_writer=is_writer):
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
        _tell(session, clock, "taken_back", piece, by=by.id)


def is_own(piece: Piece, *, user_id: int, is_writer: bool) -> bool:
    """Whether somebody wrote it: with their name, or anonymously as the code proves."""
    if piece.writer_id is not None:
        return piece.writer_id == user_id
    return is_writer and (piece.reply is None or piece.reply.is_from_writer)


def tell_curators(house: House) -> int:
    """Tells curators what was reported, all at once and without the moment or the name of whoever did. A job.

    Returns:
        How many pieces.
    """
    with house.db.transaction() as session:
        fresh = update(ForumReport).where(ForumReport.is_told.is_(False)).values(is_told=True)
        told = session.execute(fresh.returning(ForumReport.topic_id, ForumReport.reply_id)).all()
        pieces = sorted({(row.topic_id, row.reply_id or "") for row in told})
        for topic_id, reply_id in pieces:
            data = {"topic": topic_id, "reply": reply_id}
            events.record(
                session,
                house.clock,
                kind="topic.reported",
                actor_id=None,
                subject=("forum_topic", None),
                data=data,
            )
    return len(pieces)


def _for(reader: User) -> list[ColumnElement[bool]]:
    return [
        ForumTopic.hidden_at.is_(None),
        ForumTopic.removed_day.is_(None),
        ForumReply.hidden_at.is_(None),
        or_(_writer().is_(None), _writer() != reader.id),
    ]


def _writer() -> ColumnElement[Any]:
    return case((ForumReply.id.is_not(None), ForumReply.user_id), else_=ForumTopic.user_id)


def _check_there(piece: Piece) -> None:
    if not piece.topic.is_there or piece.row.hidden_at is not None:
        raise Conflict(Text("This was taken down or taken back."))


def _check_not_own(piece: Piece, by: User) -> None:
    if piece.writer_id == by.id:
        raise NotAllowed(Text("You wrote this one. Another curator decides about it."))


def _open_reports(piece: Piece) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ForumReport.piece_id == piece.row.id, ForumReport.settled_at.is_(None)


def _settle_reports(session: Session, clock: Clock, piece: Piece) -> list[int]:
    settling = update(ForumReport).where(*_open_reports(piece)).values(settled_at=clock.now())
    people = session.scalars(settling.returning(ForumReport.user_id)).all()
    return sorted(one for one in people if one is not None)


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


def _tell(
    session: Session, clock: Clock, what: str, piece: Piece, *, by: int, more: Mapping[str, Any] | None = None
) -> None:
    data = {"topic": piece.topic.id} | ({"reply": piece.reply.id} if piece.reply else {}) | dict(more or {})
    events.record(session, clock, kind=f"topic.{what}", actor_id=by, subject=("forum_topic", None), data=data)
