"""The forum: raised, voted for, found. What is written anonymously leaves no event, no hour and no name."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid, NotAllowed, NotFound
from advocacy.base.house import House
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.voice.forum_models import ForumReply, ForumTopic, ForumVote, TopicKind, TopicState

__all__ = ["ForumTopic", "TopicKind", "TopicState"]

LONGEST = 10_000


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
    """A reply with its writer's name; None when anonymous."""

    reply: ForumReply
    writer: str | None


def page(
    session: Session,
    *,
    user: User,
    order: str = "newest",
    kind: TopicKind | None = None,
    states: Sequence[TopicState] = (),
    after: str = "",
    size: int = 25,
) -> Page[Line]:
    """The forum, newest first or by votes; duplicates stand under the topic they were merged into.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    first = ForumTopic.votes if order == "votes" else ForumTopic.day
    query = select(ForumTopic).where(ForumTopic.merged_into_id.is_(None))
    if kind is not None:
        query = query.where(ForumTopic.kind == kind)
    if states:
        query = query.where(ForumTopic.state.in_(states))
    if after:
        sort, last = values_of(after, size=2)
        edge = int(sort or 0) if order == "votes" else _day(str(sort))
        query = query.where(or_(first < edge, and_(first == edge, ForumTopic.id < str(last))))
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
    edge_value = shown[-1].votes if order == "votes" else shown[-1].day.isoformat()
    return Page(lines, cursor_of(edge_value, shown[-1].id))


def waiting(session: Session) -> int:
    """How many topics nobody has answered; at most 100 are counted."""
    query = select(ForumTopic.id).where(ForumTopic.state == TopicState.OPEN, ForumTopic.merged_into_id.is_(None))
    return session.scalar(select(func.count()).select_from(query.limit(100).subquery())) or 0


def get(session: Session, *, topic_id: str) -> ForumTopic:
    """A topic.

    Raises:
        NotFound: there is none.
    """
    topic = session.get(ForumTopic, topic_id)
    if topic is None:
        raise NotFound(Text("We could not find that topic."))
    return topic


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
    names = _names(session, [one.user_id for one in found])
    return [Said(one, names.get(one.user_id or 0)) for one in found]


def duplicates(session: Session, *, topic_id: str) -> list[ForumTopic]:
    """The topics that were merged into this one; at most 50."""
    query = select(ForumTopic).where(ForumTopic.merged_into_id == topic_id)
    return list(session.scalars(query.order_by(ForumTopic.id).limit(50)))


def by_writer(session: Session, *, user_id: int, anonymous: Sequence[str]) -> list[ForumTopic]:
    """A person's own topics: those with their name, and those that their browser remembers; newest first, at most 100."""
    query = select(ForumTopic).where(or_(ForumTopic.user_id == user_id, ForumTopic.id.in_(list(anonymous))))
    return list(session.scalars(query.order_by(ForumTopic.day.desc(), ForumTopic.id.desc()).limit(100)))


def code_hashes(session: Session, topic_ids: Sequence[str]) -> list[tuple[str, str | None]]:
    """What is kept of the codes of these topics, as (key, hash)."""
    query = select(ForumTopic.id, ForumTopic.code_hash).where(ForumTopic.id.in_(list(topic_ids)))
    return [(row.id, row.code_hash) for row in session.execute(query)]


def by_code(session: Session, *, code_hash: str) -> ForumTopic | None:
    """The topic whose writer's code has this hash."""
    return session.scalar(select(ForumTopic).where(ForumTopic.code_hash == code_hash))


def fresh_id() -> str:
    """A key that tells nothing of when it was given."""
    return secrets.token_hex(12)


