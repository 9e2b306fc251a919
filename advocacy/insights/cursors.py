"""Cursors of lists sorted by a moment or a day: read back from an address, so never trusted."""

from __future__ import annotations

from datetime import date, datetime

from advocacy.base.errors import Invalid
from advocacy.base.paging import values_of
from advocacy.base.text import Text


def after_moment(cursor: str) -> tuple[datetime, int]:
    """The moment and id of the last row seen.

    Raises:
        Invalid: it is not one of ours.
    """
    moment, last = values_of(cursor, size=2)
    try:
        found = datetime.fromisoformat(str(moment))
    except ValueError:
        raise _not_ours() from None
    if found.tzinfo is None or not isinstance(last, int):
        raise _not_ours()
    return found, last


def after_day(cursor: str) -> tuple[date, int]:
    """The day and id of the last row seen.

    Raises:
        Invalid: it is not one of ours.
    """
    day, last = values_of(cursor, size=2)
    try:
        found = date.fromisoformat(str(day))
    except ValueError:
        raise _not_ours() from None
    if not isinstance(last, int):
        raise _not_ours()
    return found, last


def after_numbers(cursor: str) -> tuple[int, int]:
    """The figure and id of the last row seen.

    Raises:
        Invalid: it is not one of ours.
    """
    value, last = values_of(cursor, size=2)
    if not isinstance(value, int) or not isinstance(last, int):
        raise _not_ours()
    return value, last


def _not_ours() -> Invalid:
    return Invalid("after", Text("This page of the list does not exist. Start again from the first page."))
