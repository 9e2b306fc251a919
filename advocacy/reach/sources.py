"""How many requests each address made in each minute: what bursts are told by. Of addresses there are only hashes."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from advocacy.base import bulk
from advocacy.base.clock import Clock
from advocacy.reach.models import MinuteSources

MINUTE_MS = 60_000
MOST = 2**16 - 1
EACH = 10
"""Bytes a source takes."""
KEPT = timedelta(hours=2)
"""No later journal line will ask for a minute."""
REMEMBERED = 4
"""Minutes that an importer keeps in memory."""


@dataclass(slots=True)
class Minute:
    """What is known of a minute.

    Args:
        requests: by source.
        batches: those that are in `requests`.
    """

    requests: dict[int, int] = field(default_factory=dict)
    batches: set[int] = field(default_factory=set)


class Minutes:
    """The minutes that one importer counts, as far as it remembers them."""

    def __init__(self) -> None:
        self._known: dict[int, Minute] = {}

    def of(self, session: Session, numbers: Collection[int]) -> dict[int, Minute]:
        """Minutes with all that was counted in them so far, by other importers too.

        Args:
            session: inside the transaction that adds to them.
            numbers: since 1970.
        """
        minutes = {number: self._known.setdefault(number, Minute()) for number in sorted(numbers)}
        places = select(MinuteSources.minute, MinuteSources.batch).where(
            bulk.among(session, MinuteSources.minute, list(minutes))
        )
        news = [row for row in session.execute(places) if row.batch not in minutes[row.minute].batches]
        if news:
            query = select(MinuteSources).where(
                bulk.among(session, MinuteSources.minute, sorted({row.minute for row in news})),
                bulk.among(session, MinuteSources.batch, sorted({row.batch for row in news})),
            )
            for row in session.scalars(query.execution_options(yield_per=100)):
                known = minutes[row.minute]
                if row.batch not in known.batches:
                    known.batches.add(row.batch)
                    for source, count in unpacked(row.packed):
                        known.requests[source] = known.requests.get(source, 0) + count
        return minutes

    def keep(self, session: Session, batch: int, counted: Mapping[int, Counter[int]]) -> None:
        """Writes down what a batch added to each minute.

        Args:
            session: inside the transaction that adds the clicks.
            batch: the number of its first line.
            counted: by minute and source; already in what `of` returned.
        """
        for minute in counted:
            self._known[minute].batches.add(batch)
        rows = [(minute, batch, packed(requests)) for minute, requests in sorted(counted.items())]
        bulk.add(session, bulk.table_of(MinuteSources), ("minute", "batch", "packed"), rows)
        for minute in sorted(self._known)[:-REMEMBERED]:
            del self._known[minute]


def packed(requests: Mapping[int, int]) -> bytes:
    """Sources and their counts, in ten bytes each."""
    counts = (min(count, MOST) for count in requests.values())
    return struct.pack(f"<{len(requests)}q{len(requests)}H", *requests, *counts)


def unpacked(data: bytes) -> Iterable[tuple[int, int]]:
    """Sources and their counts again."""
    size = len(data) // EACH
    values = struct.unpack(f"<{size}q{size}H", data)
    return zip(values[:size], values[size:], strict=True)


def forget(session: Session, clock: Clock) -> None:
    """Removes minutes that are over for long enough."""
    over = int((clock.now() - KEPT).timestamp()) // 60
    session.execute(delete(MinuteSources).where(MinuteSources.minute < over))
