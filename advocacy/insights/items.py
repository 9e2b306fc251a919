"""Which items earn their place: what went out of each, and how many people followed."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from advocacy.base.paging import Page, cursor_of
from advocacy.insights import clicks, posts
from advocacy.insights import scope as scopes
from advocacy.insights.cursors import after_numbers
from advocacy.insights.posts import Posts
from advocacy.insights.scope import Scope, whole
from advocacy.library.models import ContentItem
from advocacy.library.source_models import Source
from advocacy.reach.sum_models import ClickSum
from advocacy.reach.totals import Clicks
from advocacy.sharing.post_sum_models import PostSum

_OUT = func.sum(PostSum.by_network + PostSum.by_click + PostSum.claimed)


class Order(enum.StrEnum):
    """What a list of items is sorted by, the most first."""

    HUMAN = "clicks"
    POSTS = "posts"


@dataclass(frozen=True)
class ItemLine:
    """An item with its figures."""

    item_id: int
    title: str
    posts: Posts
    clicks: Clicks


@dataclass(frozen=True)
class SourceLine:
    """A feed with what came of its items.

    Args:
        source_id: None for items that people wrote.
        title: the feed's own; "" for those.
        items: made from it, ever.
        shared: of these, with a post in the period.
        posts: that went out.
        clicks: that were made.
    """

    source_id: int | None
    title: str
    items: int
    shared: int
    posts: Posts
    clicks: Clicks


def page(session: Session, scope: Scope, *, order: Order, after: str = "", size: int = 50) -> Page[ItemLine]:
    """Items with posts or clicks in the scope's days.

    Args:
        session: for reading.
        scope: what is counted.
        order: what comes first.
        after: the cursor of the page before; "" for the first.
        size: lines, 1 or more.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query, human, measured = _figures(scope)
    first = human if order is Order.HUMAN else measured
    query = query.order_by(first.desc(), ContentItem.id.desc()).limit(size + 1)
    if after:
        value, last = after_numbers(after)
        query = query.where(or_(first < value, and_(first == value, ContentItem.id < last)))
    rows = session.execute(query).all()
    found = [_line(row) for row in rows[:size]]
    cursor = None
    if len(rows) > size:
        last_line = found[-1]
        count = last_line.clicks.human if order is Order.HUMAN else last_line.posts.measured
        cursor = cursor_of(count, last_line.item_id)
    return Page(found, cursor)


def ids(scope: Scope) -> Select[Any]:
    """What `page` shows on all its pages, as a query of ids."""
    return _figures(scope)[0].with_only_columns(ContentItem.id)


def _figures(scope: Scope) -> tuple[Select[Any], ColumnElement[int], ColumnElement[int]]:
    names = ("by_network", "by_click", "claimed", "taken_down")
    of_posts = (
        scopes.sums_of_items(scope, PostSum, PostSum.item_id, *_summed(names, posts.SUMMED))
        .group_by(PostSum.item_id)
        .having(_OUT > 0)
        .subquery()
    )
    kinds = ("raw", "filtered", "human", "visitors")
    of_clicks = (
        scopes.sums_of_items(scope, ClickSum, ClickSum.item_id, *_summed(kinds, clicks.SUMMED))
        .group_by(ClickSum.item_id)
        .having(func.sum(ClickSum.raw) > 0)
        .subquery()
    )
    human = func.coalesce(of_clicks.c.human, 0)
    measured = func.coalesce(of_posts.c.by_network + of_posts.c.by_click, 0)
    query = (
        select(ContentItem.id, ContentItem.title)
        .add_columns(*(of_posts.c[name] for name in names), *(of_clicks.c[name] for name in kinds))
        .outerjoin(of_posts, of_posts.c.item_id == ContentItem.id)
        .outerjoin(of_clicks, of_clicks.c.item_id == ContentItem.id)
        .where(or_(of_posts.c.item_id.is_not(None), of_clicks.c.item_id.is_not(None)))
    )
    return query, human, measured


def _summed(names: Sequence[str], columns: Sequence[Any]) -> list[ColumnElement[int]]:
    return [func.sum(column).label(name) for name, column in zip(names, columns, strict=True)]


def _line(row: Sequence[Any]) -> ItemLine:
    return ItemLine(item_id=row[0], title=row[1], posts=Posts(*whole(row[2:6])), clicks=Clicks(*whole(row[6:10])))


def sources(session: Session, scope: Scope) -> list[SourceLine]:
    """Every feed that items came from, and the items that people wrote; the most human clicks first.

    There are as many lines as feeds, which people add one by one: it is not paged.
    """
    items = dict(session.execute(select(ContentItem.source_id, func.count()).group_by(ContentItem.source_id)).all())
    of_posts = {
        row[0]: (row[1], Posts(*whole(row[2:])))
        for row in session.execute(
            scopes.sums_of_items(scope, PostSum, ContentItem.source_id, func.count(PostSum.item_id.distinct()))
            .add_columns(*map(func.sum, posts.SUMMED))
            .join(ContentItem, ContentItem.id == PostSum.item_id)
            .where(PostSum.by_network + PostSum.by_click + PostSum.claimed > 0)
            .group_by(ContentItem.source_id)
        )
    }
    of_clicks = {
        row[0]: Clicks(*whole(row[1:]))
        for row in session.execute(
            scopes.sums_of_items(scope, ClickSum, ContentItem.source_id, *map(func.sum, clicks.SUMMED))
            .join(ContentItem, ContentItem.id == ClickSum.item_id)
            .group_by(ContentItem.source_id)
        )
    }
    titles = {row.id: row.title or row.url for row in session.execute(select(Source.id, Source.title, Source.url))}
    found = []
    for source_id in {*items, *titles}:
        shared, out = of_posts.get(source_id, (0, Posts()))
        found.append(
            SourceLine(
                source_id=source_id,
                title=titles.get(source_id, "") if source_id is not None else "",
                items=items.get(source_id, 0),
                shared=shared,
                posts=out,
                clicks=of_clicks.get(source_id, Clicks()),
            )
        )
    return sorted(found, key=lambda line: (-line.clicks.human, -line.posts.measured, line.source_id or 0))
