"""The day's salt: one for all processes, and gone for good 48 hours after its day began."""

import hashlib
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from advocacy.base.db import Database
from advocacy.base.sealing import Sealer
from advocacy.reach import salts
from advocacy.reach.asking import Asking
from advocacy.reach.models import DailySalt
from advocacy.reach.observing import DAY_SECONDS, VISITOR_BYTES
from tests.reach.conftest import BROWSER, HOME, lines_in

TODAY = date(2026, 3, 2)


@pytest.fixture
def sealer(house) -> Sealer:
    return house.part(Sealer)


def test_all_processes_have_the_same_salt_of_a_day_and_another_each_day(db, database_url, sealer):
    first = salts.of_day(db, sealer, day=TODAY)
    assert len(first) == 32
    other = Database(database_url)
    assert salts.of_day(other, sealer, day=TODAY) == first
    other.dispose()
    assert salts.of_day(db, sealer, day=TODAY + timedelta(days=1)) != first


def test_many_who_ask_at_once_get_one_salt(db, sealer):
    got = []
    threads = [threading.Thread(target=lambda: got.append(salts.of_day(db, sealer, day=TODAY))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(set(got)) == 1


def test_the_salt_stands_sealed_and_opens_in_its_own_row_only(db, sealer):
    salt = salts.of_day(db, sealer, day=TODAY)
    with db.reading() as session:
        row = session.get_one(DailySalt, TODAY)
    assert salt not in row.sealed
    with db.transaction() as session:
        session.add(DailySalt(day=date(2026, 3, 3), sealed=row.sealed))
    with pytest.raises(Exception, match="not sealed for"):
        salts.of_day(db, sealer, day=date(2026, 3, 3))


def test_tomorrows_salt_is_there_before_midnight(db, sealer, clock):
    salts.prepare(db, clock, sealer)
    with db.reading() as session:
        assert sorted(session.scalars(select(DailySalt.day))) == [TODAY, TODAY + timedelta(days=1)]


def test_a_salt_is_destroyed_48_hours_after_its_day_began_and_not_before(db, sealer, clock):
    salts.of_day(db, sealer, day=TODAY)
    clock.set(datetime(2026, 3, 3, 23, 59, 59, tzinfo=UTC))
    assert salts.destroy_old(db, clock) == 0
    clock.set(datetime(2026, 3, 4, 0, 0, tzinfo=UTC))
    assert salts.destroy_old(db, clock) == 1
    assert salts.destroy_old(db, clock) == 0
    with db.reading() as session:
        row = session.get_one(DailySalt, TODAY)
        assert (row.sealed, row.destroyed_at) == (None, clock.now())
    with pytest.raises(LookupError):
        salts.of_day(db, sealer, day=TODAY)


def test_a_visitors_hash_can_be_made_again_while_the_salt_lives_and_not_after(
    db, sealer, clock, make, visit, clicks, settings, app, client
):
    """The proof: who knows address, agent and host can find the visitor today, and has nothing to try with later."""
    share = make.share(make.user())
    with db.reading() as session:
        code = session.scalar(text("SELECT code FROM link WHERE id = :id"), {"id": share.link_id})
    visit(code)
    (line,) = lines_in(clicks)

    def attempt(salt: bytes) -> str:
        known = f"{HOME}\n{BROWSER['User-Agent']}\nlocalhost".encode()
        return hashlib.blake2b(known, key=salt, digest_size=VISITOR_BYTES, person=b"visitor").hexdigest()

    sealed = _sealed(db)
    salt = sealer.open_bytes(sealed, context="daily_salt.sealed:2026-03-02")
    assert attempt(salt) == line.visitor
    clock.move(hours=48)
    salts.destroy_old(db, clock)
    assert _sealed(db) is None
    observer = app.wsgi_app._observer
    assert observer._salts._salt == salt
    client.get("/sign-in")  # any request to the process, and it lets go of the old salt
    assert observer._salts._salt == b""
    assert observer._salt != salt
    assert observer._visitor.hexdigest() != keyed_with(salt)
    if db.is_sqlite:
        database = Path(db.url.database)
        left = database.read_bytes() + Path(f"{database}-wal").read_bytes()
        assert sealed not in left, "the sealed salt is still in the database's files"
    for path in settings.data_dir.rglob("*"):
        if path.is_file():
            assert salt not in path.read_bytes()


def keyed_with(salt: bytes) -> str:
    return hashlib.blake2b(key=salt, digest_size=VISITOR_BYTES, person=b"visitor").hexdigest()


def _sealed(db) -> bytes | None:
    with db.reading() as session:
        return session.get_one(DailySalt, TODAY).sealed


def test_a_process_that_nobody_asks_lets_go_of_yesterdays_salt_too(db, sealer):
    memory = salts.SaltInMemory(db, sealer, Asking())
    day = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp()) // DAY_SECONDS
    salt = memory.of(day)
    memory.forget_before(day)
    assert memory._salt == salt
    assert memory.forget_before(day + 1)
    assert memory._salt == b""
    assert memory.of(day) == salt


def test_while_the_database_is_away_a_stand_in_is_used_and_replaced_afterwards(db, sealer, monkeypatch):
    memory = salts.SaltInMemory(db, sealer, Asking())
    day = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp()) // DAY_SECONDS
    monkeypatch.setattr(salts, "of_day", lambda *_, **__: (_ for _ in ()).throw(OSError("away")))
    stand_in = memory.of(day)
    assert len(stand_in) == 32
    assert memory.of(day) == stand_in
    monkeypatch.undo()
    monkeypatch.setattr(salts, "RETRY_SECONDS", 0.0)
    assert memory.of(day) == salts.of_day(db, sealer, day=TODAY) != stand_in
