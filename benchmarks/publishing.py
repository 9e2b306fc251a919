"""A rush: shares that fall due at 10,000 a minute, to networks that answer in 100 ms, with 1, 2 and 4 workers.

`BENCH_SHARES` says how many (600 unless set; they fall due at the same rate). On SQLite, and on PostgreSQL where
`DATABASE_URL` names a server.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from advocacy import migrating
from advocacy.app import build_house
from advocacy.base.db import Database
from advocacy.base.house import House
from advocacy.base.sealing import Sealer
from advocacy.sharing import credentials, publishing
from advocacy.sharing.models import Connection, Share, ShareAttempt, ShareState
from advocacy.sharing.networks import Networks
from advocacy.tasks import Tasks
from config import Settings
from connectors import ApiConnector, AppRegistration, Credentials, Draft, Figures, Identity, Limits, Receipt
from tests.factories import Factory
from tests.peers.databases import create_database, drop_database

SHARES = int(os.environ.get("BENCH_SHARES", "600"))
A_SECOND = 10_000 / 60
"""How many fall due each second."""
PLACES = 80
"""Servers that people have their accounts on: at the usual pace of 150 a minute each, 67 take 10,000."""
ANSWERS_IN = 0.1
GIVE_UP = 900.0
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
    house = build_house(Settings(data_dir=Path(folder), database_url=url, log_level="error"))
    registry = house.part(Networks).registry
    http = registry.get("bluesky")._http
    registry._known["prompt"] = registry._awake["prompt"] = Prompt(http=http, settings={}, now=house.clock.now)
    return house


def work(folder: str, url: str, ends: object) -> None:
    """One worker process: what the timetable does of it, until told to end."""
    house = hub(folder, url)
    assert isinstance(ends, type(multiprocessing.get_context("spawn").Event()))
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


def plan(house: House) -> None:
    """Shares of many people on many servers, all planned and not due yet."""
    make, now = Factory(house), house.clock.now()
    user, item = make.user(), make.item()
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
                "item_id": item.id,
                "network": "prompt",
                "connection_id": accounts[number % PLACES],
                "request_key": f"form {number}",
                "state": ShareState.SCHEDULED,
                "text": f"Words number {number}",
                "idempotency_key": f"key-{number}",
                "created_at": now,
                "updated_at": now,
            }
            for number in range(SHARES)
        ]
        session.execute(insert(Share), rows)


def let_fall_due(db: Database) -> None:
    """From two seconds from now on."""
    with db.transaction() as session:
        start = db.now(session) + timedelta(seconds=2)
        rows = []
        for number, share_id in enumerate(session.scalars(select(Share.id).order_by(Share.id))):
            at = start + timedelta(seconds=number / A_SECOND)
            rows.append({"id": share_id, "due_at": at, "next_attempt_at": at, "deadline_at": at + timedelta(hours=2)})
        session.bulk_update_mappings(Share.__mapper__, rows)


def rush(folder: str, url: str, workers: int) -> str:
    """One round, as a line of the table."""
    house = hub(folder, url)
    migrating.upgrade(house.db)
    plan(house)
    context = multiprocessing.get_context("spawn")
    ends = context.Event()
    processes = [context.Process(target=work, args=(folder, url, ends)) for _ in range(workers)]
    for process in processes:
        process.start()
    time.sleep(3)  # until they have imported everything
    let_fall_due(house.db)
    give_up = time.monotonic() + GIVE_UP
    while _left(house.db) and time.monotonic() < give_up:
        time.sleep(0.5)
    ends.set()
    for process in processes:
        process.join()
    line = _measured(house.db, workers)
    house.db.dispose()
    return line


def _left(db: Database) -> bool:
    with db.reading() as session:
        return session.scalar(select(Share.id).where(Share.state != ShareState.PUBLISHED).limit(1)) is not None


def _measured(db: Database, workers: int) -> str:
    with db.reading() as session:
        query = select(Share.due_at, ShareAttempt.sent_at, ShareAttempt.share_id).join(Share)
        sent = [(at, due, share_id) for due, at, share_id in session.execute(query) if at and due]
    if len(sent) != SHARES or max(Counter(share_id for _, _, share_id in sent).values()) != 1:
        raise SystemExit(f"{len(sent)} sent of {SHARES}: something was lost or sent twice.")
    late = sorted((at - due).total_seconds() for at, due, _ in sent)
    took = (max(at for at, _, _ in sent) - min(at for at, _, _ in sent)).total_seconds()
    middle, most = statistics.median(late), late[int(len(late) * 0.95)]
    return f"{workers:7} {len(sent) / took:12.1f} {middle:12.1f} {most:10.1f} {late[-1]:10.1f}"


@contextmanager
def _databases() -> Iterator[dict[str, list[str]]]:
    """An empty one for each round."""
    server = os.environ.get("DATABASE_URL", "")
    made = [create_database(server) for _ in ROUNDS] if server.startswith("postgres") else []
    try:
        yield {"SQLite": [""] * len(ROUNDS), **({"PostgreSQL": made} if made else {})}
    finally:
        for one in made:
            drop_database(server, one)


def main() -> None:
    """Print what each number of workers came to."""
    print(f"{SHARES:,} shares due at {A_SECOND:.0f} a second; networks answer in {ANSWERS_IN * 1000:.0f} ms.")
    with _databases() as known:
        for name, urls in known.items():
            print(f"\n{name}\n{'workers':>7} {'published/s':>12} {'late p50 s':>12} {'p95 s':>10} {'most s':>10}")
            for workers, url in zip(ROUNDS, urls, strict=True):
                with tempfile.TemporaryDirectory(prefix="advocacy-bench-") as folder:
                    print(rush(folder, url, workers), flush=True)


if __name__ == "__main__":
    main()
