"""The days' sums: derived from the clicks, moved with them, and made anew from them whenever one doubts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, case, delete, func, select, union
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from advocacy.base import retention
from advocacy.base.db import Database
from advocacy.reach import item_sums
from advocacy.reach.journal import Line
from advocacy.reach.models import Click, FilteredDay, ReachDay
from advocacy.sharing.models import Link, Share

CHUNK = 500
"""Links summed anew in one transaction."""


class Judged(NamedTuple):
    """A click with its judgement, not yet a row."""

    offset: int
    line: Line
    at: datetime
    rule: str
    is_first_today: bool


def add(session: Session, judged: Sequence[Judged], links: dict[int, Row[Any]]) -> None:
    """Adds a batch to the days' sums.

    Args:
        session: inside the transaction that adds the clicks; it holds the links.
        judged: the batch.
        links: each link's share: `share_id`, `user_id`, `item_id`, `network`; clicks of no share are not summed.
    """
    raw: Counter[tuple[date, int]] = Counter()
    human: Counter[tuple[date, int]] = Counter()
    unique: Counter[tuple[date, int]] = Counter()
    filtered: Counter[tuple[date, int, str]] = Counter()
    for one in judged:
        if links[one.line.link_id].share_id is None:
            continue
        place = (one.at.date(), one.line.link_id)
        raw[place] += 1
        human[place] += not one.rule
        unique[place] += one.is_first_today
        if one.rule:
            filtered[*place, one.rule] += 1
    days = [
        {
            "day": day,
            "link_id": link_id,
            "user_id": links[link_id].user_id,
            "item_id": links[link_id].item_id,
            "network": links[link_id].network,
            "raw": count,
            "filtered": count - human[day, link_id],
            "human": human[day, link_id],
            "unique_visitors": unique[day, link_id],
        }
        for (day, link_id), count in sorted(raw.items())
    ]
    add_up(session, ReachDay.__table__, days, sums=("raw", "filtered", "human", "unique_visitors"))
    rules = [
        {"day": day, "link_id": link_id, "rule": rule, "clicks": count}
        for (day, link_id, rule), count in sorted(filtered.items())
    ]
    add_up(session, FilteredDay.__table__, rules, sums=("clicks",))
    item_sums.add_clicks(session, [_of_item(row) for row in days])
    item_sums.add_filtered(
        session,
        [
            (day, links[link_id].item_id, links[link_id].network, rule, count)
            for (day, link_id, rule), count in filtered.items()
        ],
    )


def _of_item(row: Any, by: int = 1) -> Any:
    """A sum of a link and a day as a part of its item's."""
    return row["day"], row["item_id"], row["network"], *(by * row[name] for name in item_sums.CLICKS)


def upsert(session: Session, table: Any) -> Any:
    """An INSERT that knows what to do about a row that is there already."""
    return (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(table)


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
        select(Click.link_id, Click.rule, func.count())
        .join(Share, Share.link_id == Click.link_id)
        .where(Click.day == day, Click.rule != "")
        .group_by(Click.link_id, Click.rule)
    )
    rules = select(FilteredDay.link_id, FilteredDay.rule, FilteredDay.clicks).where(FilteredDay.day == day)
    pairs = ((counted, summed), (summed, counted), (by_rule, rules), (rules, by_rule))
    found = [one.except_(other).subquery() for one, other in pairs]
    # One statement sees one moment of the database: what is imported meanwhile is in all of it or in nothing.
    return sorted(session.scalars(union(*(select(one.c.link_id) for one in found))))
