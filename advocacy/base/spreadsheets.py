"""Lists that people keep in spreadsheets: read in whatever way theirs saves them, written so that none runs code."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from advocacy.base.errors import Invalid
from advocacy.base.text import Text

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run as a formula by Excel, LibreOffice and Google Sheets (OWASP, CSV injection)."""

LONGEST_CELL = 2_000
MOST_COLUMNS = 200
PIECE = 16_384
"""Characters that are gathered before they are sent."""


def read(data: bytes, *, most_rows: int) -> list[list[str]]:
    """The rows of a CSV file, cells without blanks around them; empty ones at the end are left out.

    Understands UTF-8, UTF-16 (with its mark) and Windows-1252, and cells separated by comma, semicolon or tab.

    Args:
        data: the file.
        most_rows: how many rows it may have, the heading counted.

    Raises:
        Invalid: on field `file`, saying what to do.
    """
    text = _decoded(data)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True):
            if len(row) > MOST_COLUMNS:
                raise Invalid("file", Text("A row of the file has more than {count} cells.", count=MOST_COLUMNS))
            rows.append([cell.strip() for cell in row])
            if len(rows) > most_rows:
                raise Invalid(
                    "file",
                    Text("The file has more than {count} rows. Please split it into smaller files.", count=most_rows),
                )
    except csv.Error as error:
        raise Invalid(
            "file",
            Text(
                "We could not read row {row}: a quotation mark is missing or in the wrong place.", row=len(rows) + 1
            ),
        ) from error
    while rows and not any(rows[-1]):
        rows.pop()
    if any(len(cell) > LONGEST_CELL for row in rows for cell in row):
        raise Invalid("file", Text("A cell of the file is longer than {count} characters.", count=LONGEST_CELL))
    return rows


def write(rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file that any spreadsheet opens with the right letters and without running anything."""
    return b"".join(stream(rows))


def stream(rows: Iterable[Sequence[object]], *, separator: str = ",", has_mark: bool = True) -> Iterator[bytes]:
    """The same piece by piece, for files too long to hold.

    Args:
        rows: the heading first.
        separator: between cells; Excel reads `;` where the comma is for decimals.
        has_mark: whether it begins with the mark that tells Excel it is UTF-8; other programs show it as a letter.
    """
    if has_mark:
        yield codecs.BOM_UTF8
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
        if out.tell() > PIECE:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    if out.tell():
        yield out.getvalue().encode()


def _harmless(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return "'" + cell
    return "" if cell is None else cell


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in data[:200]:
        encodings = ("utf-16-le",) if data[1:2] == b"\0" else ("utf-16-be",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid(
        "file", Text("We could not read this file. Please save the list as CSV (UTF-8) in your spreadsheet program.")
    )


def _separator(text: str) -> str:
    heading = next((line for line in text.splitlines() if line.strip()), "")
    return max((",", ";", "\t"), key=heading.count)
