"""kill -9 at every named step of publishing, and at every request that a post takes, on every network that we publish
to: nothing lost, nothing twice, and what is unclear is said to be.

The networks are those of `tests/connectors/networks`, so that a new one is killed too, with posts, and where it can with
posts of others passed on and with words below them. `CRASH_ROUNDS` says how often each step is tried on each database;
networks and kinds take turns (each once unless set, twice where there are two ways). Requests are tried on one database
each, on both with `CRASH_ROUNDS`.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from advocacy.sharing.models import ShareState
from tests.connectors.fakes.server import Request
from tests.connectors.network import Network, called, networks
from tests.crash.actors import BELOW, BOOST, FILMED, FILMED_POST, PICTURE, POST, Account, CrashHub, Nursery
from tests.crash.parts import STEPS

NETWORKS = networks()
ROUNDS = int(os.environ.get("CRASH_ROUNDS", "0"))
BYTES_LEFT = "after the bytes left"
WAYS = ("carried out", "lost")


def can(entry: type[Network], what: str) -> bool:
    """Whether this network takes such a share."""
    able = {FILMED_POST: entry.name in FILMED, BOOST: entry.passes_on, BELOW: entry.answers}
    return able.get(what, True)


def pairs(*kinds: str) -> list[tuple[type[Network], str]]:
    """Every network with each of these that it takes."""
    return [(entry, what) for entry in NETWORKS for what in kinds if can(entry, what)]


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Makes worker processes."""
    made = Nursery(tmp_path_factory.mktemp("nursery") / "log")
    yield made
    made.close()


@pytest.fixture
def crash_hub(house, make, clock, nursery, database_url, tmp_path) -> Iterator[CrashHub]:
    """A hub to be killed."""
    made = CrashHub(house, make, clock, nursery, {"database_url": database_url, "folder": str(tmp_path / "hub")})
    yield made
    made.close()


def publishes(account: Account, what: str) -> Callable[[Request, int], bool]:
    """The request that makes the post."""
    network = account.network
    decisive = network.boosting if what == BOOST else network.publishing

    def is_it(request: Request, _number: int) -> bool:
        is_first_go = "dpop-nonce" in request.headers
        return bool(re.search(decisive, f"{request.method} {request.path}")) and not is_first_go

    return is_it


def tell(capsys: Any, crash_hub: CrashHub, what: str, found: Counter[str], seconds: float) -> None:
    """Says how many were killed and what became of them."""
    with capsys.disabled():
        database = crash_hub.house.db.engine.dialect.name
        by_end = Counter(end.rsplit(": ", 1)[1] for end in found.elements())
        print(
            f"\n  {found.total()} kills {what} on {database} in {seconds:.0f} s: {dict(sorted(by_end.items()))}",
            end="",
        )


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_any_step_loses_nothing_and_posts_nothing_twice(crash_hub, step, capsys):
    found: Counter[str] = Counter()
    started = time.monotonic()
    ways = WAYS if step == BYTES_LEFT else WAYS[:1]
    turns = [(entry, what, how) for how in ways for entry, what in pairs(POST, BOOST, BELOW)]
    for number in range(ROUNDS or len(turns)):
        entry, what, how = turns[number % len(turns)]
        account = crash_hub.account(entry)
        share = account.share(number, what)
        before = account.there(what)
        if step == BYTES_LEFT:
            account.deadly.kill(publishes(account, what), how)
        assert account.worker(dies=step), f"the worker was not killed at {step!r} of {account.called}"
        stands = account.settle(share)
        end = account.judge(share, what, account.there(what) - before)
        is_unclear = stands.state is ShareState.UNCONFIRMED
        may_be_unclear = {BYTES_LEFT: how == "lost" or not account.finds(what)}
        may_be_unclear |= dict.fromkeys(("after answer", "before commit"), not account.finds(what))
        assert not is_unclear or may_be_unclear.get(step, False), f"{account.called} is unclear of {stands.reason}"
        found[f"{account.called}: {what}: {end}"] += 1
        crash_hub.clock.move(minutes=75)  # no more than a person may share in a day
    tell(capsys, crash_hub, step, found, time.monotonic() - started)


def taking_turns() -> Iterator[tuple[str, type[Network], str]]:
    """Every network with each kind, on the two databases in turn; on both with `CRASH_ROUNDS` set. Which request is on
    its way is the network's matter: what a killed worker leaves in either database is tried at every step above.
    """
    kinds = ["sqlite", "postgresql"]
    for number, (entry, what) in enumerate(pairs(PICTURE, FILMED_POST, BOOST, BELOW)):
        yield from ((kind, entry, what) for kind in (kinds if ROUNDS else [kinds[number % 2]]))


@pytest.mark.parametrize(
    ("database_url", "entry", "what"),
    [pytest.param(*turn, id=f"{turn[0]}-{called(turn[1])}-{turn[2]}") for turn in taking_turns()],
    indirect=["database_url"],
)
def test_a_worker_killed_at_any_request_of_a_post_leaves_one_post_or_asks(crash_hub, entry, what, capsys):
    account = crash_hub.account(entry)
    account.deadly.let_live()
    share = account.share(0, what)
    assert not account.worker()
    assert crash_hub.now(share).state is ShareState.PUBLISHED
    found: Counter[str] = Counter()
    started, takes = time.monotonic(), account.deadly.seen
    for number in range(takes):
        for way in WAYS:
            crash_hub.clock.move(hours=3)  # no more than a person may share in a day
            share = account.share(1 + number, what)
            before = account.there(what)
            account.deadly.kill(lambda _request, seen, number=number: seen == number, way)
            assert account.worker(), f"the worker was not killed at request {number} of {account.called}"
            account.settle(share)
            found[f"{account.called}: {account.judge(share, what, account.there(what) - before)}"] += 1
    unclear = sum(number for end, number in found.items() if "unconfirmed" in end)
    assert unclear <= len(WAYS), "only the request that makes the post can leave anything unclear"
    tell(
        capsys,
        crash_hub,
        f"at each of {takes} requests of {account.called} for a {what}",
        found,
        time.monotonic() - started,
    )


def test_workers_killed_at_one_request_after_the_other_leave_one_post(crash_hub):
    """A network of containers: each worker gets a little further than the one before."""
    [entry] = [one for one in NETWORKS if one.name == "threads"]
    account = crash_hub.account(entry)
    share = account.share(0)
    for call in (r"POST /v1.0/\d+/threads$", r"GET /v1.0/\d+$", r"POST /v1.0/\d+/threads_publish$"):
        for way in reversed(WAYS):
            account.deadly.kill(
                lambda request, _number, call=call: bool(re.search(call, f"{request.method} {request.path}")), way
            )
            assert account.worker(), f"the worker was not killed at {call!r}"
            crash_hub.let_leases_run_out()
    account.deadly.kill(lambda request, _number: request.path.endswith("/threads"), "lost")
    assert account.worker(), "the worker was not killed while it looked for the post"
    assert account.settle(share).state is ShareState.PUBLISHED
    assert crash_hub.now(share).remote_id in account.network.server.posts
    assert account.network.posts() == 1
