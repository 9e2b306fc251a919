"""Visitors for the tests of reach: browsers and programs as their requests look, and the journal they leave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from advocacy.reach import journal
from config import Settings

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
BROWSER = {
    "User-Agent": FIREFOX,
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "nb-NO,nb;q=0.9,en;q=0.6",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}
HOME = "81.166.12.34"
"""An address of a household's line."""


@pytest.fixture
def clicks(settings: Settings) -> Path:
    """The folder of the journal."""
    return settings.data_dir / journal.FOLDER


@pytest.fixture
def visit(app: Flask) -> Callable[..., TestResponse]:
    """Follows a link as a person's browser would; headers given as None are not sent."""
    client = Client(app, use_cookies=False)

    def go(code: str, *, method: str = "GET", address: str = HOME, **headers: str | None) -> TestResponse:
        sent = {**BROWSER, **{name.replace("_", "-"): value for name, value in headers.items()}}
        given = {name: value for name, value in sent.items() if value is not None}
        return client.open(f"/r/{code}", method=method, headers=given, environ_overrides={"REMOTE_ADDR": address})

    return go


def lines_in(folder: Path) -> list[journal.Line]:
    """Every click that stands in the journal."""
    found = []
    for path in sorted(folder.glob("*.log")):
        for raw in path.read_bytes().splitlines():
            line = journal.decode(raw)
            assert isinstance(line, journal.Line)
            found.append(line)
    return found
