"""What a worker and a clock hold for themselves: memory that would be free without them (USS)."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from advocacy import migrating
from advocacy.app import build_house
from config import Settings
from tests.peers.processes import running

AT_MOST = 90
"""Megabytes that each may hold."""
SETTLED = 8.0
"""Seconds after which every job of the timetable has run at least once."""


def megabytes(process: int) -> float:
    """The USS of a process."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    private = (line.split() for line in text.splitlines() if line.startswith("Private_"))
    return sum(int(words[1]) for words in private) / 1024


def main() -> None:
    """Print both, as they run beside a web server."""
    print(f"Memory, USS, {SETTLED:.0f} s after the start (at most {AT_MOST} MB is promised)\n")
    with tempfile.TemporaryDirectory(prefix="advocacy-bench-", ignore_cleanup_errors=True) as folder:
        house = build_house(Settings(data_dir=Path(folder)))
        migrating.upgrade(house.db)
        house.db.dispose()
        for name in ("worker", "clock"):
            with running(
                [sys.executable, "-m", "advocacy", name],
                ready=lambda: True,
                log=Path(folder) / f"{name}.log",
                environment={"DATA_DIR": folder, "DATABASE_URL": "", "LOG_LEVEL": "error"},
            ) as process:
                time.sleep(SETTLED)
                print(f"{name:<10} {megabytes(process.pid):6.0f} MB")


if __name__ == "__main__":
    main()
