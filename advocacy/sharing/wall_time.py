"""Times as people write them on the wall of their own zone, through both changes of the clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from advocacy.base.errors import Invalid
from advocacy.base.text import Text


@dataclass(frozen=True)
class Moment:
    """A point in time that a person chose.

    Args:
        at: aware, UTC.
        note: what they should know, when the clocks change at that time; else None.
    """

    at: datetime
    note: Text | None = None


def zone_of(name: str) -> ZoneInfo:
    """The zone of that IANA name; UTC when there is no such."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def moment(wall: datetime, zone_name: str) -> Moment:
    """The moment when the wall clock of a zone shows `wall`.

    A time that the clocks jump over becomes the one they jump to, moved by the width of the jump; one that comes
    twice is taken the first time. Both are told.

    Args:
        wall: naive, as typed.
        zone_name: IANA name.

    Raises:
        Invalid: on field `at`: in UTC it lies before the first year or after the last that there are.
    """
    zone = zone_of(zone_name)
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    try:
        at = first.astimezone(UTC)
    except OverflowError:
        raise Invalid("at", Text("This year is out of reach. Please choose another.")) from None
    if first.utcoffset() == second.utcoffset():
        return Moment(at)
    shown = at.astimezone(zone)
    if shown.replace(tzinfo=None) != wall:
        return Moment(
            at,
            Text(
                "The clocks go forward then, so {wanted} does not exist that day. It is set for {taken}.",
                wanted=f"{wall:%H:%M}",
                taken=f"{shown:%H:%M}",
            ),
        )
    return Moment(
        at,
        Text("The clocks go back then, so {wanted} comes twice. It is set for the first.", wanted=f"{wall:%H:%M}"),
    )


def on_the_wall(at: datetime, zone_name: str) -> datetime:
    """What the wall clock of a zone shows at a moment; naive, for filling a form in."""
    return at.astimezone(zone_of(zone_name)).replace(tzinfo=None)
