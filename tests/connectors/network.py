"""What the contract runs over: a network that we publish to, with its fake and its own words for each refusal.

A new network is one file in `networks/`; there is no list. What not every network can do is a fact of its entry, and
the contract asks each for what it says it can: `only(finds=True)` is a test's way to say for whom it is.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import io
import pkgutil
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from babel.messages.pofile import read_po

from connectors import ApiConnector, Credentials, Draft, Figures, Image, Reason, Registry, Video, new_record_key
from tests.connectors.fakes.server import Clock, FakeServer, Fault, Request, Response

Test = TypeVar("Test", bound=Callable[..., None])
ROOT = Path(__file__).resolve().parents[2]
LINK = "https://go.example.com/r/AbC12"
TEXT = "We are hiring in Tromsø 🚀 #jobs"
SECOND = Image(b"\xff\xd8 not quite another one", "image/jpeg", "The harbour at night", 1200, 630)
PICTURE = Image(b"\xff\xd8 not quite a picture", "image/jpeg", "The harbour at noon", 1200, 630)
_FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(range(251)) * 36_000
FILM = Video(
    lambda start, size: _FILM[start : start + size],
    len(_FILM),
    "video/mp4",
    12.0,
    "Boats leave the harbour",
    1280,
    720,
)


class Network(ABC):
    """One network as the contract needs it: a connector that talks to a fake, and a person signed in.

    ``sign_in_by`` tells two ways of signing in to one network apart. ``told_alike`` is whether a permission that was
    taken back is told like one that has ended, so that only a renewal finds out. ``publishing`` and ``uploading`` are the requests that make a post and take a picture; ``permalinks`` is how the
    addresses of posts begin.

    ``has_permalinks`` is whether the network tells where a post can be seen, ``address_is_secret`` whether the secret is
    the address itself, ``again`` and ``look`` what a person is told to do when the sign-in has ended, and when only
    they can see whether a post is there.

    ``device`` is what the network offers against double posting (``Idempotency.kind``), ``takes_same_words`` whether it
    publishes the same text twice when asked to, ``finds`` whether we may look a post up, ``deletes`` whether we may
    delete one, ``pictures`` whether it takes them, ``faults`` and ``upload_faults`` what the answer to a post and to a
    picture does not survive, ``figures`` what it tells of a post after ``liked``, ``reads_27_in`` how many requests the
    figures of 27 posts may take, ``shows_deletion`` whether figures tell that a post is gone, ``passes_on`` whether
    somebody else's post can be boosted; then ``original`` and ``boosts`` are there, and ``boosting`` is the request that
    boosts. ``quotes`` is whether words may go with it, ``boosts_once`` whether a second boost is the first, and ``answers`` whether words
    may be put below it: then ``below`` is there.

    ``tells_followers`` is whether it tells how many follow the account, after ``followed``.

    ``films`` is whether it takes films; then ``filming`` is the request that takes one or a piece of it, and
    ``film_shown`` is there, and where it ``prepares_films`` before the post is made ``film_takes`` and ``film_fails``.
    ``filming_publishes`` is whether the request that takes a film makes the post too.
    """

    name: str
    permalinks: str
    publishing: str
    uploading: str = ""
    boosting: str = ""
    rate_headers: tuple[str, ...] = ("Retry-After",)
    sign_in_by: str = ""
    told_alike: bool = False
    device: str = "none"
    takes_same_words: bool = True
    finds: bool = True
    deletes: bool = True
    pictures: bool = True
    faults: tuple[Fault, ...] = tuple(Fault)
    upload_faults: tuple[Fault, ...] = tuple(Fault)
    figures: Figures = Figures(likes=3, reposts=2, replies=1)
    reads_27_in: int = 3
    shows_deletion: bool = True
    has_permalinks: bool = True
    address_is_secret: bool = False
    again: str = "Connect your account again"
    look: str = "Look at your profile"
    passes_on: bool = False
    quotes: bool = True
    boosts_once: bool = True
    answers: bool = False
    films: bool = False
    filming: str = ""
    prepares_films: bool = True
    filming_publishes: bool = False
    tells_followers: bool = True
    has_device: bool
    reads_figures: bool

    def __init_subclass__(cls) -> None:
        cls.has_device, cls.reads_figures = cls.device != "none", cls.figures != Figures()

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        self.clock: Any = clock or Clock()
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

    def bare_wait(self) -> datetime:
        """When to come back after a 429 that does not say."""
        return self.clock() + timedelta(minutes=5)

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

    def arrived(self, upload: Request) -> bytes:
        """What the network has of a picture after this request to take it: what came along, unless it fetches it."""
        return upload.body

    def shown(self) -> list[tuple[bytes, str]]:
        """The pictures of the only post that is there, in their order, each with its description."""
        raise NotImplementedError

    def film_shown(self) -> tuple[bytes, str]:
        """The film of the only post that is there, with its description, "" where the network takes none."""
        raise NotImplementedError

    def film_takes(self, looks: int) -> None:
        """Let the network prepare films for as long as somebody looks so often."""
        raise NotImplementedError

    def film_fails(self, words: str) -> None:
        """Let the network fail to prepare a film, and say so in these words."""
        raise NotImplementedError

    def liked(self, remote_id: str) -> None:
        """Let the network count 3 likes, 2 reposts, 1 reply, where we may read that."""
        raise NotImplementedError

    def followed(self, count: int) -> None:
        """Let so many follow the account, where we may read that."""
        raise NotImplementedError

    @abstractmethod
    def refusals(self) -> dict[str, Response]:
        """The network's own answer for: revoked, scope, forbidden, too large, invalid."""

    def original(self) -> str:
        """The address of a post by somebody else."""
        raise NotImplementedError

    def boosts(self) -> int:
        """How often the person passed something on as it is."""
        raise NotImplementedError

    def below(self) -> list[str]:
        """What the person wrote below posts of others."""
        raise NotImplementedError

    def rate_limited(self, header: str, value: str) -> Response:
        return Response(429, {"error": "RateLimitExceeded", "message": "Too many requests"}, {header: value})


