"""What each process of a hub holds for itself: memory that would be free without it (USS)."""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import requests

from benchmarks.results import say
from tests.peers.processes import answers_http, free_port, running

AT_MOST = 90
"""Megabytes that each may hold."""
SETTLED = 8.0
"""Seconds in which every job of the timetable runs at least once."""
PAGES = 200


def megabytes(process: int) -> float:
    """The USS of a process."""
    return _sum(process, "Private_")


def _sum(process: int, what: str) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if re.match(what, line)) / 1024


def family(process: int) -> Iterator[int]:
    """A process and all who descend from it."""
    yield process
    for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        yield from family(int(child))


def main() -> None:
    """Print them: those of `serve`, which share what they have loaded, and those that run apart."""
    print(
        f"Memory in MB, after {PAGES} pages, {SETTLED:.0f} s without more (at most {AT_MOST} of its own is promised)\n"
    )
    print(f"{'':<18} {'USS':>6} {'PSS':>6}")
    with tempfile.TemporaryDirectory(prefix="advocacy-bench-", ignore_cleanup_errors=True) as folder:
        port = free_port()
        ready = answers_http(f"http://127.0.0.1:{port}/sign-in")
        with running(_command("serve"), ready=ready, log=Path(folder) / "log", environment=_of(folder, port)) as hub:
            for _ in range(PAGES):
                requests.get(f"http://127.0.0.1:{port}/sign-in", timeout=60).raise_for_status()
            for process in family(hub.pid):
                _settle(process)
            _print(hub.pid)
        for name in ("worker", "clock"):
            with running(
                _command(name), ready=lambda: True, log=Path(folder) / name, environment=_of(folder, port)
            ) as process:
                _settle(process.pid)
                print(f"{name + ' apart':<18} {megabytes(process.pid):6.0f} {_sum(process.pid, 'Pss:'):6.0f}")
                _say(f"{name} started apart", megabytes(process.pid), AT_MOST)


def _settle(process: int) -> None:
    """Waits until it has loaded all, and no more than a megabyte has come in `SETTLED` seconds."""
    before = -1.0
    while (now := megabytes(process)) > before + 1:
        before = now
        time.sleep(SETTLED)


def _print(parent: int) -> None:
    whole = 0.0
    for process in family(parent):
        name = Path(f"/proc/{process}/comm").read_text().strip() if process != parent else "serve"
        pss = _sum(process, "Pss:")
        whole += pss
        print(f"{name:<18} {megabytes(process):6.0f} {pss:6.0f}")
        _say(f"{name} of one serve", megabytes(process), AT_MOST)
    print(f"{'all of serve':<18} {'':6} {whole:6.0f}")


def _say(what: str, uss: float, most: float) -> None:
    say(f"memory (USS), {what}", f"{uss:.0f} MB", f"<= {most:g} MB", is_met=uss <= most)


def _command(name: str) -> list[str]:
    return [sys.executable, "-m", "advocacy", name]


def _of(folder: str, port: int) -> dict[str, str]:
    return {"DATA_DIR": folder, "DATABASE_URL": "", "LOG_LEVEL": "error", "HOST": "127.0.0.1", "PORT": str(port)}


if __name__ == "__main__":
    main()
