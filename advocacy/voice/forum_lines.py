"""What the forum shows: its topics in their order, each with its writer's name where there is one, and what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.people.models import User
from advocacy.voice.forum_models import ForumReply, ForumTopic, ForumVote, TopicKind, TopicState


@dataclass(frozen=True)
class Line:
    """A topic in a list.

    Args:
        topic: itself.
        writer: the name; None when anonymous.
        is_voted: this person is for it.
    """

    topic: ForumTopic
    writer: str | None
    is_voted: bool


@dataclass(frozen=True)
class Said:
    """A reply.

    Args:
        reply: itself.
        writer: the name; None when anonymous.
        hidden_by: who took it down; None when nobody did.
    """

    reply: ForumReply
    writer: str | None
    hidden_by: str | None = None


def page(
    session: Session,
    *,
    user: User,
    order: str = "newest",
    kind: TopicKind | None = None,
    states: Sequence[TopicState] = (),
    owner_id: int | None = None,
    after: str = "",
    size: int = 25,
) -> Page[Line]:
    """The forum, newest first or by votes; duplicates stand under the topic they were merged into.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    first = ForumTopic.votes if order == "votes" else ForumTopic.day
    query = select(ForumTopic).where(ForumTopic.merged_into_id.is_(None), *_there())
    if kind is not None:
        query = query.where(ForumTopic.kind == kind)
    if states:
        query = query.where(ForumTopic.state.in_(states))
    if owner_id is not None:
        query = query.where(ForumTopic.owner_id == owner_id)
    if after:
        edge, last = values_of(after, int if order == "votes" else date, str)
        query = query.where(or_(first < edge, and_(first == edge, ForumTopic.id < last)))
    found = list(session.scalars(query.order_by(first.desc(), ForumTopic.id.desc()).limit(size + 1)))
    shown = found[:size]
    names = _names(session, [one.user_id for one in shown])
    mine = set(
        session.scalars(
            select(ForumVote.topic_id).where(
                ForumVote.user_id == user.id, ForumVote.topic_id.in_([one.id for one in shown])
            )
        )
    )
    lines = [Line(one, names.get(one.user_id or 0), one.id in mine) for one in shown]
    if len(found) <= size:
        return Page(lines)
    edge_value = shown[-1].votes if order == "votes" else shown[-1].day
    return Page(lines, cursor_of(edge_value, shown[-1].id))


def waiting(session: Session) -> int:
    """How many topics nobody has answered; at most 100 are counted."""
    query = select(ForumTopic.id).where(
        ForumTopic.state == TopicState.OPEN, ForumTopic.merged_into_id.is_(None), *_there()
    )
    return session.scalar(select(func.count()).select_from(query.limit(100).subquery())) or 0


def to_follow_up(session: Session, *, user_id: int) -> int:
    """How many topics a person was asked to follow up that are neither done nor declined; at most 100 are counted."""
    ends = (TopicState.DONE, TopicState.DECLINED)
    query = select(ForumTopic.id).where(
        ForumTopic.owner_id == user_id,
        ForumTopic.state.not_in(ends),
        ForumTopic.merged_into_id.is_(None),
        *_there(),
    )
    return session.scalar(select(func.count()).select_from(query.limit(100).subquery())) or 0


def line(session: Session, topic: ForumTopic, *, user: User) -> Line:
    """A topic as a person sees it."""
    names = _names(session, [topic.user_id])
    is_voted = session.get(ForumVote, (topic.id, user.id)) is not None
    return Line(topic, names.get(topic.user_id or 0), is_voted)


def owner(session: Session, topic: ForumTopic) -> User | None:
    """Who follows it up."""
    return session.get(User, topic.owner_id) if topic.owner_id else None


def replies(session: Session, *, topic_id: str) -> list[Said]:
    """What was said to it, in its order; at most 200."""
    found = list(
        session.scalars(
            select(ForumReply).where(ForumReply.topic_id == topic_id).order_by(ForumReply.place).limit(200)
        )
    )
    names = _names(session, [*(one.user_id for one in found), *(one.hidden_by for one in found)])
    return [Said(one, names.get(one.user_id or 0), names.get(one.hidden_by or 0)) for one in found]


def hidden_by(session: Session, topic: ForumTopic) -> str | None:
    """Who took a topic down; None when nobody did."""
    return _names(session, [topic.hidden_by]).get(topic.hidden_by or 0)


def duplicates(session: Session, *, topic_id: str) -> list[ForumTopic]:
    """The topics that were merged into this one; at most 50."""
    query = select(ForumTopic).where(ForumTopic.merged_into_id == topic_id, *_there())
    return list(session.scalars(query.order_by(ForumTopic.id).limit(50)))


def by_writer(session: Session, *, user_id: int, anonymous: Sequence[str]) -> list[ForumTopic]:
    """A person's own topics: those with their name, and those that their browser remembers; newest first, at most 100.

    What a curator took down is among them; what they took back themselves is not.
    """
    query = select(ForumTopic).where(
        or_(ForumTopic.user_id == user_id, ForumTopic.id.in_(list(anonymous))), ForumTopic.removed_day.is_(None)
    )
    return list(session.scalars(query.order_by(ForumTopic.day.desc(), ForumTopic.id.desc()).limit(100)))


def find(session: Session, *, words: str, but: str) -> list[ForumTopic]:
    """Topics whose title holds these words, to merge into; at most 20."""
    query = select(ForumTopic).where(ForumTopic.merged_into_id.is_(None), ForumTopic.id != but, *_there())
    for word in words.split()[:6]:
        query = query.where(func.lower(ForumTopic.title).contains(word.lower(), autoescape=True))
    return list(session.scalars(query.order_by(ForumTopic.day.desc(), ForumTopic.id).limit(20)))


def _there() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ForumTopic.hidden_at.is_(None), ForumTopic.removed_day.is_(None)


def _names(session: Session, ids: Sequence[int | None]) -> Mapping[int, str]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(wanted)))}
