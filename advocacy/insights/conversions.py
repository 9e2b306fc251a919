"""Conversions that followed from clicks: how many, worth what, by kind, item, campaign or network, and one by one."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from advocacy.base.paging import Page, cursor_of
from advocacy.base.text import Text
from advocacy.insights.click_rows import rule_title
from advocacy.insights.cursors import after_day
from advocacy.insights.scope import Scope
from advocacy.library.models import Campaign, ContentItem
from advocacy.reach.conversion_models import Conversion, ConversionKind, Standing


class By(enum.StrEnum):
    """What lines stand for."""

    KIND = "kind"
    ITEM = "item"
    CAMPAIGN = "campaign"
    NETWORK = "network"


class Which(enum.StrEnum):
    """Which conversions a list shows."""

    ALL = "all"
    HUMAN = "human"
    FILTERED = "filtered"
    APART = "apart"
    """Those without a click that counts: too late, unknown, or still being looked for."""


@dataclass(frozen=True)
class Worth:
    """An amount of money; amounts of several currencies are never added up.

    Args:
        currency: ISO 4217.
        hundredths: of it.
    """

    currency: str
    hundredths: int


@dataclass(frozen=True)
class Line:
    """Conversions of one kind, item, campaign or network.

    Args:
        key: a number or a name, by which a link leads on; "" where there is none.
        name: as people say it; None where there is none, such as items without a campaign.
        human: after clicks by people.
        filtered: after clicks that do not count.
        worth: what those after clicks by people are worth, where that is told.
    """

    key: str
    name: str | None
    human: int
    filtered: int
    worth: tuple[Worth, ...]


@dataclass(frozen=True)
class Total:
    """All conversions of a scope.

    Args:
        human: after clicks by people.
        filtered: after clicks that do not count.
        late: told after the window.
        unknown: with an id that no click has.
        waiting: whose click is being looked for.
        worth: of those after clicks by people.
    """

    human: int
    filtered: int
    late: int
    unknown: int
    waiting: int
    worth: tuple[Worth, ...]

    @property
    def apart(self) -> int:
        """Those without a click that counts."""
        return self.late + self.unknown + self.waiting


@dataclass(frozen=True)
class ConversionRow:
    """A conversion as a reader may see it.

    Args:
        at: when.
        kind: what was done.
        item_id: what had been shared; None without a click.
        title: of the item.
        network: the name of the way out; "" without a click.
        clicked_at: when its click was made.
        standing: whether its click was found.
        rule: the title of the rule that filtered its click.
        worth: what it is worth; None when nobody told.
        told_by: `server` or `pixel`.
    """

    at: datetime
    kind: str
    item_id: int | None
    title: str
    network: str
    clicked_at: datetime | None
    standing: Standing
    rule: Text | None
    worth: Worth | None
    told_by: str


CONDITIONS: Mapping[Which, tuple[Any, ...]] = {
    Which.ALL: (),
    Which.HUMAN: (Conversion.standing == Standing.FOUND, Conversion.rule == ""),
    Which.FILTERED: (Conversion.standing == Standing.FOUND, Conversion.rule != ""),
    Which.APART: (Conversion.standing != Standing.FOUND,),
}


def _within(query: Select[Any], scope: Scope) -> Select[Any]:
    query = query.where(Conversion.day.between(scope.span.first, scope.span.last))
    if scope.network:
        query = query.where(Conversion.network == scope.network)
    if scope.item_id is not None:
        query = query.where(Conversion.item_id == scope.item_id)
    return query


def are_used(session: Session) -> bool:
    """Whether any kind of conversion was named."""
    return session.scalar(select(ConversionKind.id).limit(1)) is not None


def total(session: Session, scope: Scope) -> Total:
    """All conversions of a scope."""
    is_human = Conversion.rule == ""
    of_each: tuple[Any, ...] = (Conversion.standing, is_human, Conversion.currency)
    query: Select[Any] = select(*of_each, func.count(), func.sum(Conversion.hundredths))
    counts: dict[tuple[Standing, bool], int] = defaultdict(int)
    sums: list[tuple[str, Any]] = []
    for standing, human, currency, count, amount in session.execute(_within(query, scope).group_by(*of_each)):
        counts[standing, bool(human)] += count
        if standing is Standing.FOUND and human:
            sums.append((currency, amount))
    return Total(
        human=counts[Standing.FOUND, True],
        filtered=counts[Standing.FOUND, False],
        late=counts[Standing.LATE, True] + counts[Standing.LATE, False],
        unknown=counts[Standing.UNKNOWN, True],
        waiting=counts[Standing.WAITING, True],
        worth=_worth(sums),
    )


def lines(session: Session, scope: Scope, *, by: By, most: int = 100) -> list[Line]:
    """The conversions whose click was found, in groups, most of people's clicks first.

    Args:
        session: for reading.
        scope: what is counted.
        by: what a line stands for.
        most: lines at most.
    """
    key, name = {
        By.KIND: (Conversion.kind_id, ConversionKind.name),
        By.ITEM: (Conversion.item_id, ContentItem.title),
        By.CAMPAIGN: (ContentItem.campaign_id, Campaign.name),
        By.NETWORK: (Conversion.network, Conversion.network),
    }[by]
    is_human = Conversion.rule == ""
    of_each: tuple[Any, ...] = (key, name, is_human, Conversion.currency)
    query: Select[Any] = select(*of_each, func.count(), func.sum(Conversion.hundredths))
    query = query.select_from(Conversion).join(ConversionKind, ConversionKind.id == Conversion.kind_id)
    if by in (By.ITEM, By.CAMPAIGN):
        query = query.outerjoin(ContentItem, ContentItem.id == Conversion.item_id)
    if by is By.CAMPAIGN:
        query = query.outerjoin(Campaign, Campaign.id == ContentItem.campaign_id)
    query = _within(query, scope).where(Conversion.standing == Standing.FOUND).group_by(*of_each)
    counts: dict[tuple[Any, Any], list[int]] = defaultdict(lambda: [0, 0])
    sums: dict[tuple[Any, Any], list[tuple[str, Any]]] = defaultdict(list)
    for group, title, human, currency, count, amount in session.execute(query):
        counts[group, title][0 if human else 1] += count
        if human:
            sums[group, title].append((currency, amount))
    found = [
        Line(str(group) if group is not None else "", title, human, filtered, _worth(sums[group, title]))
        for (group, title), (human, filtered) in counts.items()
    ]
    return sorted(found, key=lambda one: (-one.human, -one.filtered, one.name or ""))[:most]


def _worth(sums: Iterable[tuple[str, Any]]) -> tuple[Worth, ...]:
    added: dict[str, int] = defaultdict(int)
    for currency, amount in sums:
        if currency and amount is not None:
            added[currency] += int(amount)
    return tuple(Worth(currency, added[currency]) for currency in sorted(added))


def page(
    session: Session, scope: Scope, *, which: Which, kind_id: int | None = None, after: str = "", size: int = 50
) -> Page[ConversionRow]:
    """Conversions one by one, the newest day first.

    Args:
        session: for reading.
        scope: what is counted.
        which: after which clicks.
        kind_id: of one kind alone; None for all.
        after: the cursor of the page before; "" for the first.
        size: rows, 1 or more.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    columns: tuple[Any, ...] = (Conversion, ContentItem.title)
    joined: Select[Any] = select(*columns).outerjoin(ContentItem, ContentItem.id == Conversion.item_id)
    query = _within(joined, scope).where(*CONDITIONS[which])
    if kind_id is not None:
        query = query.where(Conversion.kind_id == kind_id)
    if after:
        day, last = after_day(after)
        query = query.where((Conversion.day < day) | ((Conversion.day == day) & (Conversion.id < last)))
    rows: Sequence[Any] = session.execute(
        query.order_by(Conversion.day.desc(), Conversion.id.desc()).limit(size + 1)
    ).all()
    shown = rows[:size]
    cursor = cursor_of(shown[-1][0].day.isoformat(), shown[-1][0].id) if len(rows) > size else None
    return Page([_row(told, title) for told, title in shown], cursor)


def _row(told: Conversion, title: str | None) -> ConversionRow:
    return ConversionRow(
        at=told.at,
        kind=told.kind.name,
        item_id=told.item_id,
        title=title or "",
        network=told.network,
        clicked_at=told.clicked_at,
        standing=told.standing,
        rule=rule_title(told.rule) if told.rule else None,
        worth=Worth(told.currency, told.hundredths) if told.hundredths is not None else None,
        told_by="server" if told.source_id is not None else "pixel",
    )
