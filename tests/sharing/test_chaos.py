"""Through the storm: whatever happens on the way to a network, the share says what is true, and is there once.

A real Bluesky network, Mastodon, and a network that would keep whatever comes twice, each behind a proxy that delays,
refuses, resets, cuts and loses what passes. Nothing is replaced but the road.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from advocacy.base.text import Text
from advocacy.sharing import connections, my_shares
from advocacy.sharing.models import Share, ShareState
from advocacy.sharing.my_shares import Action
from advocacy.sharing.networks import Networks
from connectors import Credentials, Identity, Registry
from tests.connectors.fakes.mastodon import FakeMastodon
from tests.connectors.fakes.server import Request, Response, route
from tests.crash.plain_network import PlainNetwork, PlainServer
from tests.sharing.conftest import Sharing

READ_SECONDS = 1.0
WORDS = "Words through the storm"


class Blind(PlainServer):
    """Shows nobody what is there: many networks give apps the right to write alone."""

    @route("GET", "/posts")
    def _list(self, request: Request) -> Response:
        return Response(200, [])


@dataclass
class Road:
    """One network behind the proxy, and Ada who shares there."""

    sharing: Sharing
    network: str
    proxy: Any
    sends_to: str
    """How the path of a request to publish begins."""
    posts: Any
    """Tells what the network holds."""
    can_be_read: bool = True
    share: Share = field(init=False)

    def goes(self, item: Any, ada: Any, connection: Any) -> None:
        """Ada shares, and it is due."""
        [self.share] = self.sharing.share(ada, item, connection, text=WORDS)
        self.sharing.house.clock.move(seconds=11)

    def round(self, *, after: timedelta = timedelta(0)) -> Share:
        """A worker's round, some time later."""
        self.sharing.house.clock.move(seconds=after.total_seconds())
        self.sharing.work()
        return self.sharing.now(self.share)

    def settle(self) -> Share:
        """The storm is over, and two minutes pass, six times."""
        self.proxy.calm()
        for _ in range(6):
            self.round(after=timedelta(minutes=2))
        return self.sharing.now(self.share)

    def sees(self) -> tuple[str, str]:
        """The badge and the reason that Ada reads."""
        standing = my_shares.standing(self.sharing.now(self.share), self.sharing.house.clock.now())
        return str(standing.word), str(Text.from_json(standing.reason)) if standing.reason else ""

    @property
    def buttons(self) -> tuple[Action, ...]:
        """What Ada may do."""
        return my_shares.standing(self.sharing.now(self.share), self.sharing.house.clock.now()).actions

    def sent(self) -> int:
        """How many requests to publish have passed since the storm began."""
        return sum(method == "POST" and path.startswith(self.sends_to) for method, path, _ in self.proxy.journal())


@pytest.fixture
def ada(make):
    return make.user("Ada")


class Borrowed:
    """The clock of the test that runs, for servers that outlive it: before each of them a proxy is started."""

    def __init__(self) -> None:
        self.clock: Any = None

    def __call__(self) -> datetime:
        return self.clock.now()


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Borrowed, dict[str, Any]]]:
    """The networks that are ours, for all tests here."""
    borrowed = Borrowed()
    with FakeMastodon(borrowed) as mastodon, PlainServer(borrowed) as plain, Blind(borrowed) as blind:
        yield borrowed, {"mastodon": mastodon, "plain": plain, "blind": blind}


@pytest.fixture
def road(request, house, make, ada, clock, servers, chaos_proxy) -> Road:
    """The road to the network that the test names."""
    borrowed, known = servers
    borrowed.clock = clock
    if request.param == "bluesky":
        return _to_bluesky(request, house, make, ada, clock, chaos_proxy)
    if request.param == "mastodon":
        return _to_mastodon(house, make, ada, clock, known["mastodon"], chaos_proxy)
    known[request.param].posts.clear()
    return _to_plain(house, make, ada, clock, known[request.param], chaos_proxy)


def _to_bluesky(request, house, make, ada, clock, chaos_proxy):
    network = request.getfixturevalue("bluesky_network")
    person = network.create_account("ada")
    proxy = chaos_proxy(network.pds_url)
    settings = {"BLUESKY_PDS_URL": network.pds_url, "BLUESKY_APPVIEW_URL": network.appview_url}
    sharing = _sharing(house, clock, settings)
    tokens = sharing.networks.registry.app_password("bluesky").sign_in(person.handle, person.app_password)
    return _road(
        sharing,
        make,
        ada,
        network="bluesky",
        proxy=proxy,
        tokens=tokens,
        sends_to="/xrpc/com.atproto.repo.putRecord",
        posts=lambda: [record["value"]["text"] for record in person.records()],
    )


