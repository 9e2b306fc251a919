"""The days' sums: derived from the clicks, moved with them, and made anew from them whenever one doubts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, delete, func, select, union
from sqlalchemy.orm import Session

from advocacy.base import bulk, retention
from advocacy.base.db import Database, upsert
from advocacy.reach import item_sums
from advocacy.reach.models import Click, FilteredDay, ReachDay
from advocacy.reach.rule_codes import rule_name
from advocacy.sharing.models import Link, Share

CHUNK = 500
"""Links summed anew in one transaction."""


@dataclass(frozen=True, slots=True)
class Target:
    """A link and the share it belongs to; of no share all but the link and the moment are None."""

    link_id: int
    share_id: int | None
    user_id: int | None
    item_id: int | None
    network: str | None
    shared_at: datetime
    """When the post with this link went out, or when the link was made."""
    shared_us: int
    """The same in microseconds since 1970."""


@dataclass(slots=True)
class Tally:
    """What a batch of clicks adds to a link's day.

    Args:
        target: the link.
        seen: its visitors of that day so far; those of the batch are added.
    """

    target: Target
    seen: set[int]
    raw: int = 0
    human: int = 0
    unique: int = 0
    first_ms: int = 0
    """When the first of the new visitors came, in milliseconds since the day began."""
    by_rule: Counter[str] = field(default_factory=Counter)

    def add(self, visitor: int, rule: str, ms: int) -> bool:
        """Counts a click; returns whether it is the visitor's first that counts.

        Args:
            visitor: the hash.
            rule: that filtered it; "" for a human's.
            ms: since the day began.
        """
        self.raw += 1
        if rule:
            self.by_rule[rule] += 1
            return False
        self.human += 1
        if visitor in self.seen:
            return False
        self.seen.add(visitor)
        self.unique += 1
        if self.unique == 1:
            self.first_ms = ms
        return True


def add(session: Session, tallies: Mapping[tuple[date, int], Tally]) -> None:
    """Adds a batch to the days' sums; clicks of no share are not summed.

    Args:
        session: inside the transaction that adds the clicks; it holds the links.
        tallies: by day and link.
    """
    days, rules, of_items, rules_of_items = [], [], [], []
    for (day, link_id), one in sorted(tallies.items(), key=lambda pair: pair[0]):
        of = one.target
        if of.share_id is None or of.item_id is None or of.network is None:
            continue
        figures = (one.raw, one.raw - one.human, one.human, one.unique)
        days.append((day, link_id, of.user_id, of.item_id, of.network, *figures))
        of_items.append((day, of.item_id, of.network, *figures))
        for rule, count in sorted(one.by_rule.items()):
            rules.append((day, link_id, rule, count))
            rules_of_items.append((day, of.item_id, of.network, rule, count))
    bulk.add_up(session, bulk.table_of(ReachDay), DAY_COLUMNS, days, sums=FIGURES)
    bulk.add_up(session, bulk.table_of(FilteredDay), RULE_COLUMNS, rules, sums=("clicks",))
    item_sums.add_clicks(session, of_items)
    item_sums.add_filtered(session, rules_of_items)


FIGURES = ("raw", "filtered", "human", "unique_visitors")
DAY_COLUMNS = ("day", "link_id", "user_id", "item_id", "network", *FIGURES)
RULE_COLUMNS = ("day", "link_id", "rule", "clicks")


def _of_item(row: Any, by: int = 1) -> Any:
    """A sum of a link and a day as a part of its item's."""
    return row["day"], row["item_id"], row["network"], *(by * row[name] for name in item_sums.CLICKS)


def add_up(session: Session, table: Any, rows: Sequence[dict[str, Any]], *, sums: Iterable[str]) -> None:
    """Adds rows, or adds their figures to the rows that are there.

    Args:
        session: inside a transaction.
        table: has the key that tells whether a row is there.
        rows: each with every column.
        sums: columns that are added up.
    """
    if not rows:
        return
    statement = upsert(session, table)
    key = [column.name for column in table.primary_key]
    added = {name: table.c[name] + statement.excluded[name] for name in sums}
    session.execute(statement.on_conflict_do_update(index_elements=key, set_=added), rows)


def rebuild(db: Database, *, first: date, last: date) -> int:
    """Makes the sums of some days anew from the clicks, while clicks go on coming in.

    Days whose clicks are not kept any more stay as they are.

    Args:
        db: a transaction for each few hundred links; an importer waits for no longer than one of them.
        first: UTC.
        last: UTC, included.

    Returns:
        How many sums of a link and a day were wrong.
    """
    wrong, day = 0, first
    while day <= last:
        with db.reading() as session:
            counted = set(session.scalars(select(Click.link_id).where(Click.day == day).distinct()))
            summed = set(session.scalars(select(ReachDay.link_id).where(ReachDay.day == day)))
        links = sorted(counted | summed)
        for start in range(0, len(links), CHUNK):
            with db.transaction() as session:
                if not retention.is_kept(session, retention.CLICKS, day):
                    break  # nothing is left to make them from
                wrong += rebuild_links(session, day, links[start : start + CHUNK])
        day += timedelta(days=1)
    return wrong


