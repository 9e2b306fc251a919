"""A hub whose networks are fakes on loopback, with people who have connected their accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from advocacy.base.house import House
from advocacy.base.sealing import Sealer
from advocacy.people.models import User
from advocacy.sharing import credentials, left_behind, planning, publishing, shares
from advocacy.sharing.carrying import carry_out
from advocacy.sharing.models import Connection, Share
from advocacy.sharing.network_memory import NetworkMemory
from advocacy.sharing.networks import Networks
from advocacy.sharing.publisher import Publisher
from advocacy.sharing.shares import Wanted
from connectors import Credentials, Registry
from tests.connectors.fakes.bluesky import FakeBluesky
from tests.connectors.fakes.mastodon import FakeMastodon
from tests.sharing.plain import PlainConnector

PUBLIC_URL = "http://localhost"


@pytest.fixture
def mastodon(clock) -> Iterator[FakeMastodon]:
    """A Mastodon server that knows @ada."""
    with FakeMastodon(clock.now) as server:
        yield server


@pytest.fixture
def bluesky(clock) -> Iterator[FakeBluesky]:
    """A Bluesky server that knows ada.test."""
    with FakeBluesky(clock.now) as server:
        server.person("ada.test")
        yield server


@pytest.fixture
def plain() -> PlainConnector:
    """A network without any device against doubles, in memory."""
    return PlainConnector()


@pytest.fixture
def house(house: House, bluesky: FakeBluesky, plain: PlainConnector) -> House:
    """The hub, with these networks in the place of the real ones."""
    registry = Registry(
        {"BLUESKY_PDS_URL": bluesky.base_url, "BLUESKY_APPVIEW_URL": bluesky.base_url},
        now=house.clock.now,
        allow_private_hosts=True,
        connect_seconds=1.0,
        read_seconds=2.0,
    )
    registry._known["plain"] = registry._awake["plain"] = plain
    house._parts[Networks] = Networks(registry, NetworkMemory(house.db))
    house._parts[Publisher] = Publisher(public_url=PUBLIC_URL, worker="this worker")
    return house


class Sharing:
    """Does what people and workers do, each in a transaction of its own."""

    def __init__(self, house: House, bluesky: FakeBluesky, mastodon: FakeMastodon) -> None:
        self.house = house
        self.networks = house.part(Networks)
        self.bluesky, self.mastodon = bluesky, mastodon
        self._keys = 0

    def connect(self, user: User, network: str = "bluesky", *, handle: str = "ada.test") -> Connection:
        """An account of this person, as a sign-in would have left it."""
        if network == "bluesky":
            self.bluesky.person(handle)
            tokens = self.networks.registry.app_password("bluesky").sign_in(handle, "abcd-efgh-ijkl-mnop")
        elif network == "mastodon":
            name = handle.split(".", maxsplit=1)[0]
            account = self.mastodon.account(name)
            tokens = Credentials(
                self.mastodon.token_for(name),
                server=self.mastodon.base_url,
                remote_id=account.id,
                handle=f"@{name}@127.0.0.1",
            )
        else:
            tokens = Credentials("a token", remote_id=handle, handle=f"@{handle}")
        with self.house.db.transaction() as session:
            connection = Connection(
                user_id=user.id,
                network=network,
                server=tokens.server if network == "mastodon" else "",
                remote_id=tokens.remote_id,
                handle=tokens.handle,
                connected_at=self.house.clock.now(),
                expires_at=tokens.expires_at,
            )
            session.add(connection)
            session.flush()
            connection.sealed_credentials = credentials.seal(self.house.part(Sealer), connection.id, replace(tokens))
        return connection

    def share(self, user, item, *connections, text="Words of mine", key="", due_at=None, **fields) -> list[Share]:
        """What sending the composer's form does."""
        self._keys += 1
        wanted = [Wanted(one.network, text, one.id, **fields) for one in connections]
        with self.house.db.transaction() as session:
            return shares.request(
                session,
                self.house.clock,
                self.networks,
                user=user,
                item_id=item.id,
                wanted=wanted,
                request_key=key or f"form {self._keys}",
                due_at=due_at,
                public_url=PUBLIC_URL,
                company="Nordlys",
            )

    def do(self, change: Callable[..., Share], user: User, share: Share, **values) -> Share:
        """One of `planning`'s changes."""
        with self.house.db.transaction() as session:
            return change(session, self.house.clock, user=user, share_id=share.id, **values)

    def work(self) -> int:
        """One round of a worker, to its end. Returns how many attempts it made."""
        db = self.house.db
        left_behind.recover(db)
        left_behind.give_up_late(self.house)
        left_behind.ask_where_nobody_can_look(db)
        attempts = publishing.claim_due(db, self.house.part(Publisher).worker, 50)
        for attempt in attempts:
            carry_out(self.house, attempt)
        return len(attempts)

    def now(self, share: Share) -> Share:
        """The share as it stands."""
        with self.house.db.reading() as session:
            return planning.mine(session, user_id=share.user_id, share_id=share.id)


@pytest.fixture
def connect(db, clock):
    """Links an account to a person, as if they had connected it."""

    def link(user, network="bluesky", **fields) -> Connection:
        with db.transaction() as session:
            connection = Connection(
                user_id=user.id,
                network=network,
                server="https://bsky.social",
                remote_id=f"did:plc:{user.id}{network}",
                handle=f"{user.first_name.lower()}.example.com",
                connected_at=clock.now(),
                **fields,
            )
            session.add(connection)
        return connection

    return link


@pytest.fixture
def sharing(house, bluesky, mastodon) -> Sharing:
    """People and workers."""
    return Sharing(house, bluesky, mastodon)
