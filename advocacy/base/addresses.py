"""Judges web addresses and network addresses: which of them the product may go to on somebody's word."""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, urlsplit

import idna

from advocacy.base.errors import HubError
from advocacy.base.text import Text

Resolver = Callable[[str, int], Sequence[str]]
"""Gives the network addresses of a host name (and port), each as text; raises OSError when there is none."""

LONGEST_URL = 2000
WEB_PORTS = {80, 443}

# IANA's special-purpose registries (RFC 6890 and its updates), and addresses by which clouds serve secrets to
# their own machines. `ipaddress.is_global` knows neither the embedded forms nor these.
_CLOSED_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers; Alibaba's and Tailscale's services
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's platform, seen from inside only
        "169.254.0.0/16",  # link local; metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved; broadcast
    )
)
# Only 2000::/3 is given out (IANA). Mapped, compatible, NAT64, ULA, link local, site local, multicast and SRv6
# lie outside it and are so refused; inside it these are.
_OPEN_V6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # 6bone, given back
        "3fff::/20",  # documentation
    )
)
_ISATAP = {0x00005EFE, 0x02005EFE}


class FetchFailed(HubError):
    """Nothing was fetched, and the text says why in words for the person who gave the address."""


class Refused(FetchFailed):
    """The address is not one that the product goes to. Nothing was sent."""


class Unreachable(FetchFailed):
    """There is no such server, or it did not let us connect."""


class TooSlow(FetchFailed):
    """The answer was not complete in time."""


@dataclass(frozen=True, slots=True)
class Place:
    """A web address taken apart, judged by its looks, not yet looked up."""

    url: str
    """As it is asked for: without fragment, host in ASCII."""
    scheme: Literal["http", "https"]
    host: str
    port: int

    @property
    def name(self) -> str:
        """`host:port`, as the list of allowed hosts writes it."""
        return f"{self.host}:{self.port}"


def is_public(address: str) -> bool:
    """Whether a network address, as text, belongs to the public internet, in every form it can take."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in _CLOSED_V4)
    if parsed.scope_id is not None or parsed not in _OPEN_V6:
        return False
    # ISATAP hides an IPv4 address in the lower half of an otherwise public one (RFC 5214).
    hides_v4 = (int(parsed) >> 32) & 0xFFFFFFFF in _ISATAP
    return not hides_v4 and not any(parsed in network for network in _CLOSED_V6)


def place(url: str, *, allow_hosts: frozenset[str] = frozenset()) -> Place:
    """Take a web address apart and judge what can be seen in it.

    Args:
        url: what a person or a feed gave.
        allow_hosts: `host:port` pairs whose port is not judged (tests).

    Raises:
        Refused: the scheme is not http or https, the port is not the web's own, it holds a name and password, or
            it cannot be read.
    """
    text = url.strip()
    # Backslashes and control characters are read one way by browsers and another by libraries: take neither.
    if not text or len(text) > LONGEST_URL or re.search(r"[\x00-\x1f\x7f\\]", text):
        raise Refused(Text("This is not a web address we can read. Check it and try again."))
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise Refused(Text("This is not a web address we can read. Check it and try again.")) from error
    if parts.scheme.lower() not in ("http", "https"):
        raise Refused(Text("Only addresses that begin with https:// or http:// can be used."))
    if "@" in parts.netloc:
        raise Refused(Text("The address holds a name or a password. Give one that anybody may open."))
    scheme: Literal["http", "https"] = "https" if parts.scheme.lower() == "https" else "http"
    return _placed(parts, scheme, _ascii_host(parts.hostname or ""), port, allow_hosts)


def _placed(
    parts: SplitResult, scheme: Literal["http", "https"], host: str, port: int | None, allow_hosts: frozenset[str]
) -> Place:
    usual = 443 if scheme == "https" else 80
    chosen = usual if port is None else port
    if chosen not in WEB_PORTS and f"{host}:{chosen}" not in allow_hosts:
        raise Refused(Text("The address names port {port}. Only the usual web ports can be used.", port=chosen))
    bracketed = f"[{host}]" if ":" in host else host
    netloc = bracketed if chosen == usual else f"{bracketed}:{chosen}"
    return Place(parts._replace(scheme=scheme, netloc=netloc, fragment="").geturl(), scheme, host, chosen)


def _ascii_host(host: str) -> str:
    if ":" in host and "%" not in host:  # the brackets of an IPv6 address are gone by now
        return host.lower()
    try:
        ascii_host = host.lower() if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise Refused(Text("The server's name in the address cannot be read. Check it.")) from error
    if len(ascii_host) > 253 or not re.fullmatch(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?", ascii_host):
        raise Refused(Text("The server's name in the address cannot be read. Check it."))
    return ascii_host


def look_up(target: Place, resolver: Resolver, *, seconds: float, allow_hosts: frozenset[str]) -> tuple[str, ...]:
    """The network addresses of a place, every one of them judged.

    One lookup only: whoever connects must use one of these, or a second answer of the name server could lead
    elsewhere (DNS rebinding).

    Args:
        target: the place.
        resolver: what looks names up.
        seconds: how long that may take.
        allow_hosts: `host:port` pairs whose addresses are not judged (tests).

    Raises:
        Refused: any one address is not public.
        Unreachable: the name is not known.
        TooSlow: the name server did not answer in time.
    """
    found = _resolved(target, resolver, seconds)
    if target.name not in allow_hosts and not all(is_public(address) for address in found):
        raise Refused(
            Text(
                "The address leads into a private network ({host}). Only public addresses can be used.",
                host=target.host,
            )
        )
    return found


def _resolved(target: Place, resolver: Resolver, seconds: float) -> tuple[str, ...]:
    """Ask in a thread of its own, since the system's resolver knows no time limit."""
    found: list[str] = []
    problem: list[Exception] = []

    def ask() -> None:
        try:
            found.extend(resolver(target.host, target.port))
        except (OSError, UnicodeError) as error:
            problem.append(error)

    asking = threading.Thread(target=ask, name="resolve", daemon=True)
    asking.start()
    asking.join(max(seconds, 0))
    if asking.is_alive():
        raise TooSlow(Text("Looking up {host} took too long. We will try again later.", host=target.host))
    if problem or not found:
        raise Unreachable(Text("There is no server called {host}. Check the address.", host=target.host)) from (
            problem[0] if problem else None
        )
    return tuple(dict.fromkeys(found))


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses that the operating system gives for a name, in its order of preference."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
