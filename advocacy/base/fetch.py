"""The only way to a web address that a person or a feed supplied.

It goes where `addresses` says it may, connects to the very network address that was judged, follows redirects by
hand with the same judgement, and takes no more bytes and no more time than it was told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, ReadTimeoutError

from advocacy.base import addresses, answers, wire
from advocacy.base.addresses import FetchFailed, Place, Refused, Resolver, TooSlow, Unreachable
from advocacy.base.answers import HEADER_BYTES, BadAnswer
from advocacy.base.text import Text
from advocacy.base.wire import Meter, TooLarge

__all__ = ["BadAnswer", "FetchFailed", "Fetched", "Fetcher", "Refused", "TooLarge", "TooSlow", "Unreachable"]

MOST_REDIRECTS = 5
LONGEST_VALIDATOR = 300
_PERMANENT = {301, 308}
_REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server gave."""

    url: str
    """Where it was in the end, redirects followed."""
    status: int
    """200 to 299, or 304; of what was sent, any."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = field(repr=False)
    moved_to: str = ""
    """The address to use from now on, when the server says that it moved for good; else empty."""

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing changed since the etag or the date that was sent along; then there is no body."""
        return self.status == 304

    @property
    def content_type(self) -> str:
        """The kind of the body, in lower case without parameters; empty when the server does not say."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def etag(self) -> str:
        """What to send along next time, or empty."""
        return _sendable(self.headers.get("etag", ""))

    @property
    def last_modified(self) -> str:
        """What to send along next time, or empty."""
        return _sendable(self.headers.get("last-modified", ""))


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches addresses that others supplied. One may serve the whole program and all its threads."""

    allow_hosts: frozenset[str] = frozenset()
    """For tests: `host:port` pairs that are not judged, such as `127.0.0.1:4000`."""
    user_agent: str = "AdvocacyHub/0.1"
    seconds: float = 20.0
    """For everything together: looking up, connecting, redirects, the whole body."""
    max_bytes: int = 5_000_000
    """Of the body, decompressed."""
    resolver: Resolver = addresses.system_resolver
    ca_file: str = ""
    """Certificates to trust instead of the usual ones, for a company whose network re-signs traffic."""

    def get(
        self,
        url: str,
        *,
        accept: str = "*/*",
        kinds: Collection[str] = (),
        max_bytes: int | None = None,
        etag: str = "",
        last_modified: str = "",
    ) -> Fetched:
        """Fetch a web address.

        Args:
            url: what a person or a feed supplied.
            accept: the Accept header.
            kinds: beginnings of the content types that will do, such as `image/`; none means any. An answer that
                does not name its type is taken.
            max_bytes: instead of the fetcher's own limit.
            etag: from the last answer, so that an unchanged one is not sent again.
            last_modified: the same.

        Raises:
            Refused: the address, or one it redirects to, is not one we go to.
            Unreachable: no such server, or no connection, or a certificate that does not fit.
            TooSlow: not complete within `seconds`.
            TooLarge: more than `max_bytes`.
            BadAnswer: a status that says no, an answer that cannot be read, or one of another kind.
        """
        headers = {"User-Agent": self.user_agent, "Accept": accept, "Accept-Encoding": "gzip"}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        meter = Meter(seconds=self.seconds)
        target = addresses.place(url, allow_hosts=self.allow_hosts)
        moved_to, moved_for_good = "", True
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._ask(target, headers, meter)
            try:
                if answer.status_code not in _REDIRECTS:
                    return self._taken(answer, target, moved_to, meter, kinds, max_bytes or self.max_bytes)
                onward = _onward(answer, target)
                moved_for_good = moved_for_good and answer.status_code in _PERMANENT
            finally:
                answer.close()
                answer.connection.close()
            target = addresses.place(onward, allow_hosts=self.allow_hosts)
            moved_to = target.url if moved_for_good else moved_to
        raise BadAnswer(Text("The address sends us on from one place to the next without end."))

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> Fetched:
        """Sends something to a web address, once. A redirect is not followed, and any status is an answer.

        Args:
            url: what a person or a browser supplied.
            body: what is sent.
            headers: beside our own name.

        Returns:
            The status and the headers; the body of the answer is left unread.

        Raises:
            Refused: the address is not one we go to. Nothing was sent.
            Unreachable: no such server, or no connection. Nothing was sent.
            TooSlow: no answer within `seconds`.
            BadAnswer: the connection broke, or the answer cannot be read.
        """
        meter = Meter(seconds=self.seconds)
        target = addresses.place(url, allow_hosts=self.allow_hosts)
        answer = self._ask(target, {"User-Agent": self.user_agent, **headers}, meter, method="POST", body=body)
        answer.close()
        answer.connection.close()
        named = {name.lower(): answers.decoded(value) for name, value in answer.headers.items()}
        return Fetched(target.url, answer.status_code, named, b"")

    def _ask(
        self,
        target: Place,
        headers: Mapping[str, str],
        meter: Meter,
        *,
        method: str = "GET",
        body: bytes | None = None,
    ) -> requests.Response:
        found = addresses.look_up(target, self.resolver, seconds=meter.seconds_left(), allow_hosts=self.allow_hosts)
        meter.allow(HEADER_BYTES)
        adapter = _PinnedAdapter(target, found, meter)
        try:
            request = requests.Request(method, target.url, headers=dict(headers), data=body).prepare()
            # The adapter alone, not a session: a session reads the body of a redirect, cookies, .netrc and proxies.
            return adapter.send(request, stream=True, timeout=meter.seconds_left(), verify=self.ca_file or True)
        except (requests.RequestException, HTTPError, UnicodeError) as error:
            raise _explained(error) from error

    def _taken(
        self,
        answer: requests.Response,
        target: Place,
        moved_to: str,
        meter: Meter,
        kinds: Collection[str],
        max_bytes: int,
    ) -> Fetched:
        headers = {name.lower(): answers.decoded(value) for name, value in answer.headers.items()}
        fetched = Fetched(target.url, answer.status_code, headers, b"", moved_to)
        if fetched.is_unchanged:
            return fetched
        if not 200 <= answer.status_code < 300:
            raise answers.refusal(answer.status_code, headers)
        kind = fetched.content_type
        if kinds and kind and not kind.startswith(tuple(kinds)):
            raise BadAnswer(
                Text("This address gives a file of another kind ({found}) than is needed here.", found=kind),
                status=answer.status_code,
            )
        try:
            body = answers.body(answer.raw, headers, meter, max_bytes)
        except (HTTPError, OSError) as error:
            raise _explained(error) from error
        return Fetched(fetched.url, fetched.status, headers, body, moved_to)


