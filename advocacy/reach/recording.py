"""From journal lines to rows: a batch is judged, deduplicated and summed in one transaction with its place.

Either all of a batch is in the database or nothing is: the segment's offset moves in the same transaction that adds
the clicks, so that a line counts once however often the importer is killed and started again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import Row, delete, select
from sqlalchemy.orm import Session

from advocacy.base import bulk, events
from advocacy.base.clock import Clock
from advocacy.base.events import Happening
from advocacy.reach import click_ids, judging, sums
from advocacy.reach.agents import device_of, families
from advocacy.reach.journal import Line
from advocacy.reach.models import Agent, Click, JournalSegment, ReachDay, SourceMinute
from advocacy.reach.segments import Batch
from advocacy.reach.sums import Judged, upsert
from advocacy.sharing.models import Link, Share

log = structlog.get_logger()

CHUNK = 500
"""Values in one IN list: far below what either database takes."""

Value = TypeVar("Value")


def record(session: Session, clock: Clock, *, segment: JournalSegment, batch: Batch) -> int:
    """Adds a batch to the database.

    Args:
        session: inside a transaction that also holds the segment's row.
        clock: tells when it was imported.
        segment: the row of the file the batch was read from, locked; its offset is where the batch begins.
        batch: what was read.

    Returns:
        How many clicks were added.
    """
    links = _links(session, {line.link_id for _, line in batch.clicks})
    known = [(offset, line) for offset, line in batch.clicks if line.link_id in links]
    strangers = len(batch.clicks) - len(known)
    judged = _first_of_the_day(session, _judged(session, known, links))
    _add_clicks(session, segment, judged)
    click_ids.keep(session, judged, segment_id=segment.id)
    _announce(session, clock, judged, links)
    sums.add(session, judged, links)
    segment.offset = batch.end
    segment.imported_at = clock.now()
    segment.unreadable += len(batch.unreadable) + strangers
    segment.lost += batch.lost
    if batch.unreadable or strangers or batch.lost:
        log.error(
            "not every line of the click journal could be counted",
            segment=segment.name,
            unreadable_at=batch.unreadable[:20],
            of_unknown_links=strangers,
            lost_when_written=batch.lost,
        )
    return len(judged)


def _links(session: Session, wanted: set[int]) -> dict[int, Row[Any]]:
    """Each link with its share, held until the end of the transaction.

    Two importers (of two machines) may have clicks on one link at the same time; who is first that day, and which
    click is a share's first, must have one answer.
    """
    found: dict[int, Row[Any]] = {}
    for chunk in _chunks(sorted(wanted)):
        session.execute(
            select(Link.id).where(Link.id.in_(chunk)).order_by(Link.id).with_for_update(key_share=True)
        ).all()
        query = (
            select(
                Link.id,
                Link.created_at,
                Share.id.label("share_id"),
                Share.user_id,
                Share.item_id,
                Share.network,
                Share.published_at,
            )
            .outerjoin(Share, Share.link_id == Link.id)
            .where(Link.id.in_(chunk))
        )
        found.update({row.id: row for row in session.execute(query)})
    return found


def _judged(
    session: Session, clicks: Sequence[tuple[int, Line]], links: dict[int, Row[Any]]
) -> list[tuple[int, Line, datetime, str]]:
    so_far = _count_sources(session, Counter((line.source, line.at_ms // MINUTE_MS) for _, line in clicks))
    known, like_it = families(), judging.Remembered()
    judged = []
    for offset, line in clicks:
        place = (line.source, line.at_ms // MINUTE_MS)
        so_far[place] += 1
        link, at = links[line.link_id], datetime.fromtimestamp(line.at_ms / 1000, UTC)
        rule = like_it.judge(
            method=line.method,
            agent=line.agent,
            family=known.of(line.agent),
            purpose=line.purpose,
            letters=line.facts,
            at=at,
            shared_at=link.published_at or link.created_at,
            requests_this_minute=so_far[place],
        )
        judged.append((offset, line, at, rule))
    return judged


MINUTE_MS = 60_000


def _count_sources(session: Session, fresh: Counter[tuple[str, int]]) -> Counter[tuple[str, int]]:
    """Adds a batch's requests to those of their sources and minutes; returns how many there were before.

    Minutes are numbered from 1970 on.
    """
    moments = {minute: datetime.fromtimestamp(minute * 60, UTC) for _, minute in fresh}
    numbers = {moment: minute for minute, moment in moments.items()}
    before: Counter[tuple[str, int]] = Counter()
    query = select(SourceMinute.source, SourceMinute.minute, SourceMinute.requests).where(
        bulk.among(session, SourceMinute.source, {source for source, _ in fresh}),
        SourceMinute.minute.in_(list(numbers)),
    )
    before.update({(row.source, numbers[row.minute]): row.requests for row in session.execute(query)})
    rows = [(source, moments[minute], requests) for (source, minute), requests in sorted(fresh.items())]
    table = SourceMinute.metadata.tables[SourceMinute.__tablename__]
    bulk.add_up(session, table, ("source", "minute", "requests"), rows, sums=("requests",))
    return before


def _first_of_the_day(session: Session, judged: Iterable[tuple[int, Line, datetime, str]]) -> list[Judged]:
    judged = list(judged)
    visitors = sorted({line.visitor for _, line, _, rule in judged if not rule})
    # A visitor's hash is another one each day, so the day need not be asked for; but where clicks are kept by month, it
    # spares a look into every month.
    days = {at.date() for _, _, at, _ in judged} if session.get_bind().dialect.name == "postgresql" else set()
    of_the_day = [Click.day.in_(sorted(days))] if days else []
    seen: set[tuple[str, int]] = set()
    query = select(Click.visitor, Click.link_id).where(
        bulk.among(session, Click.visitor, visitors), Click.is_human, *of_the_day
    )
    seen.update((row.visitor, row.link_id) for row in session.execute(query.distinct()))
    whole = []
    for offset, line, at, rule in judged:
        who = (line.visitor, line.link_id)
        is_first = not rule and who not in seen
        if is_first:
            seen.add(who)
        whole.append(Judged(offset, line, at, rule, is_first))
    return whole


CLICK_COLUMNS = (
    "link_id",
    "at",
    "day",
    "method",
    "agent_id",
    "referrer_host",
    "facts",
    "purpose",
    "visitor",
    "source",
    "is_human",
    "is_first_today",
    "rule",
    "rules_version",
    "segment_id",
    "offset",
    "country",
)


def _add_clicks(session: Session, segment: JournalSegment, judged: Sequence[Judged]) -> None:
    agents = _agents(session, {one.line.agent for one in judged})
    rows = [
        (
            one.line.link_id,
            one.at,
            one.at.date(),
            one.line.method[:8],
            agents[one.line.agent],
            one.line.referrer_host[:255],
            one.line.facts[:12],
            one.line.purpose[:40],
            one.line.visitor[:24],
            one.line.source[:16],
            not one.rule,
            one.is_first_today,
            one.rule,
            judging.VERSION,
            segment.id,
            one.offset,
            one.line.country[:2] or None,
        )
        for one in judged
    ]
    bulk.add(session, Click.metadata.tables[Click.__tablename__], CLICK_COLUMNS, rows)


def _agents(session: Session, texts: set[str]) -> dict[str, int]:
    """The id of each agent; new ones are added. Another importer may add the same at the same time."""
    found: dict[str, int] = {}
    for attempt in range(2):
        missing = sorted(texts - found.keys())
        if attempt and missing:
            rows = [{"text": text, "device": device_of(text)} for text in missing]
            session.execute(upsert(session, Agent.__table__).on_conflict_do_nothing(), rows)
        for chunk in _chunks(missing):
            found.update(
                {
                    row.text: row.id
                    for row in session.execute(select(Agent.text, Agent.id).where(Agent.text.in_(chunk)))
                }
            )
    return found


def _announce(session: Session, clock: Clock, judged: Sequence[Judged], links: dict[int, Row[Any]]) -> None:
    """Tells the event log how many new visitors each share has had, a day at a time, and of a share's first ever."""
    firsts = [one for one in judged if one.is_first_today and links[one.line.link_id].share_id is not None]
    had_one: set[int] = set()
    for chunk in _chunks(sorted({one.line.link_id for one in firsts})):
        query = select(ReachDay.link_id).where(ReachDay.link_id.in_(chunk), ReachDay.human > 0).distinct()
        had_one.update(session.scalars(query))
    visitors = Counter((one.line.link_id, one.at.date()) for one in firsts)
    happenings: list[Happening] = []
    for one in firsts:
        link = links[one.line.link_id]
        new = visitors.pop((link.id, one.at.date()), 0)
        if not new:
            continue  # told with the first of them
        data = {
            "share_id": link.share_id,
            "link_id": link.id,
            "user_id": link.user_id,
            "item_id": link.item_id,
            "network": link.network,
            "clicked_at": one.at.isoformat(),
        }
        subject = ("share", link.share_id)
        if link.id not in had_one:
            had_one.add(link.id)
            happenings.append(Happening("click.human_first", subject, data))
        happenings.append(Happening("click.counted", subject, {**data, "visitors": new}))
    events.record_all(session, clock, happenings)


def _chunks(values: Sequence[Value]) -> Iterable[Sequence[Value]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def forget_minutes(session: Session, clock: Clock) -> None:
    """Removes what bursts are told by once it is two hours old: no late journal line will ask for it."""
    session.execute(delete(SourceMinute).where(SourceMinute.minute < clock.now() - timedelta(hours=2)))
