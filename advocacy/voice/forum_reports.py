"""What colleagues find wrong in the forum: said to the curators, answered by one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.db import upsert
from advocacy.base.errors import Conflict, Invalid, NotAllowed, NotFound
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.voice import forum, forum_pieces
from advocacy.voice.forum_models import ForumReply, ForumReport, ForumTopic
from advocacy.voice.forum_pieces import Piece

LONGEST = 500
MOST_SHOWN = 100


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


def check_reportable(piece: Piece, *, by: User) -> None:
    """Sees to it that something can be reported by somebody.

    Raises:
        Conflict: it is not there any more.
        NotAllowed: they wrote it.
    """
    forum_pieces.check_there(piece)
    if piece.writer_id == by.id:
        raise NotAllowed(Text("You wrote this one. You can take it back."))


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


def leave_it(session: Session, clock: Clock, *, piece: Piece, by: User) -> None:
    """A curator finds nothing wrong: it stays, and whoever reported it is told, where known.

    Raises:
        NotFound: nobody reported it, or somebody else has answered.
        NotAllowed: they wrote it: another curator decides.
    """
    forum_pieces.check_not_own(piece, by)
    if not session.scalar(select(func.count()).where(*_open(piece))):
        raise NotFound(Text("Nobody reported this one, or somebody has looked at it already."))
    reporters = settle(session, clock, piece)
    forum_pieces.tell(session, clock, "report_answered", piece, by=by.id, more={"reporters": reporters})


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


def _open(piece: Piece) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ForumReport.piece_id == piece.row.id, ForumReport.settled_at.is_(None)


def settle(session: Session, clock: Clock, piece: Piece) -> list[int]:
    """Notes that a curator has looked. Returns the ids of those who reported it, where known."""
    settling = update(ForumReport).where(*_open(piece)).values(settled_at=clock.now())
    people = session.scalars(settling.returning(ForumReport.user_id)).all()
    return sorted(one for one in people if one is not None)
