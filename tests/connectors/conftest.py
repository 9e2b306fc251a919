"""Servers on loopback that end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, settings

from tests.connectors.fakes.server import FakeServer

# A machine that is busy with something else makes no property false.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture
def fake() -> Iterator[Callable[..., FakeServer]]:
    """`fake()` starts a server; `fake(FakeMastodon(...))` starts that one."""
    with ExitStack() as servers:
        yield lambda server=None: servers.enter_context(server or FakeServer())
