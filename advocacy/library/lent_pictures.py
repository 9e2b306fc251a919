"""Pictures and films lent to a network that fetches them itself: at an address nobody can guess, for an hour."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from advocacy.base.addresses import FetchFailed, is_public, place
from advocacy.base.clock import Clock
from advocacy.base.errors import NotFound
from advocacy.base.sealing import CannotOpen, Sealer
from advocacy.library.media import Media

LENT_FOR = timedelta(hours=1)
"""Meta fetches a picture when its container is made, within minutes; each try of a share lends it anew."""
PATH = "/media/lent/"
_CONTEXT = "lent picture"
_INSIDE = (
    ".local",
    ".localhost",
    ".internal",
    ".lan",
    ".home",
    ".corp",
    ".test",
    ".example",
    ".invalid",
    ".home.arpa",
)


def can_be_fetched(public_url: str) -> bool:
    """Whether a network out there can reach this hub: a public name (or address) over https, on the usual port."""
    try:
        found = place(public_url)
    except FetchFailed:
        return False
    if found.scheme != "https" or found.port != 443:
        return False
    try:
        return is_public(str(ipaddress.ip_address(found.host.strip("[]"))))
    except ValueError:
        return "." in found.host and not found.host.endswith(_INSIDE)


def address(file_name: str, *, sealer: Sealer, clock: Clock, public_url: str) -> str | None:
    """Where a network may fetch a picture or film for an hour; None when it could not reach the hub.

    Args:
        file_name: of one in the store, made to fit the network.
        sealer: makes the address: whoever has not got it cannot make one.
        clock: the hour begins now.
        public_url: `Settings.address`.
    """
    if not can_be_fetched(public_url):
        return None
    until = int((clock.now() + LENT_FOR).timestamp())
    sealed = sealer.seal(f"{file_name} {until}", context=_CONTEXT)
    return f"{public_url}{PATH}{base64.urlsafe_b64encode(sealed).rstrip(b'=').decode()}"


def borrowed(sealer: Sealer, clock: Clock, store: Media, *, token: str) -> tuple[Path, str]:
    """The file that an address stands for, and its content type.

    Raises:
        NotFound: the address is made up or changed, its hour is over, or the file is gone.
    """
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        name, until = sealer.open(sealed, context=_CONTEXT).split(" ")
    except (CannotOpen, binascii.Error, ValueError) as error:
        raise NotFound() from error
    if clock.now() >= datetime.fromtimestamp(int(until), UTC):
        raise NotFound()
    return store.find(name)
