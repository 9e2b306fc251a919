"""How finely sums are kept: the whole company by day, and each item by day and by month, each told apart by network.

A page of a year then reads some thousand rows, however much was posted. What is summed is always told twice, by the
raw rows and by the sums, so that one can be held against the other.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Index,
    Integer,
    String,
    Table,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from advocacy.base import bulk

EVERYTHING = 0
"""The item of the sums that tell no items apart."""
KEY = ("grain", "begins", "item_id", "network")
"""The first columns of every table of such sums."""


class Grain(enum.StrEnum):
    """What one sum is of."""

    DAY = "day"
    """All of a day."""
    ITEM_DAY = "item_day"
    """One item's of a day."""
    ITEM_MONTH = "item_month"
    """One item's of a month."""


class SumOfItems:
    """What every table of such sums begins with."""

    __tablename__: str

    grain: Mapped[str] = mapped_column(String(10), primary_key=True, sort_order=-4)
    """A `Grain`."""
    begins: Mapped[date] = mapped_column(primary_key=True, sort_order=-3)
    """UTC."""
    item_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-2)
    """0 for everything. No foreign key: there is no such item."""
    network: Mapped[str] = mapped_column(String(30), primary_key=True, sort_order=-1)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Index]:
        return (Index(f"ix_{cls.__tablename__}_item", "item_id", "grain", "begins"),)


def month_of(day: date) -> date:
    """The first day of the month a day lies in."""
    return day.replace(day=1)


def month_after(day: date) -> date:
    """The first day of the month after the one a day lies in."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def add(
    session: Session, table: Table, rows: Iterable[tuple[date, int, str, *tuple[Any, ...]]], *, sums: Sequence[str]
) -> None:
    """Adds figures to the sums of each grain.

    Locks rows in one order whoever adds, so that no two wait for one another; it is the last that a transaction does.

    Args:
        session: inside a transaction.
        table: begins with `KEY`, then further columns of its key if it has some, then `sums`.
        rows: day (UTC), item, network, then the values of the other columns in their order; figures may be negative.
        sums: the table's last columns.
    """
    found: dict[tuple[Any, ...], list[int]] = {}
    for day, item_id, network, *values in rows:
        more, figures = values[: -len(sums)], values[-len(sums) :]
        for grain, begins, item in (
            (Grain.DAY, day, EVERYTHING),
            (Grain.ITEM_DAY, day, item_id),
            (Grain.ITEM_MONTH, month_of(day), item_id),
        ):
            held = found.setdefault((grain.value, begins, item, network, *more), [0] * len(sums))
            for place, figure in enumerate(figures):
                held[place] += figure
    columns = [column.name for column in table.columns]
    bulk.add_up(
        session, table, columns, [(*key, *held) for key, held in sorted(found.items()) if any(held)], sums=sums
    )


def during(table: Any, first: date, last: date, *, item_id: int | None = None) -> ColumnElement[bool]:
    """The sums of some days, of one item or of everything.

    Args:
        table: a mapped class with the columns of `KEY`.
        first: UTC.
        last: UTC, included.
        item_id: None for the sums of everything.
    """
    grain, item = (Grain.DAY, EVERYTHING) if item_id is None else (Grain.ITEM_DAY, item_id)
    return and_(table.grain == grain.value, table.item_id == item, table.begins.between(first, last))


def of_items(table: Any, first: date, last: date) -> ColumnElement[bool]:
    """The sums of some days of each item: whole months by the month, the days before and after by the day.

    Args:
        table: a mapped class with the columns of `KEY`.
        first: UTC.
        last: UTC, included.
    """
    begin = first if first.day == 1 else month_after(first)
    end = month_of(last + timedelta(days=1))  # the first day after the last whole month
    if begin >= end:
        return and_(table.grain == Grain.ITEM_DAY.value, table.begins.between(first, last))
    parts = [and_(table.grain == Grain.ITEM_MONTH.value, table.begins >= begin, table.begins < end)]
    if first < begin:
        parts.append(and_(table.grain == Grain.ITEM_DAY.value, table.begins >= first, table.begins < begin))
    if end <= last:
        parts.append(and_(table.grain == Grain.ITEM_DAY.value, table.begins >= end, table.begins <= last))
    return or_(*parts)


def day_of(session: Session, moment: Any) -> ColumnElement[Any]:
    """The UTC day of a moment, to group by; read it with `as_day`."""
    if session.get_bind().dialect.name == "sqlite":
        return func.date(moment)
    return cast(func.timezone("UTC", moment), Date)


def as_day(value: date | str) -> date:
    """A day as the database gave it (SQLite has text)."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def differences(
    session: Session, table: Table, counted: Any, *, sums: Sequence[str], first: date | None, last: date | None
) -> list[tuple[Any, ...]]:
    """What has to be added to each sum so that it says what the raw rows say; nothing where all agree.

    One statement sees one moment of the database: what comes in meanwhile is in the rows and in the sums, or in
    neither. And what is added goes on being right while others add.

    Args:
        session: any.
        table: as for `add`.
        counted: a query of the raw rows, grouped by `day`, `item_id`, `network` and the further columns of the key, each
            under its name, with the sums under theirs.
        sums: the table's last columns.
        first: the first day of a month, from which on sums are looked at; None for all.
        last: the last day of a month; None for all. `counted` must keep to the same days.

    Returns:
        The columns of the table in their order.
    """
    raw = counted.cte("counted")
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    month = func.date(raw.c.day, "start of month") if is_sqlite else cast(func.date_trunc("month", raw.c.day), Date)
    more = [column.name for column in table.columns if column.name not in (*KEY, *sums)]
    figures = [cast(func.sum(raw.c[name]), Integer).label(name) for name in sums]
    others = [raw.c[name] for name in more]
    parts = []
    for grain, begins, item in (
        (Grain.DAY, raw.c.day, None),
        (Grain.ITEM_DAY, raw.c.day, raw.c.item_id),
        (Grain.ITEM_MONTH, month, raw.c.item_id),
    ):
        query = select(
            literal(grain.value).label("grain"),
            begins.label("begins"),
            (literal(EVERYTHING) if item is None else item).label("item_id"),
            raw.c.network,
            *others,
            *figures,
        )
        keys = [begins, *([] if item is None else [item]), raw.c.network, *others]
        parts.append(query.group_by(*keys))
    kept = select(*(table.c[name] for name in (*KEY, *more)), *((-table.c[name]).label(name) for name in sums))
    if first is not None:
        kept = kept.where(table.c.begins >= first)
    if last is not None:
        kept = kept.where(table.c.begins <= last)
    both = union_all(*parts, kept).subquery()
    keys = [both.c[name] for name in (*KEY, *more)]
    missing = [cast(func.sum(both.c[name]), Integer) for name in sums]
    query = select(*keys, *missing).group_by(*keys).having(or_(*(total != 0 for total in missing)))
    return [(row[0], as_day(row[1]), *row[2:]) for row in session.execute(query)]


def mend(session: Session, table: Table, missing: Sequence[tuple[Any, ...]], *, sums: Sequence[str]) -> None:
    """Adds what `differences` found. Only one at a time may find and add: see `Database.alone`."""
    columns = [column.name for column in table.columns]
    bulk.add_up(session, table, columns, sorted(missing), sums=sums)


def months_among(missing: Iterable[tuple[Any, ...]]) -> list[date]:
    """The months that sums which `differences` found lie in, in order."""
    return sorted(Counter(month_of(row[1]) for row in missing))
