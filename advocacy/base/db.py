"""The database: engine, tables' common ground, and the only place that commits."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import JSON, DateTime, Engine, MetaData, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect, make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from advocacy.base.clock import StandingClock
from advocacy.base.memory import MEMORY, Memory

WRITE = "advocacy_write"
"""Execution option of a connection whose transaction will write (SQLite: BEGIN IMMEDIATE)."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC. Naive ones are refused: SQLite would drop the zone silently."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone cannot be kept: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Left = TypeVar("Left")
_LEFT = "advocacy_left_for_the_end"


def left_for_the_end(session: Session, finish: Callable[[Session, Left], None], begin: Callable[[], Left]) -> Left:
    """What a transaction has put by for `finish`, which is called once, as the last thing before it is committed.

    For what many transactions change alike: whoever does so last holds it for no longer than the commit takes, and
    never while it waits for something else.

    Args:
        session: inside `Database.transaction`.
        finish: a function of a module, called with the session and what was put by; it leaves nothing for the end.
        begin: makes an empty one, at the first call in a transaction.
    """
    if not session.info.get(WRITE):
        raise RuntimeError("this session is for reading; open Database.transaction() to write")
    held = session.info.setdefault(_LEFT, {})
    if finish not in held:
        held[finish] = begin()
    found: Left = held[finish]
    return found


def alone(session: Session, what: str) -> None:
    """Waits until no other transaction is alone with this, and is, until it ends.

    Args:
        session: inside `Database.transaction`; of SQLite there is only one at a time anyway.
        what: the same name for all who must not do it at once.
    """
    if session.get_bind().dialect.name == "postgresql":
        key = zlib.crc32(what.encode()) - 2**31
        session.execute(text("SELECT pg_advisory_xact_lock(:family, :key)"), {"family": _FAMILY, "key": key})


_FAMILY = 7361
"""Of the numbers of locks: no other program's are among them."""


Json = JSON().with_variant(JSONB(), "postgresql")


def upsert(at: Session | Connection, table: Any) -> Any:
    """An INSERT that can say what to do about a row that is there already: `on_conflict_do_update` or `..._do_nothing`.

    Args:
        at: whose database it is for.
        table: a model, or its table.
    """
    dialect = at.get_bind().dialect if isinstance(at, Session) else at.dialect
    return (postgresql if dialect.name == "postgresql" else sqlite).insert(table)


class Base(DeclarativeBase):
    """What every table has in common."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime(), dict[str, Any]: Json, dict[str, str]: Json, list[Any]: Json}  # noqa: RUF012


class Database:
    """One database: hands out sessions for reading and transactions for writing.

    Args:
        url: an SQLAlchemy URL; `sqlite:///...` or `postgresql+psycopg://...` (`postgresql://` is understood).
        pool_size: connections kept open (PostgreSQL).
        time: told in the place of the database's own time; for tests, which move it.
    """

    def __init__(self, url: str, *, pool_size: int = 10, time: Callable[[], datetime] | None = None) -> None:
        self._time = time
        self.url = make_url(url)
        if self.url.drivername in ("postgresql", "postgres"):
            self.url = self.url.set(drivername="postgresql+psycopg")
        if self.is_sqlite:
            if self.url.database:
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine: Engine = create_engine(self.url, connect_args={"timeout": 30})
            _prepare_sqlite(self.engine)
        else:
            self.engine = create_engine(self.url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True)
        self._sessions = sessionmaker(
            self.engine, expire_on_commit=False, class_=GuardedSession, info={MEMORY: Memory()}
        )
        with self._sessions() as first:
            first.begin()  # SQLAlchemy readies a session class at its first use; two threads at once can trip over it

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    def session(self) -> Session:
        """A session for reading. It refuses to write: writes belong in `transaction`."""
        return self._sessions()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading, closed at the end."""
        with self._sessions() as session:
            yield session

    @contextmanager
    def transaction(self, session: Session | None = None) -> Iterator[Session]:
        """A transaction: committed at the end, rolled back on any error. Nested ones join.

        Args:
            session: the session to use; what it has read so far is read again when touched.
                A fresh one is opened and closed when none is given.
        """
        if session is None:
            with self._sessions() as fresh, self.transaction(fresh) as joined:
                yield joined
            return
        if session.info.get(WRITE):
            yield session
            return
        session.rollback()  # ends the read that was under way, so that the write sees the newest state
        session.info[WRITE] = True
        try:
            session.connection(execution_options={WRITE: True})
            yield session
            for finish, left in session.info.pop(_LEFT, {}).items():
                finish(session, left)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop(WRITE, None)
            session.info.pop(_LEFT, None)

    def now(self, session: Session) -> datetime:
        """The database's own time: what several machines agree on, whatever their clocks say."""
        if self._time is not None:
            return self._time()
        statement = "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')" if self.is_sqlite else "SELECT clock_timestamp()"
        moment: datetime | str = session.execute(text(statement)).scalar_one()
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    def clock(self, session: Session) -> StandingClock:
        """A clock that stands at the database's time of now, for all that is judged and written in a transaction."""
        return StandingClock(self.now(session))

    def dispose(self) -> None:
        """Closes every pooled connection."""
        self.engine.dispose()


class GuardedSession(Session):
    """A session that refuses to write outside `Database.transaction`."""


@event.listens_for(GuardedSession, "before_flush")
def _refuse_stray_writes(session: Session, *_: Any) -> None:
    if not session.info.get(WRITE) and (session.new or session.deleted or session.dirty):
        raise RuntimeError("this session is for reading; open Database.transaction() to write")


def _prepare_sqlite(engine: Engine) -> None:
    """WAL, foreign keys, patience with locks; and transactions that SQLAlchemy, not the driver, begins.

    What was committed outlives a power cut (synchronous=FULL): a network is asked to publish after we wrote down
    that it is asked, and clicks are removed from the journal after they were imported.
    """

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "synchronous=FULL",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # A write lock taken late fails at once when another writer came in between; so take it first.
        immediate = connection.get_execution_options().get(WRITE)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
