"""Every migration runs up, down and up again on both databases, and agrees with the tables."""

from datetime import UTC, date, datetime

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from advocacy import migrating
from advocacy.base.clock import StandingClock
from advocacy.base.db import Database
from advocacy.reach import importing, visits
from advocacy.reach.journal import Journal, Line
from advocacy.reach.models import Click, FilteredDay, ReachDay, RequestKind
from advocacy.reach.rejudging_models import EarlierJudgement
from tests.peers.installed import PROJECT
from tests.reach.conftest import FIREFOX


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """A database with nothing in it."""
    url = (
        f"sqlite:///{tmp_path / 'empty.db'}"
        if request.param == "sqlite"
        else request.getfixturevalue("fresh_postgres_url")
    )
    db = Database(url)
    yield db
    db.dispose()


def test_migrations_run_up_down_and_up_and_agree_with_the_tables(empty):
    migrating.upgrade(empty)
    migrating.check(empty)
    migrating.downgrade(empty, to="base")
    assert set(inspect(empty.engine).get_table_names()) <= {"alembic_version"}
    migrating.upgrade(empty)
    migrating.check(empty)


def test_each_migration_follows_the_one_with_the_number_before():
    folder = ScriptDirectory(str(PROJECT / "migrations"))
    files = sorted(file.name for file in (PROJECT / "migrations/versions").glob("*.py"))
    line = list(folder.walk_revisions())[::-1]
    assert [one.revision for one in line] == [name[:4] for name in files]
    assert [one.down_revision for one in line] == [None, *(name[:4] for name in files[:-1])]


def add(db, table, **values):
    names, marks = ", ".join(f'"{one}"' for one in values), ", ".join(f":{one}" for one in values)
    with db.transaction() as session:
        session.execute(text(f'INSERT INTO "{table}" ({names}) VALUES ({marks})'), values)


DAY, NOON = date(2026, 11, 26), "2026-11-26 12:34:56.789000"


@pytest.fixture
def with_old_clicks(empty):
    """A hub of before clicks were narrow rows: a visitor who came three times within a minute, and a crawler."""
    scripts = ScriptDirectory(str(migrating.FOLDER)).walk_revisions()
    migrating.upgrade(empty, to=next(one.down_revision for one in scripts if one.doc == "clicks as narrow rows"))
    at = NOON if empty.is_sqlite else f"{NOON}+00"
    add(empty, "link", id=5, code="one", target="https://example.com/", created_at=at)
    for number, name in ((901, "Firefox"), (902, "curl/8")):
        add(empty, "agent", id=number, text=name, device="")
    for number in (3, 4):
        add(empty, "journal_segment", id=number, name=f"s{number}", offset=999, imported_at=at, unreadable=0, lost=0)
    common = {"link_id": 5, "at": at, "day": DAY.isoformat(), "method": "GET", "facts": "s", "purpose": ""}
    person = {**common, "agent_id": 901, "visitor": "f" * 24, "source": "b" * 16, "is_human": True, "rule": ""}
    person |= {"referrer_host": "news.example", "rules_version": 3}
    for number, offset in enumerate((0, 200, 400), start=11):
        first = number == 11
        add(empty, "click", id=number, segment_id=3, offset=offset, is_first_today=first, country="NO", **person)
    program = {**common, "agent_id": 902, "visitor": "0123456789abcdef" * 2, "source": "c" * 16, "is_human": False}
    program |= {"visitor": program["visitor"][:24], "is_first_today": False, "rules_version": 2, "referrer_host": ""}
    add(empty, "click", id=14, segment_id=4, offset=0, rule="crawler", **program)
    add(empty, "click", id=15, segment_id=4, offset=90, rule="a_rule_of_old", **program)
    add(empty, "filtered_day", day=DAY.isoformat(), link_id=5, rule="crawler", clicks=1)
    add(
        empty, "rejudging", id=1, version=3, first=DAY.isoformat(), last=DAY.isoformat(), state="done", asked_at=at,
        next_day=DAY.isoformat(), clicks=5, to_filtered=1, to_human=0, other_reason=0,
    )  # fmt: skip
    judged = {"rule": "", "is_first_today": False, "rules_version": 2, "day": DAY.isoformat()}
    add(empty, "earlier_judgement", click_id=14, rejudging_id=1, **judged)
    return empty


