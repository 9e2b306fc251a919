"""Each night: are the sums what the raw rows say? Where they are not, it is said aloud and they are made anew."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base import events, retention
from advocacy.base.events import Event
from advocacy.base.house import House
from advocacy.reach import item_sums, sums
from advocacy.reach.models import Click, ReachDay
from advocacy.recognition import standings
from advocacy.sharing import post_sums

log = structlog.get_logger()

CHECKED = "sums.checked"
"""The kind of event that tells of a check."""
NIGHT = 2
"""The hour, UTC, from which on the night's check may run."""


@dataclass(frozen=True)
class Found:
    """What a check found.

    Args:
        days: days whose clicks were counted anew.
        wrong_days: those of them on which a link's sum differed from its clicks.
        wrong_people: people whose points on the board differed from their ledger.
        wrong_months: months in which sums by item, network and day differed from the posts, clicks or readings.
    """

    days: int
    wrong_days: int
    wrong_people: int
    wrong_months: int = 0

    @property
    def is_fine(self) -> bool:
        """Whether everything agreed."""
        return not (self.wrong_days or self.wrong_people or self.wrong_months)


def tick(house: House) -> None:
    """Checks once a night. A job of the clock that leads."""
    now = house.clock.now().astimezone(UTC)
    if now.hour < NIGHT:
        return
    with house.db.reading() as session:
        last = newest(session)
    if last is None or last[0].astimezone(UTC).date() < now.date():
        check(house)


def check(house: House) -> Found:
    """Compares every sum with its raw rows, day by day, while the hub serves; makes anew what differs, and says so."""
    wrong_days: list[date] = []
    days = _days(house)
    for day in days:
        with house.db.reading() as session:
            links = sums.differing(session, day)
        if links:
            wrong_days.append(day)
            log.error(
                "sums of clicks differ from the clicks and are made anew", day=day.isoformat(), links=links[:20]
            )
            sums.rebuild(house.db, first=day, last=day)
    with house.db.reading() as session:
        people = standings.differing(session)
    if people:
        log.error("points on the board differ from the ledger and are made anew", people=people[:20], of=len(people))
        standings.rebuild(house.db, people)
    found = Found(len(days), len(wrong_days), len(people), len(_mend_sums_of_items(house)))
    with house.db.transaction() as session:
        events.record(
            session, house.clock, kind=CHECKED, actor_id=None, subject=("sums", None), data={**asdict(found)}
        )
    return found


def _mend_sums_of_items(house: House) -> set[date]:
    """Months whose sums by item were wrong. After those of the links: sums of clicks are made of them."""
    wrong: set[date] = set()
    for name, kept in (("posts", post_sums), ("reach", item_sums)):
        with house.db.reading() as session:
            months = kept.differing(session)
        if months:
            told = [month.isoformat() for month in months[:20]]
            log.error("sums of items differ from what they are sums of and are made anew", of=name, months=told)
            kept.rebuild(house.db, months)
            wrong.update(months)
    return wrong


def _days(house: House) -> list[date]:
    """Every day from the first whose clicks are kept: sums of earlier ones have nothing left to be compared with."""
    with house.db.reading() as session:
        first = session.scalar(select(func.min(Click.day)))
        kept_from = retention.gone_before(session, retention.CLICKS)
        last = max(
            filter(None, (session.scalar(select(func.max(table.day))) for table in (Click, ReachDay))), default=None
        )
    if first is None or last is None:
        return []
    first = max(first, kept_from or first)  # of earlier days some may be there still, or again: they came late
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def newest(session: Session) -> tuple[datetime, Found] | None:
    """When the sums were checked last, and what was found; None when never."""
    last = session.scalar(select(Event).where(Event.kind == CHECKED).order_by(Event.id.desc()).limit(1))
    return None if last is None else (last.at, Found(**last.data))
