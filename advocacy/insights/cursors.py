"""Cursors of lists sorted by a moment or a day: read back from an address, so never trusted."""

from __future__ import annotations

from datetime import date, datetime

from advocacy.base.paging import values_of


def after_moment(cursor: str) -> tuple[datetime, int]:
    """The moment and id of the last row seen.

    Raises:
        Invalid: it is not one of ours.
    """
    moment, last = values_of(cursor, datetime, int)
    return moment, last


def after_day(cursor: str) -> tuple[date, int]:
    """The day and id of the last row seen.

    Raises:
        Invalid: it is not one of ours.
    """
    day, last = values_of(cursor, date, int)
    return day, last


def after_numbers(cursor: str) -> tuple[int, int]:
    """The figure and id of the last row seen.

    Raises:
        Invalid: it is not one of ours.
    """
    value, last = values_of(cursor, int, int)
    return value, last
