"""The PostgreSQL that benchmarks use: the one of `DATABASE_URL`, or one of our own whose databases are kept for the next run."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.peers.installed import postgres_program
from tests.peers.processes import dying_with_us, free_port, running

KEPT = Path(__file__).parents[1] / "build/bench"
"""What one run leaves for the next: filled databases, and what was measured."""
SETTINGS = ("shared_buffers=1GB", "max_wal_size=4GB", "max_connections=200")
"""Of our own server. It writes as carefully as any."""


@contextmanager
def postgres_server() -> Iterator[str]:
    """`postgresql://` address of a server where databases may be created, with a database to enter by."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield "postgresql://" + given.partition("://")[2]
        return
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    with _folder(user) as folder:
        yield from _serve(folder, user)


@contextmanager
def _folder(user: str | None) -> Iterator[Path]:
    """One that is kept, where that user may enter it; or else one for this time."""
    kept = KEPT / "postgres"
    kept.mkdir(parents=True, exist_ok=True)
    if user and not all(parent.stat().st_mode & 1 for parent in kept.parents):
        with tempfile.TemporaryDirectory(prefix="advocacy-postgres-", ignore_cleanup_errors=True) as folder:
            Path(folder).chmod(0o755)
            yield Path(folder)
        return
    yield kept


def _serve(folder: Path, user: str | None) -> Iterator[str]:
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    if not (data / "PG_VERSION").exists():
        make = [postgres_program("initdb"), "-D", data, "-U", "advocacy", "-A", "trust", "-E", "UTF8"]
        command = dying_with_us([*make, "--locale=C.UTF-8"], user=user, last_signal="KILL")
        made = subprocess.run(command, capture_output=True, text=True, cwd=folder)
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
    port = free_port()
    settings = [f"--{one}" for one in SETTINGS]
    settings += [f"--port={port}", "--listen_addresses=127.0.0.1", "--unix_socket_directories="]
    entrance = f"postgresql://advocacy@127.0.0.1:{port}/postgres"

    def accepts() -> bool:
        try:
            psycopg.connect(entrance, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    server = [postgres_program("postgres"), "-D", data, *settings]
    log = KEPT / "postgres.log"
    with running(server, ready=accepts, log=log, user=user, stop_signal=signal.SIGINT, seconds=300):
        yield entrance


def processor_seconds(server: str) -> float | None:
    """What the server and those it started have computed so far; None when it does not run on this machine.

    Args:
        server: its `postgresql://` address.
    """
    with psycopg.connect(server) as connection:
        backend = connection.info.backend_pid
    try:
        parent = int(_fields(backend)[1])
        if Path(f"/proc/{parent}/comm").read_text().strip() not in ("postgres", "postmaster"):
            return None
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        ticks = sum(map(int, _fields(parent)[11:15]))
        for child in children:
            try:
                ticks += sum(map(int, _fields(int(child))[11:13]))
            except OSError:
                continue  # it has just ended
    except OSError:
        return None
    return ticks / os.sysconf("SC_CLK_TCK")


def _fields(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
