"""The registry: which networks are awake, and how one is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

import connectors._registry as module
from connectors import ApiConnector, Connector, Kind, Limits, Pkce, Registry, ShareLinkConnector, new_record_key
from connectors._registry import connector_classes
from connectors.share_links import PAGES
from tests.connectors.fakes.server import Clock, FakeServer


class Sleeper(Connector):
    """A network that needs two settings."""

    name = network = icon = "sleeper"
    label = "Sleeper"
    kind = Kind.API
    limits = Limits(100)
    reads = ("SLEEPER_ID", "SLEEPER_URL")


@pytest.fixture
def with_sleeper(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[type[Connector]] = list(connector_classes())

    def classes() -> Iterator[type[Connector]]:
        yield from found
        yield Sleeper

    monkeypatch.setattr(module, "connector_classes", classes)


def test_everything_that_needs_no_key_is_awake_at_once() -> None:
    names = {one.name for one in Registry()}
    assert names == {"mastodon", "bluesky", "slack", "teams", "discord", *(f"{page.network}_link" for page in PAGES)}
    assert {one.name for one in Registry().asleep()} == {cls.name for cls in connector_classes() if cls.reads}


@pytest.mark.usefixtures("with_sleeper")
def test_a_network_wakes_when_all_that_it_reads_is_set() -> None:
    for settings in ({}, {"SLEEPER_ID": "1"}, {"SLEEPER_ID": "1", "SLEEPER_URL": ""}):
        registry = Registry(settings)
        assert "sleeper" not in registry
        assert "sleeper" in [one.name for one in registry.asleep()]
        with pytest.raises(KeyError):
            registry.get("sleeper")
    awake = Registry({"SLEEPER_ID": "1", "SLEEPER_URL": "https://sleeper.example.org"})
    assert awake.get("sleeper").label == "Sleeper"
    assert "sleeper" not in [one.name for one in awake.asleep()]


@pytest.mark.usefixtures("with_sleeper")
def test_an_address_in_the_settings_is_the_operators_word() -> None:
    with FakeServer(Clock()) as inside:
        registry = Registry({"SLEEPER_ID": "1", "SLEEPER_URL": f"{inside.base_url}/"})
        assert registry.get("sleeper").server_origin(inside.base_url) == inside.base_url


def test_a_connector_is_asked_for_by_what_it_can_do() -> None:
    registry = Registry()
    assert isinstance(registry.api("mastodon"), ApiConnector)
    assert registry.oauth("bluesky") is registry.app_password("bluesky")  # one network, two ways in
    assert isinstance(registry.share_link("x_link"), ShareLinkConnector)
    for ask, name in (
        (registry.api, "x_link"),
        (registry.app_password, "mastodon"),
        (registry.share_link, "mastodon"),
        (registry.oauth, "bluesky_link"),
        (registry.get, "myspace"),
    ):
        with pytest.raises(KeyError):
            ask(name)


def test_a_network_may_have_two_ways_and_publishing_comes_first() -> None:
    assert [one.name for one in Registry().of_network("bluesky")] == ["bluesky", "bluesky_link"]
    assert [one.name for one in Registry().of_network("linkedin")] == ["linkedin_link"]


def test_what_a_server_accepts_can_be_kept_as_json() -> None:
    for connector in Registry():
        assert Limits.from_json(connector.limits.to_json()) == connector.limits
    assert Limits.from_json({}) is None


def test_a_record_key_is_a_tid_and_later_ones_sort_later() -> None:
    at = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
    keys = [new_record_key(at + timedelta(microseconds=step), clock_id=5) for step in (0, 1, 2, 1_000_000)]
    assert all(re.fullmatch(r"[234567abcdefghij][234567a-z]{12}", key) for key in keys)
    assert keys == sorted(set(keys))
    assert len({new_record_key(at) for _ in range(50)}) > 30  # two writers in one microsecond rarely meet
    assert new_record_key(at, clock_id=22) == _tid(1_790_845_200_000_000, 22)


def _tid(microseconds: int, clock_id: int) -> str:
    number, letters = microseconds * 1024 + clock_id, ""
    for _ in range(13):
        number, digit = divmod(number, 32)
        letters = "234567abcdefghijklmnopqrstuvwxyz"[digit] + letters
    return letters


def test_the_challenge_is_that_of_rfc_7636() -> None:
    pkce = Pkce("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert pkce.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert len(Pkce.new().verifier) >= 43
    assert Pkce.new().verifier != Pkce.new().verifier
