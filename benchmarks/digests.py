"""What one personal letter with what is new costs to make, in a company of 5,000 people after three years."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import event, select

from advocacy.base.house import House
from advocacy.messages import digest
from advocacy.people.models import User

READERS = 60
"""Any of the company, the same each time."""
SINCE = timedelta(days=7)
"""As a weekly letter looks back."""


@dataclass(frozen=True)
class Cost:
    """What the letters of some readers cost.

    Args:
        clock: seconds by the clock, one a letter.
        processor: seconds of this process's processor time, one a letter.
        queries: to the database, one a letter.
        sections: how many parts the letters have together: one without any was not made.
    """

    clock: Sequence[float]
    processor: Sequence[float]
    queries: Sequence[int]
    sections: int


def measure(house: House) -> Cost:
    """Makes the letter of each of `READERS` people, as the job that writes them does, and throws it away."""
    with house.db.reading() as session:
        everybody = list(session.scalars(select(User.id).order_by(User.id)))
    chosen = random.Random(5).sample(everybody, READERS)
    took, worked, asked, sections, count = [], [], [], 0, 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(house.db.engine, "before_cursor_execute", counted)
    try:
        for user_id in chosen:
            count, began, began_work = 0, time.perf_counter(), time.process_time()
            with house.db.reading() as session:
                letter = digest.letter(
                    house, session, session.get_one(User, user_id), since=house.clock.now() - SINCE
                )
            took.append(time.perf_counter() - began)
            worked.append(time.process_time() - began_work)
            asked.append(count)
            sections += len(letter.sections) if letter is not None else 0
    finally:
        event.remove(house.db.engine, "before_cursor_execute", counted)
    return Cost(took, worked, asked, sections)


def told(cost: Cost) -> str:
    """One line for people."""
    clock, processor = (
        " / ".join(f"{found * 1000:.0f}" for found in (statistics.median(one), _p95(one), max(one)))
        for one in (cost.clock, cost.processor)
    )
    return (
        f"One digest ({len(cost.clock)} readers, {cost.sections / len(cost.clock):.1f} parts each): "
        f"middle / p95 / most {clock} ms by the clock, {processor} ms of processor time, "
        f"{statistics.median(cost.queries):.0f} queries"
    )


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]
