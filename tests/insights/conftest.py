"""Companies with known figures, and a counter of queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from advocacy.base.house import House
from advocacy.insights.periods import Span
from tests.insights.world import World, build


@pytest.fixture
def company(house: House, make: Any) -> World:
    """Sixty people, 250 shares, 700 clicks."""
    return build(house, make, people=60, shares=250, clicks=700)


@pytest.fixture
def month(clock: Any) -> Span:
    """The thirty days that end today."""
    today: date = clock.now().date()
    return Span(today - timedelta(days=29), today)


@pytest.fixture
def queries(house: House) -> Callable[[], Any]:
    """Counts what is asked of the database: `with queries() as asked: ...`, then `len(asked)`."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        asked: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            asked.append(statement)

        event.listen(house.db.engine, "before_cursor_execute", note)
        yield asked
        event.remove(house.db.engine, "before_cursor_execute", note)

    return counting
