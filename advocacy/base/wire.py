"""Connections that go to one checked network address and end when their time or their allowance is used up.

A time-out per read lets a server keep us for days with a byte now and then; this one counts for the whole.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Sequence
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from advocacy.base.addresses import FetchFailed, Place, TooSlow, Unreachable
from advocacy.base.text import Text

CONNECT_SECONDS = 5.0


class TooLarge(FetchFailed):
    """There was more than we take."""


class Meter:
    """What is left of the time and of the bytes that an answer may take."""

    def __init__(self, *, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._bytes_left = 0

    def seconds_left(self) -> float:
        """Seconds until the whole must be done, more than 0.

        Raises:
            TooSlow: there are none left.
        """
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TooSlow(Text("The server took too long to answer. We will try again later."))
        return left

    def allow(self, count: int) -> None:
        """Let that many bytes more be received from here on."""
        self._bytes_left = count

    def received(self, count: int) -> None:
        """Note that bytes came in.

        Raises:
            TooLarge: more than were allowed.
        """
        self._bytes_left -= count
        if self._bytes_left < 0:
            raise TooLarge(Text("The server sent more than we take."))


class _MeteredSocket(socket.socket):
    """A socket whose every read counts."""

    meter: Meter

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        return _metered(self, super().recv_into, buffer, nbytes, flags)


class _MeteredTLS(ssl.SSLSocket):
    """The same through TLS; its meter is set when the handshake is done."""

    meter: Meter

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        return _metered(self, super().recv_into, buffer, nbytes or 0, flags)


def _metered(sock: _MeteredSocket | _MeteredTLS, receive: Any, buffer: Any, nbytes: int, flags: int) -> int:
    sock.settimeout(sock.meter.seconds_left())
    try:
        count = int(receive(buffer, nbytes, flags))
    except TimeoutError:
        sock.meter.seconds_left()
        raise
    sock.meter.received(count)
    return count


def connect(target: Place, addresses: Sequence[str], meter: Meter) -> _MeteredSocket:
    """A connection to the first of `addresses` that takes one.

    Raises:
        Unreachable: none does.
        TooSlow: the time is used up.
    """
    problem: OSError | None = None
    for address in addresses:
        sock = _MeteredSocket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        sock.meter = meter
        try:
            sock.settimeout(min(meter.seconds_left(), CONNECT_SECONDS))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect((address, target.port))
        except OSError as error:
            sock.close()
            problem = error
        except TooSlow:
            sock.close()
            raise
        else:
            return sock
    raise Unreachable(
        Text("{host} does not answer. It may be down; we will try again later.", host=target.host)
    ) from problem


class _Pinned:
    """What both kinds of connection share: they connect where they were told, never by a name."""

    def __init__(self, *args: Any, pinned: tuple[Place, Sequence[str], Meter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pinned = pinned

    def _new_conn(self) -> socket.socket:
        place, addresses, meter = self._pinned
        sock = connect(place, addresses, meter)
        sock.settimeout(meter.seconds_left())  # the TLS handshake as a whole
        return sock


class _PlainConnection(_Pinned, HTTPConnection):
    pass


class _TLSConnection(_Pinned, HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        if isinstance(self.sock, _MeteredTLS):
            self.sock.meter = self._pinned[2]


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


def pool(target: Place, addresses: Sequence[str], meter: Meter) -> HTTPConnectionPool:
    """A pool of one connection to `target` that goes to `addresses` and nowhere else.

    Host header, server name indication and the check of the certificate use the name in the URL.
    """
    pinned = (target, addresses, meter)
    if target.scheme == "http":
        return _PlainPool(target.host, target.port, maxsize=1, retries=False, pinned=pinned)
    context = create_urllib3_context()
    context.sslsocket_class = _MeteredTLS
    return _TLSPool(target.host, target.port, maxsize=1, retries=False, ssl_context=context, pinned=pinned)
