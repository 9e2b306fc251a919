"""A start loads what every process needs; what a few pages need is loaded by them."""

import subprocess
import sys

SELDOM = {
    "av": "films",
    "connectors._weights": "texts for X",
    "crawleruseragents": "the importer of clicks",
    "feedparser": "feeds",
    "fpdf": "printing",
    "icalendar": "calendars",
    "segno": "codes to scan",
    "xlsxwriter": "workbooks",
}
"""Modules, and what needs them."""


def test_a_start_does_not_load_what_few_pages_need():
    look = f"import sys, advocacy.cli; print({set(SELDOM)} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout
    assert said == "set()\n"
