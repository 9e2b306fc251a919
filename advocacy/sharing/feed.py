"""The feed: what this person may share now, best first, each with the reason why it stands where it stands."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal, select, tuple_
from sqlalchemy.orm import Session

from advocacy.base import editions
from advocacy.base.clock import Clock
from advocacy.base.db import UtcDateTime
from advocacy.base.errors import Invalid
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.library import search, visibility
from advocacy.library.models import Campaign, ContentItem, ItemTopic, Topic
from advocacy.library.visibility import Reader
from advocacy.people.models import User
from advocacy.sharing import feed_items, feed_person, feed_ranking
from advocacy.sharing.feed_items import Item
from advocacy.sharing.feed_person import OUT_THERE, Person
from advocacy.sharing.feed_ranking import Standing
from advocacy.sharing.models import FollowedTopic, SavedItem, Share

WINDOW = 200
"""How many of the newest items are put into order; older ones follow by date."""
MOST_PINNED = 20
"""Pinned items beyond the window that come first all the same."""
MOST_ROWS = 2**31
"""No row has a number as great as this."""
MOST_READERS = 400
"""Kinds of readers (team, place, languages, roles) whose window a process remembers; beyond that it begins again."""
MOST_LINES = 20
"""The same for those who looked further than the window: 16 bytes for each item that they may see."""


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
class Front:
    """The feed with what stands around it.

    Args:
        page: the cards.
        topics: every topic by name, with whether this person follows it: (id, name, followed).
        campaigns: to filter by, by name: (id, name).
        signs_in_again: whether an account of theirs wants a new sign-in.
    """

    page: Page[Card]
    topics: tuple[tuple[int, str, bool], ...]
    campaigns: tuple[tuple[int, str], ...]
    signs_in_again: bool


@dataclass(frozen=True)
class _Look:
    """Who looks, when, and at what."""

    session: Session
    now: datetime
    user: User
    who: Reader
    wish: Wish

    def person(self, ids: Sequence[int]) -> Person:
        """What is known of whoever looks, for these items."""
        return feed_person.of(self.session, self.now, user_id=self.user.id, floor=min(ids, default=0))


@dataclass(frozen=True)
class _Window:
    """The newest items that a kind of reader may see, and the pinned ones, all to be put into order."""

    items: Sequence[Item]
    standings: Sequence[Standing]
    pinned_before: frozenset[int]
    """Ids of those that are here because they are pinned: among older ones they do not come again."""
    oldest: Item | None
    """The one after which older ones begin; None when there are none."""


def front(session: Session, clock: Clock, *, user: User, wish: Wish, after: str | None = None) -> Front:
    """The page that people open: as `page`, with what stands around it."""
    look = _Look(session, clock.now(), user, visibility.reader(session, user=user), wish)
    cards, person = _page(look, after, 20)
    return Front(
        page=cards,
        topics=tuple((number, name, number in person.followed) for number, name in _names(session, Topic)),
        campaigns=_names(session, Campaign),
        signs_in_again=person.signs_in_again,
    )


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
    look = _Look(session, clock.now(), user, visibility.reader(session, user=user), wish)
    return _page(look, after, size)[0]


def card_of(session: Session, clock: Clock, *, user: User, item: ContentItem) -> Card:
    """One item as the feed shows it; the caller has made sure that this person may see it."""
    look = _Look(session, clock.now(), user, visibility.reader(session, user=user), Wish())
    [card] = _cards(feed_items.of(session, [item.id]), look, look.person([item.id]))
    return card


def _page(look: _Look, after: str | None, size: int) -> tuple[Page[Card], Person]:
    began, number = _place(after)
    window = _window(look)
    if began is not None:
        return _older(look, window, (began, number), size)
    person = look.person([item.id for item in window.items])
    ranked = feed_ranking.best_first(window.standings, person, look.now)
    shown = _cards([window.items[place] for place in ranked[number : number + size]], look, person)
    if number + size < len(ranked):
        return Page(shown, cursor_of("best", number + size, None)), person
    oldest = window.oldest
    return Page(shown, cursor_of("older", oldest.id, oldest.appeared_at) if oldest else None), person


def _place(after: str | None) -> tuple[datetime | None, int]:
    """Where a page begins: how many of the best were shown; or when and which was the last of older ones."""
    place, number, moment = values_of(after, str, int, object) if after else ("best", 0, None)
    if isinstance(number, int) and 0 <= number < MOST_ROWS:
        if place == "best":
            return None, number
        with suppress(
            ValueError, OverflowError
        ):  # of an address that was typed: told below like any that is not ours
            if place == "older" and isinstance(moment, str):
                return datetime.fromisoformat(moment).astimezone(UTC), number
    raise Invalid("after", Text("This page of the list does not exist. Start again from the first page."))


def _ids(look: _Look) -> Any:
    """A select of the ids that are wished for, newest first."""
    query = _wished(visibility.items_for(look.who, look.now), look.user, look.wish)
    return query.with_only_columns(ContentItem.id).order_by(ContentItem.live_from.desc(), ContentItem.id.desc())


def _window(look: _Look) -> _Window:
    if look.wish != Wish():
        return _read_window(look)
    windows: dict[object, _Window] = editions.kept(look.session).setdefault("feed windows", {})
    key = (look.who, visibility.turn(look.session, look.now))
    if key not in windows:
        if len(windows) >= MOST_READERS:
            windows.clear()
        windows[key] = _read_window(look)
    return windows[key]


def _read_window(look: _Look) -> _Window:
    query = _ids(look)
    newest = list(look.session.scalars(query.limit(WINDOW)))
    has_more = len(newest) == WINDOW  # else the pinned ones are among them
    pinned = look.session.scalars(query.where(ContentItem.pinned).limit(MOST_PINNED)) if has_more else ()
    before = sorted(set(pinned) - set(newest), reverse=True)
    items = feed_items.of(look.session, [*newest, *before])
    return _Window(
        items=items,
        standings=[feed_ranking.standing(item, look.who) for item in items],
        pinned_before=frozenset(before),
        oldest=items[WINDOW - 1] if len(newest) == WINDOW else None,
    )


def _older(look: _Look, window: _Window, last: tuple[datetime, int], size: int) -> tuple[Page[Card], Person]:
    if look.wish == Wish():
        following = (one for one in _line(look).after(*last) if one not in window.pinned_before)
        ids = list(islice(following, size + 1))
    else:
        query = _ids(look).where(ContentItem.id.not_in(window.pinned_before))
        place = tuple_(literal(last[0], UtcDateTime), literal(last[1]))
        ids = list(
            look.session.scalars(query.where(tuple_(ContentItem.live_from, ContentItem.id) < place).limit(size + 1))
        )
    person = look.person(ids)
    items = feed_items.of(look.session, ids[:size])
    cursor = cursor_of("older", items[-1].id, items[-1].appeared_at) if len(ids) > size else None
    return Page(_cards(items, look, person), cursor), person


@dataclass(frozen=True)
class _Line:
    """All that a kind of reader may see, newest first: ids, and moments as seconds of the epoch."""

    ids: Sequence[int]
    moments: Sequence[float]

    def after(self, moment: datetime, last_id: int) -> Iterator[int]:
        """The ids that come after this one, whether it is still there or not."""
        last = (-moment.timestamp(), -last_id)
        start = bisect_right(range(len(self.ids)), last, key=lambda place: (-self.moments[place], -self.ids[place]))
        return islice(self.ids, start, None)


def _line(look: _Look) -> _Line:
    lines: dict[object, _Line] = editions.kept(look.session).setdefault("feed lines", {})
    key = (look.who, visibility.turn(look.session, look.now))
    if key not in lines:
        if len(lines) >= MOST_LINES:
            lines.clear()
        query = _ids(look).add_columns(ContentItem.live_from).where(ContentItem.live_from.is_not(None))
        rows = look.session.execute(query).all()
        lines[key] = _Line(
            array("q", [number for number, _ in rows]), array("d", [moment.timestamp() for _, moment in rows])
        )
    return lines[key]


def _names(session: Session, kind: type[Topic] | type[Campaign]) -> tuple[tuple[int, str], ...]:
    known: dict[object, tuple[tuple[int, str], ...]] = editions.kept(session).setdefault("names to filter by", {})
    if kind not in known:
        rows = session.execute(select(kind.id, kind.name).order_by(kind.name))
        known[kind] = tuple((number, name) for number, name in rows)
    return known[kind]


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


def _cards(items: Sequence[Item], look: _Look, person: Person) -> list[Card]:
    return [
        Card(
            id=item.id,
            title=item.title,
            summary=item.summary,
            kind=item.kind.value,
            reason=feed_ranking.reason(look.session, item, look.who, person, look.now),
            site=item.site,
            picture=item.picture,
            alt_text=item.alt_text,
            topics=item.topics,
            campaign=item.campaign,
            shared_on=person.mine.get(item.id, ()),
            colleagues=person.others.get(item.id, 0),
            is_saved=item.id in person.saved,
            ends_at=item.expires_at if feed_ranking.ends_soon(item, look.now) else None,
            internal_only=item.internal_only,
            film_seconds=item.film_seconds,
            opens_at=item.outside_from if item.outside_from and look.now < item.outside_from else None,
        )
        for item in items
    ]
