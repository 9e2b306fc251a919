"""Topics: what items are about, so that people can follow what interests them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid, NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.library import search
from advocacy.library.models import ContentItem, ItemTopic, Topic


@dataclass(frozen=True)
class Line:
    """A topic in a list, with how many items are about it."""

    topic: Topic
    items: int


def get(session: Session, *, topic_id: int) -> Topic:
    """A topic.

    Raises:
        NotFound: there is none.
    """
    topic = session.get(Topic, topic_id)
    if topic is None:
        raise NotFound(Text("We could not find that topic. It may have been removed."))
    return topic


def options(session: Session) -> list[tuple[int, str]]:
    """Every topic as (id, name) by name: what a list of choices shows."""
    return [(row.id, row.name) for row in session.execute(select(Topic.id, Topic.name).order_by(Topic.name))]


def page(session: Session, *, after: str = "", size: int = 50) -> Page[Line]:
    """The topics by name.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    count = select(func.count()).where(ItemTopic.topic_id == Topic.id).scalar_subquery()
    query = select(Topic, count).order_by(Topic.name, Topic.id).limit(size + 1)
    if after:
        query = query.where(Topic.name > values_of(after, str)[0])
    lines = [Line(topic, items or 0) for topic, items in session.execute(query)]
    shown = lines[:size]
    return Page(shown, cursor_of(shown[-1].topic.name) if len(lines) > size else None)


def create(session: Session, clock: Clock, *, name: str, by: int) -> Topic:
    """Adds a topic.

    Raises:
        Invalid: on field `name`.
    """
    topic = Topic(name=_free(session, name))
    session.add(topic)
    session.flush()
    events.record(
        session, clock, kind="topic.created", actor_id=by, subject=("topic", topic.id), data={"name": topic.name}
    )
    return topic


def rename(session: Session, clock: Clock, *, topic_id: int, name: str, by: int) -> Topic:
    """Gives a topic another name; items are found by it from now on.

    Raises:
        NotFound: there is none.
        Invalid: on field `name`.
    """
    topic = get(session, topic_id=topic_id)
    before, topic.name = topic.name, _free(session, name, except_for=topic_id)
    session.flush()
    for item in session.scalars(select(ContentItem).where(ContentItem.topics.any(Topic.id == topic_id))):
        search.refresh(item)
    events.record(
        session,
        clock,
        kind="topic.renamed",
        actor_id=by,
        subject=("topic", topic.id),
        data={"name": topic.name, "before": before},
    )
    return topic


def remove(session: Session, clock: Clock, *, topic_id: int, by: int) -> None:
    """Removes a topic; items stay, without it.

    Raises:
        NotFound: there is none.
    """
    topic = get(session, topic_id=topic_id)
    items = list(session.scalars(select(ContentItem).where(ContentItem.topics.any(Topic.id == topic_id))))
    session.execute(delete(ItemTopic).where(ItemTopic.topic_id == topic_id))
    for item in items:
        session.expire(item, ["topics"])
        search.refresh(item)
    session.delete(topic)
    events.record(
        session, clock, kind="topic.removed", actor_id=by, subject=("topic", topic_id), data={"name": topic.name}
    )


def _free(session: Session, name: str, *, except_for: int = 0) -> str:
    kept = " ".join(name.split())
    if not kept:
        raise Invalid("name", Text("Please give the topic a name."))
    if len(kept) > 60:
        raise Invalid("name", Text("Please keep the name below {count} characters.", count=60))
    folded = search.fold(kept)
    for other_id, other in options(session):
        if other_id != except_for and (search.fold(other) == folded or other == kept):
            raise Invalid("name", Text("There is a topic “{name}” already.", name=other))
    return kept
