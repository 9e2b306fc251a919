"""The one way to a network: every request has time-outs, a size cap and a known host, and every failure a
class.

What matters after a failure is whether the network may have carried the request out. So no connection is used
twice (a kept one may die between two requests, and then nobody knows), and the connection itself tells
whether it was ever open: if not, nothing was taken.
"""

from __future__ import annotations

import contextlib
import secrets as random
import socket
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from connectors._errors import N_, ConnectorError, OutcomeUnknown, Reason, Transient
from connectors._hosts import Resolve, addresses_of, origin_of, resolve

_CHUNK = 65_536
_SLOWEST = 200_000
"""Bytes in a second that a network must take of a film, beside the time that any request has."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A body that is read while it is sent, so that it is never held whole: ``head``, ``size`` bytes as ``piece(start, size)`` gives them, ``tail``."""

    piece: Callable[[int, int], bytes] = field(repr=False)
    size: int
    head: bytes = field(default=b"", repr=False)
    tail: bytes = field(default=b"", repr=False)

    @classmethod
    def form(
        cls,
        fields: Mapping[str, str],
        name: str,
        file_name: str,
        mime: str,
        read: Callable[[int, int], bytes],
        size: int,
    ) -> tuple[Flow, dict[str, str]]:
        """A form with one file called ``name``, and the header that tells its kind (RFC 7578)."""
        boundary = random.token_hex(16)
        before = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        )
        opening = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
            f"Content-Type: {mime}\r\n\r\n"
        )
        ending = f"\r\n--{boundary}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return cls(read, size, before + opening.encode(), ending), kind

    def __len__(self) -> int:
        return len(self.head) + self.size + len(self.tail)

    def __iter__(self) -> Iterator[bytes]:
        """From the beginning, each time anew. Raises: OSError when there is less than was said."""
        yield self.head
        for start in range(0, self.size, _CHUNK * 4):
            wanted = min(_CHUNK * 4, self.size - start)
            found = self.piece(start, wanted)
            if len(found) != wanted:
                raise OSError("the film ends before its end")
            yield found
        yield self.tail


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back whole. ``secrets`` were in the request and must not be repeated in any message."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    server: str
    arrived: datetime
    publishes: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False)


