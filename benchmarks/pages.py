"""Every page of a company of 5,000 people after three years, as an employee, an editor and a leader open it, and
the letter with what is new as the job makes it for one person.

The limit is quality.md's: a list takes less than 200 ms however long it has become. Kinds of pages are found by
following links, so that a new page is measured without being named here.
"""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from flask import Flask
from werkzeug.exceptions import HTTPException

from advocacy import migrating
from advocacy.app import build_house, create_app
from advocacy.base.house import House
from advocacy.people import sessions
from advocacy.people.models import User
from benchmarks import digests
from benchmarks.results import say
from benchmarks.three_years import PEOPLE, fill
from config import Settings
from tests.site import NO_PAGES

LIMIT = 0.2
"""Seconds that a page may take."""
_LINK = re.compile(r'<a [^>]*?href="([^"]+)"[^>]*>')


def main() -> None:
    """Print the slowest pages, and how many there were."""
    print(
        f"Pages of a company of {PEOPLE:,} people after three years, SQLite, one process (limit {LIMIT * 1000:.0f} ms).\n"
    )
    with tempfile.TemporaryDirectory(prefix="advocacy-bench-") as folder:
        settings = Settings(
            data_dir=Path(folder),
            database_url=f"sqlite:///{folder}/pages.db",
            public_url="http://localhost",
            log_level="error",
        )
        house = build_house(settings)
        migrating.upgrade(house.db)
        visitors = fill(house)
        app = create_app(settings, the_house=house)
        timed = [found for name, user in visitors.items() for found in _walk(app, house, name, user)]
        letters = digests.told(digests.measure(house))
        house.db.dispose()
    timed.sort(reverse=True)
    for seconds, name, path in timed[:12]:
        print(f"{seconds * 1000:7.0f} ms  {name:9} {path}")
    slow = sum(seconds > LIMIT for seconds, *_ in timed)
    middle = statistics.median(seconds for seconds, *_ in timed)
    print(f"\n{len(timed)} pages, half of them within {middle * 1000:.0f} ms, {slow} over the limit")
    print(letters)
    say(
        f"every page, {PEOPLE:,} people, 3 years",
        f"{timed[0][0] * 1000:.0f} ms the slowest of {len(timed)}, {slow} over",
        f"< {LIMIT * 1000:.0f} ms",
        is_met=not slow,
        beside=f"{middle * 1000:.0f} ms half of them",
    )


def _walk(app: Flask, house: House, name: str, user: User) -> Iterator[tuple[float, str, str]]:
    """One page of each kind that this person gets to: (seconds, the best of five; who; path)."""
    client = app.test_client()
    with house.db.transaction() as session:
        client.set_cookie("hub", sessions.begin(session, house.clock, user=user, device="bench"))
    adapter = app.url_map.bind("localhost")
    waiting = ["/feed", *sorted(rule.rule for rule in app.url_map.iter_rules() if not rule.arguments)]
    linked, seen = set(waiting), set[str]()
    while waiting:
        path = waiting.pop(0)
        try:
            kind = adapter.match(path.partition("?")[0], method="GET")[0]
        except HTTPException:
            continue
        if kind in seen or str(kind).startswith(NO_PAGES):
            continue
        took, html = [], ""
        for _ in range(5):
            began = time.perf_counter()
            answer = client.get(path)
            took.append(time.perf_counter() - began)
            html = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
            answer.close()
            if answer.status_code != 200:
                break
        if answer.status_code != 200:
            continue
        seen.add(kind)
        yield min(took), name, path
        for link in map(unescape, _LINK.findall(html)):
            link = link.partition("#")[0].removeprefix("http://localhost")
            if link.startswith("/") and link not in linked:
                linked.add(link)
                waiting.append(link)


if __name__ == "__main__":
    main()
