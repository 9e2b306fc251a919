"""The worker as it is started in earnest, killed again and again while it publishes: each share is out exactly once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from advocacy.base.leases import Heartbeat
from advocacy.base.sealing import Sealer
from advocacy.sharing import credentials, shares
from advocacy.sharing.models import Connection, Share, ShareState
from advocacy.sharing.networks import Networks
from advocacy.sharing.shares import Wanted
from connectors import Credentials
from tests.connectors.fakes.mastodon import FakeMastodon

SHARES, KILLS = 9, 3


@pytest.fixture
def mastodon():
    """Answers slowly, so that a worker is mostly killed in the middle of something."""

    class Slow(FakeMastodon):
        def carry_out(self, request):
            time.sleep(random.uniform(0, 0.15))
            return super().carry_out(request)

    with Slow(lambda: datetime.now(UTC)) as server:
        yield server


@pytest.fixture
def start_worker(settings, tmp_path):
    """Starts `python -m advocacy worker`; what still runs at the end is killed."""
    started = []
    environment = {
        **os.environ,
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "PUBLIC_URL": settings.public_url,
        "CONNECTORS_ALLOW_PRIVATE_HOSTS": "true",
    }

    def start():
        with (tmp_path / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "advocacy", "worker"],
                cwd=Path(__file__).parents[2],
                env=environment,
                stdout=log,
                stderr=log,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def count(house, state):
    with house.db.reading() as session:
        return session.scalar(select(func.count()).where(Share.state == state))


def is_up(house, worker):
    """Whether this worker has said that it is alive: from then on it ends properly when told to."""
    with house.db.reading() as session:
        said = select(Heartbeat.process).where(Heartbeat.process.contains(f":{worker.pid}:"))
        return session.scalar(said) is not None


def plan(house, make, mastodon, *, name="ada", words="Words number"):
    """Shares of one person that are due now, by the clock on the wall."""
    ada = make.user(name.title())
    tokens = Credentials(
        mastodon.token_for(name),
        server=mastodon.base_url,
        remote_id=mastodon.account(name).id,
        handle=f"@{name}@here",
    )
    with house.db.transaction() as session:
        connection = Connection(
            user_id=ada.id,
            network="mastodon",
            server=mastodon.base_url,
            remote_id=tokens.remote_id,
            handle=tokens.handle,
            connected_at=house.clock.now(),
        )
        session.add(connection)
        session.flush()
        connection.sealed_credentials = credentials.seal(house.part(Sealer), connection.id, tokens)
    for number in range(SHARES):
        item = make.item()
        with house.db.transaction() as session:
            shares.request(
                session,
                house.clock,
                house.part(Networks),
                user=ada,
                item_id=item.id,
                wanted=[Wanted("mastodon", f"{words} {number}", connection.id)],
                request_key=f"form {number}",
                due_at=None,
                public_url="http://localhost",
            )
    now = datetime.now(UTC)
    with house.db.transaction() as session:
        session.execute(update(Share).values(due_at=now, next_attempt_at=now, deadline_at=now + timedelta(hours=2)))


def test_a_worker_that_is_killed_again_and_again_publishes_each_share_once(house, make, mastodon, start_worker):
    plan(house, make, mastodon)
    for _ in range(KILLS):
        before, worker = len(mastodon.requests), start_worker()
        until = time.monotonic() + 60
        while len(mastodon.requests) < before + 2 and time.monotonic() < until and worker.poll() is None:
            time.sleep(0.02)
        time.sleep(random.uniform(0, 0.3))
        assert worker.poll() is None, "the worker ended by itself"
        worker.kill()
        worker.wait()
        with house.db.transaction() as session:  # what a minute does
            past = datetime.now(UTC) - timedelta(seconds=1)
            session.execute(update(Share).where(Share.lease_until.is_not(None)).values(lease_until=past))
    worker = start_worker()
    until = time.monotonic() + 90
    while count(house, ShareState.PUBLISHED) < SHARES and time.monotonic() < until and worker.poll() is None:
        time.sleep(0.1)
    assert count(house, ShareState.PUBLISHED) == SHARES
    assert sorted(status.text.split("\n")[0] for status in mastodon.statuses.values()) == sorted(
        f"Words number {number}" for number in range(SHARES)
    )
    while not is_up(house, worker) and time.monotonic() < until:  # the killed ones may have left it nothing to do
        time.sleep(0.1)
    worker.terminate()
    assert worker.wait(30) == 0, "SIGTERM ends it properly"
