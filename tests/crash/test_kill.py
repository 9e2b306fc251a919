"""kill -9 at every named step of publishing, and at every request that a post takes, on every network that we publish
to: nothing lost, nothing twice, and what is unclear is said to be.

The networks are those of `tests/connectors/networks`, so that a new one is killed too, with posts, and where it can with
posts of others passed on and with words below them. `CRASH_ROUNDS` says how often each step is tried on each database;
networks and kinds take turns (each once unless set, twice where there are two ways). Requests are tried on one database
each, on both with `CRASH_ROUNDS`.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select, update

from advocacy.base.house import House
from advocacy.base.sealing import Sealer
from advocacy.library import media
from advocacy.library.media import Media
from advocacy.library.models import Film, ItemKind, Picture
from advocacy.sharing import credentials, planning, shares
from advocacy.sharing.models import Connection, Share, ShareState
from advocacy.sharing.networks import Networks
from advocacy.sharing.shares import Wanted
from connectors import ApiConnector
from connectors._registry import connector_classes
from tests.connectors.fakes.server import Request, Response
from tests.connectors.network import Network, called, networks
from tests.crash.parts import PUBLIC_URL, STEPS, hub

NETWORKS = networks()
ROUNDS = int(os.environ.get("CRASH_ROUNDS", "0"))
BYTES_LEFT = "after the bytes left"
WAYS = ("carried out", "lost")
FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * (9 * 4096)
"""Nine megabytes and a little: three pieces on X."""
FILMED = {cls.name for cls in connector_classes() if issubclass(cls, ApiConnector) and cls.limits.max_videos}
POST, PICTURE, FILMED_POST, BOOST, BELOW = "post", "picture", "film", "boost", "words below"
"""What a share is: words (and a picture where nothing goes without), a picture where the network takes one, a film,
somebody else's post as it is, or words below it."""


def can(entry: type[Network], what: str) -> bool:
    """Whether this network takes such a share."""
    able = {FILMED_POST: entry.name in FILMED, BOOST: entry.passes_on, BELOW: entry.answers}
    return able.get(what, True)


def pairs(*kinds: str) -> list[tuple[type[Network], str]]:
    """Every network with each of these that it takes."""
    return [(entry, what) for entry in NETWORKS for what in kinds if can(entry, what)]


SETTLED_WITHIN = timedelta(minutes=2)


class Deadly:
    """Stands in a network's way: kills the process that publishes while one of its requests is on the way, once."""

    def __init__(self, network: Network) -> None:
        self._fake, self._goes_on = network.fake, network.fake.carry_out
        self._when: Callable[[Request, int], bool] = lambda _request, _number: False
        self._how, self.seen = "", 0
        network.fake.carry_out = self._carry_out  # type: ignore[method-assign]

    def kill(self, when: Callable[[Request, int], bool], how: str) -> None:
        """The next request of a worker of which `when` holds (it, and its number from 0): carried out or lost."""
        self._when, self._how, self.seen = when, how, 0

    def let_live(self) -> None:
        """Nobody is killed, and requests are counted from here."""
        self.kill(lambda _request, _number: False, "")

    def _carry_out(self, request: Request) -> Response:
        worker = re.fullmatch(r"process (\d+)", request.headers.get("user-agent", ""))
        if worker is None:
            return self._goes_on(request)
        dies = self._when(request, self.seen)
        self.seen += 1
        if not dies:
            return self._goes_on(request)
        how = self._how
        self.let_live()
        os.kill(int(worker[1]), signal.SIGKILL)
        return self._goes_on(request) if how == "carried out" else Response(503, {"error": "lost"})


class Web(dict[str, tuple[bytes, str]]):
    """What networks that fetch pictures and films find at any address of the hub."""

    shows: tuple[bytes, str] = (b"", "")

    def get(self, url: str, default: Any = None) -> Any:
        """What is shown just now, whichever it is."""
        return self.shows if url.startswith(PUBLIC_URL) else default


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