def _to_mastodon(house, make, ada, clock, mastodon, chaos_proxy):
    name, before = f"ada{secrets.token_hex(3)}", set(mastodon.statuses)
    tokens = Credentials(mastodon.token_for(name), remote_id=mastodon.account(name).id, handle=f"@{name}@here")
    return _road(
        _sharing(house, clock, {}),
        make,
        ada,
        network="mastodon",
        proxy=chaos_proxy(mastodon.base_url),
        tokens=tokens,
        sends_to="/api/v1/statuses",
        posts=lambda: [mastodon.statuses[one].text for one in set(mastodon.statuses) - before],
    )


def _to_plain(house, make, ada, clock, server, chaos_proxy):
    return _road(
        _sharing(house, clock, {}),
        make,
        ada,
        network="plain",
        proxy=chaos_proxy(server.base_url),
        tokens=Credentials("a token", remote_id="ada", handle="@ada"),
        sends_to="/posts",
        posts=lambda: server.posts,
        can_be_read=not isinstance(server, Blind),
    )


def _sharing(house, clock, settings) -> Sharing:
    registry = Registry(
        settings, now=clock.now, allow_private_hosts=True, connect_seconds=5.0, read_seconds=READ_SECONDS
    )
    plain = PlainNetwork(http=registry.get("bluesky")._http, settings={}, now=clock.now)
    registry._known["plain"] = registry._awake["plain"] = plain
    house._parts[Networks] = Networks(registry)
    return Sharing(house, None, None)


def _road(sharing, make, ada, *, network, proxy, tokens, sends_to, posts, can_be_read=True) -> Road:
    connection = connections.keep(
        sharing.house,
        user_id=ada.id,
        network=network,
        tokens=replace(tokens, server=proxy.url),
        who=Identity(tokens.remote_id, tokens.handle),
    )
    road = Road(sharing, network, proxy, sends_to, posts, can_be_read)
    road.goes(make.item(), ada, connection)
    return road


DEVICES = ("bluesky", "mastodon")
NO_DEVICE = ("plain", "blind")
EVERY = (*DEVICES, *NO_DEVICE)


def networks(*names):
    return pytest.mark.parametrize("road", names, indirect=True)


BROKE = "broke before it answered. The post may or may not be there."
MODES = {
    "lost": ({"mode": "lost"}, BROKE, 1),
    "cut short": ({"mode": "trunc"}, BROKE, 1),
    "reset": ({"mode": "reset"}, BROKE, 0),
    "503": ({"mode": "status", "status": 503}, "gave no clear answer (503). The post may or may not be there.", 0),
}
"""What the proxy does, what the person reads meanwhile, and whether the network made the post."""


@pytest.mark.parametrize("mode", MODES.values(), ids=list(MODES))
@networks(*DEVICES)
def test_where_a_repeat_is_the_same_post_every_unclear_answer_ends_published_once(road, mode):
    how, reason, made = mode
    road.proxy.disturb(match=road.sends_to, times=1, **how)
    assert road.round().state is ShareState.UNCONFIRMED
    word, said = road.sees()
    assert word == "Checking"
    assert said.endswith(reason)
    assert len(road.posts()) == made
    settled = road.settle()
    assert settled.state is ShareState.PUBLISHED
    assert settled.permalink
    assert len(road.posts()) == 1
    assert road.posts()[0].startswith(WORDS)


@pytest.mark.parametrize("mode", MODES.values(), ids=list(MODES))
@networks(*NO_DEVICE)
def test_without_a_device_an_unclear_answer_is_looked_into_and_never_sent_again(road, mode):
    how, reason, made = mode
    road.proxy.disturb(match=road.sends_to, times=1, **how)
    assert road.round().state is ShareState.UNCONFIRMED
    word, said = road.sees()
    assert word == "Checking"
    assert said.endswith(reason)
    assert road.sent() == 1
    settled = road.settle()
    assert road.sent() == 0, "nothing is sent after the storm"
    assert len(road.posts()) == made
    if made and road.can_be_read:
        assert settled.state is ShareState.PUBLISHED
        return
    assert settled.state is ShareState.UNCONFIRMED
    assert settled.next_attempt_at is None
    assert road.sees() == (
        "Please check",
        "We looked at your profile and did not find this post, but we cannot be sure. Please look yourself.",
    )
    assert road.buttons == (Action.IT_IS_THERE, Action.SEND_AGAIN, Action.LEAVE_IT)


