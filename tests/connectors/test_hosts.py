"""Servers that people name: what they may type, and that no name or address leads inside."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.base import addresses
from connectors import Registry, Rejected, _hosts
from connectors._hosts import is_public, origin_of
from connectors._http import Http
from tests.connectors.fakes.server import Clock, FakeServer
from tests.inside import NOT_PUBLIC, PUBLIC


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_addresses_that_are_not_ordinary_ones_of_the_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [*PUBLIC.split(), "185.15.59.224"])
def test_ordinary_addresses_of_the_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("nonsense", ["", "localhost", "127.1", "1.1.1.1/32", "0x7f.1", "::1 ", "1.1.1.1\n"])
def test_what_is_no_address_is_not_one_of_the_internet(nonsense: str) -> None:
    assert not is_public(nonsense)


EDGES = sorted(
    {
        min(max(int(edge) + step, 0), 2**32 - 1)
        for closed in (addresses._CLOSED_V4, _hosts._SPECIAL_V4)
        for net in closed
        for edge in (net.network_address, net.broadcast_address)
        for step in (-1, 0, 1)
    }
)
EDGES6 = sorted(
    {
        int(edge) + step
        for closed in (addresses._CLOSED_V6, _hosts._SPECIAL_V6, (addresses._OPEN_V6, _hosts._GLOBAL_V6))
        for net in closed
        for edge in (net.network_address, net.broadcast_address)
        for step in (-1, 0, 1)
    }
)


def test_connectors_and_the_hub_judge_every_address_alike() -> None:
    """Two lists, since connectors know nothing of the hub: at both sides of each edge of either they agree."""
    asked = [*NOT_PUBLIC.split(), *PUBLIC.split(), *(str(ipaddress.IPv4Address(one)) for one in EDGES)]
    asked += [str(ipaddress.IPv6Address(one)) for one in EDGES6]
    assert [one for one in asked if is_public(one) != addresses.is_public(one)] == []


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6, network="2000::/3"), st.ip_addresses(v=6)))
def test_connectors_and_the_hub_judge_any_address_alike(address: object) -> None:
    assert is_public(str(address)) == addresses.is_public(str(address))


@pytest.mark.parametrize(
    "typed",
    [
        "mastodon.social",
        " Mastodon.Social. ",
        "https://mastodon.social",
        "https://mastodon.social/@ada/123?x=y#z",
        "@ada@mastodon.social",
        "ada@mastodon.social",
        "mastodon.social/",
        "mastodon.social/@ada",
    ],
)
def test_a_server_is_understood_however_it_is_written(typed: str) -> None:
    assert origin_of(typed) == "https://mastodon.social"


def test_a_name_in_another_script_becomes_its_ascii_form() -> None:
    assert origin_of("blåbær.no") == "https://xn--blbr-roah.no"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "mastodon",
        "localhost",
        "http://mastodon.social",
        "ftp://mastodon.social",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://mastodon.social:8443",
        "https://mastodon.social:443",
        "https://user:secret@mastodon.social",
        "127.0.0.1",
        "https://127.0.0.1",
        "https://[::1]/",
        "https://2130706433",
        "https://0x7f.1",
        "https://0x7f000001",
        "https://017700000001",
        "https://127.1",
        "https://①②⑦.⓪.⓪.①",
        "https://a..b",
        "https://-a.no",
        "https://" + "a" * 64 + ".no",
        "https://" + "a." * 130 + "no",
        "https://exa mple.no",
        "https://exa\tmple.no",
        "https://mastodon.social\\@evil.no",
        "mastodon.social@evil.no/",
        "https://[",
        "https://mastodon.social:99999",
    ],
)
def test_what_is_no_name_of_a_public_server_is_refused(typed: str) -> None:
    with pytest.raises(Rejected, match="not the address of a server"):
        origin_of(typed)


@pytest.mark.parametrize("typed", ["http://127.0.0.1:8080", "http://localhost:3000/", "https://example.org"])
def test_development_may_name_servers_on_this_machine(typed: str) -> None:
    assert origin_of(typed, allow_private_hosts=True) == typed.rstrip("/")


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_a_public_name_with_an_address_inside_is_never_connected_to(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connecting(*_: object, **__: object) -> None:
        pytest.fail("connected")

    monkeypatch.setattr("socket.socket.connect", connecting)
    mastodon = Registry(resolve=lambda host, port: ["185.15.59.224", address]).oauth("mastodon")
    with pytest.raises(Rejected, match="not a public server"):
        mastodon.register_app("rebound.example.org", redirect_uri="https://hub.example.org/back", client_name="hub")


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second look-up might answer otherwise (DNS rebinding): so there is none."""
    asked: list[str] = []
    reached: list[object] = []

    def connecting(_: object, address: object) -> None:
        reached.append(address)
        raise OSError("not in a test")

    def answers(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["185.15.59.224", "185.15.59.225"]

    monkeypatch.setattr("socket.socket.connect", connecting)
    http = Http(now=Clock(), user_agent="hub", resolve=answers)
    with pytest.raises(Exception, match="could not be reached"):
        http.send("GET", "https://mastodon.example.org/api/v2/instance")
    assert asked == ["mastodon.example.org"]
    assert reached == [("185.15.59.224", 443), ("185.15.59.225", 443)]


@pytest.mark.parametrize("url", ["http://mastodon.example.org/", "https://127.0.0.1/", "https://a.example.org:22/"])
def test_no_request_goes_to_an_address_that_nobody_checked(url: str) -> None:
    http = Http(now=Clock(), user_agent="hub", resolve=lambda host, port: ["8.8.8.8"])
    with pytest.raises(Rejected):
        http.send("GET", url)


def test_a_server_that_the_operator_named_may_be_inside(fake: Callable[[], FakeServer]) -> None:
    server = fake()
    http = Http(now=Clock(), user_agent="hub", trusted_origins=[server.base_url + "/"])
    assert http.send("GET", f"{server.base_url}/x").status == 404
    assert http.origin_of(server.base_url) == server.base_url
