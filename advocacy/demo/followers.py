"""How many are said to follow the demo's accounts, day by day, and together. All made up: no network is ever asked."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from advocacy.demo.accounts import MADE_UP
from advocacy.reach.follower_models import AudienceDay, FollowerPlan, FollowerSnapshot
from advocacy.sharing.models import Connection

AWAY = 40
"""Every so many readings one brought no number."""


def remember(session: Session, linked: Iterable[Connection], *, now: datetime, days: int) -> None:
    """Writes a reading for each account and day, growing slowly, and the sums of each network. None is read again.

    Args:
        session: inside a transaction.
        linked: the accounts.
        now: the present moment.
        days: of the past, today included.
    """
    chance = random.Random("followers")  # noqa: S311 - the same demo every time
    sums: Counter[tuple[date, str]] = Counter()
    accounts: Counter[str] = Counter()
    for connection in linked:
        accounts[connection.network] += 1
        session.add(FollowerPlan(connection_id=connection.id, next_at=None, failures=0, is_counted=True))
        count = chance.randint(40, 900)
        for ago in range(days, -1, -1):
            at = datetime.combine((now - timedelta(days=ago)).astimezone(UTC).date(), time(3, 2), UTC)
            count = max(0, count + chance.choice((-1, 0, 0, 1, 1, 2)))
            sums[at.date(), connection.network] += count
            is_told = chance.randrange(AWAY) > 0 or ago == 0
            session.add(
                FollowerSnapshot(
                    connection_id=connection.id,
                    day=at.date(),
                    at=at,
                    followers=count if is_told else None,
                    reason=MADE_UP.to_json(),
                )
            )
    session.add_all(
        AudienceDay(
            day=day,
            network=network,
            followers=total,
            accounts=accounts[network],
            waiting=0,
            unavailable=0,
            counted_at=datetime.combine(day, time(3, 20), UTC),
        )
        for (day, network), total in sums.items()
    )
