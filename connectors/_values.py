"""The values that go to a network and come back from it. None of them knows how a network is spoken to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How a share leaves the house: sent by us, or by the person through the network's own share page."""

    API = "api"
    SHARE_LINK = "share_link"


class SignIn(StrEnum):
    """What a person does to connect their account."""

    OAUTH = "oauth"
    APP_PASSWORD = "app_password"  # noqa: S105 - the kind of sign-in, not a password
    WEBHOOK = "webhook"
    NONE = "none"


class Unit(StrEnum):
    """What one step of a text counter is: what a reader calls a character, X's weight, half a UTF-16 pair, or a
    code point, where each emoji counts as its bytes in UTF-8 (Threads).
    """

    GRAPHEMES = "graphemes"
    WEIGHTED = "weighted"
    UTF16 = "utf16"
    EMOJI_BYTES = "emoji_bytes"


class Visibility(StrEnum):
    """Who sees the post, where the network lets the author choose."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    FOLLOWERS = "followers"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A person's sign-in at one network. ``repr`` shows who it belongs to, and never a secret.

    ``expires_at`` is when ``access_token`` ends (aware, UTC), ``None`` if it does not. ``server`` is the
    origin of the account's server (``https://mastodon.example``) where a network has many. ``remote_id`` is
    the account's id at the network. ``extra`` holds what the connector itself wants back; JSON-friendly.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    server: str | None = None
    remote_id: str = ""
    handle: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class AppRegistration:
    """Our app as one server knows it. Kept by the app, sealed, one a server; asked for again when refused.

    ``offers_pkce`` is whether the server's metadata promises S256. ``issuer`` is how the server names itself in
    answers (RFC 9207), "" where it has not told; ``names_issuer`` whether it promises to. ``limits`` are the server's own.
    """

    server: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str = ""
    scopes: str = ""
    offers_pkce: bool = False
    issuer: str = ""
    names_issuer: bool = False
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in on a network's own page that was begun.

    ``url`` is where the person goes on to, within ``good_for``. ``kept`` is what the connector wants back when they
    return (a key, an address, who they said they are): the app keeps it sealed, with this one sign-in.
    """

    url: str
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)
    good_for: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who an account belongs to, as its network shows it."""

    remote_id: str
    handle: str
    display_name: str = ""
    profile_url: str | None = None
    avatar_url: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """An account that a person may connect, and the credentials that are good for it alone."""

    credentials: Credentials
    identity: Identity


@dataclass(frozen=True, slots=True)
class Image:
    """A picture to send, already resized and free of metadata. ``width`` and ``height`` in pixels.

    ``public_url`` is where a network that fetches pictures itself can fetch this one for a while; ``None`` when the
    hub cannot be reached from outside. ``frames`` is how many it has: more than one moves.
    """

    data: bytes = field(repr=False)
    mime: str
    alt_text: str = ""
    width: int | None = None
    height: int | None = None
    public_url: str | None = None
    frames: int = 1


@dataclass(frozen=True, slots=True)
class Video:
    """A film to send. ``read(start, size)`` gives a piece of it, so that none has to be held whole.

    ``size`` is in bytes, ``seconds`` how long it plays, ``width`` and ``height`` in pixels as it is shown; ``None``
    when that is not known. ``public_url`` is where a network that fetches films itself can fetch this one for a while;
    ``None`` when the hub cannot be reached from outside.
    """

    read: Callable[[int, int], bytes] = field(repr=False)
    size: int
    mime: str
    seconds: float | None = None
    alt_text: str = ""
    width: int | None = None
    height: int | None = None
    public_url: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """The preview of a link, for the networks that do not fetch one themselves."""

    url: str
    title: str
    description: str = ""
    thumb: Image | None = None


class Progress:
    """How far an earlier try of a draft came, for networks that take several calls to make one post.

    ``known`` is what earlier tries kept: the id of a container, of an uploaded film, how many pieces of it arrived.
    ``keep`` writes a value down for good before it returns, so that a try that is interrupted is taken up where it
    stood and not begun anew; it raises when the try belongs to somebody else by now, and then nothing more may be
    sent.

    ``post`` writes down that the next request makes the post. Until then nothing is out there, whatever became of the
    pictures and films that went ahead, and the try can simply be made again; from then on its outcome may be unknown.
    It raises like ``keep``.
    """

    def __init__(
        self,
        known: Mapping[str, str] | None = None,
        keep: Callable[[str, str], None] = lambda _name, _value: None,
        post: Callable[[], None] = lambda: None,
    ) -> None:
        self._known = dict(known or {})
        self._keep = keep
        self._post = post

    def get(self, name: str) -> str | None:
        """What was kept under this name; None when nothing was."""
        return self._known.get(name)

    def keep(self, name: str, value: str) -> None:
        """Keep a value for the tries that may follow. JSON-friendly text, no secret."""
        self._keep(name, value)
        self._known[name] = value

    def about_to_post(self) -> None:
        """Say that the next request makes the post. For connectors that ``announce`` it."""
        self._post()

    def telling(self, post: Callable[[], None]) -> Progress:
        """The same progress, with somebody to tell before the post is made."""
        return Progress(self._known, self._keep, post)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person approved, word for word, ready to go.

    ``link`` is the tracked URL. ``key`` (UUID), ``record_key`` (see ``new_record_key``) and ``created_at``
    are chosen before the first try and stay the same for every try: they are what makes a repeat the same
    post. ``progress`` is what earlier tries came to. ``author`` is who shares, for places where another name stands
    on the post. ``reposts`` is the address of somebody else's post that is passed on: as it is when there are no words,
    else quoted by them, or with them ``below`` it as an answer.
    """

    text: str
    key: str
    record_key: str
    created_at: datetime
    link: str | None = None
    card: Card | None = None
    images: tuple[Image, ...] = ()
    video: Video | None = None
    language: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    author: str = ""
    progress: Progress = field(default_factory=Progress, repr=False, compare=False)
    reposts: str | None = None
    below: bool = False

    @property
    def is_boost(self) -> bool:
        """Whether somebody else's post is passed on as it is, with nothing of one's own."""
        return self.reposts is not None and not self.below and not (self.text.strip() or self.images or self.video)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The network's word that the post exists. ``published_at`` is the network's time where it tells one.

    ``is_verified`` is false where the network only refused a repeat as one, so that the post is most likely there, and
    its id and address may lead nowhere, or be "".
    """

    remote_id: str
    permalink: str
    published_at: datetime
    is_verified: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the network counts for one post. ``None`` is "not available", never zero."""

    likes: int | None = None
    reposts: int | None = None
    replies: int | None = None
    quotes: int | None = None
    views: int | None = None