def rebuild_links(session: Session, day: date, links: Sequence[int]) -> int:
    """Makes the sums of some links and one day anew; their clicks must still be kept.

    Returns:
        How many sums were wrong.
    """
    # The importer holds a batch's links the same way: neither sees the other's work half done.
    session.execute(select(Link.id).where(Link.id.in_(links)).order_by(Link.id).with_for_update(key_share=True)).all()
    before, rules_before = _by_link(session, day, links), _by_rule(session, day, links)
    session.execute(delete(ReachDay).where(ReachDay.day == day, ReachDay.link_id.in_(links)))
    session.execute(delete(FilteredDay).where(FilteredDay.day == day, FilteredDay.link_id.in_(links)))
    of_shares = [Click.day == day, Click.link_id.in_(links)]
    human = func.sum(case((Click.is_human, 1), else_=0))
    days = session.execute(
        select(
            Click.day,
            Click.link_id,
            Share.user_id,
            Share.item_id,
            Share.network,
            func.count().label("raw"),
            (func.count() - human).label("filtered"),
            human.label("human"),
            func.sum(case((Click.is_first_today, 1), else_=0)).label("unique_visitors"),
        )
        .join(Share, Share.link_id == Click.link_id)
        .where(*of_shares)
        .group_by(Click.day, Click.link_id, Share.user_id, Share.item_id, Share.network)
    )
    add_up(session, ReachDay.__table__, [dict(row._mapping) for row in days], sums=("raw",))
    rules = session.execute(
        select(Click.day, Click.link_id, Click.rule, func.count().label("clicks"))
        .join(Share, Share.link_id == Click.link_id)
        .where(*of_shares, Click.rule != "")
        .group_by(Click.day, Click.link_id, Click.rule)
    )
    add_up(session, FilteredDay.__table__, [dict(row._mapping) for row in rules], sums=("clicks",))
    after, rules_after = _by_link(session, day, links), _by_rule(session, day, links)
    moved = [(row, by) for by, rows in ((-1, before), (1, after)) for row in rows.values()]
    item_sums.add_clicks(session, [_of_item(row._mapping, by) for row, by in moved])
    of_rules = [(row, by) for by, rows in ((-1, rules_before), (1, rules_after)) for row in rows]
    item_sums.add_filtered(
        session, [(day, row.item_id, row.network, row.rule, by * row.clicks) for row, by in of_rules]
    )
    return sum(before.get(link) != after.get(link) for link in before.keys() | after.keys())


def _by_link(session: Session, day: date, links: Sequence[int]) -> dict[int, Row[Any]]:
    query = select(ReachDay.__table__).where(ReachDay.day == day, ReachDay.link_id.in_(links))
    return {row.link_id: row for row in session.execute(query)}


def _by_rule(session: Session, day: date, links: Sequence[int]) -> Sequence[Row[Any]]:
    query: Any = (
        select(FilteredDay.rule, FilteredDay.clicks, Share.item_id, Share.network)
        .join(Share, Share.link_id == FilteredDay.link_id)
        .where(FilteredDay.day == day, FilteredDay.link_id.in_(links))
    )
    found: Sequence[Row[Any]] = session.execute(query).all()
    return found


def differing(session: Session, day: date) -> list[int]:
    """The links whose sums of a day are not what their clicks say; clicks may be coming in meanwhile.

    Args:
        session: for reading.
        day: UTC; its clicks must still be kept.
    """
    human = func.sum(case((Click.is_human, 1), else_=0))
    firsts = func.sum(case((Click.is_first_today, 1), else_=0))
    counted = (
        select(Click.link_id, func.count(), func.count() - human, human, firsts)
        .join(Share, Share.link_id == Click.link_id)
        .where(Click.day == day)
        .group_by(Click.link_id)
    )
    figures = (ReachDay.raw, ReachDay.filtered, ReachDay.human, ReachDay.unique_visitors)
    summed = select(ReachDay.link_id, *figures).where(ReachDay.day == day)
    by_rule = (
        select(Click.link_id, rule_name(Click.rule), func.count())
        .join(Share, Share.link_id == Click.link_id)
        .where(Click.day == day, Click.rule != "")
        .group_by(Click.link_id, Click.rule)
    )
    rules = select(FilteredDay.link_id, FilteredDay.rule, FilteredDay.clicks).where(FilteredDay.day == day)
    pairs = ((counted, summed), (summed, counted), (by_rule, rules), (rules, by_rule))
    found = [one.except_(other).subquery() for one, other in pairs]
    # One statement sees one moment of the database: what is imported meanwhile is in all of it or in nothing.
    return sorted(session.scalars(union(*(select(one.c.link_id) for one in found))))
