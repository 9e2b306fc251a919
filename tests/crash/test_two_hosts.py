"""Two workers on two hosts over one broker, one of them killed under load: nothing is lost, nothing is there twice.

The hosts are network namespaces, each with an address of its own; database, broker and network are reached over the
wire between them. That takes root and Linux: elsewhere the test is skipped and says so.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, update

from advocacy.base.leases import Heartbeat
from advocacy.sharing.models import Share, ShareState
from tests.connectors.fakes.mastodon import FakeMastodon
from tests.crash import test_real_worker
from tests.peers.installed import do_without
from tests.peers.processes import free_port, running

pytestmark = pytest.mark.xdist_group("brokers")
PEOPLE, A_DAY, BEFORE_THE_KILL = 4, 10, 8
SHARES = PEOPLE * A_DAY


class Wire:
    """A bridge of this machine with two hosts on it."""

    def __init__(self, stack: ExitStack, logs: Path) -> None:
        self._stack, self._logs = stack, logs
        self._name = f"t{secrets.token_hex(3)}"
        self._net = f"10.{97 + os.getpid() % 100}.{secrets.randbelow(250)}"
        self.address = f"{self._net}.1"
        self._ip("link", "add", self._name, "type", "bridge")
        stack.callback(self._ip, "link", "del", self._name)
        self._ip("addr", "add", f"{self.address}/24", "dev", self._name)
        self._ip("link", "set", self._name, "up")
        self.hosts = [self._host(number) for number in (1, 2)]

    def _ip(self, *words: str) -> None:
        done = subprocess.run(["ip", *words], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"ip {' '.join(words)}: {done.stderr}")

    def _host(self, number: int) -> str:
        host = f"{self._name}h{number}"
        self._ip("netns", "add", host)
        self._stack.callback(self._ip, "netns", "del", host)
        self._ip("link", "add", host, "type", "veth", "peer", "name", "eth0", "netns", host)
        self._ip("link", "set", host, "master", self._name, "up")
        self._ip("-n", host, "addr", "add", f"{self._net}.{number + 1}/24", "dev", "eth0")
        self._ip("-n", host, "link", "set", "eth0", "up")
        self._ip("-n", host, "link", "set", "lo", "up")
        return host

    def reach(self, url: str) -> str:
        """The address by which the hosts reach what listens on this machine's loopback only."""
        parts, port = urlsplit(url), free_port()
        socat = shutil.which("socat")
        if socat is None:
            do_without("socat")
        listen = f"TCP-LISTEN:{port},bind={self.address},fork,reuseaddr"
        command = [socat, listen, f"TCP:{parts.hostname}:{parts.port}"]
        self._stack.enter_context(running(command, ready=lambda: True, log=self._logs / f"socat{port}.log"))
        return url.replace(f"{parts.hostname}:{parts.port}", f"{self.address}:{port}")


@pytest.fixture
def wire(tmp_path) -> Iterator[Wire]:
    """Two hosts."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("two hosts on one machine take root and iproute2")
    with ExitStack() as stack:
        yield Wire(stack, tmp_path)


@pytest.fixture
def mastodon():
    """Answers as slowly as a network does, so that much is under way when a worker is killed."""

    class Slow(FakeMastodon):
        def carry_out(self, request):
            time.sleep(0.3)
            return super().carry_out(request)

        @property
        def base_url(self):
            return self.seen_at or super().base_url

    Slow.seen_at = ""
    with Slow(lambda: datetime.now(UTC)) as server:
        yield server


@contextmanager
def worker_on(host, settings, broker, log):
    """`python -m advocacy worker` on a host of that name; the process itself, so that it can be killed."""
    environment = {
        **os.environ,
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "PUBLIC_URL": settings.public_url,
        "CONNECTORS_ALLOW_PRIVATE_HOSTS": "true",
        "WORKER_THREADS": "4",
        "LOG_LEVEL": "info",
        **broker,
    }
    named = ["unshare", "--uts", "sh", "-c", f'hostname {host}; exec "$@"', "sh"]
    command = ["ip", "netns", "exec", host, *named, sys.executable, "-m", "advocacy", "worker"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=Path(__file__).parents[2], env=environment, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def shares_by(house, column):
    with house.db.reading() as session:
        return Counter(session.scalars(select(column)))


def until(says, seconds=90):
    end = time.monotonic() + seconds
    while not says():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def beats(house):
    with house.db.reading() as session:
        return len(list(session.scalars(select(Heartbeat.process))))


@pytest.mark.parametrize("kind", ["redis", "rabbitmq"])
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_two_hosts_one_dies_under_load_and_nothing_is_lost_or_there_twice(
    house, settings, make, mastodon, wire, request, tmp_path, monkeypatch, kind
):
    monkeypatch.setattr(test_real_worker, "SHARES", A_DAY)
    mastodon.seen_at = wire.reach(mastodon.base_url)
    for person in range(PEOPLE):
        test_real_worker.plan(house, make, mastodon, name=f"ada{person}", words=f"Person {person}'s words")
    with house.db.transaction() as session:
        session.execute(update(Share).values(next_attempt_at=datetime.now(UTC) + timedelta(days=1)))
    there = settings.model_copy(update={"database_url": wire.reach(settings.database_url)})
    broker = {
        "TASK_BROKER_URL": wire.reach(request.getfixturevalue(f"{kind}_url")),
        "TASK_QUEUE": f"test-{secrets.token_hex(4)}",
    }
    first, second = wire.hosts
    with (
        worker_on(first, there, broker, tmp_path / "first.log") as dies,
        worker_on(second, there, broker, tmp_path / "second.log") as lives,
    ):
        until(lambda: beats(house) == 2)
        with house.db.transaction() as session:
            session.execute(update(Share).values(next_attempt_at=datetime.now(UTC)))
        at_work = set()

        def in_the_middle():
            owners = {str(owner).partition(":")[0] for owner in shares_by(house, Share.lease_owner)}
            at_work.update(owners & {first, second})
            return at_work == {first, second} and first in owners and len(mastodon.statuses) >= BEFORE_THE_KILL

        until(in_the_middle)
        dies.kill()
        dies.wait()
        # What the dead one held stays for a minute, while the other one does all else.
        until(lambda: shares_by(house, Share.state)[ShareState.SCHEDULED] == 0)
        time.sleep(2)
        left = shares_by(house, Share.state)[ShareState.PUBLISHING]
        assert left > 0, "nothing was under way where it died"
        with house.db.transaction() as session:  # what a minute does
            past = house.db.now(session) - timedelta(seconds=1)
            session.execute(update(Share).where(Share.lease_until.is_not(None)).values(lease_until=past))
        until(lambda: shares_by(house, Share.state) == {ShareState.PUBLISHED: SHARES})
        lives.terminate()
        assert lives.wait(30) == 0, "SIGTERM ends it properly"
    texts = sorted(status.text.split("\n")[0] for status in mastodon.statuses.values())
    assert texts == sorted(f"Person {person}'s words {number}" for person in range(PEOPLE) for number in range(A_DAY))
    print(f"{kind}: {left} shares were left behind on the host that died")
