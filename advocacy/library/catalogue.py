"""Lists of items for their editors: by stage, filtered, searched, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, selectinload

from advocacy.base.clock import Clock
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.library import audience, search
from advocacy.library.models import ContentItem, ItemState, ItemTopic, Stage

__all__ = ["Stage", "Wanted", "at_stage", "counts", "page"]

Selected = TypeVar("Selected", bound=Select[*tuple[object, ...]])


@dataclass(frozen=True)
class Wanted:
    """Which items a list shows.

    Args:
        stage: None for every stage.
        words: all must occur.
        topic_id: about this topic.
        campaign_id: of this campaign.
        team_id: named in the audience, or a team above it.
        language: of the item.
    """

    stage: Stage | None = None
    words: str = ""
    topic_id: int | None = None
    campaign_id: int | None = None
    team_id: int | None = None
    language: str = ""


def page(session: Session, clock: Clock, *, wanted: Wanted, after: str = "", size: int = 25) -> Page[ContentItem]:
    """Items for their editors, those changed last first, with pictures, campaign and card loaded.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = _narrowed(session, select(ContentItem), wanted)
    if wanted.stage is not None:
        query = query.where(at_stage(wanted.stage, clock.now()))
    query = query.options(
        selectinload(ContentItem.picture), selectinload(ContentItem.card), selectinload(ContentItem.campaign)
    )
    query = query.order_by(ContentItem.updated_at.desc(), ContentItem.id.desc()).limit(size + 1)
    if after:
        moment, last = values_of(after, datetime, int)
        same = and_(ContentItem.updated_at == moment, ContentItem.id < last)
        query = query.where(or_(ContentItem.updated_at < moment, same))
    found = list(session.scalars(query))
    shown = found[:size]
    return Page(shown, cursor_of(shown[-1].updated_at, shown[-1].id) if len(found) > size else None)


def counts(session: Session, clock: Clock, *, wanted: Wanted) -> dict[Stage, int]:
    """How many of the items that a list would show stand at each stage, whatever stage it asks for."""
    now = clock.now()
    sums = [func.sum(case((at_stage(stage, now), 1), else_=0)) for stage in Stage]
    row = session.execute(_narrowed(session, select(*sums).select_from(ContentItem), wanted)).one()
    return {stage: int(count or 0) for stage, count in zip(Stage, row, strict=True)}


def at_stage(stage: Stage, now: datetime) -> ColumnElement[bool]:
    """The item stands at a stage: `ContentItem.stage`, as the database judges it."""
    approved = ContentItem.state == ItemState.APPROVED
    has_ended = and_(ContentItem.expires_at.is_not(None), ContentItem.expires_at <= now)
    goes_on = or_(ContentItem.expires_at.is_(None), ContentItem.expires_at > now)
    is_future = and_(ContentItem.publish_from.is_not(None), ContentItem.publish_from > now)
    has_begun = or_(ContentItem.publish_from.is_(None), ContentItem.publish_from <= now)
    if stage is Stage.EXPIRED:
        return and_(approved, has_ended)
    if stage is Stage.APPROVED:
        return and_(approved, goes_on, is_future)
    if stage is Stage.LIVE:
        return and_(approved, goes_on, has_begun)
    return ContentItem.state == ItemState(stage.value)


def _narrowed(session: Session, query: Selected, wanted: Wanted) -> Selected:
    query = search.matching(query, wanted.words)
    if wanted.topic_id is not None:
        of_topic = select(ItemTopic.item_id).where(ItemTopic.topic_id == wanted.topic_id)
        query = query.where(ContentItem.id.in_(of_topic))
    if wanted.campaign_id is not None:
        query = query.where(ContentItem.campaign_id == wanted.campaign_id)
    if wanted.team_id is not None:
        query = query.where(audience.names_team(session, wanted.team_id))
    if wanted.language:
        query = query.where(ContentItem.language == wanted.language)
    return query
