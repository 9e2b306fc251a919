"""Much data at once into an empty database: nothing is kept safe while it comes in, and indexes are made when all is there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psycopg

from advocacy.base.house import House

Run = Callable[[str], None]
"""Runs a statement."""


@contextmanager
def quickly(house: House, tables: Sequence[str]) -> Iterator[Run]:
    """A database to fill by statements. Should that not come to its end, throw the database away.

    Args:
        house: its database; nobody else uses it meanwhile.
        tables: those that much comes into; they are without their indexes and keys until the end.

    Yields:
        Runs a statement, each a transaction of its own. Foreign keys are not looked at.
    """
    house.db.dispose()
    with (_sqlite if house.db.is_sqlite else _postgresql)(house, tables) as run:
        yield run


@contextmanager
def _sqlite(house: House, tables: Sequence[str]) -> Iterator[Run]:
    connection = sqlite3.connect(str(house.db.url.database), isolation_level=None)
    try:
        for pragma in (
            "locking_mode=EXCLUSIVE",
            "journal_mode=OFF",
            "synchronous=OFF",
            "foreign_keys=OFF",
            "secure_delete=OFF",
            "cache_size=-1000000",
            "threads=4",
        ):
            connection.execute(f"PRAGMA {pragma}")

        def run(statement: str) -> None:
            connection.execute(statement)

        marks = ", ".join("?" * len(tables))
        query = (
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})"
        )
        indexes = connection.execute(query, list(tables)).fetchall()
        for name, _ in indexes:
            run(f'DROP INDEX "{name}"')
        yield run
        for _, made_by in indexes:
            run(made_by)
        run("ANALYZE")
        for pragma in ("locking_mode=NORMAL", "journal_mode=WAL"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
    finally:
        connection.close()


_INDEXES = """
SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.conname,
    pg_get_constraintdef(c.oid)
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
WHERE i.indrelid = ANY(%s::regclass[])
    AND NOT EXISTS (SELECT 1 FROM pg_constraint f WHERE f.conindid = i.indexrelid AND f.contype = 'f')
"""
"""But for those that foreign keys lean on."""


@contextmanager
def _postgresql(house: House, tables: Sequence[str]) -> Iterator[Run]:
    url = house.db.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:

        def run(statement: str) -> None:
            connection.execute(statement)

        run("SET synchronous_commit = off")
        run("SET work_mem = '512MB'")
        run("SET maintenance_work_mem = '512MB'")
        run("SET jit = off")
        try:
            run("SET session_replication_role = replica")
        except psycopg.errors.InsufficientPrivilege:
            print("  filling takes longer: this role may not leave foreign keys aside", flush=True)
        indexes = connection.execute(_INDEXES, [[f'"{table}"' for table in tables]]).fetchall()
        for index, table, _, constraint, _ in indexes:
            run(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"' if constraint else f"DROP INDEX {index}")
        yield run
        for _, table, made_by, constraint, defined in indexes:
            run(f'ALTER TABLE {table} ADD CONSTRAINT "{constraint}" {defined}' if constraint else made_by)
        run("VACUUM ANALYZE")
