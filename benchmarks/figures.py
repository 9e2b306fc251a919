"""Leaderboard and dashboard of a large company: read from their sums, beside adding up raw rows."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

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
from benchmarks.company import CLICKS, NOW, PEOPLE, SHARES, SIZE
from benchmarks.filled import NAMES, filled
from benchmarks.results import say

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
    for name in NAMES:
        with filled(name) as house, house.db.reading() as session:
            print(name, flush=True)
            _boards(name, session)
            _dashboard(name, house, session)


def _boards(name: str, session: Session) -> None:
    reader = session.get_one(User, PEOPLE // 3)
    days = (date(2026, 10, 17), date(2026, 11, 15))

    def ask(**more: Any) -> Callable[[], object]:
        return lambda: leaderboard.board(session, **{"reader": reader, "now": NOW, "period": Period.MONTH, **more})

    naive = _times(lambda: session.execute(text(NAIVE_BOARD)).all(), rounds=3)
    whole, team = _times(ask()), _times(ask(team_ids=[3]))
    both = [a.plus(b) for a, b in zip(whole, team, strict=True)]
    _say(name, "board, month: top 50, own rank, department", both, 5, naive, times=100)
    _say(name, "board, year: top 50, own rank", _times(ask(period=Period.YEAR)), 50, naive)
    _say(name, "board, any 30 days: top 50, own rank", _times(ask(narrow=Narrow(days=days))), 50, naive)
    print(f"  {'beside: GROUP BY over raw clicks, 30 days':<46} {_middle(naive):9.2f} ms\n", flush=True)


def _dashboard(name: str, house: House, session: Session) -> None:
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
    took, queries = _times(page, rounds=8), len(statements)
    _say(name, f"dashboard, a year, {queries} queries", took, 150, naive, by_p95=True, is_met=queries <= 12)
    print(f"  {'beside: GROUP BY over raw clicks, a year':<46} {_middle(naive):9.2f} ms\n", flush=True)


@dataclass(frozen=True)
class _Took:
    """Milliseconds: that passed, and of this process's processor time (the whole of it on SQLite)."""

    passed: float
    own: float

    def plus(self, other: _Took) -> _Took:
        return _Took(self.passed + other.passed, self.own + other.own)


def _middle(found: Sequence[_Took]) -> float:
    return statistics.median(one.passed for one in found)


def _say(
    name: str,
    what: str,
    found: Sequence[_Took],
    target: float,
    naive: Sequence[_Took],
    *,
    times: float = 0,
    by_p95: bool = False,
    is_met: bool = True,
) -> None:
    middle, slow = _middle(found), statistics.quantiles([one.passed for one in found], n=20)[-1]
    own, quicker = statistics.median(one.own for one in found), _middle(naive) / middle
    limit = f"p95 <= {target:g} ms" if by_p95 else f"<= {target:g} ms"
    limit += ", <= 12 queries" if by_p95 else ""
    limit += f", >= {times:g} times quicker than raw rows" if times else ""
    measured = f"{middle:.1f} ms, p95 {slow:.1f} ({own:.1f} ms of the hub's processor time)"
    print(f"  {what:<46} {measured}; target {limit}; {quicker:.0f} times quicker than raw rows", flush=True)
    is_met = is_met and (slow if by_p95 else middle) <= target and quicker >= times
    say(
        f"{what}, {name}",
        measured,
        limit,
        is_met=is_met if SIZE >= 1 else None,
        beside=f"{_middle(naive):,.0f} ms over raw clicks, {quicker:.0f} times",
    )


def _times(ask: Callable[[], object], *, rounds: int = ROUNDS) -> list[_Took]:
    found = []
    for _ in range(rounds + 1):
        began, own = time.perf_counter(), time.process_time()
        ask()
        found.append(_Took((time.perf_counter() - began) * 1000, (time.process_time() - own) * 1000))
    return found[1:]


if __name__ == "__main__":
    main()