class ChannelNetwork(Network):
    """A channel of a team, by its webhook: it takes words, and tells nothing back."""

    permalinks = ""
    finds = deletes = pictures = has_permalinks = False
    address_is_secret = True
    figures = Figures()
    tells_followers = False
    again = "Connect the channel again"
    look = "Look in the channel"


class OAuthNetwork(Network):
    """A network whose own page people allow us on. ``typed_server`` is what a person types, "" where nobody has to;
    ``revokes`` whether the network can be told that we give a permission back, ``takes_words_alone`` whether a post
    needs nothing else.
    """

    typed_server: str = ""
    revokes: bool = True
    takes_words_alone: bool = True

    @abstractmethod
    def allow(self, asked: Mapping[str, str], who: str = "ada") -> str:
        """Where the network's page sends a person back to who allows what was ``asked``."""

    def allowed(self) -> int:
        """How many permissions of people are good at the network, where we can give them back."""
        raise NotImplementedError

    def names_itself(self) -> str:
        """From now on answers name the network (``iss``), where it ever does; returns the name."""
        return self.registry.oauth(self.name).server_origin("")


def registry(
    clock: Callable[[], datetime], settings: Mapping[str, str] | None = None, read_seconds: float = 20.0
) -> Registry:
    """All connectors, allowed to talk to loopback, with the test's clock."""
    return Registry(settings, now=clock, allow_private_hosts=True, read_seconds=read_seconds)


def networks() -> list[type[Network]]:
    """Every network of `networks/`, by name."""
    found = []
    for module in pkgutil.iter_modules(importlib.import_module("tests.connectors.networks").__path__):
        loaded = importlib.import_module(f"tests.connectors.networks.{module.name}")
        for _, cls in inspect.getmembers(loaded, inspect.isclass):
            if issubclass(cls, Network) and cls.__module__ == loaded.__name__ and not inspect.isabstract(cls):
                found.append(cls)
    return sorted(found, key=called)


def called(network: type[Network]) -> str:
    """How tests name a network, and the way of signing in to it where there are several."""
    return f"{network.name} {network.sign_in_by}".strip()


def only(**facts: object) -> Callable[[Test], Test]:
    """A test for the networks of which these facts hold alone."""

    def mark(test: Test) -> Test:
        test.facts = facts  # type: ignore[attr-defined]
        found = [one for one in networks() if is_for(test, one)]
        marked: Test = pytest.mark.parametrize("network", found, indirect=True, ids=called)(test)
        return marked

    return mark


def is_for(test: Callable[..., None], network: type[Network]) -> bool:
    """Whether a test of the contract holds for this network."""
    return all(getattr(network, name) == value for name, value in getattr(test, "facts", {}).items())


def in_norwegian(reason: Reason) -> str | None:
    """What a Norwegian reads instead of this reason; None when the catalogue lacks it."""
    with (ROOT / "translations/nb/LC_MESSAGES/messages.po").open("rb") as file:
        return _catalogue(file.read()).get(reason.template)


@functools.cache
def _catalogue(written: bytes) -> Mapping[str, str]:
    read = read_po(io.BytesIO(written), locale="nb")
    return {
        one.id: one.string for one in read if isinstance(one.id, str) and isinstance(one.string, str) and one.string
    }
