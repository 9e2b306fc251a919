"""When a network is asked again: what a share reached often at first and seldom later, how many follow once a day."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from advocacy.sharing.models import Share

LOOKS = (
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(days=1),
    timedelta(days=2),
    timedelta(days=4),
    timedelta(days=7),
    timedelta(days=14),
    timedelta(days=30),
)
"""After publishing."""

MORNING = time(3, tzinfo=UTC)
"""When a day's reading of followers falls due: late enough that nobody argues which day it was."""


def next_morning(now: datetime) -> datetime:
    """When followers are read on the day (UTC) after this moment's."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), MORNING)


def first_look(share: Share) -> datetime | None:
    """When a share is looked at first; None when it never is: it was not published by us, or is not there any more."""
    if (
        share.connection_id is None
        or not share.remote_id
        or share.published_at is None
        or share.removed_at is not None
    ):
        return None
    return share.published_at + LOOKS[0]


def next_look(published_at: datetime, now: datetime) -> tuple[int, datetime | None]:
    """The next look at a share.

    Args:
        published_at: when it went out.
        now: the moment after which to look.

    Returns:
        How many of the looks are over, and when the next is; None after the last. Looks that were missed (the hub
        was off) are not made up for: one look tells the same.
    """
    for step, after in enumerate(LOOKS):
        if published_at + after > now:
            return step, published_at + after
    return len(LOOKS), None
