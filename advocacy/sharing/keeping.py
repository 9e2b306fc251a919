"""What a person keeps for themselves: saved items and followed topics."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import NotFound
from advocacy.library import visibility
from advocacy.library.models import Topic
from advocacy.people.models import User
from advocacy.sharing.models import FollowedTopic, SavedItem


def save(session: Session, clock: Clock, *, user: User, item_id: int, wanted: bool) -> None:
    """Saves an item, or takes it off the list; doing so twice changes nothing.

    Raises:
        NotFound: the item is not there for this person.
    """
    found = session.get(SavedItem, (user.id, item_id))
    if not wanted:
        if found is not None:
            session.delete(found)
        return
    visibility.readable(session, clock, user=user, item_id=item_id)
    if found is None:
        _keep(session, SavedItem(user_id=user.id, item_id=item_id, saved_at=clock.now()))


def follow(session: Session, *, user: User, topic_id: int, wanted: bool) -> str:
    """Follows a topic, or no longer; doing so twice changes nothing.

    Returns:
        The topic's name.

    Raises:
        NotFound: there is no such topic.
    """
    topic = session.get(Topic, topic_id)
    if topic is None:
        raise NotFound()
    found = session.get(FollowedTopic, (user.id, topic_id))
    if wanted and found is None:
        _keep(session, FollowedTopic(user_id=user.id, topic_id=topic_id))
    if not wanted and found is not None:
        session.delete(found)
    return topic.name


def _keep(session: Session, row: SavedItem | FollowedTopic) -> None:
    with suppress(IntegrityError), session.begin_nested():  # a double click: its other half was a moment faster
        session.add(row)
