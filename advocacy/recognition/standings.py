"""Sums of the ledger: by person and day, and by person and period; moved with each entry, and made anew on doubt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Integer, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from advocacy.base.db import Database
from advocacy.base.events import EventCursor
from advocacy.people.models import User, UserState
from advocacy.reach.sums import add_up
from advocacy.recognition import tallies
from advocacy.recognition.models import PointsDay, PointsEntry, Standing
from advocacy.recognition.periods import Period, begins
from advocacy.recognition.rules import NO_VISITOR, POSTED
from advocacy.sharing.models import Share

SUMS = ("points", "posts", "visitors")
FOLLOWED, TAKEN_DOWN = "visitor", "removed"
CHUNK = 500
"""People whose sums are made anew in one transaction."""


def write(session: Session, entry: PointsEntry) -> None:
    """Adds an entry to the ledger and to its sums: the one way into it.

    Args:
        session: inside a transaction; it fails when the cause has been paid before.
        entry: new.
    """
    session.add(entry)
    session.flush()
    network = session.scalar(select(Share.network).where(Share.id == entry.share_id)) if entry.share_id else None
    figures = {
        "user_id": entry.user_id,
        "points": entry.points,
        "posts": (entry.rule in POSTED) - (entry.rule == TAKEN_DOWN),
        "visitors": (entry.rule == FOLLOWED) - (entry.rule == NO_VISITOR),
    }
    add_up(session, PointsDay.__table__, [{"day": entry.day, "network": network or "", **figures}], sums=SUMS)
    who = _who(session, [entry.user_id])[entry.user_id]
    standings = [{"period": one.value, "begins": begins(one, entry.day), **figures, **who} for one in Period]
    add_up(session, Standing.__table__, standings, sums=SUMS)
    tallies.follow(session, entry)


def _who(session: Session, user_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What a standing says of its person."""
    query = select(User.id, User.team_id, User.ranked_by_name, User.state).where(User.id.in_(user_ids))
    return {
        row.id: {
            "team_id": row.team_id,
            "is_named": row.ranked_by_name,
            "is_active": row.state is UserState.ACTIVE,
        }
        for row in session.execute(query)
    }


def follow(session: Session, user_id: int) -> None:
    """Takes over a person's team, state and choice after one of them changed."""
    for found in _who(session, [user_id]).values():
        session.execute(update(Standing).where(Standing.user_id == user_id).values(**found))


def differing(session: Session) -> list[int]:
    """People whose sums are not what their ledger says, or whose team, state or choice stands wrong; a full look."""
    ledger, days, board = (_totals(table) for table in (PointsEntry, PointsDay, Standing))
    wrong: set[int] = set()
    for summed in (days, board):
        for one, other in ((ledger, summed), (summed, ledger)):
            query = (
                select(one.c.user_id)
                .outerjoin(other, other.c.user_id == one.c.user_id)
                .where(or_(other.c.user_id.is_(None), *(one.c[name] != other.c[name] for name in SUMS)))
            )
            wrong.update(session.scalars(query))
    stale = (
        select(Standing.user_id)
        .distinct()
        .join(User, User.id == Standing.user_id)
        .where(
            or_(
                Standing.team_id.is_distinct_from(User.team_id),
                Standing.is_named != User.ranked_by_name,
                Standing.is_active != (User.state == UserState.ACTIVE),
            )
        )
    )
    wrong.update(session.scalars(stale))
    return sorted(wrong)


def _totals(table: Any) -> Any:
    """The sums of each person: of the ledger, of the days, or of each kind of period divided by their number."""
    if table is PointsEntry:
        query = select(table.user_id, *_figures()).group_by(table.user_id)
    else:
        share = len(Period) if table is Standing else 1
        sums = [(func.sum(getattr(table, name)).cast(Integer) / share).label(name) for name in SUMS]
        query = select(table.user_id, *sums).group_by(table.user_id)
    return query.subquery()


def _figures() -> list[Any]:
    posts = case((PointsEntry.rule.in_(POSTED), 1), (PointsEntry.rule == TAKEN_DOWN, -1), else_=0)
    visitors = case((PointsEntry.rule == FOLLOWED, 1), (PointsEntry.rule == NO_VISITOR, -1), else_=0)
    return [
        func.sum(PointsEntry.points).cast(Integer).label("points"),
        func.sum(posts).cast(Integer).label("posts"),
        func.sum(visitors).cast(Integer).label("visitors"),
    ]


def rebuild(db: Database, user_ids: Iterable[int]) -> None:
    """Makes people's sums anew from their ledger, while the board is read and points go on coming in.

    Args:
        db: a transaction for each few hundred people; the ledger's writer waits for no longer than one of them.
        user_ids: whose.
    """
    people = sorted(user_ids)
    for start in range(0, len(people), CHUNK):
        with db.transaction() as session:
            # Whoever writes to the ledger holds its cursor: neither sees the other's work half done.
            session.execute(select(EventCursor).where(EventCursor.consumer == "points").with_for_update()).all()
            _rebuild(session, people[start : start + CHUNK])


def _rebuild(session: Session, user_ids: Sequence[int]) -> None:
    for table in (PointsDay, Standing):
        session.execute(delete(table).where(table.user_id.in_(user_ids)))
    network = func.coalesce(Share.network, "")
    query = (
        select(PointsEntry.day, PointsEntry.user_id, network.label("network"), *_figures())
        .outerjoin(Share, Share.id == PointsEntry.share_id)
        .where(PointsEntry.user_id.in_(user_ids))
        .group_by(PointsEntry.day, PointsEntry.user_id, network)
    )
    days = [dict(row._mapping) for row in session.execute(query)]
    add_up(session, PointsDay.__table__, days, sums=SUMS)
    who = _who(session, user_ids)
    standings = [
        {
            "period": period.value,
            "begins": begins(period, row["day"]),
            **{name: row[name] for name in ("user_id", *SUMS)},
            **who[row["user_id"]],
        }
        for row in days
        for period in Period
    ]
    add_up(session, Standing.__table__, standings, sums=SUMS)