class Http:
    """Sends requests. ``trusted_origins`` are addresses from the settings; every other host is a person's
    word.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        user_agent: str,
        trusted_origins: Iterable[str] = (),
        allow_private_hosts: bool = False,
        connect_seconds: float = 5.0,
        read_seconds: float = 20.0,
        total_seconds: float = 60.0,
        byte_cap: int = 4_000_000,
        ca_bundle: str | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        self._now = now
        self._user_agent = user_agent
        self._trusted = {origin.rstrip("/") for origin in trusted_origins}
        self._allow_private_hosts = allow_private_hosts
        self._timeouts = (connect_seconds, read_seconds)
        self._total_seconds = total_seconds
        self._byte_cap = byte_cap
        self._resolve = resolve
        self._verify: bool | str = ca_bundle or True

    def origin_of(self, typed: str) -> str:
        """The origin of the server a person typed. Raises: Rejected when it cannot be a public server."""
        if typed.strip().rstrip("/") in self._trusted:
            return typed.strip().rstrip("/")
        return origin_of(typed, allow_private_hosts=self._allow_private_hosts)

    def send(
        self,
        method: str,
        url: str,
        *,
        publishes: bool = False,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        params: Iterable[tuple[str, str]] = (),
        json: Any = None,
        data: bytes | Flow | Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        secrets: Iterable[str] = (),
        patience: float = 0.0,
    ) -> Answer:
        """Send one request and return the whole answer, whatever its status. Redirects are not followed.

        ``publishes`` says that the request makes a post: then an answer that is lost means OutcomeUnknown. A ``Flow``
        has the longer to arrive the larger it is. ``patience`` are the seconds that the answer may take beyond the usual.
        Raises: Transient when surely nothing was taken; OutcomeUnknown; Rejected for a host that is not
        public.
        """
        hidden = tuple(secret for secret in (*secrets, token or "") if secret)
        request = requests.Request(
            method,
            url,
            headers={
                "User-Agent": self._user_agent,
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "Connection": "close",
                **({"Authorization": f"Bearer {token}"} if token else {}),
                **(headers or {}),
            },
            params=list(params),
            json=json,
            data=data,
            files=files,
        ).prepare()
        sending = len(data) / _SLOWEST if isinstance(data, Flow) else 0.0
        times = (self._timeouts[0], self._timeouts[1] + patience, self._total_seconds + patience + sending)
        server = urlsplit(url).hostname or ""
        *earlier, last = self._addresses(url)
        for address in earlier:
            try:
                return self._send_to(address, request, server, publishes, hidden, times)
            except _NotConnected:
                continue
        try:
            return self._send_to(last, request, server, publishes, hidden, times)
        except _NotConnected as error:
            reason = Reason(N_("{server} could not be reached. Nothing was sent."), {"server": server})
            raise Transient(reason, network_said=_told(error, hidden)) from error

    def _addresses(self, url: str) -> list[str]:
        """Where to connect for ``url``: the first three addresses of its host, after the check that it
        needs.
        """
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        trusted = f"{parts.scheme}://{parts.netloc}" in self._trusted
        if not trusted and not self._allow_private_hosts:
            origin_of(f"{parts.scheme}://{parts.netloc}")
        return addresses_of(
            host, port, resolve=self._resolve, allow_private_hosts=trusted or self._allow_private_hosts
        )[:3]

    def _send_to(
        self,
        address: str,
        request: requests.PreparedRequest,
        server: str,
        publishes: bool,
        secrets: tuple[str, ...],
        times: tuple[float, float, float],
    ) -> Answer:
        to_connect, to_read, in_all = times
        road = _Road(address, in_all)
        with road, requests.Session() as session:
            session.trust_env = False
            session.mount("https://", road)
            session.mount("http://", road)
            try:
                response = session.send(
                    request,
                    timeout=(to_connect, to_read),
                    allow_redirects=False,
                    stream=True,
                    verify=self._verify,
                )
                body = self._read(response)
            except (requests.RequestException, HTTPError, OSError) as error:
                if not road.connected:
                    raise _NotConnected(str(error)) from error
                raise _no_answer(server, publishes, _told(error, secrets)) from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, body, server, self._now(), publishes, secrets)

    def _read(self, response: requests.Response) -> bytes:
        """The whole body. A refusal (4xx) is clear by its status alone, so its body may be cut off."""
        body = b""
        try:
            while chunk := response.raw.read1(_CHUNK, decode_content=False):
                body += chunk
                if len(body) > self._byte_cap:
                    raise HTTPError("the answer is too large")
            return _plain(body, response.headers.get("Content-Encoding", ""), self._byte_cap)
        except (HTTPError, OSError):
            if 400 <= response.status_code < 500:
                return b""
            raise


class _NotConnected(Exception):
    """No connection was made, so no request was sent."""


class _Road(HTTPAdapter):
    """Leads to one checked address, once, and remembers whether the other end was reached (TLS included).

    After ``seconds`` it is closed, however slowly the other end goes on: a time-out of each read alone would let
    a server that sends one byte at a time hold us for hours.
    """

    def __init__(self, address: str, seconds: float) -> None:
        super().__init__(max_retries=0)
        self.address = address
        self.connected = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> _Road:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _cut(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                # The plain socket's own method: the one of TLS is not made for another thread.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: bool | str, cert: Any = None
    ) -> Any:
        keys: Any = super().build_connection_pool_key_attributes(request, verify, cert)
        host, pool = keys
        if host["scheme"] == "https":
            pool["server_hostname"] = host["host"]
        request.headers["Host"] = urlsplit(request.url or "").netloc
        host["host"] = self.address
        return host, pool

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str | None,
        proxies: Any = None,
        cert: Any = None,
    ) -> Any:
        pool: Any = super().get_connection_with_tls_context(request, verify, proxies, cert)
        road, plain = self, pool.ConnectionCls

        class Watched(plain):  # type: ignore[misc,valid-type]
            def connect(self) -> None:
                super().connect()
                road.connected, road._socket = True, self.sock

        pool.ConnectionCls = Watched
        return pool


def _plain(body: bytes, encoding: str, cap: int) -> bytes:
    """``body`` without the compression that we did not ask for, and never more than ``cap`` bytes of it."""
    if encoding.lower() not in {"gzip", "deflate"}:
        return body
    unpacker = zlib.decompressobj(wbits=47)
    try:
        plain = unpacker.decompress(body, cap)
    except zlib.error as error:
        raise HTTPError(f"the answer is no {encoding}") from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise HTTPError("the answer is cut off or too large")
    return plain


def _no_answer(server: str, publishes: bool, said: str) -> ConnectorError:
    if publishes:
        reason = Reason(
            N_("The connection to {server} broke before it answered. The post may or may not be there."),
            {"server": server},
        )
        return OutcomeUnknown(reason, network_said=said)
    return Transient(Reason(N_("{server} did not answer in time."), {"server": server}), network_said=said)


def _told(error: BaseException, secrets: tuple[str, ...]) -> str:
    text = str(error)
    for secret in secrets:
        text = text.replace(secret, "[secret]")
    return text[:300]