def raise_topic(
    session: Session,
    clock: Clock,
    *,
    kind: TopicKind,
    title: str,
    body: str,
    user: User,
    code_hash: str | None = None,
    topic_id: str = "",
) -> ForumTopic:
    """Puts a topic into the forum.

    Args:
        session: inside a transaction.
        clock: tells the day; no hour is kept.
        kind: what it is.
        title: one line.
        body: plain words or Markdown.
        user: who writes.
        code_hash: given for an anonymous topic: then neither the person nor an event is written.
        topic_id: from `fresh_id`, when the code was made for it; else a new one.

    Raises:
        Invalid: on `title` or `body`.
    """
    title = " ".join(title.split())
    if not title or len(title) > 160:
        raise Invalid("title", Text("Please say in one line what it is about."))
    topic = ForumTopic(
        id=topic_id or fresh_id(),
        kind=kind,
        title=title,
        body=_body(body),
        day=_today(clock),
        user_id=None if code_hash else user.id,
        code_hash=code_hash,
        is_settled=code_hash is None,
    )
    session.add(topic)
    session.flush()
    if code_hash is None:
        events.record(
            session,
            clock,
            kind="topic.raised",
            actor_id=user.id,
            subject=("forum_topic", None),
            data={"topic": topic.id},
        )
    return topic


def reply(
    session: Session, clock: Clock, *, topic_id: str, body: str, user: User, is_from_writer: bool
) -> ForumReply:
    """Says something to a topic.

    Args:
        session: inside a transaction.
        clock: tells the day.
        topic_id: to which.
        body: plain words or Markdown.
        user: who writes.
        is_from_writer: whether the writer of an anonymous topic speaks, as the code proved: then the person is not
            written down.

    Raises:
        NotFound: there is no such topic.
        Invalid: on `body`.
    """
    topic = get(session, topic_id=topic_id)
    last = session.scalar(select(func.max(ForumReply.place)).where(ForumReply.topic_id == topic.id)) or 0
    said = ForumReply(
        id=fresh_id(),
        topic_id=topic.id,
        place=last + 1,
        body=_body(body),
        day=_today(clock),
        user_id=None if is_from_writer else user.id,
        is_from_writer=is_from_writer,
        is_settled=not is_from_writer,
    )
    session.add(said)
    session.flush()
    return said


def vote(session: Session, *, topic_id: str, user: User, is_for: bool) -> None:
    """Counts a person for a topic, or no more; twice is once."""
    topic = get(session, topic_id=topic_id)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    if is_for:
        query = insert(ForumVote).values(topic_id=topic.id, user_id=user.id).on_conflict_do_nothing()
        changed = session.scalar(query.returning(ForumVote.user_id)) is not None
    else:
        removing = delete(ForumVote).where(ForumVote.topic_id == topic.id, ForumVote.user_id == user.id)
        changed = session.scalar(removing.returning(ForumVote.user_id)) is not None
    if changed:
        step = 1 if is_for else -1
        session.execute(update(ForumTopic).where(ForumTopic.id == topic.id).values(votes=ForumTopic.votes + step))


def respond(
    session: Session,
    clock: Clock,
    *,
    topic_id: str,
    state: TopicState,
    answer: str,
    owner_email: str,
    by: int,
) -> ForumTopic:
    """Says where a topic stands, for everybody to see.

    Raises:
        NotFound: there is no such topic.
        Invalid: on `answer`, which a no and a done need; on `owner` when there is no such person.
    """
    topic = get(session, topic_id=topic_id)
    if state in (TopicState.DECLINED, TopicState.DONE, TopicState.PLANNED) and not answer.strip():
        raise Invalid("answer", Text("Please say in a sentence what will be done, what was done, or why not."))
    owner_id = None
    if owner_email.strip():
        owner_id = session.scalar(select(User.id).where(User.email == owner_email.strip().lower()))
        if owner_id is None:
            raise Invalid("owner", Text("We could not find a colleague with this address."))
    before = topic.state
    topic.state, topic.answer, topic.owner_id = state, answer.strip()[:LONGEST], owner_id
    topic.answered_at, topic.answered_by = clock.now(), by
    events.record(
        session,
        clock,
        kind="topic.answered",
        actor_id=by,
        subject=("forum_topic", None),
        data={"topic": topic.id, "before": before.value, "state": state.value},
    )
    return topic


