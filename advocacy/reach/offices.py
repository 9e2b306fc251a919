"""The company's own networks, as an administrator names them: visits from there are not counted as people's."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.db import Base
from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.reach.ranges import Ranges

MOST = 200
"""Ranges."""
LONGEST_NOTE = 100
"""Characters."""
WIDEST = {4: 8, 6: 16}
"""Bits that a range must name at least, by the version of its addresses: a wider one would filter half the world."""


class OfficeNetwork(Base):
    """A range of addresses that the company's people come from."""

    __tablename__ = "office_network"

    range: Mapped[str] = mapped_column(String(50), primary_key=True)
    """In CIDR notation."""
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE), default="")
    """Which place that is."""


@dataclass(frozen=True)
class Office:
    """A range and which place it is."""

    range: str
    note: str = ""


def in_force(session: Session) -> list[Office]:
    """All of them, in the order of their ranges."""
    rows = session.scalars(select(OfficeNetwork).order_by(OfficeNetwork.range))
    return [Office(row.range, row.note) for row in rows]


def read(typed: str) -> list[Office]:
    """What an administrator typed, a range a line, with or without a note behind it.

    Raises:
        Invalid: on `ranges`, naming the line and what to do.
    """
    found: dict[str, Office] = {}
    for line in filter(None, (line.strip() for line in typed.splitlines())):
        written, _, note = line.partition(" ")
        try:
            network = ipaddress.ip_network(written.rstrip(",;"), strict=False)
        except ValueError:
            raise Invalid(
                "ranges",
                Text("{line} is no address and no range. Write 203.0.113.7 or 203.0.113.0/24.", line=written[:60]),
            ) from None
        if network.prefixlen < WIDEST[network.version]:
            raise Invalid(
                "ranges",
                Text("{line} is too wide: nearly everybody's visits would be filtered.", line=str(network)),
            )
        if len(note.strip()) > LONGEST_NOTE:
            raise Invalid("ranges", Text("Please keep this below {count} characters.", count=LONGEST_NOTE))
        found[str(network)] = Office(str(network), note.strip())
    if len(found) > MOST:
        raise Invalid("ranges", Text("At most {count} ranges. Join neighbours to a wider one.", count=MOST))
    return sorted(found.values(), key=lambda one: one.range)


def decide(session: Session, clock: Clock, *, by: int, offices: Iterable[Office]) -> None:
    """Replaces the list: in force within two seconds everywhere, for visits from then on. The same again changes nothing.

    Args:
        session: inside a transaction.
        clock: tells when.
        by: the id of who does it.
        offices: all of them, each range once.
    """
    wanted = {one.range: one for one in offices}
    before = {row.range: row for row in session.scalars(select(OfficeNetwork))}
    if [*wanted.values()] == [Office(row.range, row.note) for row in before.values()]:
        return
    for name in before.keys() - wanted.keys():
        session.delete(before[name])
    for one in wanted.values():
        session.merge(OfficeNetwork(range=one.range, note=one.note))
    events.record(
        session,
        clock,
        kind="office_networks.changed",
        actor_id=by,
        subject=("office_network", None),
        data={"added": sorted(wanted.keys() - before.keys()), "removed": sorted(before.keys() - wanted.keys())},
    )


class Offices:
    """The ranges in one process's memory, as they were last read beside the links."""

    def __init__(self) -> None:
        self._ranges: tuple[str, ...] = ()
        self._table: Ranges | None = None

    def take(self, ranges: Iterable[str]) -> None:
        """These hold from now on."""
        ranges = tuple(ranges)
        if ranges != self._ranges:
            self._table = Ranges(ranges) if ranges else None
            self._ranges = ranges

    def holds(self, address: str) -> bool:
        """Whether the address is one of the company's."""
        return self._table is not None and self._table.holds(address)
