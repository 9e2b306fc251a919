"""Servers on loopback that end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.connectors.fakes.server import FakeServer


@pytest.fixture
def fake() -> Iterator[Callable[..., FakeServer]]:
    """`fake()` starts a server; `fake(FakeMastodon(...))` starts that one."""
    with ExitStack() as servers:
        yield lambda server=None: servers.enter_context(server or FakeServer())
