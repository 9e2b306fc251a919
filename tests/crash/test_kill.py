"""kill -9 at every named step of publishing: nothing lost, nothing twice, and what is unclear is said to be.

`CRASH_ROUNDS` says how often each step is tried on each database (8 unless set: each way of each network once); networks take turns.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from advocacy.base.house import House
from advocacy.base.sealing import Sealer
from advocacy.sharing import credentials, planning, shares
from advocacy.sharing.models import Connection, Share, ShareState
from advocacy.sharing.networks import Networks
from advocacy.sharing.shares import Wanted
from connectors import Credentials
from tests.connectors.fakes.bluesky import FakeBluesky
from tests.connectors.fakes.mastodon import FakeMastodon
from tests.connectors.fakes.server import Request, Response
from tests.connectors.fakes.threads import FakeThreads
from tests.crash.parts import PUBLIC_URL, STEPS, hub
from tests.crash.plain_network import PlainServer

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "8"))
NETWORKS = ("mastodon", "bluesky", "threads", "plain")
BYTES_LEFT = "after the bytes left"
PUBLISHES = r"POST .*(statuses|putRecord|posts|threads_publish)$"
CALLS = {
    "make": r"POST /v1.0/\d+/threads$",
    "state": r"GET /v1.0/\d+\?fields=status$",
    "publish": r"POST /v1.0/\d+/threads_publish$",
    "address": r"GET /v1.0/\d+\?fields=permalink",
}
"""The requests that one post takes on a network of containers, in their order."""


class Deadly:
    """A network at which the process that publishes is killed, once, while its request is on the way."""

    kills_when: str | None = None
    kills_at = PUBLISHES

    def carry_out(self, request: Request) -> Response:
        """Kills before answering; the request itself is carried out or lost, as the test says."""
        is_it = re.search(self.kills_at, f"{request.method} {request.target}")
        how, self.kills_when = (self.kills_when, None) if is_it else (None, self.kills_when)
        if how is None:
            return super().carry_out(request)  # type: ignore[misc]
        os.kill(int(request.headers["user-agent"].split()[1]), signal.SIGKILL)
        return super().carry_out(request) if how == "carried out" else Response(503, {"error": "lost"})  # type: ignore[misc]


class DeadlyMastodon(Deadly, FakeMastodon):
    """Mastodon."""


class DeadlyBluesky(Deadly, FakeBluesky):
    """Bluesky."""


class DeadlyThreads(Deadly, FakeThreads):
    """A network of containers."""


class DeadlyPlain(Deadly, PlainServer):
    """A network without a device."""


class Nursery:
    """Orders worker processes."""

    def __init__(self, log: Path) -> None:
        self._log = log.open("w")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def worker(self, **order: Any) -> bool:
        """A worker's whole life. Returns whether it was killed; anything but that or a proper end is an error."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        ended = json.loads(self._process.stdout.readline())
        assert ended["killed"] or ended["status"] == 0, f"a worker failed: {Path(self._log.name).read_text()[-3000:]}"
        return bool(ended["killed"])

    def close(self) -> None:
        """Ends the nursery."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()
        self._log.close()


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Makes worker processes."""
    made = Nursery(tmp_path_factory.mktemp("nursery") / "log")
    yield made
    made.close()


class CrashHub:
    """A hub, its networks, one person with an account on each, and workers that come and go."""

    def __init__(self, house: House, make: Any, clock: Any, nursery: Nursery, order: dict[str, Any]) -> None:
        self.house, self.make, self.clock, self.nursery, self.order = house, make, clock, nursery, order
        self.servers: dict[str, Any] = {
            "mastodon": DeadlyMastodon(clock.now).start(),
            "bluesky": DeadlyBluesky(clock.now).start(),
            "threads": DeadlyThreads(clock.now).start(),
            "plain": DeadlyPlain(clock.now).start(),
        }
        self.servers["bluesky"].person("ada.test")
        order |= {f"{name}_url": self.servers[name].base_url for name in ("bluesky", "threads")}
        self.parts = hub(**order, now=clock.now(), step=lambda _name: None)
        self.ada = make.user("Ada")
        self.connections = {network: self._connect(network) for network in NETWORKS}

    def _connect(self, network: str) -> Connection:
        server = self.servers[network]
        if network == "mastodon":
            token, account = server.token_for("ada"), server.account("ada")
            tokens = Credentials(token, server=server.base_url, remote_id=account.id, handle="@ada@here")
        elif network == "bluesky":
            registry = self.parts.part(Networks).registry
            tokens = registry.app_password("bluesky").sign_in("ada.test", "abcd-efgh-ijkl-mnop")
        elif network == "threads":
            tokens = Credentials(server.token_for("ada"), remote_id=server.account("ada").id, handle="@ada")
        else:
            tokens = Credentials("token", server=server.base_url, remote_id="ada", handle="@ada")
        with self.house.db.transaction() as session:
            connection = Connection(
                user_id=self.ada.id,
                network=network,
                server=tokens.server if network == "mastodon" else "",
                remote_id=tokens.remote_id,
                handle=tokens.handle,
                connected_at=self.clock.now(),
                expires_at=tokens.expires_at,
            )
            session.add(connection)
            session.flush()
            connection.sealed_credentials = credentials.seal(self.parts.part(Sealer), connection.id, tokens)
        return connection

    def share(self, network: str, number: int) -> Share:
        """A share of a fresh item that is due."""
        item = self.make.item()
        with self.house.db.transaction() as session:
            [share] = shares.request(
                session,
                self.clock,
                self.parts.part(Networks),
                user=self.ada,
                item_id=item.id,
                wanted=[Wanted(network, f"Words number {number}", self.connections[network].id)],
                request_key=f"form {number}",
                due_at=None,
                public_url=PUBLIC_URL,
            )
        self.clock.move(seconds=11)
        return share

    def worker(self, *, dies: str = "", ticks: int = 1) -> bool:
        """A worker process comes, works and ends, by itself or by SIGKILL."""
        return self.nursery.worker(**self.order, now=self.clock.now().isoformat(), dies=dies, ticks=ticks)

    def let_leases_run_out(self) -> None:
        """What a minute does."""
        with self.house.db.transaction() as session:
            past = self.house.db.now(session) - timedelta(seconds=1)
            session.execute(update(Share).where(Share.lease_until.is_not(None)).values(lease_until=past))
            session.execute(
                update(Connection).where(Connection.refresh_lease_until.is_not(None)).values(refresh_lease_until=past)
            )

    def posts(self, network: str, share: Share) -> int:
        """How often the share's words stand at the network."""
        server = self.servers[network]
        texts = {
            "mastodon": lambda: [status.text for status in server.statuses.values()],
            "bluesky": lambda: [record["text"] for record in server.posts_of("ada.test")],
            "threads": lambda: [post.words for post in server.posts.values()],
            "plain": lambda: server.posts,
        }[network]()
        return sum(text.split("\n")[0] == share.text for text in texts)

    def now(self, share: Share) -> Share:
        """The share as it stands."""
        with self.house.db.reading() as session:
            return planning.mine(session, user_id=self.ada.id, share_id=share.id)

    def close(self) -> None:
        """Ends servers and connections."""
        for server in self.servers.values():
            server.stop()
        self.parts.db.dispose()