def merge(session: Session, clock: Clock, *, topic_id: str, into_id: str, by: int) -> ForumTopic:
    """Lays a topic that says the same under another; whoever voted for either is counted once.

    Returns:
        The topic that stays.

    Raises:
        NotFound: one of them is not there.
        Invalid: on `into`, when both are the same or the other was merged itself.
    """
    topic, kept = get(session, topic_id=topic_id), get(session, topic_id=into_id)
    if topic.id == kept.id or kept.merged_into_id is not None or topic.merged_into_id is not None:
        raise Invalid("into", Text("Please choose another topic that stands on its own."))
    already = select(ForumVote.user_id).where(ForumVote.topic_id == kept.id)
    session.execute(
        update(ForumVote)
        .where(ForumVote.topic_id == topic.id, ForumVote.user_id.not_in(already.scalar_subquery()))
        .values(topic_id=kept.id)
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(ForumVote).where(ForumVote.topic_id == topic.id))
    session.execute(update(ForumTopic).where(ForumTopic.merged_into_id == topic.id).values(merged_into_id=kept.id))
    topic.merged_into_id, topic.votes = kept.id, 0
    kept.votes = session.scalar(select(func.count()).where(ForumVote.topic_id == kept.id)) or 0
    events.record(
        session,
        clock,
        kind="topic.merged",
        actor_id=by,
        subject=("forum_topic", None),
        data={"topic": topic.id, "into": kept.id},
    )
    return kept


def find(session: Session, *, words: str, but: str) -> list[ForumTopic]:
    """Topics whose title holds these words, to merge into; at most 20."""
    query = select(ForumTopic).where(ForumTopic.merged_into_id.is_(None), ForumTopic.id != but)
    for word in words.split()[:6]:
        query = query.where(func.lower(ForumTopic.title).contains(word.lower(), autoescape=True))
    return list(session.scalars(query.order_by(ForumTopic.day.desc(), ForumTopic.id).limit(20)))


def settle(house: House) -> int:
    """Writes what was written anonymously before today anew, all in one transaction and in the order of random keys.

    PostgreSQL marks each row with the transaction that wrote it, and the log marks events with theirs: side by side
    they would tell between which acts of whom a topic was written. After this all of a day bear one mark.

    Returns:
        How many rows were written anew.
    """
    with house.db.transaction() as session:
        before = house.clock.now().date() - timedelta(days=1)
        topics = update(ForumTopic).where(ForumTopic.is_settled.is_(False), ForumTopic.day <= before)
        said = update(ForumReply).where(ForumReply.is_settled.is_(False), ForumReply.day <= before)
        return sum(
            len(session.scalars(query.values(is_settled=True).returning(table.id)).all())
            for table, query in ((ForumTopic, topics), (ForumReply, said))
        )


def check_writer(is_writer: bool) -> None:
    """Sees to it that only the writer speaks as the writer.

    Raises:
        NotAllowed: the code is not the topic's.
    """
    if not is_writer:
        raise NotAllowed(
            Text("Only whoever wrote this anonymously can answer as its writer. Your code does not fit.")
        )


def _today(clock: Clock) -> date:
    return clock.now().date()  # in UTC: a day in the writer's own zone would tell where they are


def _body(body: str) -> str:
    if not body.strip():
        raise Invalid("body", Text("Please write what you want to say."))
    if len(body) > LONGEST:
        raise Invalid("body", Text("Please keep this below {count} characters.", count=LONGEST))
    return body.strip()


def _day(kept: str) -> date:
    try:
        return date.fromisoformat(kept)
    except ValueError:
        raise Invalid(
            "after", Text("This page of the list does not exist. Start again from the first page.")
        ) from None


def _names(session: Session, ids: Sequence[int | None]) -> Mapping[int, str]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(wanted)))}
