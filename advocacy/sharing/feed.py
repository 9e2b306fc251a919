"""The feed: what this person may share now, best first, each with the reason why it stands where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from advocacy.base.clock import Clock
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.library import search, visibility
from advocacy.library.models import Campaign, ContentItem, Dimension, Film, ItemTopic, Topic
from advocacy.people.models import Team, User
from advocacy.sharing.models import FollowedTopic, SavedItem, Share, ShareState

WINDOW = 200
"""How many of the newest items are put into order; older ones follow by date."""
NEW_FOR = timedelta(hours=48)
ENDS_SOON = timedelta(hours=72)
SHARES_COUNT_FOR = timedelta(days=14)
OUT_THERE = (ShareState.SCHEDULED, ShareState.PUBLISHING, ShareState.PUBLISHED, ShareState.UNCONFIRMED)


@dataclass(frozen=True)
class Wish:
    """What the person asks the feed for; every part is optional.

    Args:
        words: to be found in the item.
        topic_id: about this topic.
        campaign_id: of this campaign.
        followed: only topics the person follows.
        unshared: only what the person has not shared.
        saved: only what the person saved.
        since: only what has been there since this moment.
    """

    words: str = ""
    topic_id: int | None = None
    campaign_id: int | None = None
    followed: bool = False
    unshared: bool = False
    saved: bool = False
    since: datetime | None = None


@dataclass(frozen=True)
class Card:
    """An item as the feed shows it to one person.

    Args:
        reason: why it is here.
        shared_on: networks that this person shared it to.
        colleagues: how many others shared it lately.
        picture: file name of its picture; None without one.
        ends_at: when it expires, if that is soon.
        film_seconds: how long its film plays; None when it is no film.
        opens_at: from when it may be shared, while only our own people may have it; None when it may be now.
    """

    id: int
    title: str
    summary: str
    kind: str
    reason: Text
    site: str
    picture: str | None
    alt_text: str
    topics: tuple[tuple[int, str], ...]
    campaign: str
    shared_on: tuple[str, ...]
    colleagues: int
    is_saved: bool
    ends_at: datetime | None
    internal_only: bool
    film_seconds: float | None = None
    opens_at: datetime | None = None


@dataclass(frozen=True)
class _Known:
    """What is asked once for all items of a page."""

    followed: frozenset[int]
    saved: frozenset[int]
    mine: dict[int, tuple[str, ...]]
    others: dict[int, int]
    team_names: dict[str, str]


def page(
    session: Session, clock: Clock, *, user: User, wish: Wish, after: str | None = None, size: int = 20
) -> Page[Card]:
    """A page of the feed.

    Args:
        session: for reading.
        clock: decides what is live and what is new.
        user: who looks.
        wish: search and filters.
        after: the cursor of the page before.
        size: cards a page, 1 to 50.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    place, number = values_of(after, size=2) if after else ("best", 0)
    query = _wished(visibility.visible_items(session, clock, user=user), user, wish)
    if place == "best":
        cards = _best(session, clock, user, query)
        start = max(0, int(number or 0))
        shown = cards[start : start + size]
        if start + size < len(cards):
            return Page(shown, cursor_of("best", start + size))
        return Page(shown, cursor_of("older", 0) if len(cards) == WINDOW else None)
    return _older(session, clock, user, query, skip=max(0, int(number or 0)), size=size)


def card_of(session: Session, clock: Clock, *, user: User, item: ContentItem) -> Card:
    """One item as the feed shows it; the caller has made sure that this person may see it."""
    known = _known(session, clock, user, [item])
    return _card(item, known, clock.now())


def topics(session: Session, *, user: User) -> list[tuple[int, str, bool]]:
    """Every topic, by name, with whether this person follows it."""
    followed = _followed(session, user)
    rows = session.execute(select(Topic.id, Topic.name).order_by(Topic.name)).all()
    return [(number, name, number in followed) for number, name in rows]


def campaigns(session: Session) -> list[tuple[int, str]]:
    """Campaigns to filter by, by name."""
    return [
        (number, name) for number, name in session.execute(select(Campaign.id, Campaign.name).order_by(Campaign.name))
    ]


def _wished(query: Any, user: User, wish: Wish) -> Any:
    conditions: list[ColumnElement[bool]] = []
    if wish.topic_id:
        conditions.append(exists().where(ItemTopic.item_id == ContentItem.id, ItemTopic.topic_id == wish.topic_id))
    if wish.campaign_id:
        conditions.append(ContentItem.campaign_id == wish.campaign_id)
    if wish.followed:
        mine = and_(FollowedTopic.topic_id == ItemTopic.topic_id, FollowedTopic.user_id == user.id)
        conditions.append(exists().where(ItemTopic.item_id == ContentItem.id, mine))
    if wish.unshared:
        conditions.append(
            ~exists().where(Share.item_id == ContentItem.id, Share.user_id == user.id, Share.state.in_(OUT_THERE))
        )
    if wish.saved:
        conditions.append(exists().where(SavedItem.item_id == ContentItem.id, SavedItem.user_id == user.id))
    if wish.since:
        conditions.append(func.coalesce(ContentItem.live_from, ContentItem.created_at) >= wish.since)
    query = query.where(*conditions)
    return search.matching(query, wish.words) if wish.words.strip() else query


def _newest_first(query: Any) -> Any:
    whole = (
        joinedload(ContentItem.picture),
        joinedload(ContentItem.card),
        joinedload(ContentItem.campaign),
        joinedload(ContentItem.film).lazyload(Film.poster),
    )
    return query.options(*whole).order_by(ContentItem.live_from.desc(), ContentItem.id.desc())


