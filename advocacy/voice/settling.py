"""What was written or taken back anonymously loses the last that tells of its moment, a day later and all at once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import aliased

from advocacy.base import events
from advocacy.base.house import House
from advocacy.voice.forum_models import ForumReply, ForumTopic


def settle(house: House) -> int:
    """Writes what was written anonymously before today anew, all in one transaction and in the order of random keys.

    PostgreSQL marks each row with the transaction that wrote it, and the log marks events with theirs: side by side
    they would tell between which acts of whom a topic was written. After this all of a day bear one mark. A topic that
    was taken back is waited for in the same way; then those who were told of it lose its title.

    Returns:
        How many rows were written anew.
    """
    with house.db.transaction() as session:
        before = house.clock.now().date() - timedelta(days=1)
        last = func.coalesce(ForumTopic.removed_day, ForumTopic.day)
        topics = update(ForumTopic).where(ForumTopic.is_settled.is_(False), last <= before)
        said = update(ForumReply).where(ForumReply.is_settled.is_(False), ForumReply.day <= before)
        settled = session.execute(
            topics.values(is_settled=True).returning(ForumTopic.id, ForumTopic.removed_day)
        ).all()
        for topic_id, removed_day in settled:
            if removed_day is not None:
                events.record(
                    session,
                    house.clock,
                    kind="topic.gone",
                    actor_id=None,
                    subject=("forum_topic", None),
                    data={"topic": topic_id},
                )
        rewritten = session.scalars(said.values(is_settled=True).returning(ForumReply.id)).all()
        other = aliased(ForumTopic)
        session.execute(
            delete(ForumTopic)
            .where(
                ForumTopic.removed_day <= before,
                ~exists().where(ForumReply.topic_id == ForumTopic.id),
                ~select(other.id).where(other.merged_into_id == ForumTopic.id).exists(),
            )
            .execution_options(synchronize_session=False)
        )
        return len(settled) + len(rewritten)
