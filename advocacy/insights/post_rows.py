"""The posts behind a figure, one by one, with what came of each."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from advocacy.base.paging import Page, cursor_of
from advocacy.base.text import Text
from advocacy.insights import people_shown
from advocacy.insights import scope as scopes
from advocacy.insights.clicks import SUMS
from advocacy.insights.cursors import after_moment
from advocacy.insights.people_shown import Author
from advocacy.insights.posts import NOT_OUT
from advocacy.insights.scope import Scope, whole
from advocacy.library.models import ContentItem
from advocacy.people.groups import Tree
from advocacy.people.models import User
from advocacy.reach.models import FigureReading, ReachDay, ReadBack, ReadingState
from advocacy.reach.totals import KINDS, Clicks
from advocacy.sharing import kinds
from advocacy.sharing.models import Proof, Share, ShareState


class Which(enum.StrEnum):
    """Which posts a list shows."""

    OUT = "out"
    MEASURED = "measured"
    BY_NETWORK = "network"
    BY_CLICK = "confirmed"
    CLAIMED = "claimed"
    TAKEN_DOWN = "taken-down"
    NOT_OUT = "not-out"


CONDITIONS: dict[Which, tuple[ColumnElement[bool], ...]] = {
    Which.OUT: (),
    Which.MEASURED: (scopes.is_measured(),),
    Which.BY_NETWORK: (Share.proof == Proof.NETWORK,),
    Which.BY_CLICK: (Share.proof == Proof.CONFIRMED,),
    Which.CLAIMED: (Share.proof.in_(scopes.SELF_REPORTED),),
    Which.TAKEN_DOWN: (Share.removed_at.is_not(None),),
    Which.NOT_OUT: (Share.state.in_(NOT_OUT),),
}


@dataclass(frozen=True)
class PostRow:
    """A post, or what should have become one.

    Args:
        share_id: which.
        at: when it went out; when it was asked for if it is not out.
        item_id: what was shared.
        title: of the item.
        network: the name of the way out.
        kind: what kind of share it is.
        standing: as a badge says it: the state, or for what is out how we know (`published`, `confirmed`, `claimed`).
        is_measured: whether somebody but the author proved it.
        author: as far as the person lets it be said.
        permalink: where it stands; None unless the author appears by name.
        removed_at: when it was taken down.
        clicks: all until now.
        figures: the newest reading by kind, None where not available; empty without a reading.
    """

    share_id: int
    at: datetime
    item_id: int
    title: str
    network: str
    kind: Text
    standing: str
    is_measured: bool
    author: Author
    permalink: str | None
    removed_at: datetime | None
    clicks: Clicks
    figures: dict[str, int | None]


def which_of(choices: Mapping[str, str]) -> tuple[Which, ShareState | None]:
    """Which posts an address asks for by `which` and `state`; those that went out unless it says."""
    which, state = choices.get("which", ""), choices.get("state", "")
    return (
        Which(which) if which in list(Which) else Which.OUT,
        ShareState(state) if state in NOT_OUT else None,
    )


def page(
    session: Session,
    scope: Scope,
    *,
    tree: Tree,
    which: Which,
    state: ShareState | None = None,
    after: str = "",
    size: int = 50,
) -> Page[PostRow]:
    """Posts of a scope, the newest first.

    Args:
        session: for reading.
        scope: what is counted.
        tree: all teams.
        which: kind of posts.
        state: with `Which.NOT_OUT`, this state only.
        after: the cursor of the page before; "" for the first.
        size: rows, 1 or more.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    moment, query = _asked(scope, which, state)
    if after:
        at, last = after_moment(after)
        query = query.where(or_(moment < at, (moment == at) & (Share.id < last)))
    rows = session.execute(query.order_by(moment.desc(), Share.id.desc()).limit(size + 1)).all()
    shown = rows[:size]
    sums = _clicks(session, [row.link_id for row in shown if row.link_id is not None])
    found = [_row(row, tree, sums.get(row.link_id, Clicks())) for row in shown]
    return Page(found, cursor_of(found[-1].at, found[-1].share_id) if len(rows) > size else None)


def ids(scope: Scope, *, which: Which, state: ShareState | None = None) -> Select[Any]:
    """What `page` shows on all its pages, as a query of ids."""
    return _asked(scope, which, state)[1].with_only_columns(Share.id)


def _asked(scope: Scope, which: Which, state: ShareState | None) -> tuple[Any, Select[Any]]:
    moment = Share.created_at if which is Which.NOT_OUT else Share.published_at
    query = _rows(scope, which, moment).where(*CONDITIONS[which])
    if which is Which.NOT_OUT and state is not None:
        query = query.where(Share.state == state)
    return moment, query


def _rows(scope: Scope, which: Which, moment: Any) -> Select[Any]:
    columns = (
        Share.id,
        moment.label("at"),
        Share.item_id,
        Share.network,
        Share.kind,
        Share.state,
        Share.proof,
        Share.permalink,
        Share.removed_at,
        Share.link_id,
        ContentItem.title,
        User.name,
        User.ranked_by_name,
        User.team_id,
        FigureReading.state.label("reading"),
        *(getattr(FigureReading, kind) for kind in KINDS),
    )
    span = scope.span
    query = (
        select(*columns)
        .select_from(Share)
        .join(User, User.id == Share.user_id)
        .join(ContentItem, ContentItem.id == Share.item_id)
        .outerjoin(ReadBack, ReadBack.share_id == Share.id)
        .outerjoin(FigureReading, FigureReading.id == ReadBack.newest_id)
        .where(moment >= span.begins, moment < span.ends)
    )
    if which is not Which.NOT_OUT:
        query = query.where(scopes.is_out())
    return scopes.narrow(query, scope, network=Share.network, item_id=Share.item_id)


def _clicks(session: Session, link_ids: Sequence[int]) -> dict[int, Clicks]:
    rows = session.execute(
        select(ReachDay.link_id, *SUMS).where(ReachDay.link_id.in_(link_ids)).group_by(ReachDay.link_id)
    )
    return {row[0]: Clicks(*whole(row[1:])) for row in rows}


def _row(row: Any, tree: Tree, clicks: Clicks) -> PostRow:
    is_out = row.state is ShareState.PUBLISHED
    has_reading = row.reading is ReadingState.READ
    words = {Proof.NETWORK: "published", Proof.CONFIRMED: "confirmed"}
    return PostRow(
        share_id=row.id,
        at=row.at,
        item_id=row.item_id,
        title=row.title,
        network=row.network,
        kind=kinds.NAMES[row.kind],
        standing=words.get(row.proof, "claimed") if is_out else row.state.value,
        is_measured=is_out and row.proof in scopes.MEASURED,
        author=people_shown.author(tree, name=row.name, by_name=row.ranked_by_name, team_id=row.team_id),
        permalink=row.permalink if row.ranked_by_name else None,
        removed_at=row.removed_at,
        clicks=clicks,
        figures={kind: getattr(row, kind) for kind in KINDS} if has_reading else {},
    )
