"""A line of the journal on its way into the database: what is one of many is kept once, and hashes become numbers."""

from __future__ import annotations

from binascii import unhexlify
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from struct import error, unpack
from typing import NamedTuple
from zlib import crc32

from advocacy.reach.journal import LATEST_MS, VERSION, VERSION_TOLD, Line

PLAIN, TOLD = (f"{version}\t".encode() for version in (VERSION, VERSION_TOLD))
MOST_LINK = 2**31
SIGN = 1 << 63
_new = tuple.__new__
"""What making a `Visit` comes to, without a function of Python's between."""
REMEMBERED = 20_000
"""Kinds of requests remembered in one process, some megabytes."""


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What a request said of itself, cut to what the database takes; see `RequestKind`.

    Told apart by identity: the same may be there twice, which costs a look more and changes nothing.
    """

    method: str
    facts: str
    purpose: str
    referrer_host: str
    agent: str
    country: str


class Visit(NamedTuple):
    """A click as it is judged and added."""

    offset: int
    """Where its line begins."""
    at_ms: int
    """Milliseconds since 1970, UTC."""
    link_id: int
    visitor: int
    source: int
    """Hashes as whole numbers of 64 bits, with their sign."""
    said: Said
    click_id: str


def of(offset: int, line: Line) -> Visit:
    """The visit that a line tells of.

    Args:
        offset: where the line begins.
        line: read and found whole.
    """
    said = (line.method, line.facts, line.purpose, line.referrer_host, line.agent, line.country)
    return Visit(
        offset, line.at_ms, line.link_id, number(line.visitor), number(line.source), kind(*said), line.click_id
    )


def quickly(offset: int, raw: bytes) -> Visit | None:
    """The visit that a written line tells of, read without a look at what it shares with many others.

    Args:
        offset: where the line begins.
        raw: without the newline at its end; anything at all.

    Returns:
        None when it is no whole line of a click, or one that takes a closer look: `journal.decode` is the judge.
    """
    body = raw[:-9]
    if raw[-9:] != b"\t%08x" % crc32(body):
        return None
    try:
        if body[:2] == PLAIN:
            _, at, link, method, visitor, source, tail = body.split(b"\t", 6)
            click_id, country = "", b""
        elif body[:2] == TOLD:
            _, at, link, told, country, method, visitor, source, tail = body.split(b"\t", 8)
            click_id = told.decode()
        else:
            return None
        at_ms, link_id = int(at), int(link)
        if not (0 < at_ms < LATEST_MS and 0 < link_id < MOST_LINK):
            return None
        hashes = unpack(">qq", unhexlify(visitor[:16] + source))
        return _new(Visit, (offset, at_ms, link_id, *hashes, _kind(method, tail, country), click_id))
    except (ValueError, error):
        return None


@lru_cache(maxsize=REMEMBERED)
def _kind(method: bytes, tail: bytes, country: bytes) -> Said:
    facts, purpose, referrer_host, agent = tail.decode("utf-8", "replace").split("\t")
    return kind(method.decode(), facts, purpose, referrer_host, agent, country.decode())


@lru_cache(maxsize=REMEMBERED)
def kind(method: str, facts: str, purpose: str, referrer_host: str, agent: str, country: str) -> Said:
    """What a request said, from the fields of its line."""
    return Said(method[:8], facts[:12], purpose[:40], referrer_host[:255], agent, country[:2])


def number(digest: str) -> int:
    """A hash as a whole number of 64 bits, with its sign.

    Args:
        digest: as it stands in the journal, in hexadecimal; of longer ones the first 16 digits count.
    """
    try:
        return (int(digest[:16], 16) ^ SIGN) - SIGN
    except ValueError:  # no hash of ours: another one stands for it
        return int.from_bytes(blake2b(digest.encode(), digest_size=8).digest(), signed=True)
