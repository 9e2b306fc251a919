"""A company in which something happens."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select

from advocacy.base import events
from advocacy.messages import notifications
from advocacy.voice import forum, notices
from advocacy.voice.forum_models import TopicKind
from advocacy.voice.notices import Written


class Happenings:
    """Lets things happen, and makes notifications of them."""

    def __init__(self, house) -> None:
        self.house = house

    def keep_up(self):
        """Makes notifications of all that happened; other databases of the server hold the log's end back a moment."""
        until = time.monotonic() + 10
        while True:
            notifications.keep_up(self.house)
            with self.house.db.reading() as session:
                cursor = session.get(events.EventCursor, "notifications")
                newest = session.scalar(select(func.max(events.Event.id)))
                if cursor is not None and cursor.event_id >= newest:
                    return
            assert time.monotonic() < until, "the log's end was never reached"

    def notice(self, by, title="The canteen moves", **more):
        with self.house.db.transaction() as session:
            found = notices.publish(session, self.house.clock, written=Written(title, "On Monday.", **more), by=by.id)
        self.keep_up()
        return found

    def topic(self, by, code_hash=None):
        with self.house.db.transaction() as session:
            return forum.raise_topic(
                session,
                self.house.clock,
                kind=TopicKind.IDEA,
                title="Bicycles for errands",
                body="We could.",
                user=by,
                code_hash=code_hash,
            )

    def reply(self, topic, by, *, is_from_writer=False):
        with self.house.db.transaction() as session:
            forum.reply(
                session, self.house.clock, topic_id=topic.id, body="Yes!", user=by, is_from_writer=is_from_writer
            )
        self.keep_up()

    def again(self):
        """The consumer forgets how far it was, as after a restored backup."""
        with self.house.db.transaction() as session:
            session.query(events.EventCursor).filter_by(consumer="notifications").delete()
        self.keep_up()

    def told(self, user):
        with self.house.db.reading() as session:
            return list(notifications.page(session, user_id=user.id).items)

    def unread(self, user):
        with self.house.db.reading() as session:
            return notifications.unread(session, user_id=user.id)[0]


@pytest.fixture
def happen(house) -> Happenings:
    """Lets things happen."""
    return Happenings(house)
