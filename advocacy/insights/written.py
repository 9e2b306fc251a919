"""Writes a table of figures in the form somebody asked for: CSV piece by piece, or a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime

from advocacy.base import spreadsheets
from advocacy.base.text import Text
from advocacy.insights.files import Table

XLSX, CSV, PLAIN = "xlsx", "csv", "plain"
FORMS = (XLSX, CSV, PLAIN)
"""A workbook, CSV as Excel of the reader's language reads it, and CSV as any other program does."""
TYPES = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv",
    PLAIN: "text/csv",
}
Say = Callable[[Text], str]


def ending(form: str) -> str:
    """What a file's name ends with."""
    return ".xlsx" if form == XLSX else ".csv"


def pieces(made: Table, *, form: str, locale: str, say: Say) -> Iterator[bytes]:
    """A table as CSV, piece by piece.

    Args:
        made: the table.
        form: `CSV` or `PLAIN`.
        locale: the reader's language: where the comma is for decimals, Excel reads `;` between cells.
        say: puts a sentence into it.
    """
    is_plain = form == PLAIN
    return spreadsheets.stream(
        _said(made, say),
        separator=";" if locale.startswith("nb") and not is_plain else ",",
        has_mark=not is_plain,
    )


def _said(made: Table, say: Say) -> Iterator[Sequence[object]]:
    yield [say(column) for column in made.columns]
    for row in made.rows:
        yield [_cell(value, say) for value in row]


def _cell(value: object, say: Say) -> object:
    if isinstance(value, Text):
        return say(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else value
