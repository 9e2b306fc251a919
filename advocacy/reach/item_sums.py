"""The sums of clicks and of networks' figures by item, day and month: moved with what they are sums of, made anew on doubt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from advocacy.base import db, grains
from advocacy.base.bulk import table_of
from advocacy.base.db import Database
from advocacy.reach.models import FigureReading, FilteredDay, ReachDay, ReadBack
from advocacy.reach.sum_models import ClickSum, FigureSum, RuleSum
from advocacy.sharing.models import Share, ShareState

CLICKS = ("raw", "filtered", "human", "unique_visitors")
KINDS = ("likes", "reposts", "replies", "quotes", "views")
FIGURES = (*KINDS, *(f"with_{kind}" for kind in KINDS))
_ALONE = "sums of reach"
_TABLES: dict[Any, tuple[str, ...]] = {ClickSum: CLICKS, RuleSum: ("clicks",), FigureSum: FIGURES}


def add_clicks(session: Session, rows: Iterable[tuple[date, int, str, int, int, int, int]]) -> None:
    """Adds clicks: day, item, network, raw, filtered, human, unique visitors; what went away is negative."""
    grains.add(session, table_of(ClickSum), rows, sums=CLICKS)


def add_filtered(session: Session, rows: Iterable[tuple[date, int, str, str, int]]) -> None:
    """Adds filtered clicks: day, item, network, rule, how many."""
    grains.add(session, table_of(RuleSum), rows, sums=("clicks",))


def add_readings(session: Session, moved: Collection[tuple[int, int | None, int]]) -> None:
    """Adds newest readings in the place of those before them.

    Args:
        session: inside a transaction; readings are flushed.
        moved: of each share its id, the id of its newest reading so far (None without one) and of the one in its place.
    """
    ids = [reading for _, old, new in moved for reading in (old, new) if reading is not None]
    readings = {one.id: one for one in session.scalars(select(FigureReading).where(FigureReading.id.in_(ids)))}
    columns: tuple[Any, ...] = (Share.id, Share.item_id, Share.network, Share.published_at)
    query = select(*columns).where(Share.id.in_([share for share, _, _ in moved]), *_is_out())
    shares = {row.id: row for row in session.execute(query)}
    grains.add(
        session,
        table_of(FigureSum),
        [
            (
                shares[share].published_at.astimezone(UTC).date(),
                shares[share].item_id,
                shares[share].network,
                *(by * figure for figure in _figures(readings[reading])),
            )
            for share, old, new in moved
            for by, reading in ((-1, old), (1, new))
            if share in shares and reading is not None
        ],
        sums=FIGURES,
    )


def _figures(reading: FigureReading) -> tuple[int, ...]:
    values = [getattr(reading, kind) for kind in KINDS]
    return (*(value or 0 for value in values), *(int(value is not None) for value in values))


def differing(session: Session) -> list[date]:
    """The months in which sums are not what they are sums of; clicks and figures may be coming in meanwhile."""
    return sorted({month for table in _TABLES for month in grains.months_among(_missing(session, table))})


def rebuild(house_db: Database, months: Iterable[date]) -> None:
    """Makes the sums of some months right, while clicks come in and pages are read.

    Args:
        house_db: a transaction for each month and kind of sum.
        months: their first days.
    """
    for first in sorted(months):
        for table, sums in _TABLES.items():
            with house_db.transaction() as session:
                # What is missing is added once. Others go on adding meanwhile: it stays right by that.
                db.alone(session, _ALONE)
                last = grains.month_after(first) - timedelta(days=1)
                grains.mend(session, table_of(table), _missing(session, table, first, last), sums=sums)


def mend_figures(session: Session, day: date) -> None:
    """Makes the sums of what networks reported of a day's posts right, after one of them went the way it came.

    Args:
        session: inside a transaction.
        day: UTC, on which posts went out.
    """
    first = grains.month_of(day)
    db.alone(session, _ALONE)
    missing = _missing(session, FigureSum, first, grains.month_after(first) - timedelta(days=1))
    grains.mend(session, table_of(FigureSum), missing, sums=FIGURES)


def _missing(session: Session, table: Any, first: date | None = None, last: date | None = None) -> Sequence[Any]:
    counted = {ClickSum: _clicks, RuleSum: _filtered, FigureSum: _reported}[table](session, first, last)
    return grains.differences(session, table_of(table), counted, sums=_TABLES[table], first=first, last=last)


def _clicks(_session: Session, first: date | None, last: date | None) -> Select[Any]:
    key: tuple[Any, ...] = (ReachDay.day, ReachDay.item_id, ReachDay.network)
    query = select(*key, *(func.sum(getattr(ReachDay, name)).label(name) for name in CLICKS)).group_by(*key)
    return query.where(*_between(ReachDay.day, first, last))


def _filtered(_session: Session, first: date | None, last: date | None) -> Select[Any]:
    key: tuple[Any, ...] = (FilteredDay.day, Share.item_id, Share.network, FilteredDay.rule)
    query = select(*key, func.sum(FilteredDay.clicks).label("clicks"))
    query = query.join(Share, Share.link_id == FilteredDay.link_id).group_by(*key)
    return query.where(*_between(FilteredDay.day, first, last))


def _reported(session: Session, first: date | None, last: date | None) -> Select[Any]:
    day = grains.day_of(session, Share.published_at)
    readings = [getattr(FigureReading, kind) for kind in KINDS]
    query: Select[Any] = (
        select(day.label("day"), Share.item_id, Share.network)
        .add_columns(
            *(func.coalesce(func.sum(one), 0).label(kind) for kind, one in zip(KINDS, readings, strict=True))
        )
        .add_columns(*(func.count(one).label(f"with_{kind}") for kind, one in zip(KINDS, readings, strict=True)))
        .join(ReadBack, ReadBack.share_id == Share.id)
        .join(FigureReading, FigureReading.id == ReadBack.newest_id)
        .where(*_is_out())
        .group_by(day, Share.item_id, Share.network)
    )
    if first is not None:
        query = query.where(Share.published_at >= datetime.combine(first, time(), UTC))
    if last is not None:
        query = query.where(Share.published_at < datetime.combine(last + timedelta(days=1), time(), UTC))
    return query


def _is_out() -> list[Any]:
    return [Share.state == ShareState.PUBLISHED, Share.published_at.is_not(None)]


def _between(day: Any, first: date | None, last: date | None) -> list[Any]:
    return [*([day >= first] if first is not None else []), *([day <= last] if last is not None else [])]
