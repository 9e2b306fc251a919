"""Workbooks for Excel and LibreOffice: numbers stay numbers, days stay days, and no cell is run as a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import IO, Any

from advocacy.base.spreadsheets import FORMULA_STARTS

MOST_ROWS = 1_000_000
"""Rows of one sheet, its heading apart; what is over goes on in another. Excel ends at 1,048,576."""
LONGEST_CELL = 32_767
"""Characters of a cell, by Excel."""
LONGEST_NAME = 31
NOT_IN_NAMES = re.compile(r"[\s\[\]:*?/\\']+")


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook.

    Args:
        name: at its foot; what Excel does not take in one is left out.
        heading: of the columns; stays in sight when one scrolls. Empty for a sheet of notes.
        rows: cells are words, numbers, days, moments or None. Read once, while they are written.
        widths: of the columns in characters; else by the heading.
    """

    name: str
    heading: Sequence[str]
    rows: Iterable[Sequence[object]]
    widths: Sequence[int] = ()


def write(target: IO[bytes] | Path, sheets: Iterable[Sheet]) -> None:
    """Writes a workbook. A row that was written is held on the disk, not in memory.

    Args:
        target: a file, or where one is made.
        sheets: in their order; the first is shown when it is opened.
    """
    import xlsxwriter  # only whoever saves a workbook waits for it

    book = xlsxwriter.Workbook(
        target if not isinstance(target, Path) else str(target),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        },
    )
    try:
        pen = _Pen(book)
        for sheet in sheets:
            pen.write(sheet)
    finally:
        book.close()  # also removes its temporary files


class _Pen:
    """Writes sheets into one workbook, with its formats."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        self._plain = book.add_format({"valign": "top", "text_wrap": True})
        self._words = book.add_format({"quote_prefix": True})  # stays words when somebody edits the cell

    def write(self, sheet: Sheet) -> None:
        page, line, number = self._page(sheet, 1), int(bool(sheet.heading)), 1
        for row in sheet.rows:
            if line > MOST_ROWS:
                number += 1
                page, line = self._page(sheet, number), int(bool(sheet.heading))
            for column, cell in enumerate(row):
                self._cell(page, line, column, cell, is_note=not sheet.heading)
            line += 1

    def _page(self, sheet: Sheet, number: int) -> Any:
        ending = f" {number}" if number > 1 else ""
        page = self._book.add_worksheet(
            NOT_IN_NAMES.sub(" ", sheet.name)[: LONGEST_NAME - len(ending)].strip() + ending
        )
        widths = sheet.widths or [min(40, max(12, len(word) + 2)) for word in sheet.heading]
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        if sheet.heading:
            page.freeze_panes(1, 0)
            for column, word in enumerate(sheet.heading):
                page.write_string(0, column, word, self._bold)
        return page

    def _cell(self, page: Any, line: int, column: int, cell: object, *, is_note: bool) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, datetime):
            page.write_datetime(line, column, cell.astimezone(UTC).replace(tzinfo=None), self._moment)
        elif isinstance(cell, date):
            page.write_datetime(line, column, datetime.combine(cell, time()), self._day)
        elif isinstance(cell, int | float) and not isinstance(cell, bool):
            page.write_number(line, column, cell)
        else:
            words = str(cell)[:LONGEST_CELL]
            style = self._words if words.startswith(FORMULA_STARTS) else self._plain if is_note else None
            page.write_string(line, column, words, style)
