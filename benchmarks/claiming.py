"""Claiming and finishing due work, beside APScheduler's own job store: what the queue itself costs, without a network.

The claim is the publisher's own, with bucket, breaker, lease and attempt; it is finished by one statement a table,
without the events and figures of accounts that publishing also keeps.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import tempfile
import threading
import time
from datetime import datetime, timedelta
from multiprocessing.synchronize import Event as EventType
from multiprocessing.synchronize import Semaphore as SemaphoreType
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from advocacy import migrating
from advocacy.base.house import House
from advocacy.sharing import publishing
from advocacy.sharing.models import Share, ShareAttempt, ShareState
from advocacy.sharing.publisher import Publisher
from tests.peers.databases import create_database, drop_database

from .publishing import hub, let_fall_due, plan
from .results import say
from .servers import postgres_server

PROCESSES = 4
SHARES = int(os.environ.get("BENCH_CLAIMS", "10000"))
JOBS = 1000
GIVE_UP = 30.0
AT_ONCE = 500
AIMS = {"SQLite": 50_000, "PostgreSQL": 20_000}
_ran = threading.Semaphore(0)


def finish(house: House, attempts: list[int]) -> None:
    """All of them, in one transaction, by one statement a table."""
    with house.db.transaction() as session:
        now = house.db.now(session)
        mine = select(ShareAttempt.share_id).where(ShareAttempt.id.in_(attempts))
        values = {"state": ShareState.PUBLISHED, "published_at": now, "next_attempt_at": None, "lease_until": None}
        done = update(ShareAttempt).where(ShareAttempt.id.in_(attempts)).values(finished_at=now, outcome="published")
        session.execute(done.execution_options(synchronize_session=False))
        out = update(Share).where(Share.id.in_(mine)).values(**values)
        session.execute(out.execution_options(synchronize_session=False))


def work(folder: str, url: str, ready: SemaphoreType, begins: EventType, ends: EventType) -> None:
    """One process: claims and finishes until nothing is left."""
    house = hub(folder, url)
    worker = house.part(Publisher).worker
    ready.release()
    begins.wait()
    while not ends.is_set():
        try:
            claimed = publishing.claim_due(house.db, worker, AT_ONCE, pace=1_000_000)
        except OperationalError:  # another process held SQLite's write lock for 30 s: the timetable tries again too
            continue
        if claimed:
            finish(house, claimed)
        else:
            time.sleep(0.01)
    house.db.dispose()


def ours(folder: str, url: str) -> float:
    """Shares a second."""
    house = hub(folder, url)
    migrating.upgrade(house.db)
    plan(house, SHARES)
    let_fall_due(house.db, None)
    context = multiprocessing.get_context("spawn")
    ready, begins, ends = context.Semaphore(0), context.Event(), context.Event()
    processes = [context.Process(target=work, args=(folder, url, ready, begins, ends)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for _ in processes:
        ready.acquire()
    time.sleep(2)  # until all is due
    begins.set()
    left = select(func.count()).select_from(Share).where(Share.state != ShareState.PUBLISHED)
    give_up = time.monotonic() + GIVE_UP
    while time.monotonic() < give_up:
        with house.db.reading() as session:
            if not session.scalar(left):
                break
        time.sleep(0.05)
    ends.set()
    for process in processes:
        process.join()
    with house.db.reading() as session:
        first, last = session.execute(
            select(func.min(ShareAttempt.started_at), func.max(ShareAttempt.finished_at))
        ).one()
        shares = list(session.scalars(select(ShareAttempt.share_id)))
        attempts = session.scalar(select(func.count(ShareAttempt.id)).where(ShareAttempt.finished_at.is_not(None)))
    house.db.dispose()
    if not attempts or len(shares) != len(set(shares)):
        raise SystemExit(
            f"{attempts} attempts at {len(set(shares))} shares: something was claimed twice, or nothing."
        )
    if attempts < SHARES:
        print(f"Only {attempts:,} of {SHARES:,} within {GIVE_UP:.0f} s:")
    return attempts / (last - first).total_seconds()


def job() -> None:
    """What APScheduler runs."""
    _ran.release()


def theirs(url: str) -> float:
    """Jobs a second of one APScheduler, with a grace time that lets it drop none; several break each other's store."""
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=url)},
        executors={"default": ThreadPoolExecutor(20)},
        job_defaults={"misfire_grace_time": None},
        timezone="UTC",
    )
    due = datetime.now().astimezone() + timedelta(seconds=0.1)
    scheduler.start(paused=True)
    for _ in range(JOBS):
        scheduler.add_job(job, "date", run_date=due)
    began = time.monotonic()
    scheduler.resume()
    for _ in range(JOBS):
        _ran.acquire()
    took = time.monotonic() - began
    scheduler.shutdown()
    return JOBS / took


def main() -> None:
    """Print both side by side on both databases."""
    print(f"Claim and finish due work, {PROCESSES} processes, {AT_ONCE} at once; beside one APScheduler.")
    print(f"Load before: {os.getloadavg()[0]:.1f}.\n")
    print(f"{'':12} {'shares/s':>10} {'promised':>10} {'APScheduler jobs/s':>20} {'ratio':>7}")
    with postgres_server() as server:
        for name, aim in AIMS.items():
            urls = [create_database(server) for _ in range(2)] if name == "PostgreSQL" else []
            with tempfile.TemporaryDirectory(prefix="advocacy-bench-") as folder:
                mine = ours(folder, urls[0] if urls else "")
                store = (
                    urls[1].replace("postgresql://", "postgresql+psycopg://")
                    if urls
                    else f"sqlite:///{Path(folder)}/jobs.db"
                )
                beside = theirs(store)
            for url in urls:
                drop_database(server, url)
            print(f"{name:12} {mine:10,.0f} {aim:10,} {beside:20,.0f} {mine / beside:7.1f}", flush=True)
            say(
                f"claim and finish, {PROCESSES} processes, {name}",
                f"{mine:,.0f}/s, 0 twice",
                f">= {aim:,}/s, 0 twice",
                is_met=mine >= aim,
                beside=f"{beside:,.0f}/s APScheduler's own store",
            )


if __name__ == "__main__":
    main()
