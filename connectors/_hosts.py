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
# Special purposes by IANA's registries, and addresses by which clouds serve secrets to their own machines.
# The hub judges what people paste by a list of its own; a test holds that both say the same of every address.
_SPECIAL_V4 = tuple(
    ipaddress.IPv4Network(net)
    for net in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's platform
        "169.254.0.0/16",  # link local; metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved; broadcast
    )
)
# Only 2000::/3 is given out: mapped, compatible, NAT64, local and multicast forms lie outside. Within it: Teredo
# and friends, documentation (twice), 6to4 (carries any IPv4 address), AS112, 6bone.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(
    ipaddress.IPv6Network(net)
    for net in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20")
)
_ISATAP = {0x00005EFE, 0x02005EFE}


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
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in net for net in _SPECIAL_V4)
    if ip.scope_id is not None or ip not in _GLOBAL_V6:
        return False
    hides_v4 = (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP  # in the lower half (RFC 5214)
    return not hides_v4 and not any(ip in net for net in _SPECIAL_V6)


def _not_a_server(typed: str) -> Rejected:
    return Rejected(Reason(_NOT_A_SERVER, {"typed": typed.strip()[:100], "example": "mastodon.social"}))
