"""The importer killed at any moment, under load: nothing lost, nothing twice, and the sums agree with the rows."""

import multiprocessing
import os
import random
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from advocacy.base.clock import SystemClock
from advocacy.base.db import Database
from advocacy.base.events import Event
from advocacy.reach import importing
from advocacy.reach.journal import Journal, Line
from advocacy.reach.models import Click, FilteredDay, ReachDay
from advocacy.sharing.results import visitors_in

AGENTS = ("Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "curl/8.5.0")
WRITERS, CLICKS, KILLS = 2, 4000, 14


def _write(folder: Path, writer: int, link_ids: list[int]) -> None:
    writing = Journal(folder, segment_bytes=60_000)
    now = int(datetime.now(UTC).timestamp() * 1000)
    for number in range(CLICKS):
        visitor = f"{writer}{number % 700:023d}"
        source = f"{writer}{number % 900:015d}"
        line = Line(
            now, link_ids[number % len(link_ids)], "GET", visitor, source, "s", "", "", AGENTS[number % 4 == 0]
        )
        assert writing.append(line)
        if number % 50 == 0:
            time.sleep(0.01)
    writing.close()


def _import_for_ever(url: str, folder: Path) -> None:
    db = Database(url)
    while True:
        importing.keep_up(db, SystemClock(), directory=folder)


def test_an_importer_killed_again_and_again_loses_nothing_and_counts_nothing_twice(db, make, database_url, clicks):
    shares = [make.share(make.user()) for _ in range(3)]
    spawn = multiprocessing.get_context(
        "forkserver"
    )  # a killed importer is one of many: they share what takes long to load
    spawn.set_forkserver_preload(["advocacy.reach.importing"])
    writers = [
        spawn.Process(target=_write, args=(clicks, writer, [share.link_id for share in shares]))
        for writer in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    dice = random.Random(7)
    for _ in range(KILLS):
        importer = spawn.Process(target=_import_for_ever, args=(database_url, clicks))
        importer.start()
        before = _count(db)
        end = time.monotonic() + 15
        while _count(db) == before and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(dice.random() * 0.3)
        os.kill(importer.pid, signal.SIGKILL)
        importer.join()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    importing.keep_up(db, SystemClock(), directory=clicks)
    with db.reading() as session:
        assert _count(db) == WRITERS * CLICKS
        places = session.scalar(select(func.count(Click.id.distinct())))
        assert places == WRITERS * CLICKS
        sums = session.execute(
            select(
                func.sum(ReachDay.raw),
                func.sum(ReachDay.human),
                func.sum(ReachDay.filtered),
                func.sum(ReachDay.unique_visitors),
            )
        ).one()
        human = session.scalar(select(func.count()).where(Click.is_human))
        firsts = session.scalar(select(func.count()).where(Click.is_first_today))
        visitors = session.scalar(
            select(func.count()).select_from(
                select(Click.visitor, Click.link_id).where(Click.is_human).distinct().subquery()
            )
        )
        by_rule = session.scalar(select(func.sum(FilteredDay.clicks)))
        told = sum(map(visitors_in, session.scalars(select(Event).where(Event.kind == "click.counted"))))
    assert tuple(sums) == (WRITERS * CLICKS, human, WRITERS * CLICKS - human, firsts)
    assert (by_rule, told, firsts) == (WRITERS * CLICKS - human, firsts, visitors)
    assert list(clicks.glob("*.log")) == []


def _count(db) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Click))
