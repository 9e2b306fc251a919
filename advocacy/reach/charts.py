"""Days in a row for a chart: those without clicks are true zeros, since we count them ourselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from advocacy.reach.totals import Clicks

MOST_DAYS = 31


def every_day(found: Mapping[date, Clicks], *, until: date, most: int = MOST_DAYS) -> list[tuple[date, Clicks]]:
    """Every day from the first with clicks up to `until`.

    Args:
        found: days with clicks.
        until: the last day shown, UTC.
        most: days at most; the newest are kept.

    Returns:
        Days in their order; empty when there are no clicks at all.
    """
    if not found:
        return []
    last = max(until, max(found))
    first = max(min(found), last - timedelta(days=most - 1))
    days = (last - first).days + 1
    return [(day, found.get(day, Clicks())) for day in (first + timedelta(days=number) for number in range(days))]
