"""What each person brings together in a challenge: moved with each entry of the ledger, and made anew from it.

An entry counts by its own moment, and one that takes another back by that of the other: whoever takes an old post
down loses nothing here, and whoever takes one down after the end corrects what it had brought. A prize counts nowhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, select
from sqlalchemy.orm import Session

from advocacy.base.events import EventCursor
from advocacy.library.models import ContentItem
from advocacy.reach.sums import add_up
from advocacy.recognition.challenge_models import Challenge, ChallengeState, ChallengeTally, Counts
from advocacy.recognition.models import PointsEntry
from advocacy.recognition.rules import LEARNED, NO_VISITOR, POSTED, PRIZE

VISITOR, TAKEN_DOWN, NOT_HELD = "visitor", "removed", "undone"
BACK = (TAKEN_DOWN, NO_VISITOR, NOT_HELD)
"""Names of entries that take others back."""
CHUNK = 500


def follow(session: Session, entry: PointsEntry) -> None:
    """Moves the tallies of the challenges whose days this new entry falls into.

    Args:
        session: the transaction in which the entry is written.
        entry: flushed.
    """
    at = _moments(session, [entry])[0]
    query = select(Challenge).where(
        Challenge.state != ChallengeState.CANCELLED, Challenge.starts_at <= at, Challenge.ends_at > at
    )
    campaign_id: int | None = None
    found = list(session.scalars(query))
    if entry.item_id is not None and any(one.campaign_id for one in found):
        campaign_id = session.scalar(select(ContentItem.campaign_id).where(ContentItem.id == entry.item_id))
    rows = [
        {"challenge_id": one.id, "user_id": entry.user_id, "score": _worth(one.counts, entry)}
        for one in found
        if not one.campaign_name or (one.campaign_id is not None and one.campaign_id == campaign_id)
    ]
    add_up(session, ChallengeTally.__table__, [row for row in rows if row["score"]], sums=("score",))


def _moments(session: Session, entries: Sequence[PointsEntry]) -> list[datetime]:
    """By when each entry counts: one that takes another back, by that of the other."""
    shares = [one.share_id for one in entries if one.rule == TAKEN_DOWN and one.share_id is not None]
    visitors = [int(_of(one)) for one in entries if one.rule == NO_VISITOR]
    causes = [_of(one) for one in entries if one.rule == NOT_HELD]
    earned: dict[tuple[str, str], datetime] = {}
    for rule, key, wanted in (
        (TAKEN_DOWN, PointsEntry.share_id, PointsEntry.share_id.in_(shares) & PointsEntry.rule.in_(POSTED)),
        (NO_VISITOR, PointsEntry.id, PointsEntry.id.in_(visitors)),
        (NOT_HELD, PointsEntry.cause, PointsEntry.cause.in_(causes)),
    ):
        if any(one.rule == rule for one in entries):
            columns: tuple[Any, ...] = (key, PointsEntry.at)
            earned |= {(rule, str(row[0])): row[1] for row in session.execute(select(*columns).where(wanted))}
    return [earned.get((one.rule, _of(one)), one.at) for one in entries]


def _of(entry: PointsEntry) -> str:
    """What an entry that takes another back is about: a share, or the other's number or cause."""
    return str(entry.share_id) if entry.rule == TAKEN_DOWN else entry.cause.partition(":")[2]


def _worth(counts: Counts, entry: PointsEntry) -> int:
    if counts is Counts.POINTS:
        return 0 if entry.rule == PRIZE else entry.points
    if counts is Counts.SHARES:
        return (entry.rule in POSTED) - (entry.rule == TAKEN_DOWN)
    if counts is Counts.VISITORS:
        return (entry.rule == VISITOR) - (entry.rule == NO_VISITOR)
    return int(entry.rule in LEARNED)


def rebuild(session: Session, challenge: Challenge) -> None:
    """Makes a challenge's tallies anew from the ledger: what was earned in its days, less what was taken back since.

    Those of a campaign that is gone stay as they are: its items do not say any more that they were of it.
    """
    if challenge.campaign_name and challenge.campaign_id is None:
        return
    # Whoever writes to the ledger holds its cursor: neither sees the other's work half done.
    session.execute(select(EventCursor).where(EventCursor.consumer == "points").with_for_update()).all()
    session.execute(delete(ChallengeTally).where(ChallengeTally.challenge_id == challenge.id))
    columns: tuple[Any, ...] = (PointsEntry.user_id, func.sum(_worth_in_sql(challenge.counts)).label("score"))
    counted = select(*columns).where(
        PointsEntry.at >= challenge.starts_at, PointsEntry.at < challenge.ends_at, PointsEntry.rule.not_in(BACK)
    )
    rows = session.execute(_of_campaign(counted, challenge).group_by(PointsEntry.user_id))
    _add(session, challenge, ((row.user_id, int(row.score)) for row in rows))
    back = select(PointsEntry).where(PointsEntry.at >= challenge.starts_at, PointsEntry.rule.in_(BACK))
    entries = list(session.scalars(_of_campaign(back, challenge)))
    for start in range(0, len(entries), CHUNK):
        some = entries[start : start + CHUNK]
        sums: dict[int, int] = defaultdict(int)
        for entry, at in zip(some, _moments(session, some), strict=True):
            if challenge.starts_at <= at < challenge.ends_at:
                sums[entry.user_id] += _worth(challenge.counts, entry)
        _add(session, challenge, sums.items())


def _of_campaign(query: Any, challenge: Challenge) -> Any:
    if challenge.campaign_id is None:
        return query
    return query.join(ContentItem, ContentItem.id == PointsEntry.item_id).where(
        ContentItem.campaign_id == challenge.campaign_id
    )


def _add(session: Session, challenge: Challenge, scores: Iterable[tuple[int, int]]) -> None:
    rows = [{"challenge_id": challenge.id, "user_id": user_id, "score": score} for user_id, score in scores if score]
    add_up(session, ChallengeTally.__table__, rows, sums=("score",))


def _worth_in_sql(counts: Counts) -> ColumnElement[int]:
    """What an entry is worth that takes nothing back."""
    rule = PointsEntry.rule
    if counts is Counts.POINTS:
        return case((rule == PRIZE, 0), else_=PointsEntry.points)
    names = {Counts.SHARES: POSTED, Counts.VISITORS: (VISITOR,), Counts.COURSES: tuple(LEARNED)}[counts]
    return case((rule.in_(names), 1), else_=0)