class _PinnedAdapter(HTTPAdapter):
    """Sends one request over a connection to addresses that were judged."""

    def __init__(self, target: Place, found: Sequence[str], meter: Meter) -> None:
        super().__init__()
        self._pool = wire.pool(target, found, meter)

    def close(self) -> None:
        self._pool.close()
        super().close()

    def get_connection_with_tls_context(self, *_: Any, **__: Any) -> urllib3.HTTPConnectionPool:
        return self._pool


def _onward(answer: requests.Response, target: Place) -> str:
    location = answers.decoded(answer.headers.get("Location", ""))
    if not location:
        raise BadAnswer(Text("The address sends us on without saying where to."), status=answer.status_code)
    try:
        return urljoin(target.url, location)
    except ValueError as error:
        raise Refused(Text("The address sends us on to one that cannot be read.")) from error


def _sendable(validator: str) -> str:
    """What a server gave to compare with, if it can be kept and sent back as it is."""
    return (
        validator if validator.isascii() and validator.isprintable() and len(validator) <= LONGEST_VALIDATOR else ""
    )


def _explained(error: Exception) -> FetchFailed:
    """What the libraries' error means for the person who gave the address."""
    if isinstance(error, requests.Timeout | ReadTimeoutError | TimeoutError):
        return TooSlow(Text("The server took too long to answer. We will try again later."))
    if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
        return Unreachable(Text("The server's certificate is not valid, so the address cannot be trusted."))
    if isinstance(error, requests.exceptions.InvalidURL | UnicodeError):
        return Refused(Text("This is not a web address we can read. Check it and try again."))
    return BadAnswer(Text("The server broke off, or its answer cannot be read. We will try again later."))