@networks(*EVERY)
def test_a_slow_answer_is_waited_for(road):
    road.proxy.disturb("delay", match=road.sends_to, times=1, seconds=READ_SECONDS / 3)
    assert road.round().state is ShareState.PUBLISHED
    assert road.sees() == ("Published", "")
    assert len(road.posts()) == 1


@networks(*EVERY)
def test_an_answer_that_takes_too_long_is_unclear_and_there_once_at_most(road):
    road.proxy.disturb("delay", match=road.sends_to, times=1, seconds=READ_SECONDS * 2)
    assert road.round().state is ShareState.UNCONFIRMED
    assert road.sees()[0] == "Checking"
    time.sleep(READ_SECONDS * 1.2)  # until the proxy has handed on what we no longer wait for, or dropped it
    settled = road.settle()
    if road.network in DEVICES:
        assert settled.state is ShareState.PUBLISHED
        assert len(road.posts()) == 1
        return
    found = bool(road.posts()) and road.can_be_read
    assert settled.state is (ShareState.PUBLISHED if found else ShareState.UNCONFIRMED)
    assert settled.next_attempt_at is None
    assert len(road.posts()) <= 1


@networks(*EVERY)
def test_a_limit_is_waited_for_as_long_as_the_network_says(road):
    road.proxy.disturb("status", match=road.sends_to, times=1, status=429, retry_after=90)
    waiting = road.round()
    assert waiting.state is ShareState.SCHEDULED
    assert waiting.next_attempt_at - road.sharing.house.clock.now() == timedelta(seconds=90)
    word, said = road.sees()
    assert word == "Trying again"
    assert said.endswith("asks us to wait before the next post.")
    assert road.round(after=timedelta(seconds=89)).state is ShareState.SCHEDULED
    assert road.posts() == []
    assert road.round(after=timedelta(seconds=1)).state is ShareState.PUBLISHED
    assert len(road.posts()) == 1


@networks(*DEVICES)
def test_a_repeat_comes_no_sooner_than_an_unwell_network_asks(road):
    road.proxy.disturb("status", match=road.sends_to, times=1, status=503, retry_after=90)
    unclear = road.round()
    assert unclear.state is ShareState.UNCONFIRMED
    assert unclear.next_attempt_at - road.sharing.house.clock.now() == timedelta(seconds=90)
    road.round(after=timedelta(seconds=89))
    assert road.sent() == 1
    assert road.round(after=timedelta(seconds=1)).state is ShareState.PUBLISHED
    assert len(road.posts()) == 1


@networks(*EVERY)
def test_a_refusal_for_good_is_told_and_nothing_is_tried_again(road):
    road.proxy.disturb("status", match=road.sends_to, times=1, status=400)
    assert road.round().state is ShareState.FAILED
    word, said = road.sees()
    assert word == "Not published"
    assert said.endswith("refused the post and says: chaos")
    assert road.settle().state is ShareState.FAILED
    assert road.posts() == []


@networks(*EVERY)
def test_a_network_that_is_away_for_three_hours_is_not_sent_to_late(road):
    road.proxy.disturb("reset", match="/")
    for _ in range(19):
        road.round(after=timedelta(minutes=10))
    road.proxy.calm()
    settled = road.settle()
    # A connection that broke may have left something there: only a look says that there is nothing.
    if road.network in DEVICES[:1]:
        assert settled.state is ShareState.MISSED
        assert road.sees() == (
            "Missed",
            "We were interrupted while publishing. We looked, and your post is not there.",
        )
    else:
        assert settled.state is ShareState.UNCONFIRMED
        assert settled.next_attempt_at is None
        assert road.sees()[0] == "Please check"
    assert road.posts() == []


@networks(*EVERY)
def test_a_post_whose_answer_was_lost_is_found_after_three_hours_of_outage(road):
    road.proxy.disturb("lost", match=road.sends_to, times=1)
    road.round()
    road.proxy.disturb("reset", match="/")
    for _ in range(19):
        road.round(after=timedelta(minutes=10))
    assert len(road.posts()) == 1
    settled = road.settle()
    assert len(road.posts()) == 1
    if road.can_be_read:
        assert settled.state is ShareState.PUBLISHED
        assert settled.permalink
    else:
        assert road.sees()[0] == "Please check"


@networks(*EVERY)
def test_a_sign_in_that_the_network_refuses_makes_the_share_wait_for_its_person(road):
    road.proxy.disturb("status", match=road.sends_to, times=1, status=401)
    after = road.round()
    assert after.state is ShareState.SCHEDULED
    assert road.sees()[0] == "Waits for you"
    assert Action.RECONNECT in road.buttons
    assert road.settle().state is ShareState.SCHEDULED
    assert road.posts() == []
