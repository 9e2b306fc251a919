"""The feed beside a static page of as many items, and its query as the company grows from 1,000 to 100,000 people."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from flask import Flask, render_template_string
from sqlalchemy import text

from advocacy import migrating
from advocacy.app import build_house, create_app
from advocacy.base.house import House
from advocacy.library.models import Dimension
from advocacy.people import sessions
from advocacy.people.models import User
from advocacy.sharing import feed
from advocacy.sharing.feed import Wish
from config import Settings
from tests.factories import Factory
from tests.peers.databases import create_database, drop_database

from .servers import postgres_server

ITEMS, TEAMS, ROUNDS = 2_000, 40, 60
PEOPLE = (1_000, 10_000, 100_000)
STATIC = """<!doctype html><title>Items</title><ul>{% for item in items %}<li><h2>{{ item.title }}</h2>
<p>{{ item.summary }}</p><a href="/items/{{ item.id }}">Share</a></li>{% endfor %}</ul>"""


def main() -> None:
    """Print milliseconds of the query and of the page, each beside what it is measured against."""
    print(f"Feed: {ITEMS:,} items, three quarters of them for one team or place; {ROUNDS} looks each.\n")
    with tempfile.TemporaryDirectory(prefix="advocacy-bench-") as folder:
        _measure("SQLite", f"sqlite:///{folder}/feed.db", Path(folder), most=1.0)
    with postgres_server() as server, tempfile.TemporaryDirectory(prefix="advocacy-bench-") as folder:
        url = create_database(server)
        _measure("PostgreSQL", url, Path(folder), most=1.1)
        drop_database(server, url)


def _measure(name: str, url: str, folder: Path, *, most: float) -> None:
    settings = Settings(data_dir=folder, database_url=url, public_url="http://localhost", log_level="error")
    house = build_house(settings)
    migrating.upgrade(house.db)
    reader = _items(house)
    there = 0
    for count in PEOPLE:
        _people(house, there, count)
        there = count
        with house.db.reading() as session:
            me = session.get_one(User, reader.id)
            first = feed.page(session, house.clock, user=me, wish=Wish())
            pages = {"first page": None, "second page": first.next_cursor}
            for which, after in pages.items():
                look = partial(feed.page, session, house.clock, user=me, wish=Wish(), after=after)
                took = _times(look)
                print(
                    f"  {name:<11} {count:>8,} people, {which:<12} p50 {statistics.median(took):7.2f} "
                    f"p95 {_p95(took):7.2f} ms (target 1.5)"
                )
    app, static = create_app(settings, the_house=house), _static()
    client = app.test_client()
    with house.db.transaction() as session:
        client.set_cookie("hub", sessions.begin(session, house.clock, user=reader, device="bench"))
    ours, theirs = [], []
    for _ in range(2):  # in turns, so that both meet the same weather
        ours += _times(lambda: client.get("/feed").close())
        theirs += _times(lambda: static.get("/").close())
    print(
        f"  {name:<11} signed-in page of 20 items p95 {_p95(ours):.1f} ms; static page p95 {_p95(theirs):.1f} ms; "
        f"{_p95(ours) / _p95(theirs):.1f} times (target {most})\n",
        flush=True,
    )
    house.db.dispose()


def _items(house: House) -> User:
    make = Factory(house)
    teams = [make.team(f"Team {number}") for number in range(TEAMS)]
    for number in range(ITEMS):
        audience = [
            None,
            {Dimension.TEAM: [teams[number % TEAMS]]},
            {Dimension.LOCATION: [f"Town {number % 9}"]},
            None,
        ]
        published = house.clock.now() - timedelta(hours=number)
        make.item(audience=audience[number % 3], approved_at=published, created_at=published)
    return make.user(team=teams[3], location="Town 4")


def _people(house: House, first: int, last: int) -> None:
    """People by bulk SQL, numbered beyond the reader."""
    sqlite = house.db.is_sqlite
    numbers = (
        f"(WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last - 1}) SELECT i FROM n)"
        if sqlite
        else f"(SELECT generate_series({first}, {last - 1}) AS i)"
    )
    with house.db.transaction() as session:
        session.execute(
            text(
                'INSERT INTO "user" (id, email, name, search_words, job_title, state, team_id, location, languages, '
                "locale, time_zone, theme, ranked_by_name, created_at) "
                "SELECT 1000 + i, 'p' || i || '@example.com', 'Person ' || i, 'person', '', 'active', "
                f"(SELECT min(id) FROM team) + i % {TEAMS}, 'Town ' || (i % 9), '[]', 'en', 'UTC', 'system', "
                f"{'1' if sqlite else 'true'}, {'CURRENT_TIMESTAMP' if sqlite else 'now()'} FROM {numbers} AS n"
            )
        )
    with house.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _static() -> object:
    app = Flask("static")
    items = [{"id": number, "title": f"Item {number}", "summary": "Words " * 20} for number in range(20)]
    app.add_url_rule("/", "page", lambda: render_template_string(STATIC, items=items))
    return app.test_client()


def _times(ask: Callable[[], object]) -> list[float]:
    ask()
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        found.append((time.perf_counter() - began) * 1000)
    return found


def _p95(found: list[float]) -> float:
    return sorted(found)[int(len(found) * 0.95)]


if __name__ == "__main__":
    main()
