"""kill -9 of web processes under click load: every visitor who was sent on is counted, and counted once."""

from __future__ import annotations

import http.client
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from advocacy import migrating
from advocacy.app import build_house
from advocacy.reach import importing, journal
from advocacy.reach.models import Agent, Click, ReachDay, RequestKind
from advocacy.sharing.models import Link, Share
from config import Settings
from tests.factories import Factory
from tests.peers.processes import answers_http, free_port, running

VISITORS, KILLS = 4, 3
SETTLED = 6.0
"""Seconds between kills: granian takes two deaths of a worker within 5.5 s for a crash loop and ends; `serve` starts
it again then, but this test is about the clicks."""
BROWSER = {"Accept": "text/html", "Accept-Language": "nb", "Sec-Fetch-Mode": "navigate"}


class Visitors:
    """People who follow one link again and again, each visit under a name of its own."""

    def __init__(self, port: int, code: str) -> None:
        self.port, self.code = port, code
        self.sent_on: list[str] = []
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self._visit, args=(number,)) for number in range(VISITORS)]

    def _visit(self, number: int) -> None:
        connection, visit = None, 0
        while not self.ended.is_set():
            visit += 1
            name = f"Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/{number}.{visit}"
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", f"/r/{self.code}", headers={**BROWSER, "User-Agent": name})
                answer = connection.getresponse()
                answer.read()
                if answer.status == 302:
                    self.sent_on.append(name)
            except (OSError, http.client.HTTPException):
                if connection is not None:
                    connection.close()
                connection = None  # the process died under us; whether it was counted is not known, and may be
                time.sleep(0.02)
        if connection is not None:
            connection.close()


def children_of(pid: int) -> list[int]:
    """The processes that this one started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_every_visitor_who_was_sent_on_is_counted_once_though_web_processes_are_killed(tmp_path):
    data = tmp_path / "data"
    house = build_house(Settings(data_dir=data, log_level="warning"))
    migrating.upgrade(house.db)
    make = Factory(house)
    share: Share = make.share(make.user())
    with house.db.reading() as session:
        code = session.get_one(Link, share.link_id).code
    port = free_port()
    granian = [Path(sys.executable).with_name("granian"), "--interface", "wsgi", "--workers", "2"]
    granian += ["--respawn-failed-workers", "--respawn-interval", "0.5", "--blocking-threads", "2"]
    granian += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "wsgi:app"]
    visitors, dice = Visitors(port, code), random.Random(3)
    with running(
        granian,
        ready=answers_http(f"http://127.0.0.1:{port}/static/nothing"),
        log=tmp_path / "web.log",
        environment={"DATA_DIR": str(data), "DATABASE_URL": "", "LOG_LEVEL": "warning"},
    ) as web:
        for thread in visitors.threads:
            thread.start()
        for _ in range(KILLS):
            _until_more(visitors, 100)
            os.kill(dice.choice(children_of(web.pid)), signal.SIGKILL)
            importing.tick(house)
            time.sleep(SETTLED)
        _until_more(visitors, 50)
        visitors.ended.set()
        for thread in visitors.threads:
            thread.join()
    importing.tick(house)
    with house.db.reading() as session:
        agents = select(Agent.text).join(RequestKind, RequestKind.agent_id == Agent.id)
        kept = Counter(session.scalars(agents.join(Click, Click.kind_id == RequestKind.id)))
        raw = session.scalar(select(func.sum(ReachDay.raw)))
    house.db.dispose()
    assert set(visitors.sent_on) - set(kept) == set(), "a visitor was sent on and is not counted"
    assert max(kept.values()) == 1, "a visit is counted twice"
    assert raw == sum(kept.values())
    assert list(journal.folder(data).glob("*.log")) == [], "finished files are removed"


def _until_more(visitors: Visitors, visits: int, seconds: float = 60) -> None:
    wanted, end = len(visitors.sent_on) + visits, time.monotonic() + seconds
    while len(visitors.sent_on) < wanted:
        assert time.monotonic() < end, "visitors are not sent on any more"
        time.sleep(0.02)
