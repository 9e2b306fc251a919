"""A network that is dropped into the folder: found, asleep until its settings are there, and held to the contract."""

from __future__ import annotations

import inspect
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import connectors
import tests.connectors.networks
from connectors import Registry
from tests.connectors import test_contract
from tests.connectors.network import is_for, networks

EXAMPLE = Path(__file__).parent / "example"
KEYS = {"POSTBOX_CLIENT_ID": "app-1", "POSTBOX_CLIENT_SECRET": "hush"}


@pytest.fixture
def dropped_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One file beside the connectors, one beside the networks of the tests; nothing else is touched."""
    monkeypatch.setattr(connectors, "__path__", [*connectors.__path__, str(EXAMPLE / "connectors")])
    entries = tests.connectors.networks
    monkeypatch.setattr(entries, "__path__", [*entries.__path__, str(EXAMPLE / "networks")])
    yield
    for package in ("connectors", "tests.connectors.networks"):
        sys.modules.pop(f"{package}.postbox", None)
        vars(sys.modules[package]).pop("postbox", None)


@pytest.mark.usefixtures("dropped_in")
def test_a_connector_that_is_dropped_in_sleeps_until_all_its_settings_are_there() -> None:
    for settings in ({}, {"POSTBOX_CLIENT_ID": "app-1"}, {**KEYS, "POSTBOX_CLIENT_SECRET": ""}):
        registry = Registry(settings)
        assert "postbox" not in registry
        [asleep] = [one for one in registry.asleep() if one.name == "postbox"]
        assert asleep.reads == tuple(KEYS)
    awake = Registry(KEYS)
    assert awake.oauth("postbox").label == "Postbox"
    assert "postbox" not in {one.name for one in awake.asleep()}


def test_it_is_not_there_when_its_file_is_not() -> None:
    assert "postbox" not in {one.name for one in [*Registry(KEYS), *Registry(KEYS).asleep()]}


def test_the_app_of_a_network_that_has_one_is_the_settings_word_and_costs_no_request(dropped_in: None) -> None:
    connector = Registry({**KEYS, "POSTBOX_URL": "http://127.0.0.1:9"}).oauth("postbox")
    app = connector.register_app("whatever", redirect_uri="https://hub.example.org/back", client_name="Hub")
    assert (app.client_id, app.client_secret, app.server) == ("app-1", "hush", "http://127.0.0.1:9")
    address = connector.authorize_url(app, state="s", challenge="c")
    assert address.startswith("http://127.0.0.1:9/authorize?response_type=code&client_id=app-1&")
    assert "hush" not in address


def contract() -> Iterator[tuple[str, Callable[..., None], dict[str, Any]]]:
    """Every test of the contract that speaks of one network, with each of its cases."""
    for name, test in inspect.getmembers(test_contract, inspect.isfunction):
        if name.startswith("test_") and "network" in inspect.signature(test).parameters:
            marks = [mark.args for mark in getattr(test, "pytestmark", []) if mark.args[0] != "network"]
            names = [
                [one.strip() for one in (mark[0] if isinstance(mark[0], list | tuple) else mark[0].split(","))]
                for mark in marks
            ]
            for values in itertools.product(*(mark[1] for mark in marks)):
                case: dict[str, Any] = {}
                for keys, value in zip(names, values, strict=True):
                    case |= {keys[0]: value} if len(keys) == 1 else dict(zip(keys, value, strict=True))
                yield name, test, case


def test_it_keeps_the_whole_contract_without_a_list_that_names_it(dropped_in: None) -> None:
    [network] = [one for one in networks() if one.name == "postbox"]
    test_contract.test_the_contract_covers_every_network_that_publishes()
    held = 0
    for name, test, case in contract():
        if is_for(test, network):
            made = network()
            try:
                test(network=made, **case)
            except AssertionError as error:
                raise AssertionError(f"{name} {case}") from error
            finally:
                made.close()
            held += 1
    assert held > 50