class Account:
    """One network, the account that a person has there, and the hub as workers see it."""

    def __init__(self, entry: type[Network], crash_hub: CrashHub) -> None:
        self.called, self._hub = called(entry), crash_hub
        self.network = entry(crash_hub.clock.now)
        self.deadly = Deadly(self.network)
        self._web = Web()
        if self.network.connector.fetches_films:
            self.network.fake.web = self._web  # type: ignore[attr-defined]
        self.order = {**crash_hub.order, "settings": dict(self.network.settings())}
        self.parts = hub(**self.order, now=crash_hub.clock.now(), step=lambda _name: None)
        with crash_hub.house.db.transaction() as session:
            self.connection = Connection(
                user_id=crash_hub.ada.id,
                network=entry.name,
                server=self.network.credentials.server if self.network.connector.many_servers else "",
                remote_id=self.called,
                handle=self.network.credentials.handle,
                connected_at=crash_hub.clock.now(),
            )
            session.add(self.connection)
        self.sign_in(self.network.credentials)

    def sign_in(self, tokens: Any = None) -> None:
        """Signs in, so that no token ends in the midst of many rounds."""
        tokens = tokens or self.network.sign_in()
        self._signed_in = self._hub.clock.now()
        sealed = credentials.seal(self.parts.part(Sealer), self.connection.id, tokens)
        with self._hub.house.db.transaction() as session:
            kept = session.get_one(Connection, self.connection.id)
            kept.sealed_credentials, kept.expires_at = sealed, tokens.expires_at

    def share(self, number: int, what: str = POST) -> Share:
        """A share of a fresh item that is due."""
        hub_, shown = self._hub, {}
        if self._hub.clock.now() - self._signed_in > timedelta(hours=1):
            self.sign_in()
        if what in (BOOST, BELOW):
            shown = {"kind": ItemKind.POST, "source_url": self.network.original()}
        elif what == FILMED_POST:
            shown = {"kind": ItemKind.FILM, "film_id": hub_.film().id, "alt_text": "A crane lifts a turbine"}
            self._web.shows = FILM, "video/mp4"
        elif self.network.connector.needs_picture or (what == PICTURE and self.network.pictures):
            shown = {"kind": ItemKind.IMAGE, "picture": hub_.picture, "alt_text": "The harbour at noon"}
            self._web.shows = hub_.drawing, "image/jpeg"
        item = hub_.make.item(**shown)
        words = "" if what == BOOST else f"Words number {number} of mine"
        account = {"connection_id": self.connection.id, "as_it_is": what == BOOST, "below": what == BELOW}
        with hub_.house.db.transaction() as session:
            [share] = shares.request(
                session,
                hub_.clock,
                self.parts.part(Networks),
                user=hub_.ada,
                item_id=item.id,
                wanted=[Wanted(self.network.name, words, **account)],
                request_key=f"{self.called} {number} {item.id}",
                due_at=None,
                public_url=PUBLIC_URL,
            )
        hub_.clock.move(seconds=11)
        return share

    def worker(self, *, dies: str = "", ticks: int = 1) -> bool:
        """A worker process comes, works and ends, by itself or by SIGKILL."""
        return self._hub.nursery.worker(**self.order, now=self._hub.clock.now().isoformat(), dies=dies, ticks=ticks)

    def settle(self, share: Share) -> Share:
        """What two minutes of other workers make of what a killed one left."""
        self._hub.let_leases_run_out()
        until = self._hub.clock.now() + SETTLED_WITHIN
        while True:
            assert not self.worker(ticks=3)
            stands = self._hub.now(share)
            if stands.state in (ShareState.PUBLISHED, ShareState.FAILED) or stands.next_attempt_at is None:
                return stands
            assert self._hub.clock.now() < until, f"{self.called} is {stands.state} of {stands.reason} still"
            self._hub.clock.set(min(until, max(stands.next_attempt_at, self._hub.clock.now() + timedelta(seconds=1))))

    def there(self, what: str) -> int:
        """How many of such shares the network holds."""
        if what == BOOST:
            return self.network.boosts()
        return len(self.network.below()) if what == BELOW else self.network.posts()

    def settles(self, what: str) -> bool:
        """Whether a share whose answer was lost can always be settled without the person."""
        return self.network.boosts_once if what == BOOST else self.network.has_device

    def finds(self, what: str) -> bool:
        """Whether what is there can be found."""
        return self.network.finds or self.settles(what)

    def judge(self, share: Share, what: str, posts: int) -> str:
        """Fails unless the share is out once and known to be, or surely unclear and asked about."""
        stands = self._hub.now(share)
        assert posts <= 1, f"{self.called} has it {posts} times"
        if stands.state is ShareState.UNCONFIRMED:
            assert not self.settles(what), f"{self.called} has a device that settles it: {stands.reason}"
            assert stands.next_attempt_at is None, "the person is asked, nothing goes on by itself"
            assert not (self.finds(what) and posts), f"what is there on {self.called} is found"
        else:
            assert stands.state is ShareState.PUBLISHED, f"{self.called} is {stands.state} of {stands.reason}"
            assert posts == 1, f"{self.called} says published and has it {posts} times"
        return f"{stands.state.value} with {posts} posts"

    def close(self) -> None:
        """Ends the server and the connections."""
        self.network.close()
        self.parts.db.dispose()


