"""In which order the feed shows items, and the reason it gives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from advocacy.base.text import Text
from advocacy.library.visibility import Reader
from advocacy.people import teams
from advocacy.sharing.feed_items import Item
from advocacy.sharing.feed_person import Person

NEW_FOR = timedelta(hours=48)
ENDS_SOON = timedelta(hours=72)
HALF_LIFE = timedelta(days=4)
"""In which an item loses half of its freshness."""


class Standing(NamedTuple):
    """What of an item's points is the same at every look of one kind of reader.

    Args:
        id: the item's.
        freshness: its share of the freshness that an item has which appeared at `FRESH_AT`.
        points: for what it is and whom it is for.
        ends_at: when it expires; None when it does not.
        topics: ids of what it is about.
    """

    id: int
    freshness: float
    points: int
    ends_at: datetime | None
    topics: frozenset[int]


FRESH_AT = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
"""Any moment will do: freshness at one is freshness at another times a factor that all items share."""


def standing(item: Item, who: Reader) -> Standing:
    """What does not change from look to look. Pinned ones come first; what fits the kind of reader adds to it."""
    points = 1000 if item.pinned else 0
    points += 40 if _team_of(item, who) is not None else 0
    points += 20 if item.places else 0
    points += 25 if item.language.split("-")[0] in who.languages else 0
    return Standing(
        id=item.id,
        freshness=2.0 ** ((item.appeared_at - FRESH_AT) / HALF_LIFE),
        points=points,
        ends_at=item.expires_at,
        topics=frozenset(number for number, _ in item.topics),
    )


def best_first(standings: Sequence[Standing], person: Person, now: datetime) -> list[int]:
    """Where each item stands in the sequence that was given, best first.

    Freshness is worth 100 points at first and halves every four days; what fits the person adds to it; what they have
    shared already goes down, but does not vanish.
    """
    fresh = 100.0 * 2.0 ** ((FRESH_AT - now) / HALF_LIFE)
    soon = now + ENDS_SOON
    ranked = []
    for place, (number, freshness, points, ends_at, topics) in enumerate(standings):
        score = min(100.0, fresh * freshness) + points
        if person.followed and not topics.isdisjoint(person.followed):
            score += 60
        if number in person.others:
            score += 8 * min(5, person.others[number])
        if ends_at is not None and ends_at < soon:
            score += 15
        if number in person.mine:
            score -= 1100
        ranked.append((-score, -number, place))
    return [place for *_, place in sorted(ranked)]


def reason(session: Session, item: Item, who: Reader, person: Person, now: datetime) -> Text:
    """Why an item is in this person's feed: the best reason that is true."""
    topic = next((name for number, name in item.topics if number in person.followed), None)
    team = _team_of(item, who)
    others = person.others.get(item.id, 0)
    if item.id in person.mine:
        return Text("You shared this")
    if item.pinned:
        return Text("Picked for you by marketing")
    if topic:
        return Text("You follow {topic}", topic=topic)
    if team is not None:
        return Text("For {team}", team=teams.name_of(session, team))
    if others > 1:
        return Text("{count} colleagues shared it", count=others)
    if now - item.appeared_at < NEW_FOR:
        return Text("New")
    if others == 1:
        return Text("A colleague shared it")
    return Text("For {team}", team=item.places[0]) if item.places else Text("Worth sharing")


def ends_soon(item: Item, now: datetime) -> bool:
    """Whether it is time to say when it ends."""
    return item.expires_at is not None and item.expires_at - now < ENDS_SOON


def _team_of(item: Item, who: Reader) -> int | None:
    """The first team in the item's audience that the reader belongs to."""
    return next((int(team) for team in item.teams if int(team) in who.teams), None)
