"""Paper: PDF pages with our own fonts, so that names from all over Europe can be printed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpdf import FPDF

FAMILY = "print"
_FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts"
"""DejaVu Sans (its licence lets it be passed on), cut down to Latin, Greek and Cyrillic."""
INK, MUTED, LINE = (25, 28, 44), (92, 98, 118), (205, 209, 222)
"""Colours of words, of words that stand back, and of lines: all can be read in black and white."""
HEAD = 8.0
"""Points of a table's heading."""


def sheet(*, title: str, landscape: bool = False) -> FPDF:
    """An A4 document with one empty page and the fonts at hand as `FAMILY`, plain and bold.

    Args:
        title: what readers show in their title bar.
        landscape: the long side below.
    """
    from fpdf import FPDF  # takes as long to load as Flask: only whoever prints waits for it

    page = FPDF(orientation="landscape" if landscape else "portrait", format="A4")
    page.set_title(title)
    page.set_auto_page_break(auto=not landscape, margin=18)
    _add_fonts(page)
    page.add_page()
    page.set_font(FAMILY, "", 11)
    return page


def _add_fonts(page: FPDF) -> None:
    page.add_font(FAMILY, "", str(_FONTS / "print-regular.ttf"))
    page.add_font(FAMILY, "B", str(_FONTS / "print-bold.ttf"))


def document(*, title: str, foot: str, page_words: str, locale: str) -> FPDF:
    """A document of several A4 pages with a line at the foot of each.

    Args:
        title: what readers show in their title bar.
        foot: what stands at the foot.
        page_words: beside it, with `{number}` and `{all}`.
        locale: the language it is written in, for who has it read aloud.
    """
    from fpdf import FPDF

    class Numbered(FPDF):
        """Paper whose every page says at its foot what it belongs to and which it is."""

        def footer(self) -> None:
            """Called by the library at the end of each page."""
            self.set_y(-12)
            self.set_font(FAMILY, "", 8)
            self.set_text_color(*MUTED)
            self.cell(self.epw - 40, 5, foot)
            self.cell(40, 5, page_words.format(number=self.page_no(), all=self.str_alias_nb_pages), align="R")

    page = Numbered(format="A4")
    page.set_title(title)
    page.set_lang({"nb": "nb-NO"}.get(locale, locale))
    page.set_margins(18, 18)
    page.set_auto_page_break(auto=True, margin=20)
    _add_fonts(page)
    page.add_page()
    return page


def heading(page: FPDF, words: str, *, size: int = 13, colour: tuple[int, int, int] = INK, needs: float = 0) -> None:
    """A heading.

    Args:
        page: where.
        words: what it says.
        size: points.
        colour: of the words.
        needs: millimetres below it that have to be on the same page.
    """
    if needs and page.will_page_break(needs):
        page.add_page()
    elif page.get_y() > page.t_margin + 1:
        page.ln(4 if size > 11 else 1)
    page.set_font(FAMILY, "B", size)
    page.set_text_color(*colour)
    page.multi_cell(0, size / 2, words, align="L", new_x="LMARGIN", new_y="NEXT")
    page.ln(1)


def paragraph(page: FPDF, words: str, *, colour: tuple[int, int, int] = INK) -> None:
    """A few lines of words."""
    page.set_font(FAMILY, "", 9.5)
    page.set_text_color(*colour)
    page.multi_cell(0, 5, words, align="L", new_x="LMARGIN", new_y="NEXT")
    page.ln(1)


def rows(page: FPDF, columns: Sequence[str], lines: Sequence[Sequence[str]], *, words: Sequence[int]) -> None:
    """A table; its heading stands again on every page it goes on to.

    Args:
        page: where.
        columns: the heading.
        lines: the cells, as they are printed.
        words: the first columns hold words, as many as these; how they share what the figures leave. The others
            are figures: they stand to the right, and none of their words is broken.
    """
    from fpdf.fonts import FontFace

    figures = [
        _width(page, columns[place], [line[place] for line in lines]) for place in range(len(words), len(columns))
    ]
    left = page.epw - sum(figures)
    page.set_font(FAMILY, "", 9)
    page.set_text_color(*INK)
    page.set_draw_color(*LINE)
    page.set_fill_color(255)
    with page.table(
        col_widths=(*(left * share / sum(words) for share in words), *figures),
        text_align=("LEFT",) * len(words) + ("RIGHT",) * len(figures),
        borders_layout="HORIZONTAL_LINES",
        headings_style=FontFace(emphasis="BOLD", color=INK, size_pt=HEAD),
        line_height=4.6,
        padding=(1, 1.5),
        first_row_as_headings=True,
    ) as table:
        for line in (columns, *lines):
            row = table.row()
            for cell in line:
                row.cell(cell)
    page.ln(2)


def _width(page: FPDF, column: str, cells: Sequence[str]) -> float:
    """Millimetres that a column of figures needs, so that no word of it is broken."""
    page.set_font(FAMILY, "B", HEAD)
    heading_words = max(page.get_string_width(word) for word in column.split())
    page.set_font(FAMILY, "", 9)
    longest = max((page.get_string_width(word) for cell in cells for word in cell.split()), default=0)
    return max(heading_words, longest, 13) + 5
