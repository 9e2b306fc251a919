"""Clicks by month on PostgreSQL: brought there and back with their rows, made ahead, dropped as a whole, none refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import IntegrityError

from advocacy import migrating
from advocacy.base import retention
from advocacy.base.clock import StandingClock
from advocacy.base.db import Database
from advocacy.base.house import House
from advocacy.base.retention import Retention
from advocacy.reach import months, retiring
from advocacy.reach.models import Agent, Click, JournalSegment, RequestKind, line_id
from advocacy.sharing.models import Link

NOW = datetime.now(UTC)
"""Tables are made ahead by the database's own day when it is migrated."""
TODAY = NOW.date()


@pytest.fixture
def hub(fresh_postgres_url):
    """A hub on a database that migrations made, with a link."""
    db = Database(fresh_postgres_url)
    migrating.upgrade(db)
    with db.transaction() as session:
        session.add(Link(id=1, code="one", target="https://example.com/", created_at=NOW))
        session.add(RequestKind(id=1, method="GET", agent=Agent(id=1, text="Firefox")))
        session.add(JournalSegment(id=1, name="test", imported_at=NOW))
    yield House(db=db, clock=StandingClock(NOW), parts=[])
    db.dispose()


def before_months():
    """The revision before clicks were divided."""
    scripts = ScriptDirectory(str(migrating.FOLDER)).walk_revisions()
    return next(script.down_revision for script in scripts if script.doc == "clicks by month on PostgreSQL")


def click(db, day, offset):
    values = {"id": line_id(1, offset), "link_id": 1, "day": day, "ms": 0, "kind_id": 1, "visitor": offset}
    add(db, values | {"place": 1, "rule": "", "is_human": False, "is_first_today": False, "rules_version": 1})


def click_as_it_was(db, day, offset, **more):
    """As rows were before they were narrow."""
    at = datetime(day.year, day.month, day.day, 12, 34, 56, 789_000, tzinfo=UTC)
    values = {"link_id": 1, "at": at, "day": day, "method": "GET", "agent_id": 1, "visitor": "v", "source": "s"}
    values |= {"segment_id": 1, "offset": offset, "referrer_host": "", "facts": "", "purpose": "", "rule": ""}
    add(db, values | {"is_human": False, "is_first_today": False, "rules_version": 1} | more)


def add(db, values):
    columns, marks = ", ".join(f'"{one}"' for one in values), ", ".join(f":{one}" for one in values)
    query = text(f"INSERT INTO click ({columns}) VALUES ({marks})")
    with db.transaction() as session:
        session.execute(query, values)


def places(db):
    """How many clicks lie in which table."""
    with db.reading() as session:
        where = session.execute(text("SELECT tableoid::regclass::text, count(*) FROM click GROUP BY 1"))
        return dict(tuple(row) for row in where)


def name(month):
    return f"click_{month:%Y_%m}"


def test_clicks_are_brought_to_their_months_and_back_with_every_row(hub):
    before = retention.first_kept(TODAY, 2)
    migrating.downgrade(hub.db, to=before_months())
    click_as_it_was(hub.db, before, 1)
    click_as_it_was(hub.db, TODAY, 2)
    migrating.upgrade(hub.db)
    migrating.check(hub.db)
    assert places(hub.db) == {name(before): 1, name(TODAY): 1}
    click(hub.db, TODAY, 3)
    with pytest.raises(IntegrityError):
        click(hub.db, TODAY, 3)  # a line counts once
    migrating.downgrade(hub.db, to=before_months())
    with hub.db.reading() as session:
        rows = session.execute(text('SELECT id, day, "offset" FROM click ORDER BY "offset"')).all()
    assert [tuple(row[1:]) for row in rows] == [(before, 1), (TODAY, 2), (TODAY, 3)]
    assert len({row.id for row in rows}) == 3


def test_a_click_of_a_month_without_a_table_is_kept_and_moves_once_there_is_one(hub):
    late, early = retention.first_kept(TODAY, -7), retention.first_kept(TODAY, 30)
    click(hub.db, late, 1)
    click(hub.db, early, 2)
    assert places(hub.db) == {"click_rest": 2}
    months.tend(hub)
    months.tend(hub)
    assert places(hub.db) == {name(late): 1, name(early): 1}
    click(hub.db, late, 3)
    assert places(hub.db)[name(late)] == 2
    with pytest.raises(IntegrityError):
        click(hub.db, late, 3)


def test_months_are_made_before_they_begin(hub):
    later = House(db=hub.db, clock=StandingClock(NOW + timedelta(days=300)), parts=[])
    months.tend(later)
    tables = inspect(hub.db.engine).get_table_names()
    first = later.clock.now().date().replace(day=1)
    assert {name(retention.first_kept(first, -ahead)) for ahead in range(4)} <= set(tables)


def test_what_is_older_than_it_is_kept_goes_by_whole_tables(hub):
    for ago in range(6):
        click(hub.db, retention.first_kept(TODAY, ago), ago)
    months.tend(hub)
    with hub.db.transaction() as session:
        session.add(Retention(kind=retention.CLICKS, months=3, changed_at=NOW - timedelta(days=2)))
    click(hub.db, date(2019, 1, 1), 99)
    assert retiring.remove(hub) == 3
    tables = inspect(hub.db.engine).get_table_names()
    assert name(retention.first_kept(TODAY, 4)) not in tables
    assert name(retention.first_kept(TODAY, 3)) in tables
    months.tend(hub)
    assert tables == inspect(hub.db.engine).get_table_names(), "none is made for what is not kept"
    with hub.db.reading() as session:
        assert session.scalar(select(func.count(Click.id))) == 4
        assert retention.in_force(session)[retention.CLICKS].removed == 3


def test_a_month_that_somebody_reads_is_dropped_at_the_next_run(hub, monkeypatch):
    monkeypatch.setattr(months, "PATIENCE", "SET LOCAL lock_timeout = '50ms'")
    old = retention.first_kept(TODAY, 5)
    click(hub.db, old, 1)
    months.tend(hub)
    with hub.db.transaction() as session:
        session.add(Retention(kind=retention.CLICKS, months=3, changed_at=NOW - timedelta(days=2)))
    with hub.db.reading() as reader:
        reader.execute(text("SELECT 1 FROM click LIMIT 1"))
        retiring.remove(hub)
        assert name(old) in inspect(hub.db.engine).get_table_names()
    retiring.remove(hub)
    assert name(old) not in inspect(hub.db.engine).get_table_names()