def test_clicks_of_before_become_narrow_rows_with_all_that_was_known_of_them(with_old_clicks):
    db = with_old_clicks
    migrating.upgrade(db)
    with db.reading() as session:
        rows = session.scalars(select(Click).order_by(Click.id)).all()
        kinds = {one.id: one for one in session.scalars(select(RequestKind))}
        assert [one.id for one in rows] == [3 << 32, (3 << 32) + 200, (3 << 32) + 400, 4 << 32, (4 << 32) + 90]
        assert {one.at for one in rows} == {datetime(2026, 11, 26, 12, 34, 56, 789_000, tzinfo=UTC)}
        assert [one.place for one in rows] == [1, 2, 3, 1, 2]
        assert [one.is_first_today for one in rows] == [True, False, False, False, False]
        assert [one.rule for one in rows] == ["", "", "", "crawler", "a_rule_of_old"]
        assert [one.rules_version for one in rows] == [3, 3, 3, 2, 2]
        assert rows[0].visitor == visits.number("f" * 24) == -1
        assert rows[3].visitor == visits.number("0123456789abcdef01234567") == 0x0123456789ABCDEF
        said = [(kinds[one.kind_id].agent_id, kinds[one.kind_id].referrer_host) for one in rows]
        assert said == [(901, "news.example")] * 3 + [(902, "")] * 2
        assert [kinds[one.kind_id].country for one in rows] == ["NO"] * 3 + [""] * 2
        assert session.scalars(select(FilteredDay.rule)).all() == ["crawler"]
        assert session.scalars(select(EarlierJudgement.click_id)).all() == [4 << 32]
    scripts = ScriptDirectory(str(migrating.FOLDER)).walk_revisions()
    migrating.downgrade(db, to=next(one.down_revision for one in scripts if one.doc == "clicks as narrow rows"))
    with db.reading() as session:
        back = session.execute(
            text('SELECT segment_id, "offset", visitor, rule, country, referrer_host FROM click ORDER BY 1, 2')
        ).all()
    assert [tuple(row) for row in back] == [
        *((3, offset, "f" * 16, "", "NO", "news.example") for offset in (0, 200, 400)),
        *(
            (4, offset, "0123456789abcdef", rule, None, "")
            for offset, rule in ((0, "crawler"), (90, "a_rule_of_old"))
        ),
    ]
    migrating.upgrade(db)
    migrating.check(db)


def test_a_visitor_of_before_the_migration_is_known_on_the_same_day_after_it(with_old_clicks, tmp_path):
    db = with_old_clicks
    migrating.upgrade(db)
    at_ms = int(datetime(2026, 11, 26, 18, tzinfo=UTC).timestamp() * 1000)
    writing = Journal(tmp_path / "clicks")
    for visitor in ("f" * 24, "e" * 24):
        writing.append(Line(at_ms, 5, "GET", visitor, "b" * 16, "s", "", "news.example", FIREFOX))
    writing.close()
    clock = StandingClock(datetime(2026, 11, 26, 19, tzinfo=UTC))
    assert importing.keep_up(db, clock, directory=tmp_path / "clicks") == 2
    with db.reading() as session:
        late = select(Click.is_human, Click.is_first_today).where(Click.ms == 18 * 3_600_000).order_by(Click.id)
        assert [tuple(row) for row in session.execute(late)] == [(True, False), (True, True)]
        assert session.scalars(select(ReachDay)).all() == [], "a link of no share is not summed"