class CrashHub:
    """A hub, one person with an account on every network, and workers that come and go."""

    def __init__(self, house: House, make: Any, clock: Any, nursery: Nursery, order: dict[str, Any]) -> None:
        self.house, self.make, self.clock, self.nursery, self.order = house, make, clock, nursery, order
        self.ada = make.user("Ada")
        drawn = io.BytesIO()
        Image.new("RGB", (120, 100), "teal").save(drawn, "JPEG")
        self.drawing = drawn.getvalue()
        self.picture = self._keep()
        self._accounts: dict[str, Account] = {}

    def _keep(self) -> Picture:
        with self.house.db.transaction() as session:
            store = Media(Path(self.order["folder"]) / "media")
            drawing = {"data": self.drawing, "mime": "image/jpeg", "width": 120, "height": 100}
            return media.store(session, self.clock, store, **drawing)

    def film(self) -> Film:
        """What stands for a film: networks look at its size, kind and bytes alone."""
        with self.house.db.transaction() as session:
            kept = session.scalar(select(Film))
            if kept is None:
                folder, sha256 = Path(self.order["folder"]) / "media", hashlib.sha256(FILM).hexdigest()
                folder.mkdir(parents=True, exist_ok=True)
                (folder / ".part").write_bytes(FILM)
                Media(folder).take_in(folder / ".part", sha256=sha256, mime="video/mp4")
                facts = {"seconds": 12.5, "width": 1280, "height": 720, "created_at": self.clock.now()}
                kept = Film(sha256=sha256, mime="video/mp4", size=len(FILM), **facts)
                session.add(kept)
            return kept

    def account(self, entry: type[Network]) -> Account:
        """The person's account on this network, connected on first mention."""
        if called(entry) not in self._accounts:
            self._accounts[called(entry)] = Account(entry, self)
        return self._accounts[called(entry)]

    def let_leases_run_out(self) -> None:
        """What a minute does."""
        with self.house.db.transaction() as session:
            past = self.house.db.now(session) - timedelta(seconds=1)
            session.execute(update(Share).where(Share.lease_until.is_not(None)).values(lease_until=past))
            session.execute(
                update(Connection).where(Connection.refresh_lease_until.is_not(None)).values(refresh_lease_until=past)
            )

    def now(self, share: Share) -> Share:
        """The share as it stands."""
        with self.house.db.reading() as session:
            return planning.mine(session, user_id=self.ada.id, share_id=share.id)

    def close(self) -> None:
        """Ends servers and connections."""
        for account in self._accounts.values():
            account.close()


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
