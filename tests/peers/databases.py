"""PostgreSQL and Redis for the tests: those of `DATABASE_URL` and `REDIS_URL`, or throw-away ones."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from .installed import installed, postgres_program
from .processes import dying_with_us, free_port, listens, running

DRIVER = "postgresql+psycopg://"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`postgresql://` address of a server where we may create databases, with a database to enter by."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield "postgresql://" + given.partition("://")[2]
        return
    with tempfile.TemporaryDirectory(prefix="advocacy-postgres-", ignore_cleanup_errors=True) as folder:
        yield from throw_away_cluster(Path(folder), tmp_path_factory.mktemp("postgres") / "log")


def throw_away_cluster(folder: Path, log: Path) -> Iterator[str]:
    """A PostgreSQL server that ends with us, and leaves nothing on the disk if the machine dies."""
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    if user:
        shutil.chown(folder, user)
    choices = ["-U", "advocacy", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    make = [postgres_program("initdb"), "-D", folder / "data", *choices]
    command = dying_with_us(make, user=user, last_signal="KILL")
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
    port = free_port()
    # Nothing that tests keep outlives them, so nothing needs to reach the disk.
    unsafe = ["--fsync=off", "--synchronous_commit=off", "--full_page_writes=off"]
    settings = [*unsafe, "--max_connections=200", f"--port={port}", "--listen_addresses=127.0.0.1"]
    server = [postgres_program("postgres"), "-D", folder / "data", "-k", folder, *settings]
    with running(server, ready=lambda: _accepts(port), log=log, user=user, stop_signal=signal.SIGINT):
        yield f"postgresql://advocacy@127.0.0.1:{port}/postgres"


def _accepts(port: int) -> bool:
    try:
        psycopg.connect(f"postgresql://advocacy@127.0.0.1:{port}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def create_database(server: str) -> str:
    """Make an empty database on that server and return its plain `postgresql://` address."""
    name = f"advocacy_test_{os.getpid()}_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
        connection.execute(create.format(sql.Identifier(name)))
    base, _, query = server.partition("?")
    return base.rpartition("/")[0] + "/" + name + (f"?{query}" if query else "")


def drop_database(server: str, url: str) -> None:
    """Drop a database made by `create_database`, with whoever is still connected to it."""
    name = url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str) -> Iterator[str]:
    """SQLAlchemy's address of an empty PostgreSQL database that is ours alone until the tests end."""
    url = create_database(postgres_server)
    yield DRIVER + url.partition("://")[2]
    drop_database(postgres_server, url)


@pytest.fixture
def fresh_postgres_url(postgres_server: str) -> Iterator[str]:
    """SQLAlchemy's address of an empty PostgreSQL database for one test."""
    url = create_database(postgres_server)
    yield DRIVER + url.partition("://")[2]
    drop_database(postgres_server, url)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a Redis server, `redis://host:port`."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield given
        return
    folder = tmp_path_factory.mktemp("redis")
    port = free_port()
    server = [installed("redis-server", "redis-server"), "--port", str(port), "--bind", "127.0.0.1"]
    quiet = ["--save", "", "--appendonly", "no", "--dir", folder]
    with running([*server, *quiet], ready=listens(port), log=folder / "log"):
        yield f"redis://127.0.0.1:{port}"
