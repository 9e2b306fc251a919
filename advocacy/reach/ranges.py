"""Ranges of internet addresses, looked up fast."""

from __future__ import annotations

import ipaddress
import socket
from bisect import bisect_right
from collections.abc import Iterable


class Ranges:
    """Ranges of addresses; answers whether an address lies in one, in a microsecond.

    Args:
        ranges: in CIDR notation, both families.
    """

    def __init__(self, ranges: Iterable[str]) -> None:
        networks = [ipaddress.ip_network(one) for one in ranges]
        four = ipaddress.collapse_addresses(one for one in networks if isinstance(one, ipaddress.IPv4Network))
        six = ipaddress.collapse_addresses(one for one in networks if isinstance(one, ipaddress.IPv6Network))
        # As packed bytes, which sort as the numbers do and need no making.
        spans4 = [(one.network_address.packed, one.broadcast_address.packed) for one in four]
        spans6 = [(one.network_address.packed, one.broadcast_address.packed) for one in six]
        self._first4, self._last4 = [a for a, _ in spans4], [b for _, b in spans4]
        self._first6, self._last6 = [a for a, _ in spans6], [b for _, b in spans6]

    def holds(self, address: str) -> bool:
        """Whether the address lies in one of the ranges; False for what is no address."""
        try:
            if ":" not in address:
                return _within(self._first4, self._last4, socket.inet_pton(socket.AF_INET, address))
            raw = socket.inet_pton(socket.AF_INET6, address)
        except (OSError, ValueError):
            return False
        if raw[:12] == b"\0\0\0\0\0\0\0\0\0\0\xff\xff":  # an IPv4 address in IPv6's clothes
            return _within(self._first4, self._last4, raw[12:])
        return _within(self._first6, self._last6, raw)


def _within(first: list[bytes], last: list[bytes], raw: bytes) -> bool:
    found = bisect_right(first, raw) - 1
    return found >= 0 and raw <= last[found]
