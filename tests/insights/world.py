"""A company whose figures are known: rows written in bulk, kept beside as plain lists that an oracle counts."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from advocacy.base.house import House
from advocacy.people.models import User
from advocacy.reach import item_sums
from advocacy.reach.models import (
    Agent,
    Click,
    FigureReading,
    FilteredDay,
    JournalSegment,
    ReachDay,
    ReadBack,
    ReadingState,
    RequestKind,
    moment,
)
from advocacy.sharing import post_sums
from advocacy.sharing.models import Link, Proof, Share, ShareState

RULES = ("crawler", "head", "burst", "data_centre")
FIRST_SHARE = FIRST_PERSON = 100_000
"""Beyond the ids that the database gives out, so that tests may add shares of their own."""
NETWORKS = ("bluesky", "mastodon", "linkedin_link")


@dataclass
class World:
    """Everything that was written, as plain values."""

    people: list[dict[str, Any]] = field(default_factory=list)
    shares: list[dict[str, Any]] = field(default_factory=list)
    clicks: list[dict[str, Any]] = field(default_factory=list)
    readings: list[dict[str, Any]] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    teams: dict[str, int] = field(default_factory=dict)

    def out(self, first: date, last: date, keep: Callable[[dict[str, Any]], bool] = bool) -> list[dict[str, Any]]:
        """Posts that went out from one day to another."""
        return [
            share
            for share in self.shares
            if share["state"] is ShareState.PUBLISHED
            and first <= share["published_at"].date() <= last
            and keep(share)
        ]

    def clicked(self, first: date, last: date, keep: Callable[[dict[str, Any]], bool] = bool) -> list[dict[str, Any]]:
        """Clicks from one day to another on links of posts that fit."""
        shares = {share["link_id"]: share for share in self.shares}
        return [click for click in self.clicks if first <= click["day"] <= last and keep(shares[click["link_id"]])]


def build(house: House, make: Any, *, people: int, shares: int, clicks: int, seed: int = 7) -> World:
    """Writes a company with departments of several sizes and a hundred days of history.

    Args:
        house: where to.
        make: the tests' factory.
        people: how many.
        shares: how many, in all states.
        clicks: how many, on the shares that are out.
        seed: of the dice.
    """
    dice, world, now = random.Random(seed), World(), house.clock.now()
    sales, product = make.team("Sales"), make.team("Product")
    nordic, board = make.team("Nordic", parent=sales), make.team("Board")
    world.teams = {"Sales": sales.id, "Product": product.id, "Nordic": nordic.id, "Board": board.id}
    # Three on the board, three in no team, the others in the large teams.
    places: list[int | None] = [board.id] * 3 + [None] * 3
    places += [dice.choice([sales.id, product.id, nordic.id]) for _ in range(people - len(places))]
    world.people = [
        {
            "id": FIRST_PERSON + number,
            "email": f"p{number}@example.com",
            "name": f"Person Number{number}",
            "search_words": f"person number{number}",
            "team_id": place,
            "ranked_by_name": number % 3 == 0,
            "created_at": now - timedelta(days=200),
            "last_seen_at": None if number % 7 == 0 else now - timedelta(hours=dice.randrange(120 * 24)),
        }
        for number, place in enumerate(places)
    ]
    world.items = [make.item(f"Item {number}", created_at=now - timedelta(days=150)).id for number in range(12)]
    world.shares = [_share(number, dice, world, now) for number in range(FIRST_SHARE, FIRST_SHARE + shares)]
    out = [share for share in world.shares if share["state"] is ShareState.PUBLISHED]
    world.clicks = [_click(number, dice, out, now) for number in range(1, clicks + 1)]
    world.readings = [_reading(number, share, dice) for number, share in enumerate(out, 1)]
    _write(house, world)
    return world


def _share(number: int, dice: random.Random, world: World, now: datetime) -> dict[str, Any]:
    network = dice.choice(NETWORKS)
    states = [ShareState.PUBLISHED, ShareState.SCHEDULED, ShareState.FAILED, ShareState.MISSED]
    state = dice.choices(states, [90, 4, 4, 2])[0]
    proof = Proof.NONE
    if state is ShareState.PUBLISHED:
        proof = dice.choice([Proof.CLAIMED, Proof.CONFIRMED]) if network.endswith("_link") else Proof.NETWORK
    at = now - timedelta(minutes=dice.randrange(100 * 24 * 60))
    return {
        "id": number,
        "user_id": dice.choice(world.people)["id"],
        "item_id": dice.choice(world.items),
        "network": network,
        "link_id": number,
        "request_key": f"key-{number}",
        "state": state,
        "proof": proof,
        "text": f"Words {number}",
        "idempotency_key": f"id-{number}",
        "permalink": f"https://example.social/@p/{number}",
        "published_at": at if state is ShareState.PUBLISHED else None,
        "removed_at": at + timedelta(hours=1) if state is ShareState.PUBLISHED and dice.random() < 0.03 else None,
        "created_at": at,
        "updated_at": at,
    }


def _click(number: int, dice: random.Random, out: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    share = dice.choice(out)
    at = share["published_at"] + (now - share["published_at"]) * dice.random() ** 2
    day = at.astimezone(UTC).date()
    rule = dice.choice(RULES) if dice.random() < 0.4 else ""
    return {
        "id": number,
        "link_id": share["link_id"],
        "day": day,
        "ms": (at - moment(day, 0)) // timedelta(milliseconds=1),
        "kind_id": 2 if rule else 1,
        "visitor": number,
        "is_human": not rule,
        "is_first_today": not rule and dice.random() < 0.8,
        "rule": rule,
    }


def _reading(number: int, share: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    known = not share["network"].endswith("_link") and dice.random() < 0.8
    likes = dice.randrange(9) if known else None
    return {
        "id": number,
        "share_id": share["id"],
        "at": share["published_at"] + timedelta(hours=2),
        "state": ReadingState.READ if known else ReadingState.NOT_AVAILABLE,
        "likes": likes,
        "reposts": likes and likes // 2,
        "replies": dice.randrange(3) if known else None,
        "quotes": dice.randrange(2) if known and share["network"] == "bluesky" else None,
        "views": None,
        "reason": None,
    }


def sums_of(world: World) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The days' sums as reach keeps them, counted in plain Python."""
    shares = {share["link_id"]: share for share in world.shares}
    days: dict[tuple[date, int], dict[str, Any]] = {}
    filtered: dict[tuple[date, int, str], int] = {}
    for click in world.clicks:
        share, place = shares[click["link_id"]], (click["day"], click["link_id"])
        row = days.setdefault(
            place,
            {
                "day": click["day"],
                "link_id": click["link_id"],
                **{name: share[name] for name in ("user_id", "item_id", "network")},
                **dict.fromkeys(("raw", "filtered", "human", "unique_visitors"), 0),
            },
        )
        row["raw"] += 1
        row["human" if click["is_human"] else "filtered"] += 1
        row["unique_visitors"] += click["is_first_today"]
        if click["rule"]:
            key = (*place, click["rule"])
            filtered[key] = filtered.get(key, 0) + 1
    rules = [
        {"day": day, "link_id": link, "rule": rule, "clicks": count} for (day, link, rule), count in filtered.items()
    ]
    return list(days.values()), rules


