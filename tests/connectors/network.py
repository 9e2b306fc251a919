"""What the contract runs over: a network that we publish to, with its fake and its own words for each refusal.

A new network is one file in `networks/`; there is no list.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors import ApiConnector, Credentials, Draft, Image, Registry, new_record_key
from tests.connectors.fakes.server import Clock, FakeServer, Fault, Response

LINK = "https://go.example.com/r/AbC12"
TEXT = "We are hiring in Tromsø 🚀 #jobs"
PICTURE = Image(b"\xff\xd8 not quite a picture", "image/jpeg", "The harbour at noon", 1200, 630)


class Network(ABC):
    """One network as the contract needs it: a connector that talks to a fake, and a person signed in.

    ``publishing`` and ``uploading`` are the requests that make a post and take a picture; ``permalinks`` is how the
    addresses of posts begin.
    """

    name: str
    permalinks: str
    publishing: str
    uploading: str
    rate_headers: tuple[str, ...]

    def __init__(self) -> None:
        self.clock = Clock()
        self.fake = self._fake()
        self.registry = registry(self.clock, self.settings())
        self.connector: ApiConnector = self.registry.api(self.name)
        self.credentials = self.sign_in()

    def draft(self, text: str = TEXT, **parts: Any) -> Draft:
        """A draft that has not been sent, with its keys."""
        made = {"link": LINK, "language": "en", **parts}
        at = self.clock()
        return Draft(text, key=str(uuid.uuid4()), record_key=new_record_key(at), created_at=at, **made)

    def settings(self) -> Mapping[str, str]:
        return {}

    def meeting(self, fault: object) -> ApiConnector:
        """The connector to meet this fault with: one that soon stops waiting where the fault is a silence."""
        if fault not in (Fault.HANG_BEFORE, Fault.HANG_AFTER):
            return self.connector
        return registry(self.clock, self.settings(), read_seconds=0.3).api(self.name)

    def close(self) -> None:
        self.fake.stop()

    @abstractmethod
    def _fake(self) -> FakeServer: ...

    @abstractmethod
    def sign_in(self) -> Credentials: ...

    @abstractmethod
    def posts(self) -> int:
        """How many posts the network holds."""

    @abstractmethod
    def liked(self, remote_id: str) -> None:
        """Let the network count 3 likes, 2 reposts, 1 reply."""

    @abstractmethod
    def refusals(self) -> dict[str, Response]:
        """The network's own answer for: revoked, scope, forbidden, too large, invalid."""

    def rate_limited(self, header: str, value: str) -> Response:
        return Response(429, {"error": "RateLimitExceeded", "message": "Too many requests"}, {header: value})


def registry(clock: Clock, settings: Mapping[str, str] | None = None, read_seconds: float = 20.0) -> Registry:
    """All connectors, allowed to talk to loopback, with the test's clock."""
    return Registry(settings, now=clock, allow_private_hosts=True, read_seconds=read_seconds)


def networks() -> list[type[Network]]:
    """Every network of `networks/`, by name."""
    found = []
    for module in pkgutil.iter_modules([str(Path(__file__).parent / "networks")]):
        loaded = importlib.import_module(f"tests.connectors.networks.{module.name}")
        for _, cls in inspect.getmembers(loaded, inspect.isclass):
            if issubclass(cls, Network) and cls.__module__ == loaded.__name__ and not inspect.isabstract(cls):
                found.append(cls)
    return sorted(found, key=lambda cls: cls.name)
