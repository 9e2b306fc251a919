"""Long lists, a page at a time, by the last row seen (keyset) and never by counting rows off."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from advocacy.base.errors import Invalid
from advocacy.base.text import Text

Row = TypeVar("Row")
LARGEST = 2**62
"""Of the numbers in a cursor: what is reckoned with it still fits into a database."""
NO_SUCH_PAGE = Text("This page of the list does not exist. Start again from the first page.")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """A part of a list.

    Args:
        items: the rows of this page.
        next_cursor: what the next page is asked for with; None on the last.
    """

    items: Sequence[Row]
    next_cursor: str | None = None


def cursor_of(*values: object) -> str:
    """A cursor that keeps the sort key of the last row: whole numbers, words, days, moments or None."""
    kept = [value.isoformat() if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(kept).encode()).decode().rstrip("=")


def values_of(cursor: str, *kinds: type) -> list[Any]:
    """What `cursor_of` kept.

    Args:
        cursor: from a page's address, so anything.
        kinds: of the values that it must hold: `int`, `str`, `date` or an aware `datetime`, each as its column has it;
            `object` for words, a number or None, which the caller looks at.

    Raises:
        Invalid: it is not one of ours.
    """
    try:
        kept = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(kept, list) and len(kept) == len(kinds):
            return [_value(value, kind) for value, kind in zip(kept, kinds, strict=True)]
    except (ValueError, RecursionError):
        pass
    raise Invalid("after", NO_SUCH_PAGE)


def _value(value: object, kind: type) -> Any:
    """A value as its kind.

    Raises:
        ValueError: it is none of that kind, or none that a database can hold.
    """
    if kind is object and (value is None or isinstance(value, str | int)):
        return value
    if kind is int and isinstance(value, int) and abs(value) <= LARGEST:
        return value
    if kind is str and isinstance(value, str) and "\0" not in value:
        return value
    if kind is date and isinstance(value, str):
        return date.fromisoformat(value)
    if kind is datetime and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            return moment
    raise ValueError(value)
