"""The event log hands each event to each consumer once, in the order of commits."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from advocacy.base import events
from advocacy.base.events import Consumer, Happening


@pytest.fixture
def happened(db, clock):
    def record(kind="thing.done", **data):
        with db.transaction() as session:
            return events.record(session, clock, kind=kind, actor_id=None, subject=("thing", 1), data=data).id

    return record


def test_each_consumer_gets_each_event_once(db, happened):
    seen = []
    one = Consumer("one", frozenset({"thing.done"}), lambda _session, event: seen.append(event.data["n"]))
    happened(n=1)
    happened(n=2)
    assert events.consume(db, one) == 2
    assert events.consume(db, one) == 0
    happened(n=3)
    assert events.consume(db, one) == 1
    assert seen == [1, 2, 3]


def test_events_recorded_together_are_in_their_order_between_those_recorded_alone(db, clock, happened):
    seen = []
    one = Consumer("one", frozenset({"thing.done"}), lambda _session, event: seen.append(event.data["n"]))
    with db.transaction() as session:
        events.record(session, clock, kind="thing.done", actor_id=None, subject=("thing", 1), data={"n": 0})
        many = [Happening("thing.done", ("thing", n), {"n": n, "word": "blåbær"}) for n in range(1, 300)]
        events.record_all(session, clock, many)
        events.record_all(session, clock, [])
        events.record(session, clock, kind="thing.done", actor_id=7, subject=("thing", 1), data={"n": 300})
    happened(n=301)
    while events.consume(db, one):
        pass
    assert seen == list(range(302))
    with db.reading() as session:
        rows = session.query(events.Event).order_by(events.Event.id).all()
    assert [row.data["n"] for row in rows] == seen
    assert len({row.txid for row in rows[:301]}) == 1
    assert (rows[5].subject_id, rows[5].data["word"], rows[5].at, rows[5].actor_id) == (
        5,
        "blåbær",
        clock.now(),
        None,
    )


def test_events_recorded_together_go_back_with_their_transaction(db, clock):
    def begin_and_fail():
        with db.transaction() as session:
            events.record_all(session, clock, [Happening("thing.done", ("thing", 1), {})])
            raise RuntimeError("not today")

    with pytest.raises(RuntimeError):
        begin_and_fail()
    with db.reading() as session:
        assert session.query(events.Event).count() == 0


def test_a_consumer_that_fails_gets_the_event_again_and_leaves_nothing_half_done(db, clock, happened):
    happened()
    tries = []

    def take(session, _event):
        events.record(session, clock, kind="side.effect", actor_id=None, subject=("thing", 1))
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("not today")

    one = Consumer("one", frozenset({"thing.done"}), take)
    with pytest.raises(RuntimeError):
        events.consume(db, one)
    assert events.consume(db, one) == 1
    with db.reading() as session:
        assert session.query(events.Event).filter_by(kind="side.effect").count() == 1


# SQLite has one writer at a time, so nothing commits late there.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_event_that_commits_late_is_not_skipped(db, clock, happened):
    seen = []
    one = Consumer("one", frozenset({"thing.done"}), lambda _session, event: seen.append(event.data["n"]))
    late, done = threading.Event(), threading.Event()

    def slow_writer():
        with db.transaction() as session:
            events.record(session, clock, kind="thing.done", actor_id=None, subject=("thing", 1), data={"n": "late"})
            late.set()
            done.wait(10)

    writer = threading.Thread(target=slow_writer)
    writer.start()
    late.wait(10)
    happened(n="quick")  # a higher id, committed first
    events.consume(db, one)
    done.set()
    writer.join()
    events.consume(db, one)
    assert sorted(seen) == ["late", "quick"]


def test_a_nested_transaction_joins_and_all_is_taken_back_together(db, clock):
    def outer():
        with db.transaction() as session:
            events.record(session, clock, kind="thing.done", actor_id=None, subject=("thing", 1))
            with db.transaction(session) as inner:
                assert inner is session
            raise RuntimeError("outside")

    with pytest.raises(RuntimeError, match="outside"):
        outer()
    with db.reading() as session:
        assert session.execute(text("SELECT count(*) FROM event")).scalar_one() == 0


def test_a_session_for_reading_refuses_to_write(db, clock):
    with db.reading() as session, pytest.raises(RuntimeError, match="for reading"):
        events.record(session, clock, kind="thing.done", actor_id=None, subject=("thing", 1))
