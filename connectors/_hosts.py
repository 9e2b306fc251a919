"""Which hosts a person may point us at: public names over https, resolved once and checked before we
connect.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from connectors._errors import N_, Reason, Rejected, Transient

Resolve = Callable[[str, int], list[str]]
_NAME = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$")
_NOT_A_SERVER = N_("{typed} is not the address of a server we can reach. Write it like this: {example}")
# Within 2000::/3 these are special: Teredo and friends, documentation (twice), 6to4 (carries any IPv4
# address).
_SPECIAL_V6 = tuple(ipaddress.IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_SPECIAL_V4 = tuple(ipaddress.IPv4Network(net) for net in ("192.88.99.0/24", "192.0.0.0/24", "100.64.0.0/10"))


def origin_of(typed: str, *, allow_private_hosts: bool = False) -> str:
    """The origin of the server in ``typed``: a host name, an address of a page on it, or ``@user@host``.

    Only ``https``, no port, no IP address, no user name. With ``allow_private_hosts`` (tests, development) an
    ``http`` address with a port stands too. Raises: Rejected.
    """
    text = typed.strip()
    if allow_private_hosts and text.startswith("http://"):
        return "http://" + urlsplit(text).netloc.lower()
    if "://" not in text:
        text = "https://" + (text if "/" in text else text.rsplit("@", 1)[-1])
    if not text.isprintable() or " " in text:
        raise _not_a_server(typed)
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii").lower()
        port = parts.port
    except ValueError:
        raise _not_a_server(typed) from None
    if parts.scheme != "https" or port is not None or parts.username is not None or not _NAME.match(host):
        raise _not_a_server(typed)
    return f"https://{host}"


def resolve(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver knows for ``host``. Raises: OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def addresses_of(host: str, port: int, *, resolve: Resolve, allow_private_hosts: bool = False) -> list[str]:
    """The addresses ``host`` has now, every one of them public.

    Raises: Transient when the name cannot be resolved; Rejected when any address is not public, so that a name
    with one good and one bad address is not a way in.
    """
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError) as error:
        reason = N_("The server {server} could not be found. It may be misspelt or away for now.")
        raise Transient(Reason(reason, {"server": host}), network_said=f"resolving {host}: {error}") from error
    if not allow_private_hosts and not all(is_public(address) for address in addresses):
        raise Rejected(
            Reason(N_("{server} is not a public server, so we do not connect to it."), {"server": host}),
            network_said=f"{host} resolves to an address that is not public",
        )
    return addresses


def is_public(address: str) -> bool:
    """Whether ``address`` is an ordinary address of the internet, in none of the forms that hide another."""
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    if ip.is_multicast or not ip.is_global:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in net for net in _SPECIAL_V4)
    return ip in _GLOBAL_V6 and not any(ip in net for net in _SPECIAL_V6)


def _not_a_server(typed: str) -> Rejected:
    return Rejected(Reason(_NOT_A_SERVER, {"typed": typed.strip()[:100], "example": "mastodon.social"}))
