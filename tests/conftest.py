"""What every test can ask for. The real servers and browsers come from tests/peers."""

import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

from advocacy.app import build_house, create_app
from advocacy.base.db import Database
from advocacy.base.house import House
from advocacy.people import passwords, sessions
from advocacy.people.models import User
from advocacy.reach import item_sums
from advocacy.sharing import post_sums
from advocacy.tables import metadata
from config import Settings
from tests.factories import Factory
from tests.pages import PageClient

pytest_plugins = [
    "tests.peers.sockets",
    "tests.peers.databases",
    "tests.peers.rabbitmq",
    "tests.peers.bluesky",
    "tests.peers.chaos",
    "tests.peers.prism",
    "tests.peers.twitter_text",
    "tests.peers.browsers",
    "tests.peers.linkedin",
    "tests.peers.sharing",
    "tests.site",
]
"""Real servers, browsers and checkers that the tests run against, started when first asked for."""


if sys.dont_write_bytecode:
    # Said so as not to litter this folder. But every hub that a test starts would compile all its modules anew, a
    # fifth of what it takes to come up: they share what they compile in a folder apart.
    os.environ["PYTHONDONTWRITEBYTECODE"] = ""
    os.environ["PYTHONPYCACHEPREFIX"] = str(Path(__file__).resolve().parents[1] / "build" / "bytecode")


class FakeClock:
    """Time that stands still until a test moves it."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """The moment the test says it is."""
        return self._now

    def move(self, **by: float) -> datetime:
        """Moves on by `timedelta(**by)`."""
        self._now += timedelta(**by)
        return self._now

    def set(self, to: datetime) -> None:
        """It is now `to`."""
        self._now = to


@pytest.fixture(scope="session", autouse=True)
def _passwords_cost_little() -> None:
    """Hashing is slow on purpose; the tests sign in hundreds of times."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords._nobody.cache_clear()


class Compiled(BytecodeCache):
    """What templates compile to, for every application that a process makes."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fills the bucket if its very source was compiled before."""
        if bucket.key in self._code:
            bucket.load_bytecode(io.BytesIO(self._code[bucket.key]))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what was compiled."""
        self._code[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def _templates_compile_once() -> None:
    """A test's own application would compile every template anew: half of what a page costs a test."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}


@pytest.fixture
def clock() -> FakeClock:
    """A Monday morning in the past."""
    return FakeClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def _empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    db = Database(f"sqlite:///{path}")
    metadata.create_all(db.engine)
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.dispose()
    return path


@pytest.fixture(scope="session")
def _postgres_with_tables(postgres_url: str) -> str:
    db = Database(postgres_url)
    metadata.create_all(db.engine)
    db.dispose()
    return postgres_url


_EMPTYING = ";".join(f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables))
"""Children first, in one message. Far quicker than TRUNCATE, which makes new files for every table, filled or not."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database with every table: each test that asks runs on both kinds."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("_empty_sqlite"), tmp_path / "test.db")
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    url = request.getfixturevalue("_postgres_with_tables")
    yield url
    db = Database(url)
    with db.engine.begin() as connection:
        connection.exec_driver_sql(_EMPTYING)
    db.dispose()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """A hub in a folder of its own."""
    return Settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        public_url="http://localhost",
        company_name="Nordlys",
        log_level="warning",
    )


@pytest.fixture
def house(settings: Settings, clock: FakeClock) -> Iterator[House]:
    """The hub's parts, with a clock that the test moves."""
    built = build_house(settings, clock=clock)
    yield built
    built.db.dispose()


@pytest.fixture
def db(house: House) -> Database:
    """The hub's database."""
    return house.db


@pytest.fixture
def make(house: House) -> Factory:
    """Makes people, items and shares, each with one short call."""
    return Factory(house)


@pytest.fixture
def app(settings: Settings, house: House) -> Flask:
    """The web application."""
    app = create_app(settings, the_house=house)
    app.config.update(TESTING=True)
    return app


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A browser that nobody has signed in with. Every page it gets is checked; see tests/pages.py."""
    return PageClient(app)


@pytest.fixture
def signed_in(app: Flask, house: House) -> Callable[[User], PageClient]:
    """Gives a browser that this person has signed in with."""

    def enter(user: User) -> PageClient:
        client = PageClient(app)
        with house.db.transaction() as session:
            token = sessions.begin(session, house.clock, user=user, device="test")
        client.set_cookie("hub", token, domain="localhost")
        return client

    return enter


@pytest.fixture
def sums_agree(db: Database) -> Iterator[None]:
    """Sees to it that, whatever the test did, sums that were moved along say in the end what the rows say."""
    yield
    with db.reading() as session:
        assert post_sums.differing(session) == []
        assert item_sums.differing(session) == []
