"""kill -9 of the processes of a hub under click load, each in its turn: visitors who were sent on and are not counted, or are counted twice."""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from advocacy import migrating
from advocacy.app import build_house
from advocacy.base.house import House
from advocacy.reach import importing
from advocacy.reach.models import Agent, Click, ReachDay, RequestKind
from advocacy.sharing.models import Link
from config import Settings
from tests.crash.test_clicks import SETTLED, Visitors, children_of
from tests.factories import Factory
from tests.peers.processes import answers_http, free_port, running

from .results import say

KILLS = int(os.environ.get("BENCH_KILLS", "30"))
KINDS = ("web process", "worker", "web process", "clock", "worker", "web")
"""Whose turn it is to be killed: `web` is the parent of the web processes."""
BETWEEN = 100
"""Visits from one kill to the next, at least."""
PATIENCE = 120
"""Seconds until the visits that a kill waits for have come, or until all is imported."""


@contextmanager
def _hub(folder: Path) -> Iterator[tuple[House, str, int, int]]:
    """A hub as `serve` runs it, with two web processes: the code of a link, its port, and the process of `serve`."""
    house = build_house(Settings(data_dir=folder, database_url="", log_level="error"))
    migrating.upgrade(house.db)
    make = Factory(house)
    share = make.share(make.user())
    with house.db.reading() as session:
        code = session.get_one(Link, share.link_id).code
    port = free_port()
    environment = {"DATA_DIR": str(folder), "DATABASE_URL": "", "LOG_LEVEL": "error", "HOST": "127.0.0.1"}
    environment |= {"PORT": str(port), "WEB_PROCESSES": "2"}
    ready = answers_http(f"http://127.0.0.1:{port}/static/nothing")
    command = [sys.executable, "-m", "advocacy", "serve"]
    with running(command, ready=ready, log=folder / "hub.log", environment=environment) as serve:
        yield house, code, port, serve.pid
    house.db.dispose()


def _victims(serve: int) -> dict[str, list[int]]:
    """Every process of a hub that another one starts again: what it is called, and the ids of those that are so called."""
    found: dict[str, list[int]] = {}
    for child in children_of(serve):
        name = Path(f"/proc/{child}/comm").read_text().strip().removeprefix("hub ")
        found.setdefault(name, []).append(child)
        if name == "web":
            found["web process"] = children_of(child)
    return {name: pids for name, pids in found.items() if pids}


def main() -> None:
    """Kill, and compare who was sent on with who is counted."""
    began, killed = time.monotonic(), Counter[str]()
    with (
        tempfile.TemporaryDirectory(prefix="advocacy-bench-", ignore_cleanup_errors=True) as folder,
        _hub(Path(folder)) as (house, code, port, serve),
    ):
        visitors, dice = Visitors(port, code), random.Random(3)
        for thread in visitors.threads:
            thread.start()
        try:
            for number in range(KILLS):
                _until(partial(_has_come, visitors, len(visitors.sent_on) + BETWEEN), "visits")
                victims = _victims(serve)
                name = KINDS[number % len(KINDS)]
                if name not in victims:  # its own turn of being started again is not over
                    name = dice.choice(sorted(victims))
                killed[name] += 1
                time.sleep(dice.random())
                os.kill(dice.choice(victims[name]), signal.SIGKILL)
                time.sleep(SETTLED)
        finally:
            visitors.ended.set()
            for thread in visitors.threads:
                thread.join()
        _until(lambda: _is_all_imported(house), "the last import")
        counted, raw = _counted(house)
    sent_on = set(visitors.sent_on)
    lost, twice = len(sent_on - counted.keys()), sum(count > 1 for count in counted.values())
    of = ", ".join(f"{count} of {name}" for name, count in sorted(killed.items()))
    print(
        f"{KILLS} kills ({of}): {len(sent_on):,} visitors sent on, {lost} of them not counted, {twice} counted twice; "
        f"the days' sums tell {raw:,} of {counted.total():,} clicks ({time.monotonic() - began:.0f} s)."
    )
    is_met = not (lost or twice) and raw == counted.total()
    say(
        f"sent on and not counted, or twice, {KILLS} kills",
        f"{lost} lost, {twice} twice of {len(sent_on):,}",
        "0 over 30 kills of any process",
        is_met=is_met if KILLS >= 30 or not is_met else None,
        beside=of,
    )
    if not is_met:
        raise SystemExit("Clicks were lost or counted twice.")


def _has_come(visitors: Visitors, visits: int) -> bool:
    return len(visitors.sent_on) >= visits


def _is_all_imported(house: House) -> bool:
    with house.db.reading() as session:
        directory = importing.folder(house.part(Settings).data_dir)
        return importing.health(session, house.clock, directory=directory).waiting_bytes == 0


def _counted(house: House) -> tuple[Counter[str], int]:
    """How often each visitor is counted, by the name of the program, and how many clicks the days' sums tell."""
    with house.db.reading() as session:
        agents = select(Agent.text).join(RequestKind, RequestKind.agent_id == Agent.id)
        counted = Counter(session.scalars(agents.join(Click, Click.kind_id == RequestKind.id)))
        return counted, session.scalar(select(func.sum(ReachDay.raw))) or 0


def _until(is_so: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > end:
            raise SystemExit(f"{what} did not come within {PATIENCE} s")
        time.sleep(0.05)


if __name__ == "__main__":
    main()
