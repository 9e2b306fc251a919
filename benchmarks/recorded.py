"""Redirects recorded, judged and summed while they are served: a web server and a worker beside the load, both databases."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from advocacy import migrating
from advocacy.app import build_house
from advocacy.base.house import House
from advocacy.reach import importing
from advocacy.reach.journal import FOLDER
from advocacy.reach.models import Click, ReachDay
from advocacy.sharing.models import Link
from config import Settings
from tests.factories import Factory
from tests.peers.processes import answers_http, free_port, running

from .importing import scratch_database
from .load import AGENT, CONNECTIONS
from .memory import megabytes
from .results import say
from .servers import postgres_server

SECONDS = int(os.environ.get("RECORDED_SECONDS", "8"))
"""Of load; 3600 tells what memory grows by in an hour."""
REDIRECT_AT_MOST = 35
"""Megabytes that a process which redirects may hold."""
PATIENCE = 120
"""Seconds that the worker may need for what is left when the load stops."""


def main() -> None:
    """Print what was answered, what was recorded, how late it was to be seen, and what the web process holds."""
    if not shutil.which("wrk"):
        sys.exit("make bench needs wrk. On Debian: apt-get install wrk")
    print(
        f"Recorded, judged and summed while serving: one web process and one worker, {SECONDS} s of load\n"
        "(wanted: 30,000 a second; in reports at most 1 s later; growth below 5% in an hour)\n"
    )
    print(f"{'':<11} {'answered/s':>10} {'recorded/s':>10} {'last one seen after':>20} {'web process, USS MB':>24}")
    _measure("SQLite", "")
    with postgres_server() as server, scratch_database(server) as url:
        _measure("PostgreSQL", url)


def _measure(name: str, url: str) -> None:
    with tempfile.TemporaryDirectory(prefix="advocacy-bench-", ignore_cleanup_errors=True) as folder:
        house = build_house(Settings(data_dir=Path(folder), database_url=url))
        migrating.upgrade(house.db)
        make = Factory(house)
        share = make.share(make.user(), make.item())
        with house.db.reading() as session:
            code = session.get_one(Link, share.link_id).code
        port = free_port()
        serve = [Path(sys.executable).with_name("granian"), "--interface", "wsgi", "--workers", "1"]
        serve += ["--blocking-threads", str(Settings().web_threads), "--host", "127.0.0.1", "--port", str(port)]
        environment = {"DATA_DIR": folder, "DATABASE_URL": url, "LOG_LEVEL": "error"}
        with (
            running(
                [*serve, "--log-level", "warning", "wsgi:app"],
                ready=answers_http(f"http://127.0.0.1:{port}/static/nothing"),
                log=Path(folder) / "web.log",
                environment=environment,
            ) as web,
            running(
                [sys.executable, "-m", "advocacy", "worker"],
                ready=lambda: True,
                log=Path(folder) / "worker.log",
                environment=environment,
            ),
        ):
            address = f"http://127.0.0.1:{port}/r/{code}"
            _load(address, 1)
            _wait_for_all(house, folder)
            seen, held = _clicks(house), _of_web(web.pid)
            began = time.monotonic()
            answered = _load(address, SECONDS)
            stopped = time.monotonic()
            _wait_for_all(house, folder)
            ended, recorded, grown = time.monotonic(), _clicks(house) - seen, _of_web(web.pid)
        if recorded < answered:
            raise SystemExit(f"{answered} answered, {recorded} recorded: clicks were lost.")
        with house.db.reading() as session:
            if session.scalar(select(func.sum(ReachDay.raw))) != _clicks(house):
                raise SystemExit("The days' sums are not what was recorded.")
        house.db.dispose()
        print(
            f"{name:<11} {answered / (stopped - began):>10,.0f} {recorded / (ended - began):>10,.0f}"
            f" {ended - stopped:>18.1f} s {held:>14.0f} then {grown:>4.0f}",
            flush=True,
        )
        late, a_second = ended - stopped, recorded / (ended - began)
        say(
            f"recorded, judged, summed while serving, {name}",
            f"{a_second:,.0f}/s, the last one seen {late:.1f} s after",
            ">= 30,000/s, <= 1 s later",
            is_met=a_second >= 30_000 and late <= 1,
            beside=f"{answered / (stopped - began):,.0f}/s answered",
        )
        say(
            f"memory (USS), redirect process started apart, {name}",
            f"{held:.0f} MB",
            f"<= {REDIRECT_AT_MOST} MB",
            is_met=held <= REDIRECT_AT_MOST,
        )
        grew = 100 * (grown / held - 1)
        hour = SECONDS >= 3600
        say(
            f"redirect process: growth in {SECONDS} s of load, {name}",
            f"{held:.0f} MB, {grew:+.1f}%",
            "< 5% in an hour (RECORDED_SECONDS=3600)",
            is_met=grew < 5 if hour else None,
        )


def _load(address: str, seconds: int) -> int:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", f"User-Agent: {AGENT}"]
    command += ["-H", "Accept: text/html", "-H", "Accept-Language: nb", address]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return int(re.search(r"(\d+) requests in", text)[1])


def _wait_for_all(house: House, folder: str) -> None:
    """Until everything that stands in the journal is a row."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with house.db.reading() as session:
            health = importing.health(session, house.clock, directory=Path(folder) / FOLDER)
        if health.newest_import is not None and health.waiting_bytes == 0:
            return
        time.sleep(0.1)
    raise SystemExit(f"The worker was not done {PATIENCE} s after the load.")


def _clicks(house: House) -> int:
    with house.db.reading() as session:
        return session.scalar(select(func.count()).select_from(Click)) or 0


def _of_web(parent: int) -> float:
    """Of the process that answers: granian's child."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return max(megabytes(int(child)) for child in children)


if __name__ == "__main__":
    main()
