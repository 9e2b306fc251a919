"""Campaigns: efforts with a beginning and an end that items belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.library import search
from advocacy.library.models import Campaign, ContentItem
from advocacy.library.source_models import Source


@dataclass(frozen=True)
class Line:
    """A campaign in a list, with how many items belong to it."""

    campaign: Campaign
    items: int


def get(session: Session, *, campaign_id: int) -> Campaign:
    """A campaign.

    Raises:
        NotFound: there is none.
    """
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFound(Text("We could not find that campaign. It may have been removed."))
    return campaign


def options(session: Session) -> list[tuple[int, str]]:
    """Every campaign as (id, name) by name: what a list of choices shows."""
    return [(row.id, row.name) for row in session.execute(select(Campaign.id, Campaign.name).order_by(Campaign.name))]


def page(session: Session, *, after: str = "", size: int = 50) -> Page[Line]:
    """The campaigns, newest first.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    count = select(func.count()).where(ContentItem.campaign_id == Campaign.id).scalar_subquery()
    query = select(Campaign, count).order_by(Campaign.id.desc()).limit(size + 1)
    if after:
        query = query.where(Campaign.id < values_of(after, int)[0])
    lines = [Line(campaign, items or 0) for campaign, items in session.execute(query)]
    shown = lines[:size]
    return Page(shown, cursor_of(shown[-1].campaign.id) if len(lines) > size else None)


def save(
    session: Session,
    clock: Clock,
    *,
    name: str,
    description: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: int,
    campaign_id: int | None = None,
) -> Campaign:
    """Adds a campaign, or changes one.

    Args:
        session: inside a transaction.
        clock: tells when.
        name: unique, whatever its case.
        description: what it is for.
        starts_on: its first day; None when that is open.
        ends_on: its last day; None when that is open.
        by: who does it.
        campaign_id: the one to change; None adds one.

    Raises:
        NotFound: there is none to change.
        Invalid: on fields `name`, `description` or `ends_on`.
    """
    kept = _free(session, name, except_for=campaign_id or 0)
    if len(description) > 2_000:
        raise Invalid("description", Text("Please keep this below {count} characters.", count=2_000))
    if starts_on and ends_on and ends_on < starts_on:
        raise Invalid("ends_on", Text("It would end before it begins. Choose a later end."))
    is_new = campaign_id is None
    campaign = Campaign(name=kept) if campaign_id is None else get(session, campaign_id=campaign_id)
    campaign.name, campaign.description = kept, description.strip()
    campaign.starts_on, campaign.ends_on = starts_on, ends_on
    session.add(campaign)
    session.flush()
    events.record(
        session,
        clock,
        kind="campaign.created" if is_new else "campaign.edited",
        actor_id=by,
        subject=("campaign", campaign.id),
        data={"name": kept},
    )
    return campaign


def remove(session: Session, clock: Clock, *, campaign_id: int, by: int) -> None:
    """Removes a campaign; its items stay, without it.

    Raises:
        NotFound: there is none.
        Conflict: a source gives its items to it.
    """
    campaign = get(session, campaign_id=campaign_id)
    source = session.scalar(select(Source).where(Source.campaign_id == campaign_id).limit(1))
    if source is not None:
        raise Conflict(
            Text("The source “{name}” puts its items into this campaign. Change the source first.", name=source.title)
        )
    session.execute(update(ContentItem).where(ContentItem.campaign_id == campaign_id).values(campaign_id=None))
    session.delete(campaign)
    events.record(
        session,
        clock,
        kind="campaign.removed",
        actor_id=by,
        subject=("campaign", campaign_id),
        data={"name": campaign.name},
    )


def _free(session: Session, name: str, *, except_for: int) -> str:
    kept = " ".join(name.split())
    if not kept:
        raise Invalid("name", Text("Please give the campaign a name."))
    if len(kept) > 120:
        raise Invalid("name", Text("Please keep the name below {count} characters.", count=120))
    for other_id, other in options(session):
        if other_id != except_for and (search.fold(other) == search.fold(kept) or other == kept):
            raise Invalid("name", Text("There is a campaign “{name}” already.", name=other))
    return kept
