"""The demo's accounts at networks and what those are said to have counted. All made up: no network is ever asked."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from advocacy.base.text import Text
from advocacy.demo import company
from advocacy.people.models import User
from advocacy.reach import item_sums
from advocacy.reach.models import FigureReading, ReadBack, ReadingState
from advocacy.reach.timetable import LOOKS
from advocacy.sharing.models import Connection, Share

MASTODON = f"https://social.{company.DOMAIN}"
"""A server that cannot exist: names that end in .example belong to nobody."""
WITHOUT = ("Mia Lund", "Lars Berg", "Ada Vik", "Liv Aas", "Petter Haug")
"""Who has not connected anything yet."""
MADE_UP = Text("Demo data: this figure is made up.")


def connect(session: Session, people: dict[str, User], *, at: datetime) -> dict[tuple[int, str], Connection]:
    """Gives most people their accounts. They hold no tokens, so that publishing with one asks to connect again.

    Args:
        session: inside a transaction.
        people: by name.
        at: when they connected.

    Returns:
        The accounts, by person and network.
    """
    made: dict[tuple[int, str], Connection] = {}
    for name, user in people.items():
        if name in WITHOUT:
            continue
        short = user.email.partition("@")[0]
        for network, server, handle in (
            ("bluesky", "", f"{short}.{company.DOMAIN}"),
            ("mastodon", MASTODON, f"@{short}@social.{company.DOMAIN}"),
        ):
            made[user.id, network] = Connection(
                user_id=user.id,
                network=network,
                server=server,
                remote_id=f"demo-{network}-{short}",
                handle=handle,
                display_name=name,
                connected_at=at,
            )
    session.add_all(made.values())
    session.flush()
    return made


def tell_figures(session: Session, shares: list[Share], *, now: datetime) -> None:
    """Writes readings for what went out through a network: every look of the timetable until now, growing each time.

    Args:
        session: inside a transaction.
        shares: published ones.
        now: looks after this are still to come, and are never made.
    """
    chance, newest = random.Random("figures"), list[tuple[int, int | None, int]]()  # noqa: S311 - the same every time
    for share in shares:
        if share.connection_id is None or share.published_at is None:
            continue
        looks = [after for after in LOOKS if share.published_at + after <= now]
        plan = ReadBack(share_id=share.id, step=len(looks), next_at=None)
        session.add(plan)
        likes, reposts, replies = chance.randint(4, 60), chance.randint(0, 12), chance.randint(0, 9)
        for after in looks:
            part = _grown(after)
            reading = FigureReading(
                share_id=share.id,
                at=share.published_at + after,
                state=ReadingState.READ,
                likes=round(likes * part),
                reposts=round(reposts * part),
                replies=round(replies * part),
                quotes=round(reposts * part / 4) if share.network == "bluesky" else None,
                reason=MADE_UP.to_json(),
            )
            session.add(reading)
            session.flush()
            plan.newest_id = reading.id
        if plan.newest_id is not None:
            newest.append((share.id, None, plan.newest_id))
    item_sums.add_readings(session, newest)


def _grown(after: timedelta) -> float:
    """How much of its final count a post has: half after six hours, nearly all after some days."""
    hours = after.total_seconds() / 3600
    return hours / (hours + 6)
