"""Addresses of data centres: where programs live, and people seldom.

The table is data (`data/data_centres.json`): ranges, whose they are, where that is published and when it was
looked up. An administrator can replace it without touching the program.
"""

from __future__ import annotations

import ipaddress
import json
import socket
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "data_centres.json"


@dataclass(frozen=True)
class Operator:
    """Whose ranges, by which source.

    Args:
        name: of the operator.
        source: where the list is published.
        supported_by: what the list is.
        copy_of: ISO date of the copy that each range was checked against; "" when it bore none.
        ranges: in CIDR notation.
    """

    name: str
    source: str
    supported_by: str
    copy_of: str
    ranges: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The whole table as it is published on the page of rules."""

    looked_up: str
    """ISO date."""
    left_out: str
    """What is missing on purpose, and why."""
    kept_when: str
    """By which rule a range is in the table."""
    operators: tuple[Operator, ...]


def table(path: Path = TABLE) -> Table:
    """Reads the table."""
    kept = json.loads(path.read_text())
    return Table(
        looked_up=kept["looked_up"],
        left_out=kept["left_out"],
        kept_when=kept["kept_when"],
        operators=tuple(Operator(**{**one, "ranges": tuple(one["ranges"])}) for one in kept["operators"]),
    )


class DataCentres:
    """Answers whether an address is a data centre's, in a microsecond.

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

    @classmethod
    def known(cls) -> DataCentres:
        """Those of the table."""
        return cls(one for operator in table().operators for one in operator.ranges)

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
