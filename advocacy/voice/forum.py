"""The forum: raised, answered, voted for, merged. What is written anonymously leaves no event, no hour and no name."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.db import upsert
from advocacy.base.errors import Conflict, Invalid, NotAllowed, NotFound
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.voice.forum_models import ForumReply, ForumTopic, ForumVote, TopicKind, TopicState

__all__ = ["ForumTopic", "TopicKind", "TopicState"]

LONGEST = 10_000


def get(session: Session, *, topic_id: str) -> ForumTopic:
    """A topic.

    Raises:
        NotFound: there is none.
    """
    topic = session.get(ForumTopic, topic_id)
    if topic is None:
        raise NotFound(Text("We could not find that topic."))
    return topic


def standing(session: Session, *, topic_id: str) -> ForumTopic:
    """A topic that something can be done with.

    Raises:
        NotFound: there is none.
        Conflict: it was taken down, or its writer took it back.
    """
    topic = get(session, topic_id=topic_id)
    if not topic.is_there:
        raise Conflict(Text("This topic was taken down or taken back."))
    return topic


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
        day=today(clock),
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
    topic = standing(session, topic_id=topic_id)
    last = session.scalar(select(func.max(ForumReply.place)).where(ForumReply.topic_id == topic.id)) or 0
    said = ForumReply(
        id=fresh_id(),
        topic_id=topic.id,
        place=last + 1,
        body=_body(body),
        day=today(clock),
        user_id=None if is_from_writer else user.id,
        is_from_writer=is_from_writer,
        is_settled=not is_from_writer,
    )
    session.add(said)
    session.flush()
    if not is_from_writer:
        events.record(
            session,
            clock,
            kind="topic.replied",
            actor_id=user.id,
            subject=("forum_topic", None),
            data={"topic": topic.id},
        )
    return said


def vote(session: Session, *, topic_id: str, user: User, is_for: bool) -> None:
    """Counts a person for a topic, or no more; twice is once."""
    topic = standing(session, topic_id=topic_id)
    if is_for:
        query = upsert(session, ForumVote).values(topic_id=topic.id, user_id=user.id).on_conflict_do_nothing()
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
    may_lead: bool = True,
) -> ForumTopic:
    """Says where a topic stands, for everybody to see.

    Args:
        session: inside a transaction.
        clock: tells when.
        topic_id: which.
        state: where it stands.
        answer: what the company says to it.
        owner_email: of who follows it up; "" for nobody. An owner who does not lead leaves it as it is.
        by: whose act it is.
        may_lead: whether it is somebody who answers in the company's name; else only the topic's owner may.

    Raises:
        NotFound: there is no such topic.
        NotAllowed: this person neither leads nor owns it.
        Invalid: on `answer`, which a no and a done need; on `owner` when there is no such person.
    """
    topic = standing(session, topic_id=topic_id)
    if not (may_lead or topic.owner_id == by):
        raise NotAllowed(Text("Only somebody who leads, or whoever follows it up, can say where it stands."))
    if state in (TopicState.DECLINED, TopicState.DONE, TopicState.PLANNED) and not answer.strip():
        raise Invalid("answer", Text("Please say in a sentence what will be done, what was done, or why not."))
    owner_before = topic.owner_id
    owner_id = None if may_lead else owner_before
    if may_lead and owner_email.strip():
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
    if owner_id is not None and owner_id != owner_before:
        tell_about(session, clock, "topic.owned", topic, by=by, user_id=owner_id)
    if (
        topic.kind is TopicKind.IDEA
        and topic.user_id is not None
        and (before is TopicState.DONE) != (state is TopicState.DONE)
    ):
        kind = "idea.done" if state is TopicState.DONE else "idea.undone"
        tell_about(session, clock, kind, topic, by=by, user_id=topic.user_id)
    return topic


def mark(session: Session, clock: Clock, *, topic_id: str, reply_id: str, by: User, may_answer: bool) -> None:
    """Marks a reply as the answer to a question, in the place of the one before; marking it again takes the mark off.

    Only questions with a name have one: whoever wrote anonymously would be seen to act at that moment.

    Args:
        session: inside a transaction.
        clock: tells when.
        topic_id: the question.
        reply_id: one of its replies.
        by: who marks: whoever asked, or
        may_answer: whether it is somebody who answers in the company's name.

    Raises:
        NotFound: there is no such topic or reply.
        NotAllowed: the question is another's, is anonymous, or it is no question.
    """
    topic = standing(session, topic_id=topic_id)
    said = session.get(ForumReply, reply_id)
    if said is None or said.topic_id != topic.id or said.hidden_at is not None:
        raise NotFound(Text("We could not find that reply."))
    if not has_answer(topic) or said.user_id is None or not (topic.user_id == by.id or may_answer):
        raise NotAllowed(Text("Only whoever asked, or somebody who leads, can mark the answer to a question."))
    before = session.get(ForumReply, topic.solution_id) if topic.solution_id else None
    topic.solution_id = None if before is said else said.id
    if before is not None and before.user_id is not None:
        tell_about(session, clock, "reply.unmarked", topic, by=by.id, user_id=before.user_id)
    if topic.solution_id is not None and said.user_id is not None and said.user_id != topic.user_id:
        tell_about(session, clock, "reply.marked", topic, by=by.id, user_id=said.user_id)


def has_answer(topic: ForumTopic) -> bool:
    """Whether one of its replies can be marked as the answer: it is a question, with a name."""
    return topic.kind is TopicKind.QUESTION and topic.user_id is not None


def tell_about(session: Session, clock: Clock, kind: str, topic: ForumTopic, *, by: int, user_id: int) -> None:
    """Records something that happened around a topic and is about a person."""
    data = {"topic": topic.id, "user_id": user_id}
    events.record(session, clock, kind=kind, actor_id=by, subject=("forum_topic", None), data=data)


def merge(session: Session, clock: Clock, *, topic_id: str, into_id: str, by: int) -> ForumTopic:
    """Lays a topic that says the same under another; whoever voted for either is counted once.

    Returns:
        The topic that stays.

    Raises:
        NotFound: one of them is not there.
        Invalid: on `into`, when both are the same or the other was merged itself.
    """
    topic, kept = standing(session, topic_id=topic_id), standing(session, topic_id=into_id)
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


def check_writer(is_writer: bool) -> None:
    """Sees to it that only the writer speaks as the writer.

    Raises:
        NotAllowed: the code is not the topic's.
    """
    if not is_writer:
        raise NotAllowed(
            Text("Only whoever wrote this anonymously can answer as its writer. Your code does not fit.")
        )


def today(clock: Clock) -> date:
    """The day that is written down."""
    return clock.now().date()  # in UTC: a day in the writer's own zone would tell where they are


def _body(body: str) -> str:
    if not body.strip():
        raise Invalid("body", Text("Please write what you want to say."))
    if len(body) > LONGEST:
        raise Invalid("body", Text("Please keep this below {count} characters.", count=LONGEST))
    return body.strip()
