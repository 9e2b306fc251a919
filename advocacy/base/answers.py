"""Reads what a server answered: unpacks it within bounds, and says in plain words what is wrong with it."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from urllib3 import BaseHTTPResponse

from advocacy.base.addresses import FetchFailed
from advocacy.base.text import Text
from advocacy.base.wire import Meter, TooLarge

HEADER_BYTES = 64 * 1024
CHUNK_BYTES = 64 * 1024
LONGEST_WAIT = 86_400


class BadAnswer(FetchFailed):
    """The server answered, and not with what was asked for.

    Args:
        text: what is wrong.
        status: the HTTP status, or 0 when the answer could not be read.
        retry_after: seconds the server asks us to stay away, 0 when it does not say.
    """

    def __init__(self, text: Text, *, status: int = 0, retry_after: int = 0) -> None:
        super().__init__(text)
        self.status = status
        self.retry_after = retry_after


def decoded(header: str) -> str:
    """A header as most servers mean it: the library reads bytes as Latin-1, they were often UTF-8."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def body(answer: BaseHTTPResponse, headers: Mapping[str, str], meter: Meter, max_bytes: int) -> bytes:
    """The body, unpacked here piece by piece, since a small one may hold gigabytes.

    Args:
        answer: as urllib3 gives it, unread.
        headers: names in lower case.
        meter: what is left of the time.
        max_bytes: of the body, unpacked.

    Raises:
        TooLarge: there is more.
        TooSlow: the time is used up.
        BadAnswer: it is packed in a way we do not know, damaged, or not complete.
        HTTPError, OSError: what urllib3 raises when the connection breaks.
    """
    too_large = Text(
        "The file at this address is too large; we take up to {megabytes} MB.", megabytes=max(1, max_bytes // 10**6)
    )
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > max_bytes:
        raise TooLarge(too_large)
    packing = headers.get("content-encoding", "").strip().lower() or "identity"
    if packing not in ("identity", "gzip", "x-gzip", "deflate"):
        raise BadAnswer(Text("The server packed its answer in a way we did not ask for ({found}).", found=packing))
    unpacker = None if packing == "identity" else zlib.decompressobj(wbits=47)
    meter.allow(2 * max_bytes + HEADER_BYTES)  # framing of chunks included
    taken = bytearray()
    try:
        while chunk := answer.read(CHUNK_BYTES, decode_content=False):
            taken += unpacker.decompress(chunk, max_bytes - len(taken) + 1) if unpacker else chunk
            if len(taken) > max_bytes:
                raise TooLarge(too_large)
            meter.seconds_left()
    except zlib.error as error:
        raise BadAnswer(Text("The server's answer is damaged.")) from error
    if unpacker and taken and not unpacker.eof:
        raise BadAnswer(Text("The server's answer broke off."))
    return bytes(taken)


def refusal(status: int, headers: Mapping[str, str]) -> BadAnswer:
    """What a status that is no success means."""
    if status in (404, 410):
        text = Text("There is nothing at this address any more. Check it.")
    elif status in (401, 402, 403, 407, 451):
        text = Text("The server does not let us read this address. Perhaps one has to sign in there.")
    elif status == 429:
        text = Text("The server asks us to come less often. We will wait.")
    elif status >= 500:
        text = Text("The server has a problem of its own (status {status}). We will try again later.", status=status)
    else:
        text = Text("The server refuses this address (status {status}).", status=status)
    return BadAnswer(text, status=status, retry_after=_seconds(headers.get("retry-after", "")))


def _seconds(retry_after: str) -> int:
    """Seconds to wait, from a number or a date (RFC 9110, 10.2.3), at most a day."""
    if retry_after.isdigit():
        return min(int(retry_after[:9]), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0, min(int((aware - datetime.now(UTC)).total_seconds()), LONGEST_WAIT))
