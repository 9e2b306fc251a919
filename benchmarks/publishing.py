"""A rush: shares that fall due all at once, and as many a second as 10,000 in a minute make; networks answer in 100 ms.

With 1, 2 and 4 workers, while a signed-in person reads the feed. `BENCH_SHARES` says how many fall due at once (10,000
unless set), `BENCH_SECONDS` how long a round may last (15 unless set): what is not out by then is said, not waited for.
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.synchronize import Event as EventType
from multiprocessing.synchronize import Semaphore as SemaphoreType
from pathlib import Path

from sqlalchemy import insert, select

from advocacy import migrating
from advocacy.app import build_house
from advocacy.base.db import Database
from advocacy.base.house import House
from advocacy.base.sealing import Sealer
from advocacy.people import sessions
from advocacy.people.models import User
from advocacy.sharing import credentials, publishing
from advocacy.sharing.models import Connection, Share, ShareAttempt, ShareState
from advocacy.sharing.networks import Networks
from advocacy.tasks import Tasks
from config import Settings
from connectors import ApiConnector, AppRegistration, Credentials, Draft, Figures, Identity, Limits, Receipt
from tests.factories import Factory
from tests.peers.databases import create_database, drop_database
from tests.peers.processes import answers_http, free_port, running

from .memory import megabytes
from .results import say
from .servers import postgres_server

SHARES = int(os.environ.get("BENCH_SHARES", "10000"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "15"))
A_SECOND = 10_000 / 60
THREADS = 100
"""Of each worker: with four of them 400 are in flight."""
PLACES = 80
"""Servers that people have their accounts on: at the usual pace of 150 a minute each, 67 take 10,000."""
ANSWERS_IN = 0.1
ROUNDS = (1, 2, 4)


class Prompt(ApiConnector):
    """A network that takes whatever comes, in the time that a good one takes."""

    name = network = icon = "prompt"
    label = "Prompt"
    limits = Limits(500)
    many_servers = True

    def publish(self, draft: Draft, _credentials: Credentials) -> Receipt:
        time.sleep(ANSWERS_IN)
        return Receipt(draft.key, f"https://prompt.example/{draft.key}", self._now())

    def find(self, _draft: Draft, _credentials: Credentials, _since: datetime) -> Receipt | None:
        raise AssertionError("every answer is clear here")

    def figures(self, remote_ids: Sequence[str], _credentials: Credentials | None) -> dict[str, Figures | None]:
        return dict.fromkeys(remote_ids, Figures())

    def delete(self, _remote_id: str, _credentials: Credentials) -> None:
        """Nothing is deleted here."""

    def identity(self, credentials: Credentials) -> Identity:
        return Identity(credentials.remote_id, credentials.handle)

    def revoke(self, _credentials: Credentials, _registration: AppRegistration | None = None) -> None:
        """Nothing is revoked here."""


def hub(folder: str, url: str) -> House:
    """The hub as each of its processes sees it."""
    house = build_house(Settings(data_dir=Path(folder), database_url=url, log_level="error", worker_threads=THREADS))
    registry = house.part(Networks).registry
    http_ = registry.get("bluesky")._http
    registry._known["prompt"] = registry._awake["prompt"] = Prompt(http=http_, settings={}, now=house.clock.now)
    return house


def work(folder: str, url: str, ready: SemaphoreType, ends: EventType) -> None:
    """One worker process: what the timetable does of it, until told to end."""
    house = hub(folder, url)
    publishing.tick(house)
    ready.release()
    stop = threading.Event()

    def renew() -> None:
        while not stop.wait(publishing.RENEW_EVERY):
            publishing.renew(house)

    threading.Thread(target=renew, daemon=True).start()
    while not ends.is_set():
        began = time.monotonic()
        publishing.tick(house)
        ends.wait(max(0.0, 1 - (time.monotonic() - began)))
    house.part(Tasks).end()
    stop.set()
    house.db.dispose()


def plan(house: House, count: int) -> User:
    """Shares on many servers, all planned and not due yet. Returns whose they are."""
    make, now = Factory(house), house.clock.now()
    user = make.user()
    items = [make.item() for _ in range(20)]
    with house.db.transaction() as session:
        accounts = []
        for number in range(PLACES):
            server = f"https://server{number}.example"
            tokens = Credentials("token", server=server, remote_id=f"{number}", handle=f"@somebody@server{number}")
            account = Connection(
                user_id=user.id,
                network="prompt",
                server=server,
                remote_id=tokens.remote_id,
                handle=tokens.handle,
                connected_at=now,
            )
            session.add(account)
            session.flush()
            account.sealed_credentials = credentials.seal(house.part(Sealer), account.id, tokens)
            accounts.append(account.id)
        rows = [
            {
                "user_id": user.id,
                "item_id": items[number % len(items)].id,
                "network": "prompt",
                "connection_id": accounts[number % PLACES],
                "request_key": f"form {number}",
                "state": ShareState.SCHEDULED,
                "text": f"Words number {number}",
                "idempotency_key": f"key-{number}",
                "created_at": now,
                "updated_at": now,
            }
            for number in range(count)
        ]
        session.execute(insert(Share), rows)
    return make.user()


def let_fall_due(db: Database, a_second: float | None) -> None:
    """From two seconds from now on; all at once unless a rate is given."""
    with db.transaction() as session:
        start = db.now(session) + timedelta(seconds=2)
        rows = []
        for number, share_id in enumerate(session.scalars(select(Share.id).order_by(Share.id))):
            at = start + timedelta(seconds=number / a_second if a_second else 0)
            rows.append({"id": share_id, "due_at": at, "next_attempt_at": at, "deadline_at": at + timedelta(hours=2)})
        session.bulk_update_mappings(Share.__mapper__, rows)


@dataclass
class Reader:
    """A signed-in person who reads the feed all the while, one page after the other."""

    port: int
    cookie: str
    took: list[float] = field(default_factory=list)
    failed: int = 0

    def read(self, ends: threading.Event) -> None:
        """Until told to end."""
        while not ends.wait(0.05):
            began = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.request("GET", "/feed", headers={"Cookie": f"hub={self.cookie}"})
                answer = connection.getresponse()
                answer.read()
                self.failed += answer.status != 200
            except OSError:
                self.failed += 1
            finally:
                connection.close()
            self.took.append((time.perf_counter() - began) * 1000)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """While inside."""
        ends = threading.Event()
        thread = threading.Thread(target=self.read, args=(ends,))
        thread.start()
        yield
        ends.set()
        thread.join()

    @property
    def p95(self) -> float:
        """In milliseconds."""
        return sorted(self.took)[int(len(self.took) * 0.95)] if self.took else 0.0


@contextmanager
def _reader(house: House, folder: str, url: str, person: User) -> Iterator[Reader]:
    with house.db.transaction() as session:
        token = sessions.begin(session, house.clock, user=person, device="bench")
    port = free_port()
    command = [Path(sys.executable).with_name("granian"), "--interface", "wsgi", "--workers", "1"]
    command += ["--blocking-threads", str(Settings().web_threads), "--host", "127.0.0.1", "--port", str(port)]
    with running(
        [*command, "--log-level", "warning", "wsgi:app"],
        ready=answers_http(f"http://127.0.0.1:{port}/static/nothing"),
        log=Path(folder) / "web.log",
        environment={"DATA_DIR": folder, "DATABASE_URL": url, "LOG_LEVEL": "error"},
    ):
        yield Reader(port, token)


def rush(folder: str, url: str, workers: int, a_second: float | None) -> str:
    """One round, as a line of the table."""
    count = min(SHARES, int(SECONDS * a_second)) if a_second else SHARES
    house = hub(folder, url)
    migrating.upgrade(house.db)
    person = plan(house, count)
    context = multiprocessing.get_context("spawn")
    ready, ends = context.Semaphore(0), context.Event()
    processes = [context.Process(target=work, args=(folder, url, ready, ends)) for _ in range(workers)]
    with _reader(house, folder, url, person) as reader:
        for process in processes:
            process.start()
        for _ in processes:
            ready.acquire()
        let_fall_due(house.db, a_second)
        give_up = time.monotonic() + 2 + SECONDS * (1.5 if a_second else 1)
        with reader.reading():
            while _left(house.db) and time.monotonic() < give_up:
                time.sleep(0.25)
        uss = max(megabytes(process.pid) for process in processes if process.pid)
        ends.set()
        for process in processes:
            process.join()
    line = _measured(house.db, workers, count, reader, uss, at_once=a_second is None)
    house.db.dispose()
    return line


def _left(db: Database) -> bool:
    with db.reading() as session:
        return session.scalar(select(Share.id).where(Share.state != ShareState.PUBLISHED).limit(1)) is not None


def _measured(db: Database, workers: int, count: int, reader: Reader, uss: float, *, at_once: bool) -> str:
    with db.reading() as session:
        query = select(Share.due_at, ShareAttempt.sent_at, ShareAttempt.share_id).join(Share)
        sent = [(at, due, share_id) for due, at, share_id in session.execute(query) if at and due]
        published = len(list(session.scalars(select(Share.id).where(Share.state == ShareState.PUBLISHED))))
    if not sent:
        return f"{workers:7}    nothing was sent"
    if max(Counter(share_id for _, _, share_id in sent).values()) != 1 or published != len(sent):
        raise SystemExit(f"{len(sent)} sent and {published} published: something was lost or sent twice.")
    late = sorted((at - due).total_seconds() for at, due, _ in sent)
    took = (max(at for at, _, _ in sent) - min(due for _, due, _ in sent)).total_seconds() + ANSWERS_IN
    p99 = late[int(len(late) * 0.99)]
    if at_once and workers == max(ROUNDS):
        all_out = f"all out after {took:.1f} s" if len(sent) == count else f"{len(sent):,} out in {SECONDS:.0f} s"
        is_met = len(sent) == count and took <= 5 and p99 <= 1.5 and reader.p95 < 500
        say(
            f"{count:,} shares due at once, {workers} workers, {'SQLite' if db.is_sqlite else 'PostgreSQL'}",
            f"{all_out}, {len(sent) / took:,.0f}/s; lateness p99 {p99:.1f} s; pages p95 {reader.p95:.0f} ms",
            "10,000 out in <= 5 s; p99 <= 1.5 s; pages < 500 ms",
            is_met=is_met if count >= 10_000 or not is_met else None,
            beside=f"network answers in {ANSWERS_IN * 1000:.0f} ms, {workers * THREADS} in flight",
        )
    return (
        f"{workers:7} {len(sent):7,} of {count:6,} {len(sent) / took:12,.0f} {statistics.median(late):11.2f}"
        f" {p99:9.2f} {late[-1]:9.2f} {reader.p95:13.0f} {reader.failed:7} {uss:9.0f}"
    )


HEAD = (
    f"{'workers':>7} {'out in time':>17} {'published/s':>12} {'late p50 s':>11} {'p99 s':>9} {'most s':>9}"
    f" {'pages p95 ms':>13} {'failed':>7} {'USS MB':>9}"
)


def main() -> None:
    """Print what each number of workers came to."""
    print(
        f"Shares due; networks answer in {ANSWERS_IN * 1000:.0f} ms, {THREADS} in flight a worker; "
        f"a round ends after {SECONDS:.0f} s. Load before: {os.getloadavg()[0]:.1f}."
    )
    with postgres_server() as server:
        for name in ("SQLite", "PostgreSQL"):
            for says, a_second in (("all at once", None), (f"{A_SECOND:.0f} a second", A_SECOND)):
                print(f"\n{name}, {says}\n{HEAD}")
                for workers in ROUNDS:
                    _round(name, server, workers, a_second)


def _round(name: str, server: str, workers: int, a_second: float | None) -> None:
    url = create_database(server) if name == "PostgreSQL" else ""
    try:
        with tempfile.TemporaryDirectory(prefix="advocacy-bench-", ignore_cleanup_errors=True) as folder:
            print(rush(folder, url, workers, a_second), flush=True)
    finally:
        if url:
            drop_database(server, url)


if __name__ == "__main__":
    main()
