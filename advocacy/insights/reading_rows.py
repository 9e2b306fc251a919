"""What networks said about each post behind a figure, and why nothing is known where nothing is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from advocacy.base.paging import Page, cursor_of
from advocacy.base.text import Text
from advocacy.insights import scope as scopes
from advocacy.insights.cursors import after_moment
from advocacy.insights.scope import Scope
from advocacy.library.models import ContentItem
from advocacy.reach.models import FigureReading, ReadBack, ReadingState
from advocacy.reach.totals import KINDS
from advocacy.sharing.models import Share

NOT_READ = Text("Nobody has read it yet, or the network does not tell.")
BY_HAND = Text("Posted by hand: the network tells only the account's owner.")


@dataclass(frozen=True)
class ReadingRow:
    """What is known of a post at one moment.

    Args:
        share_id: which post.
        item_id: what was shared.
        title: of the item.
        network: the name of the way out.
        published_at: when the post went out.
        read_at: when the network was asked; None when it never was.
        figures: by kind; None is not available.
        reason: why nothing is known, or what else is to say of the figures, as a `Text` kept as JSON.
    """

    share_id: int
    item_id: int
    title: str
    network: str
    published_at: datetime
    read_at: datetime | None
    figures: dict[str, int | None]
    reason: dict[str, Any] | None


def which_of(choices: Mapping[str, str]) -> tuple[str, bool | None]:
    """Which readings an address asks for by `kind` and `known`; all unless it says."""
    kind = choices.get("kind", "")
    is_known = {"yes": True, "no": False}.get(choices.get("known", ""))
    return (kind, is_known) if kind in KINDS else ("", None)


def page(
    session: Session, scope: Scope, *, kind: str = "", is_known: bool | None = None, after: str = "", size: int = 50
) -> Page[ReadingRow]:
    """The newest figures of each post, or why there are none, of those that went out in a scope's days, the newest post first.

    Args:
        session: for reading.
        scope: what is counted.
        kind: one of `KINDS`, to tell known from unknown by; "" for no choice.
        is_known: with a kind: whether the posts that have it are shown, or those that do not; None for both.
        after: the cursor of the page before; "" for the first.
        size: rows, 1 or more.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = _asked(scope, kind, is_known)
    if after:
        at, last = after_moment(after)
        query = query.where((Share.published_at < at) | ((Share.published_at == at) & (Share.id < last)))
    rows = session.execute(query.order_by(Share.published_at.desc(), Share.id.desc()).limit(size + 1)).all()
    failed = _last_failures(session, [share.id for share, _, reading in rows[:size] if reading is None])
    found = [_row(share, title, reading or failed.get(share.id)) for share, title, reading in rows[:size]]
    return Page(found, cursor_of(found[-1].published_at, found[-1].share_id) if len(rows) > size else None)


def ids(scope: Scope, *, kind: str = "", is_known: bool | None = None) -> Select[Any]:
    """What `page` shows on all its pages, as a query of ids."""
    return _asked(scope, kind, is_known).with_only_columns(Share.id)


def _asked(scope: Scope, kind: str, is_known: bool | None) -> Select[Any]:
    query = (
        scopes.posts(scope, Share, ContentItem.title, FigureReading)
        .join(ContentItem, ContentItem.id == Share.item_id)
        .outerjoin(ReadBack, ReadBack.share_id == Share.id)
        .outerjoin(FigureReading, FigureReading.id == ReadBack.newest_id)
    )
    if kind in KINDS and is_known is not None:
        column = getattr(FigureReading, kind)
        query = query.where(column.is_not(None) if is_known else column.is_(None))
    return query


def _last_failures(session: Session, share_ids: Sequence[int]) -> dict[int, FigureReading]:
    """The last look at each post of which nothing was ever read."""
    newest = select(func.max(FigureReading.id)).where(FigureReading.share_id.in_(share_ids))
    rows = session.scalars(select(FigureReading).where(FigureReading.id.in_(newest.group_by(FigureReading.share_id))))
    return {reading.share_id: reading for reading in rows}


def history(session: Session, *, share_id: int, after: str = "", size: int = 50) -> Page[ReadingRow]:
    """Every reading of one post, the newest first.

    Args:
        session: for reading.
        share_id: which; one that is not there has no readings.
        after: the cursor of the page before; "" for the first.
        size: rows, 1 or more.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = (
        select(Share, ContentItem.title, FigureReading)
        .join(ContentItem, ContentItem.id == Share.item_id)
        .join(FigureReading, FigureReading.share_id == Share.id)
        .where(Share.id == share_id, scopes.is_out())
    )
    if after:
        at, last = after_moment(after)
        query = query.where((FigureReading.at < at) | ((FigureReading.at == at) & (FigureReading.id < last)))
    rows = session.execute(query.order_by(FigureReading.at.desc(), FigureReading.id.desc()).limit(size + 1)).all()
    found = [_row(share, title, reading) for share, title, reading in rows[:size]]
    last_reading = rows[size - 1][2] if len(rows) > size else None
    return Page(found, cursor_of(last_reading.at, last_reading.id) if last_reading else None)


def _row(share: Share, title: str, reading: FigureReading | None) -> ReadingRow:
    figures: dict[str, int | None] = dict.fromkeys(KINDS)
    if reading is not None:
        figures = {kind: getattr(reading, kind) for kind in KINDS}
    reason = None
    if reading is None:
        reason = (BY_HAND if share.connection_id is None and share.network.endswith("_link") else NOT_READ).to_json()
    elif reading.state is ReadingState.READ:
        reason = reading.reason
    else:
        reason = reading.reason or NOT_READ.to_json()
    if share.published_at is None:
        raise ValueError(f"share {share.id} is out and has no day")
    return ReadingRow(
        share_id=share.id,
        item_id=share.item_id,
        title=title,
        network=share.network,
        published_at=share.published_at,
        read_at=reading.at if reading else None,
        figures=figures,
        reason=reason,
    )
