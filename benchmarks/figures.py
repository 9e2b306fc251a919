"""Leaderboard and dashboard of a large company: read from their sums, beside adding up raw rows."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from advocacy import migrating
from advocacy.app import build_house
from advocacy.base.house import House
from advocacy.insights import items, overview
from advocacy.insights.items import Order
from advocacy.insights.periods import Period as Days
from advocacy.insights.periods import Span, asked
from advocacy.insights.scope import Scope
from advocacy.people.models import User
from advocacy.recognition import leaderboard
from advocacy.recognition.periods import Period
from advocacy.recognition.ranges import Narrow
from benchmarks.company import CLICKS, NOW, PEOPLE, SHARES, SIZE, fill
from benchmarks.importing import scratch_database
from config import Settings

ROUNDS = 20
NAIVE_BOARD = """
SELECT s.user_id, count(*) AS n FROM click c JOIN share s ON s.link_id = c.link_id
WHERE c.is_human AND c.day BETWEEN '2026-11-01' AND '2026-11-30' GROUP BY s.user_id ORDER BY n DESC LIMIT 50
"""
NAIVE_YEAR = """
SELECT s.network, c.day, count(*), sum(CASE WHEN c.is_human THEN 1 ELSE 0 END)
FROM click c JOIN share s ON s.link_id = c.link_id
WHERE c.day BETWEEN '2025-12-01' AND '2026-11-30' GROUP BY s.network, c.day
"""


def main() -> None:
    """Print milliseconds of boards and dashboards and of naive queries."""
    print(
        f"Figures at {CLICKS:,} clicks, {SHARES:,} posts, {PEOPLE:,} people (BENCH_SIZE={SIZE:g}; 1 is the target's).\n"
    )
    with tempfile.TemporaryDirectory(prefix="advocacy-bench-") as folder:
        _measure("SQLite", "", Path(folder))
    if os.environ.get("DATABASE_URL", "").startswith("postgresql"):
        with scratch_database(os.environ["DATABASE_URL"]) as url, tempfile.TemporaryDirectory() as folder:
            _measure("PostgreSQL", url, Path(folder))
    else:
        print("PostgreSQL  not measured: DATABASE_URL names none")


def _measure(name: str, url: str, folder: Path) -> None:
    house = build_house(Settings(data_dir=folder, database_url=url))
    migrating.upgrade(house.db)
    began = time.perf_counter()
    fill(house)
    print(f"{name}: filled in {time.perf_counter() - began:.0f} s", flush=True)
    with house.db.reading() as session:
        _boards(session)
        _dashboard(house, session)
    house.db.dispose()


def _boards(session: Session) -> None:
    reader = session.get_one(User, PEOPLE // 3)
    days = (date(2026, 10, 17), date(2026, 11, 15))

    def ask(**more: Any) -> Callable[[], object]:
        return lambda: leaderboard.board(session, **{"reader": reader, "now": NOW, "period": Period.MONTH, **more})

    naive = _times(lambda: session.execute(text(NAIVE_BOARD)).all(), rounds=3)
    whole, team = _times(ask()), _times(ask(team_ids=[3]))
    _say("board, month: top 50, own rank, department", [a + b for a, b in zip(whole, team, strict=True)], 5, naive)
    _say("board, year: top 50, own rank", _times(ask(period=Period.YEAR)), 50, naive)
    _say("board, any 30 days: top 50, own rank", _times(ask(narrow=Narrow(days=days))), 50, naive)
    print(f"  {'beside: GROUP BY over raw clicks, 30 days':<46} {statistics.median(naive):9.2f} ms\n", flush=True)


def _dashboard(house: House, session: Session) -> None:
    year = Span(date(2025, 12, 1), date(2026, 11, 30))
    days = asked(Days.OWN, first=year.first.isoformat(), last=year.last.isoformat(), now=NOW)
    scope = Scope(span=year)
    statements: list[str] = []

    def page() -> None:
        overview.overview(session, scope, days, now=NOW)
        items.page(session, scope, order=Order.HUMAN, size=10)

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(house.db.engine, "before_cursor_execute", note)
    page()
    event.remove(house.db.engine, "before_cursor_execute", note)
    naive = _times(lambda: session.execute(text(NAIVE_YEAR)).all(), rounds=2)
    _say(f"dashboard, a year, {len(statements)} queries (target <= 12)", _times(page, rounds=8), 150, naive)
    print(f"  {'beside: GROUP BY over raw clicks, a year':<46} {statistics.median(naive):9.2f} ms\n", flush=True)


def _say(what: str, found: list[float], target: float, naive: list[float]) -> None:
    middle, slow = statistics.median(found), statistics.quantiles(found, n=20)[-1]
    times = statistics.median(naive) / middle
    print(f"  {what:<46} {middle:9.2f} ms, p95 {slow:8.2f}; target <= {target} ms; {times:6.0f}x naive", flush=True)


def _times(ask: Callable[[], object], *, rounds: int = ROUNDS) -> list[float]:
    found = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        ask()
        found.append((time.perf_counter() - began) * 1000)
    return found[1:]
