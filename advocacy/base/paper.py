"""Paper: PDF pages with our own fonts, so that names from all over Europe can be printed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpdf import FPDF

FAMILY = "print"
_FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts"
"""DejaVu Sans (its licence lets it be passed on), cut down to Latin, Greek and Cyrillic."""


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
    page.add_font(FAMILY, "", str(_FONTS / "print-regular.ttf"))
    page.add_font(FAMILY, "B", str(_FONTS / "print-bold.ttf"))
    page.add_page()
    page.set_font(FAMILY, "", 11)
    return page
