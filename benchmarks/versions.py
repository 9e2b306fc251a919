"""What was measured, when, and how busy the machine was with other things."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version

from tests.peers.installed import postgres_program

LIBRARIES = ("Flask", "Werkzeug", "SQLAlchemy", "psycopg", "granian", "APScheduler")


def told() -> list[str]:
    """Date, machine and versions."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    postgres = subprocess.run([postgres_program("postgres"), "--version"], capture_output=True, text=True).stdout
    return [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit}, {os.cpu_count()} cores, {platform.platform()}",
        f"Load of the last 1, 5 and 15 minutes: {' '.join(f'{load:.1f}' for load in os.getloadavg())}",
        ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in LIBRARIES)]),
        f"SQLite {sqlite3.sqlite_version}, {postgres.strip()}",
    ]
