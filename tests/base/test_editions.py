"""What processes remember: as long as nothing was changed, and not a moment longer."""

from contextlib import suppress

import pytest

from advocacy.base import editions
from advocacy.base.db import Database
from advocacy.library.models import ContentItem, Topic
from advocacy.people.models import Team, User


@pytest.fixture
def other(database_url):
    """Another process with the same database."""
    db = Database(database_url)
    yield db
    db.dispose()


def remembers(db) -> bool:
    """Whether what was put down stays until the next request; puts it down."""
    with db.reading() as session:
        kept = editions.kept(session)
        there = "word" in kept
        kept["word"] = True
        return there


@pytest.fixture
def begun(db, other, make):
    """Both processes remember something."""
    make.topic("Hiring")
    for one in (db, other):
        remembers(one)
        assert remembers(one)
    return make


def test_a_change_is_seen_by_the_next_request_of_every_process(db, other, begun):
    begun.topic("Wind")
    assert not remembers(db)
    assert not remembers(other)
    assert remembers(other)


@pytest.mark.parametrize("change", ["edit", "delete", "in bulk"])
def test_every_way_to_change_is_noticed(db, other, begun, change):
    with db.transaction() as session:
        topic = session.query(Topic).one()
        if change == "edit":
            topic.name = "Jobs"
        elif change == "delete":
            session.delete(topic)
        else:
            session.execute(Topic.__table__.update().values(name="Jobs"))
    assert not remembers(other)


def test_what_nobody_remembers_does_not_disturb(db, other, begun):
    begun.user("Kari")
    assert remembers(db)
    assert remembers(other)


def test_what_was_undone_is_seen_by_nobody_and_what_comes_after_it_is(db, other, begun):
    with suppress(ZeroDivisionError), db.transaction() as session:
        session.add(Team(name="Sales"))
        session.flush()
        raise ZeroDivisionError
    assert remembers(other)
    begun.team("Sales")
    assert not remembers(other)


def test_a_change_in_a_part_that_was_undone_hides_no_other(db, other, begun):
    with db.transaction() as session:
        session.add(Team(name="Sales"))
        with suppress(ZeroDivisionError), session.begin_nested():
            session.add(Team(name="Tech"))
            session.flush()
            raise ZeroDivisionError
    assert not remembers(other)


def test_nothing_is_remembered_of_what_may_never_be_committed(db, begun):
    with db.transaction() as session:
        session.add(Team(name="Sales"))
        session.flush()
        assert editions.kept(session) == {}
        editions.kept(session)["word"] = "not yet"
    with db.reading() as session:
        assert "word" not in editions.kept(session)


def test_a_session_that_read_and_then_wrote_reads_the_new_mark(db, begun):
    with db.reading() as session:
        before = editions.kept(session)
        with db.transaction(session):
            session.add(Team(name="Sales"))
        assert editions.kept(session) is not before


def test_the_tables_of_the_feed_say_that_they_are_remembered():
    assert ContentItem.__table__.info[editions.REMEMBERED]
    assert not User.__table__.info.get(editions.REMEMBERED)