def _best(session: Session, clock: Clock, user: User, query: Any) -> list[Card]:
    newest = list(session.scalars(_newest_first(query).limit(WINDOW)).unique())
    pinned = list(session.scalars(_newest_first(query.where(ContentItem.pinned)).limit(20)).unique())
    items = list({item.id: item for item in [*newest, *pinned]}.values())
    known = _known(session, clock, user, items)
    now = clock.now()
    items.sort(key=lambda item: (-score(item, user, known, now), -item.id))
    return [_card(item, known, now) for item in items[:WINDOW]]


def _older(session: Session, clock: Clock, user: User, query: Any, *, skip: int, size: int) -> Page[Card]:
    rows = list(session.scalars(_newest_first(query).offset(WINDOW + skip).limit(size + 1)).unique())
    known = _known(session, clock, user, rows[:size])
    cards = [_card(item, known, clock.now()) for item in rows[:size]]
    return Page(cards, cursor_of("older", skip + size) if len(rows) > size else None)


def score(item: ContentItem, user: User, known: _Known, now: datetime) -> float:
    """How far up an item stands. Freshness halves every four days; what fits the person adds to it.

    Pinned ones come first; what the person has shared already goes down, but does not vanish.
    """
    age = max(0.0, (now - (item.live_from or item.created_at)).total_seconds() / 86400)
    points: float = 100.0 * 0.5 ** (age / 4)
    points += 1000 if item.pinned else 0
    points += 60 if any(topic.id in known.followed for topic in item.topics) else 0
    points += 40 if _team_of(item, known) else 0
    points += 20 if _values(item, Dimension.LOCATION) else 0
    points += 8 * min(5, known.others.get(item.id, 0))
    points += 25 if item.language.split("-")[0] in {str(code).split("-")[0] for code in user.languages} else 0
    points += 15 if item.expires_at and item.expires_at - now < ENDS_SOON else 0
    return points - (1100 if item.id in known.mine else 0)


def _reason(item: ContentItem, known: _Known, now: datetime) -> Text:
    team = _team_of(item, known)
    topic = next((topic.name for topic in item.topics if topic.id in known.followed), None)
    others = known.others.get(item.id, 0)
    if item.id in known.mine:
        return Text("You shared this")
    if item.pinned:
        return Text("Picked for you by marketing")
    if topic:
        return Text("You follow {topic}", topic=topic)
    if team:
        return Text("For {team}", team=team)
    if others > 1:
        return Text("{count} colleagues shared it", count=others)
    if _is_new(item, now):
        return Text("New")
    if others == 1:
        return Text("A colleague shared it")
    places = _values(item, Dimension.LOCATION)
    return Text("For {team}", team=places[0]) if places else Text("Worth sharing")


def _card(item: ContentItem, known: _Known, now: datetime) -> Card:
    picture = item.picture or (item.card.picture if item.card else None)
    return Card(
        id=item.id,
        title=item.title,
        summary=item.summary or (item.card.description if item.card else ""),
        kind=item.kind.value,
        reason=_reason(item, known, now),
        site=item.card.site_name if item.card else "",
        picture=picture.file_name if picture else None,
        alt_text=item.alt_text,
        topics=tuple((topic.id, topic.name) for topic in item.topics),
        campaign=item.campaign.name if item.campaign else "",
        shared_on=known.mine.get(item.id, ()),
        colleagues=known.others.get(item.id, 0),
        is_saved=item.id in known.saved,
        ends_at=item.expires_at if item.expires_at and item.expires_at - now < ENDS_SOON else None,
        internal_only=item.internal_only,
        film_seconds=item.film.seconds if item.film else None,
        opens_at=item.outside_from if item.is_inside_only(now) else None,
    )


def _is_new(item: ContentItem, now: datetime) -> bool:
    return now - (item.live_from or item.created_at) < NEW_FOR


def _values(item: ContentItem, dimension: Dimension) -> list[str]:
    return [row.value for row in item.audience if row.dimension is dimension]


def _team_of(item: ContentItem, known: _Known) -> str | None:
    return next(
        (known.team_names[value] for value in _values(item, Dimension.TEAM) if value in known.team_names), None
    )


def _followed(session: Session, user: User) -> frozenset[int]:
    return frozenset(session.scalars(select(FollowedTopic.topic_id).where(FollowedTopic.user_id == user.id)))


def _known(session: Session, clock: Clock, user: User, items: Sequence[ContentItem]) -> _Known:
    ids = [item.id for item in items]
    mine: dict[int, tuple[str, ...]] = {}
    for item_id, network in session.execute(
        select(Share.item_id, Share.network).where(
            Share.user_id == user.id, Share.item_id.in_(ids), Share.state.in_(OUT_THERE), Share.removed_at.is_(None)
        )
    ):
        mine[item_id] = tuple(sorted({*mine.get(item_id, ()), network}))
    lately = clock.now() - SHARES_COUNT_FOR
    lately_published = or_(Share.published_at.is_(None), Share.published_at > lately)
    counted = session.execute(
        select(Share.item_id, func.count(func.distinct(Share.user_id)))
        .where(
            Share.item_id.in_(ids), Share.user_id != user.id, Share.state == ShareState.PUBLISHED, lately_published
        )
        .group_by(Share.item_id)
    )
    others = {item_id: int(count) for item_id, count in counted}
    mine_above = visibility.reader(session, user=user).teams
    return _Known(
        followed=_followed(session, user),
        saved=frozenset(
            session.scalars(select(SavedItem.item_id).where(SavedItem.user_id == user.id, SavedItem.item_id.in_(ids)))
        ),
        mine=mine,
        others=others,
        team_names={
            str(number): name
            for number, name in session.execute(select(Team.id, Team.name).where(Team.id.in_(mine_above)))
        },
    )
