"""The day's salt: what visitors' hashes are keyed with, so that nobody can be recognised the day after.

One random key a UTC day, the same in all processes. It stands sealed in one row and in the memory of the
processes that need it, and is destroyed 48 hours after its day began: from then on nobody, ourselves included,
can tell whether a hash belongs to an address. The limits of that promise are written down in docs/reach.md.
"""

from __future__ import annotations

import secrets
import time
from datetime import UTC, date, datetime, timedelta

import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from advocacy.base import sealing
from advocacy.base.clock import Clock
from advocacy.base.db import Database
from advocacy.base.house import House
from advocacy.base.sealing import Sealer
from advocacy.reach.asking import LONG_PATIENCE, PATIENCE, Asking, Away
from advocacy.reach.models import DailySalt

log = structlog.get_logger()

SALT_BYTES = 32
LIVES = timedelta(hours=48)
"""After the beginning of its day."""
RETRY_SECONDS = 5.0


def of_day(db: Database, sealer: Sealer, *, day: date) -> bytes:
    """The salt of a day, made when it has none yet.

    Args:
        db: where it stands, sealed.
        sealer: seals and opens it.
        day: UTC.

    Raises:
        LookupError: it was destroyed.
    """
    with db.reading() as session:
        row = session.get(DailySalt, day)
    if row is None:
        row = _make(db, sealer, day)
    if row.sealed is None:
        raise LookupError(f"the salt of {day} was destroyed")
    return sealer.open_bytes(row.sealed, context=_context(day))


def _make(db: Database, sealer: Sealer, day: date) -> DailySalt:
    """The first process decides for all: the day is the primary key."""
    row = DailySalt(day=day, sealed=sealer.seal(secrets.token_bytes(SALT_BYTES), context=_context(day)))
    try:
        with db.transaction() as session:
            session.add(row)
    except IntegrityError:
        with db.reading() as session:
            return session.scalars(select(DailySalt).where(DailySalt.day == day)).one()
    return row


def _context(day: date) -> str:
    return sealing.row("daily_salt", "sealed", day.isoformat())


def tend(house: House) -> None:
    """Makes the next days' salts and destroys the old ones. A job."""
    prepare(house.db, house.clock, house.part(Sealer))
    destroy_old(house.db, house.clock)


def prepare(db: Database, clock: Clock, sealer: Sealer) -> None:
    """Makes today's and tomorrow's salts before anybody needs them, so that no visitor waits at midnight."""
    today = clock.now().date()
    for day in (today, today + timedelta(days=1)):
        of_day(db, sealer, day=day)


def destroy_old(db: Database, clock: Clock) -> int:
    """Destroys every salt whose day began 48 hours ago or earlier.

    The sealed bytes are overwritten with zeros of the same length before they are removed, and the database is
    asked to let go of its older copies: SQLite's write-ahead log is folded in and cut to nothing, PostgreSQL's dead
    rows are vacuumed.

    Returns:
        How many were destroyed.
    """
    newest = (clock.now() - LIVES).date()
    with db.transaction() as session:
        if db.is_sqlite:
            session.execute(text("PRAGMA secure_delete = ON"))
        rows = session.scalars(
            select(DailySalt).where(DailySalt.day <= newest, DailySalt.sealed.is_not(None)).with_for_update()
        ).all()
        for row in rows:
            row.sealed = bytes(len(row.sealed or b""))
        session.flush()
        for row in rows:
            row.sealed, row.destroyed_at = None, clock.now()
    if rows:
        _let_go_of_copies(db)
        log.info("visitor salts destroyed", days=[row.day.isoformat() for row in rows])
    return len(rows)


def _let_go_of_copies(db: Database) -> None:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)" if db.is_sqlite else "VACUUM daily_salt"))


class SaltInMemory:
    """Today's salt in one process, asked for once a day.

    Args:
        db: where it stands.
        sealer: opens it.
        asking: how the database is asked without keeping visitors waiting.
    """

    def __init__(self, db: Database, sealer: Sealer, asking: Asking) -> None:
        self._db = db
        self._sealer = sealer
        self._asking = asking
        self._day = -1
        self._salt = b""
        self._is_stand_in = False
        self._tried = 0.0

    def of(self, day: int) -> bytes:
        """The salt of a day.

        Args:
            day: number of days since 1970-01-01, UTC; today's.

        Returns:
            32 bytes. While the database is away, a stand-in of this process alone: a visitor may then count once
            in each process, which is better than not at all.
        """
        if day == self._day and not self._is_stand_in:
            return self._salt
        if day == self._day and time.monotonic() - self._tried < RETRY_SECONDS:
            return self._salt
        self._tried = time.monotonic()
        wanted = datetime.fromtimestamp(day * 86400, UTC).date()
        try:
            patience = PATIENCE if day == self._day else LONG_PATIENCE
            self._salt = self._asking.ask(lambda: of_day(self._db, self._sealer, day=wanted), patience=patience)
            self._is_stand_in = False
        except Away:
            if day != self._day:
                self._salt, self._is_stand_in = secrets.token_bytes(SALT_BYTES), True
        self._day = day
        return self._salt

    def forget_before(self, day: int) -> bool:
        """Lets go of a salt of an earlier day, even when nobody has clicked since.

        Returns:
            Whether there was one.
        """
        if not self._salt or self._day >= day:
            return False
        self._salt, self._day = b"", -1
        return True