@pytest.fixture
def crash_hub(house, make, clock, nursery, database_url, tmp_path) -> Iterator[CrashHub]:
    """A hub to be killed."""
    made = CrashHub(house, make, clock, nursery, {"database_url": database_url, "folder": str(tmp_path / "hub")})
    yield made
    made.close()


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_any_step_loses_nothing_and_posts_nothing_twice(crash_hub, step, capsys):
    found: Counter[str] = Counter()
    for number in range(ROUNDS):
        network = NETWORKS[number % len(NETWORKS)]
        carried_out = number // len(NETWORKS) % 2 == 0
        share = crash_hub.share(network, number)
        if step == BYTES_LEFT:
            crash_hub.servers[network].kills_when = "carried out" if carried_out else "lost"
        assert crash_hub.worker(dies=step), f"the worker was not killed at {step!r}"
        crash_hub.let_leases_run_out()
        assert not crash_hub.worker(ticks=3)
        stands, posts = crash_hub.now(share), crash_hub.posts(network, share)
        found[f"{network} {stands.state.value} with {posts} posts"] += 1
        unclear = step == BYTES_LEFT and network == "plain" and not carried_out
        if stands.state is ShareState.UNCONFIRMED:
            assert network == "plain", "a network with a device settles it by itself"
            assert stands.next_attempt_at is None, "the person is asked, nothing goes on by itself"
            assert posts == 0, "what is there is found"
            assert unclear
        else:
            assert stands.state is ShareState.PUBLISHED, (
                f"round {number}: {network} is {stands.state} of {stands.reason}"
            )
            assert posts == 1, f"round {number}: {network} has it {posts} times"
            assert not unclear
        crash_hub.clock.move(hours=3)
    with capsys.disabled():
        database = crash_hub.house.db.engine.dialect.name
        print(f"\n  {ROUNDS} kills {step} on {database}: {dict(sorted(found.items()))}", end="")


@pytest.mark.parametrize("how", ["carried out", "lost"])
@pytest.mark.parametrize("call", CALLS)
def test_a_worker_killed_at_any_call_of_a_container_leaves_one_post(crash_hub, call, how):
    threads = crash_hub.servers["threads"]
    share = crash_hub.share("threads", 0)
    threads.kills_at, threads.kills_when = CALLS[call], how
    assert crash_hub.worker(), f"the worker was not killed at {call!r}"
    crash_hub.let_leases_run_out()
    assert not crash_hub.worker(ticks=3)
    assert crash_hub.now(share).state is ShareState.PUBLISHED
    assert crash_hub.posts("threads", share) == 1
    assert len(threads.containers) == (2 if (call, how) == ("make", "carried out") else 1)
    assert sum(container.published for container in threads.containers.values()) == 1


def test_workers_killed_at_one_call_after_the_other_leave_one_post(crash_hub):
    threads = crash_hub.servers["threads"]
    share = crash_hub.share("threads", 0)
    for call in ("make", "state", "publish"):
        for how in ("lost", "carried out"):
            threads.kills_at, threads.kills_when = CALLS[call], how
            assert crash_hub.worker(), f"the worker was not killed at {call!r}"
            crash_hub.let_leases_run_out()
    threads.kills_at, threads.kills_when = r"GET /v1.0/\d+/threads\?", "lost"
    assert crash_hub.worker(), "the worker was not killed while it looked for the post"
    crash_hub.let_leases_run_out()
    assert not crash_hub.worker(ticks=3)
    assert crash_hub.now(share).state is ShareState.PUBLISHED
    assert crash_hub.now(share).remote_id in threads.posts
    assert crash_hub.posts("threads", share) == 1