@dataclass(frozen=True, slots=True)
class Idempotency:
    """What a network offers against double posting.

    ``kind`` is ``none``, ``key`` (the network remembers ``Draft.key`` for ``window``), ``record`` (the
    post's own address is ``Draft.record_key``, so a repeat is the same post for ever: ``window`` is
    ``None``) or ``container`` (the post is prepared first and published in a second step, once; its id is kept in
    ``Draft.progress`` before that step, and for ``window`` the network tells whether the step was done).
    """

    kind: str
    window: timedelta | None = None

    def covers(self, age: timedelta) -> bool:
        """Whether a repeat ``age`` after the first try is sure to be the same post."""
        return self.kind == "record" or (self.window is not None and age < self.window)

    @property
    def tells_for_sure(self) -> bool:
        """Whether a look that finds nothing proves that nothing was published."""
        return self.kind in ("record", "container")


_BEFORE_FILMS = {"max_videos": 1, "video_bytes": 41_943_040}
"""Mastodon's before 4.2: only its servers have limits of their own."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one network, or one server of it, accepts. ``None`` means that it sets no such limit.

    ``unit`` is how text is counted, ``url_length`` what any URL counts as, and ``short_mentions`` whether
    ``@user@server`` counts as ``@user``; ``backslashes`` whether one is put before what would be taken for formatting,
    and counts. Sizes are bytes, except ``image_pixels``. ``image_width`` is the narrowest and
    the widest a picture may be, ``image_shape`` the smallest and the largest width by height. ``moving_bytes`` is how
    large a GIF that moves may be, ``None`` where only its first frame would be seen, and ``moves_alone`` whether no
    other picture may go beside it. ``video_alt_length`` is how long the description of a film may be, ``None`` where
    the network takes none.
    """

    max_length: int | None
    unit: Unit = Unit.GRAPHEMES
    max_bytes: int | None = None
    url_length: int | None = None
    short_mentions: bool = False
    backslashes: bool = False
    max_images: int = 0
    image_bytes: int | None = None
    image_pixels: int | None = None
    image_mimes: tuple[str, ...] = ("image/jpeg", "image/png", "image/gif", "image/webp")
    image_width: tuple[int, int] | None = None
    image_shape: tuple[float, float] | None = None
    moving_bytes: int | None = None
    moves_alone: bool = False
    alt_length: int | None = None
    thumb_bytes: int | None = None
    max_videos: int = 0
    video_bytes: int | None = None
    video_seconds: float | None = None
    video_seconds_least: float | None = None
    video_mimes: tuple[str, ...] = ("video/mp4",)
    video_alt_length: int | None = None

    def to_json(self) -> dict[str, Any]:
        """A form that JSON can keep, for ``Credentials.extra`` and the app's own tables."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> Limits | None:
        """What ``to_json`` gave, or ``None`` for nothing.

        What was kept of a server before films could be sent says nothing of them: then it is what all of them take.
        """
        if not kept:
            return None
        if "video_alt_length" not in kept:
            kept = {**kept, **_BEFORE_FILMS, "video_alt_length": kept.get("alt_length")}
        listed = ("image_mimes", "video_mimes", "image_width", "image_shape")
        tuples = {name: tuple(kept[name]) for name in listed if kept.get(name) is not None}
        return cls(**{**kept, **tuples, "unit": Unit(kept["unit"])})


@dataclass(frozen=True, slots=True)
class Count:
    """How long a text is by the network's own rule. ``limit`` and ``left`` are ``None`` where there is
    none.
    """

    used: int
    limit: int | None

    @property
    def left(self) -> int | None:
        return None if self.limit is None else self.limit - self.used

    @property
    def fits(self) -> bool:
        return self.limit is None or self.used <= self.limit
