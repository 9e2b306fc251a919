"""Whom the crash tests play with: a network that kills, a person's account there, the hub, and its short-lived workers."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

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
from tests.connectors.network import Network, called
from tests.crash.parts import PUBLIC_URL, hub

FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * (9 * 4096)
"""Nine megabytes and a little: three pieces on X."""
FILMED = {cls.name for cls in connector_classes() if issubclass(cls, ApiConnector) and cls.limits.max_videos}
POST, PICTURE, FILMED_POST, BOOST, BELOW = "post", "picture", "film", "boost", "words below"
"""What a share is: words (and a picture where nothing goes without), a picture where the network takes one, a film,
somebody else's post as it is, or words below it."""
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
