"""The large company in a database of either kind: filled once, kept in `build/bench` or on the server for the next run."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import text

from advocacy import migrating
from advocacy.app import build_house
from advocacy.base.house import House
from benchmarks import company, loading
from benchmarks.results import say
from benchmarks.servers import KEPT, postgres_server, processor_seconds
from config import Settings

NAMES = ("SQLite", "PostgreSQL")
WITHIN = 600
"""Seconds that filling may take."""


def _key() -> str:
    """What a filled database is known by: the schema, and the programs that filled it with their size."""
    migrations = sorted((Path(migrating.__file__).parents[1] / "migrations/versions").glob("[0-9]*.py"))
    sources = [Path(company.__file__), Path(loading.__file__)]
    made_by = sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:8]
    return f"{company.CLICKS}_{migrations[-1].name.partition('_')[0]}_{made_by}"


@contextmanager
def filled(name: str) -> Iterator[House]:
    """The company, to be read; it is filled now if no earlier run did.

    Args:
        name: one of `NAMES`.
    """
    if name == "SQLite":
        with _opened("", _sqlite()) as house:
            yield house
        return
    with postgres_server() as server:
        url = _of(server, _postgresql(server))
        with tempfile.TemporaryDirectory(prefix="advocacy-bench-") as folder, _opened(url, Path(folder)) as house:
            yield house


@contextmanager
def copied(name: str) -> Iterator[tuple[House, Path]]:
    """A copy of the company, to be written to, and its data directory.

    Args:
        name: one of `NAMES`.
    """
    with tempfile.TemporaryDirectory(prefix="advocacy-bench-") as given:
        folder = Path(given)
        if name == "SQLite":
            shutil.copyfile(_sqlite() / "advocacy.db", folder / "advocacy.db")
            with _opened("", folder) as house:
                yield house, folder
            return
        with postgres_server() as server:
            original, copy = _postgresql(server), f"bench_copy_{os.getpid()}"
            with psycopg.connect(server, autocommit=True) as entrance:
                by_files = sql.SQL(" STRATEGY file_copy" if entrance.info.server_version >= 150000 else "")
                made = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(copy), sql.Identifier(original)
                )
                entrance.execute(made + by_files)
                try:
                    with _opened(_of(server, copy), folder) as house:
                        _number_on(house)
                        yield house, folder
                finally:
                    entrance.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(copy)))


def _number_on(house: House) -> None:
    """New rows get numbers after those that were filled in with theirs."""
    with house.db.transaction() as session:
        for table in ("team", "user", "link", "share", "figure_reading", "agent", "journal_segment", "request_kind"):
            last = f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), (SELECT max(id) FROM \"{table}\"))"
            session.execute(text(last))


@contextmanager
def _opened(url: str, folder: Path) -> Iterator[House]:
    house = build_house(Settings(data_dir=folder, database_url=url, log_level="error"))
    try:
        yield house
    finally:
        house.db.dispose()


@contextmanager
def _alone() -> Iterator[None]:
    """Of several runs one fills, and the others wait for what it has filled."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sqlite() -> Path:
    """The data directory of the filled one."""
    folder = KEPT / f"sqlite_{_key()}"
    with _alone():
        if folder.exists():
            return folder
        half = KEPT / "sqlite_unfinished"
        for old in (half, *KEPT.glob(f"sqlite_{company.CLICKS}_*")):
            shutil.rmtree(old, ignore_errors=True)
        half.mkdir(parents=True)
        with _opened("", half) as house:
            _fill("SQLite", house)
        half.rename(folder)
    return folder


def _postgresql(server: str) -> str:
    """The name of the filled one."""
    name, half = f"bench_{_key()}", "bench_unfinished"
    with _alone(), psycopg.connect(server, autocommit=True) as entrance:
        there = [row[0] for row in entrance.execute("SELECT datname FROM pg_database")]
        if name in there:
            return name
        for old in (one for one in there if one == half or one.startswith(f"bench_{company.CLICKS}_")):
            entrance.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
        entrance.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(half))
        )
        with (
            tempfile.TemporaryDirectory(prefix="advocacy-bench-") as folder,
            _opened(_of(server, half), Path(folder)) as house,
        ):
            _fill("PostgreSQL", house, server)
        renamed = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(half), sql.Identifier(name))
        entrance.execute(renamed)
    return name


def _of(server: str, name: str) -> str:
    base, _, query = server.partition("?")
    return base.rpartition("/")[0] + "/" + name + (f"?{query}" if query else "")


def _fill(name: str, house: House, server: str = "") -> None:
    migrating.upgrade(house.db)
    for what, do in (("filled", company.fill), ("every sum held against its rows", company.compare)):
        began, own = time.perf_counter(), time.process_time()
        theirs = processor_seconds(server) if server else 0
        do(house)
        took, own = time.perf_counter() - began, time.process_time() - own
        line = f"{name}: {what} in {took:.0f} s by the clock, {own:.0f} s of this process's processor time"
        if server and theirs is not None:
            line += f" and {(processor_seconds(server) or 0) - theirs:.0f} s of the database's"
        print(f"{line}; load {os.getloadavg()[0]:.1f}", flush=True)
        note = {"what": what, "database": name, "clicks": company.CLICKS, "says": line}
        with (KEPT / "filled.jsonl").open("a") as kept:
            kept.write(json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), **note}) + "\n")
        if what == "filled":
            say(f"fill {name}", f"{took:.0f} s", f"<= {WITHIN} s", is_met=took <= WITHIN)


def main() -> None:
    """Fill both where they are not filled yet."""
    print(f"The company: {company.CLICKS:,} clicks, {company.SHARES:,} posts, {company.PEOPLE:,} people.\n")
    _sqlite()
    print("SQLite: there", flush=True)
    with postgres_server() as server:
        _postgresql(server)
        print("PostgreSQL: there", flush=True)


if __name__ == "__main__":
    main()
