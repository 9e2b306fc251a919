"""The PostgreSQL that benchmarks use: the one of `DATABASE_URL`, or a throw-away one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.peers.databases import throw_away_cluster


@contextmanager
def postgres_server() -> Iterator[str]:
    """`postgresql://` address of a server where databases may be created. A throw-away one writes as carefully as a real one."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield "postgresql://" + given.partition("://")[2]
        return
    with tempfile.TemporaryDirectory(prefix="advocacy-postgres-", ignore_cleanup_errors=True) as folder:
        (Path(folder) / "log").touch()
        inside = Path(folder) / "cluster"
        inside.mkdir()
        Path(folder).chmod(0o755)
        yield from throw_away_cluster(inside, Path(folder) / "log", careless=False)