def _write(house: House, world: World) -> None:
    days, rules = sums_of(world)
    now = house.clock.now()
    links = [
        {"id": share["link_id"], "code": f"c{share['id']}", "target": "https://example.com", "created_at": now}
        for share in world.shares
    ]
    segment = {"id": 1, "name": "made-by-hand", "imported_at": now}
    kinds = [{"id": number, "method": "GET", "agent_id": number} for number in (1, 2)]
    agents = [{"id": 1, "text": "Firefox", "device": "desktop"}, {"id": 2, "text": "SomeBot/1.0", "device": ""}]
    newest = [
        {
            "share_id": reading["share_id"],
            "newest_id": reading["id"] if reading["state"] is ReadingState.READ else None,
        }
        for reading in world.readings
    ]
    steps: Iterable[tuple[Any, list[dict[str, Any]]]] = (
        (User, world.people),
        (Link, links),
        (Share, world.shares),
        (JournalSegment, [segment]),
        (Agent, agents),
        (RequestKind, kinds),
        (Click, world.clicks),
        (ReachDay, days),
        (FilteredDay, rules),
        (FigureReading, world.readings),
        (ReadBack, newest),
    )
    with house.db.transaction() as session:
        for table, rows in steps:
            if rows:
                session.execute(insert(table), rows)
    for kept in (post_sums, item_sums):
        with house.db.reading() as session:
            months = kept.differing(session)
        kept.rebuild(house.db, months)
