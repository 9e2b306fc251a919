"""How many colleagues there were on each day of the demo's past: what adoption is a share of."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta

from sqlalchemy.orm import Session

from advocacy.demo.accounts import WITHOUT
from advocacy.insights.headcounts import KEPT
from advocacy.insights.models import Headcount
from advocacy.people.groups import NO_TEAM
from advocacy.people.models import User

ASLEEP = ("Petter Haug", "Liv Aas")
"""Who has not come back for a long time."""


def remember(session: Session, people: dict[str, User], *, now: datetime, days: int) -> None:
    """Sets when each was last seen, and a count for every day of the past: more are connected as time goes on.

    Args:
        session: inside a transaction.
        people: by name.
        now: the present moment.
        days: of the past.
    """
    teams: dict[int, list[str]] = defaultdict(list)
    for number, (name, user) in enumerate(people.items()):
        user.last_seen_at = now - (timedelta(days=days) if name in ASLEEP else timedelta(hours=7 * number + 1))
        teams[user.team_id or NO_TEAM].append(name)
    for ago in range(days, 0, -1):
        day = (now - timedelta(days=ago)).astimezone(UTC).date()
        for team_id, names in teams.items():
            connected = sum(name not in WITHOUT for name in names)
            active = sum(name not in ASLEEP for name in names)
            session.add(
                Headcount(
                    day=day,
                    team_id=team_id,
                    people=len(names),
                    invited=len(names),
                    connected=round(connected * (1 - ago / (days * 1.2))),
                    counted_at=datetime.combine(day, time(23, 50), UTC),
                    **{column.key: round(active * (1 - ago / (days * 2))) for column in KEPT.values()},
                )
            )
