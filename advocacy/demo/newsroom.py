"""The demo's feed: entries that wait in a curator's inbox. It is paused, because its address leads nowhere."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from advocacy.demo import company
from advocacy.library.source_models import Source, SourceEntry

TITLE = "North Sea Energy News"
ENTRIES = (
    (
        "Grid operators agree on a shared plan for storage",
        "Four operators will build storage where lines are full, instead of each on their own.",
    ),
    (
        "Fewer lifts, lower cost: how foundations changed in ten years",
        "A comparison of twelve wind farms, with figures for steel, vessels and days at sea.",
    ),
    ("What heat pumps did to demand last winter", "Peaks came later in the day than anybody had planned for."),
    ("A harbour that runs on its own wind", "Cranes, tugs and cold stores now take their power from four turbines."),
    ("Interview: why we hire site leads from fishing boats", "They read the weather better than our models do."),
)


def open_inbox(session: Session, *, by: int, now: datetime) -> None:
    """Makes the feed, with its entries of the last days.

    Args:
        session: inside a transaction.
        by: the curator.
        now: the newest entry came two hours before.
    """
    site = f"https://news.{company.DOMAIN}"
    source = Source(
        url=f"{site}/feed.xml",
        title=TITLE,
        site_url=site,
        active=False,
        created_by=by,
        created_at=now - timedelta(days=30),
        next_poll_at=now,
        last_polled_at=now - timedelta(hours=1),
        last_ok_at=now - timedelta(hours=1),
    )
    session.add(source)
    session.flush()
    for number, (title, summary) in enumerate(ENTRIES):
        at = now - timedelta(hours=2 + 19 * number)
        session.add(
            SourceEntry(
                source_id=source.id,
                guid_hash=hashlib.sha256(title.encode()).hexdigest(),
                title=title,
                link=f"{site}/articles/{number + 1}",
                summary=summary,
                author=TITLE,
                published_at=at,
                sort_at=at,
                found_at=at,
            )
        )
