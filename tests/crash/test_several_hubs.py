"""Several clocks and web servers over one database: one clock leads, another takes over, and no cache is out of date."""

from __future__ import annotations

import http.client
import os
import re
import signal
import sys
import time
from contextlib import ExitStack

from sqlalchemy import select, update

from advocacy import migrating
from advocacy.app import build_house
from advocacy.base.leases import Heartbeat, Lease
from advocacy.sharing.models import Link
from config import Settings
from tests.factories import Factory
from tests.peers.processes import answers_http, free_port, running

TAKES_OVER, HONOURED = 10.0, 2.0
"""Seconds that are promised."""
MEASURES = 1.0
"""Seconds of those that our own looks may add on a busy machine."""
HUBS = 3


def test_of_several_hubs_one_clock_leads_another_takes_over_and_links_are_true_on_all(fresh_postgres_url, tmp_path):
    shared = {
        "DATABASE_URL": fresh_postgres_url,
        "SECRET_KEY": "a secret that all of them share",
        "SEALING_KEYS": "k1:" + "A" * 43 + "=",
        "LOG_LEVEL": "warning",
    }
    house = build_house(Settings(data_dir=tmp_path / "here", database_url=fresh_postgres_url, log_level="warning"))
    migrating.upgrade(house.db)
    make = Factory(house)
    link_id = make.share(make.user()).link_id
    with house.db.reading() as session:
        code = session.get_one(Link, link_id).code
    ports = [free_port() for _ in range(HUBS)]
    with ExitStack() as stack:

        def start(name, number, ready, **more):
            folder = tmp_path / f"host{number}"  # the journal and the keys of a host are its own
            environment = {**shared, "DATA_DIR": str(folder), **more}
            command = [sys.executable, "-m", "advocacy", name]
            log = tmp_path / f"{name}{number}.log"
            return stack.enter_context(running(command, ready=ready, log=log, environment=environment))

        clocks = {}
        for number, port in enumerate(ports):
            start("web", number, answers_http(f"http://127.0.0.1:{port}/static/nothing"), PORT=str(port))
            clock = start("clock", number, lambda wanted=number + 1: len(_beating(house)) == wanted)
            clocks[clock.pid] = clock
        leader = _leader(house)
        assert leader in _beating(house)
        time.sleep(3)  # several renewals: it goes on leading
        assert _leader(house) == leader

        os.kill(_pid(leader), signal.SIGKILL)
        began = time.monotonic()
        while _leader(house) == leader:
            assert time.monotonic() - began < TAKES_OVER + MEASURES, "no other clock took over"
            time.sleep(0.02)
        took_over = time.monotonic() - began
        assert _leader(house) in _beating(house) - {leader}

        assert {_follow(port, code) for port in ports} == {302}
        with house.db.transaction() as session:
            session.execute(update(Link).where(Link.id == link_id).values(withdrawn_at=house.clock.now()))
        began = time.monotonic()
        while (answers := [_follow(port, code) for port in ports]) != [410] * HUBS:
            assert time.monotonic() - began < HONOURED + MEASURES, f"a withdrawn link still leads on: {answers}"
            time.sleep(0.02)
        honoured = time.monotonic() - began
    house.db.dispose()
    print(f"Another clock led after {took_over:.1f} s; the last of {HUBS} hubs honoured it after {honoured:.2f} s.")


def _leader(house):
    with house.db.reading() as session:
        return session.scalar(select(Lease.owner).where(Lease.name == "clock"))


def _beating(house):
    with house.db.reading() as session:
        return set(session.scalars(select(Heartbeat.process).where(Heartbeat.kind == "clock")))


def _pid(process):
    found = re.fullmatch(r"clock@.+:(\d+):\w+", process)
    assert found
    return int(found[1])


def _follow(port, code):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", f"/r/{code}", headers={"User-Agent": "Firefox", "Accept": "text/html"})
        return connection.getresponse().status
    finally:
        connection.close()
