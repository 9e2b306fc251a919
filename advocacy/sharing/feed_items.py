"""What the feed knows of items: read once in each edition of the library, whoever looks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from advocacy.base import editions
from advocacy.library.models import (
    SUFFIXES,
    Campaign,
    ContentItem,
    Dimension,
    Film,
    ItemAudience,
    ItemKind,
    ItemTopic,
    Picture,
    PreviewCard,
    Topic,
)

MOST = 5_000
"""Items that a process remembers; when there are more, it begins again."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item, without anything of whoever looks at it.

    Args:
        summary: its own, else its card's.
        site: where its link leads, in the site's own words.
        picture: file name of its picture, else of its card's; None without one.
        topics: (id, name), by name.
        appeared_at: when it appeared.
        outside_from: from when it may be shared outside; None when from its first moment.
        teams: ids of the teams it is for, as audiences write them.
        places: locations it is for.
    """

    id: int
    kind: ItemKind
    title: str
    summary: str
    language: str
    alt_text: str
    site: str
    picture: str | None
    topics: tuple[tuple[int, str], ...]
    campaign: str
    film_seconds: float | None
    pinned: bool
    internal_only: bool
    appeared_at: datetime
    expires_at: datetime | None
    outside_from: datetime | None
    teams: tuple[str, ...]
    places: tuple[str, ...]


def of(session: Session, ids: Sequence[int]) -> list[Item]:
    """These items in this order; who may see them has been decided."""
    known: dict[int, Item] = editions.kept(session).setdefault("feed items", {})
    missing = [one for one in ids if one not in known]
    if missing:
        if len(known) + len(missing) > MOST:
            known.clear()
            missing = list(ids)
        known.update((item.id, item) for item in _read(session, missing))
    return [known[one] for one in ids if one in known]


_OWN, _OF_CARD = aliased(Picture), aliased(Picture)
_ROWS = (
    select(
        ContentItem.id,
        ContentItem.kind,
        ContentItem.title,
        ContentItem.summary,
        ContentItem.language,
        ContentItem.alt_text,
        ContentItem.pinned,
        ContentItem.internal_only,
        ContentItem.inside_hours,
        ContentItem.live_from,
        ContentItem.created_at,
        ContentItem.expires_at,
        PreviewCard.description,
        PreviewCard.site_name,
        _OWN.sha256.label("own_sha256"),
        _OWN.mime.label("own_mime"),
        _OF_CARD.sha256.label("card_sha256"),
        _OF_CARD.mime.label("card_mime"),
        Campaign.name.label("campaign"),
        Film.seconds.label("film_seconds"),
    )
    .outerjoin(_OWN, _OWN.id == ContentItem.picture_id)
    .outerjoin(PreviewCard, PreviewCard.id == ContentItem.card_id)
    .outerjoin(_OF_CARD, _OF_CARD.id == PreviewCard.picture_id)
    .outerjoin(Campaign, Campaign.id == ContentItem.campaign_id)
    .outerjoin(Film, Film.id == ContentItem.film_id)
)


def _read(session: Session, ids: Sequence[int]) -> Iterable[Item]:
    topics: dict[int, list[tuple[int, str]]] = defaultdict(list)
    about = select(ItemTopic.item_id, Topic.id, Topic.name).join(Topic, Topic.id == ItemTopic.topic_id)
    for item_id, number, name in session.execute(about.where(ItemTopic.item_id.in_(ids)).order_by(Topic.name)):
        topics[item_id].append((number, name))
    audience: dict[tuple[int, Dimension], list[str]] = defaultdict(list)
    meant = select(ItemAudience.item_id, ItemAudience.dimension, ItemAudience.value)
    for item_id, dimension, value in session.execute(meant.where(ItemAudience.item_id.in_(ids))):
        audience[item_id, dimension].append(value)
    for row in session.execute(_ROWS.where(ContentItem.id.in_(ids))):
        sha256, mime = (row.own_sha256, row.own_mime) if row.own_sha256 else (row.card_sha256, row.card_mime)
        yield Item(
            id=row.id,
            kind=row.kind,
            title=row.title,
            summary=row.summary or row.description or "",
            language=row.language,
            alt_text=row.alt_text,
            site=row.site_name or "",
            picture=f"{sha256}.{SUFFIXES[mime]}" if sha256 else None,
            topics=tuple(topics[row.id]),
            campaign=row.campaign or "",
            film_seconds=row.film_seconds,
            pinned=row.pinned,
            internal_only=row.internal_only,
            appeared_at=row.live_from or row.created_at,
            expires_at=row.expires_at,
            outside_from=row.live_from + timedelta(hours=row.inside_hours)
            if row.inside_hours and row.live_from
            else None,
            teams=tuple(audience[row.id, Dimension.TEAM]),
            places=tuple(audience[row.id, Dimension.LOCATION]),
        )
