"""A tiny database in MaxMind's format, written after its specification (version 2.0), for addresses of IPv4."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Whole(int):
    """A number that the format wants in 32 bits."""


MARK = b"\xab\xcd\xefMaxMind.com"


def write(path: Path, countries: Mapping[str, dict[str, Any]], *, built: int) -> None:
    """Writes the file.

    Args:
        path: where.
        countries: a record for each range, none within another.
        built: seconds since 1970.
    """
    nodes: list[list[int | None]] = [[None, None]]
    data, places = b"", {}
    for written, record in countries.items():
        network = ipaddress.IPv4Network(written)
        places[written] = len(data)
        data += _encoded(record)
        node = 0
        for depth in range(network.prefixlen):
            bit = int(network.network_address) >> (31 - depth) & 1
            if depth == network.prefixlen - 1:
                nodes[node][bit] = -1 - places[written]
            else:
                following = nodes[node][bit]
                if following is None:
                    nodes.append([None, None])
                    following = nodes[node][bit] = len(nodes) - 1
                node = following
    tree = b""
    for node_records in nodes:
        for value in node_records:
            number = len(nodes) if value is None else value if value >= 0 else len(nodes) + 16 + (-1 - value)
            tree += number.to_bytes(3, "big")
    about = {
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": built,
        "database_type": "Test-Country",
        "description": {},
        "ip_version": 4,
        "languages": [],
        "node_count": Whole(len(nodes)),
        "record_size": 24,
    }
    path.write_bytes(tree + bytes(16) + data + MARK + _encoded(about))


def _encoded(value: Any) -> bytes:
    """A value of the data section: maps (7), texts (2), numbers of 16 bits (5) and of 64 (9), empty arrays (11)."""
    if isinstance(value, dict):
        return bytes([7 << 5 | len(value)]) + b"".join(_encoded(k) + _encoded(v) for k, v in value.items())
    if isinstance(value, str):
        raw = value.encode()
        assert len(raw) < 285
        return (bytes([2 << 5 | len(raw)]) if len(raw) < 29 else bytes([2 << 5 | 29, len(raw) - 29])) + raw
    if isinstance(value, Whole):
        return bytes([6 << 5 | 4]) + value.to_bytes(4, "big")
    if isinstance(value, list):
        return bytes([len(value), 11 - 7])
    if value < 1 << 16:
        return bytes([5 << 5 | 2]) + value.to_bytes(2, "big")
    return bytes([8, 9 - 7]) + value.to_bytes(8, "big")
