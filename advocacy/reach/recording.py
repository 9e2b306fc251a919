"""From journal lines to rows: a batch is judged, deduplicated and summed in one transaction with its place.

Either all of a batch is in the database or nothing is: the segment's offset moves in the same transaction that adds
the clicks, so that a line counts once however often the importer is killed and started again. A batch takes as many
statements as a click does; what a click costs is the loop below and its row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import bulk, events
from advocacy.base.clock import Clock
from advocacy.base.events import Happening
from advocacy.reach import click_ids, judging, kinds, sums
from advocacy.reach.agents import families
from advocacy.reach.models import Click, JournalSegment, line_id, moment
from advocacy.reach.rule_codes import code_of
from advocacy.reach.seen import Place, Seen
from advocacy.reach.segments import Batch
from advocacy.reach.sources import MINUTE_MS, Minutes
from advocacy.reach.sums import Tally, Target
from advocacy.reach.visits import Said, Visit
from advocacy.sharing.models import Link, Share

log = structlog.get_logger()

DAY_MS = 86_400_000
FIRST_DAY = date(1970, 1, 1).toordinal()
MOST_PLACE = 2**15 - 1
AT_MS: Final = 1
LINK: Final = 2
SAID: Final = 5
"""Where they stand in a `Visit`: to ask by number takes half as long."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PREVIEW_US = judging.PREVIEW_WITHIN // timedelta(microseconds=1)


@dataclass(slots=True)
class Memory:
    """What one importer knows from one batch to the next; all of it can be read again."""

    kinds: dict[Said, int] = field(default_factory=dict)
    minutes: Minutes = field(default_factory=Minutes)
    seen: Seen = field(default_factory=Seen)


def record(session: Session, clock: Clock, memory: Memory, *, segment: JournalSegment, batch: Batch) -> int:
    """Adds a batch to the database.

    Args:
        session: inside a transaction that also holds the segment's row.
        clock: tells when it was imported.
        memory: the importer's own; to be thrown away when this transaction is not committed.
        segment: the row of the file the batch was read from, locked; its offset is where the batch begins.
        batch: what was read.

    Returns:
        How many clicks were added.
    """
    targets = _targets(session, {visit.link_id for visit in batch.visits})
    known = [visit for visit in batch.visits if visit.link_id in targets]
    strangers = len(batch.visits) - len(known)
    tallies: dict[Place, Tally] = {}
    if known:
        tallies = _add_clicks(session, memory, segment, known, targets)
        click_ids.keep(session, known, segment_id=segment.id)
        _announce(session, clock, memory.seen, tallies, targets)
        sums.add(session, tallies)
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
    return len(known)


def _targets(session: Session, wanted: set[int]) -> dict[int, Target]:
    """Each link with its share, held until the end of the transaction.

    Two importers (of two machines) may have clicks on one link at the same time; who is first that day, and which
    click is a share's first, must have one answer.
    """
    ids = sorted(wanted)
    held = select(Link.id).where(bulk.among(session, Link.id, ids)).order_by(Link.id)
    session.execute(held.with_for_update(key_share=True)).all()
    query = (
        select(Link.id, Link.created_at, Share.id, Share.user_id, Share.item_id, Share.network, Share.published_at)
        .outerjoin(Share, Share.link_id == Link.id)
        .where(bulk.among(session, Link.id, ids))
    )
    return {
        link_id: _target(link_id, share_id, user_id, item_id, network, published_at or created_at)
        for link_id, created_at, share_id, user_id, item_id, network, published_at in session.execute(query)
    }


def _target(
    link_id: int, share_id: int | None, user_id: int | None, item_id: int | None, network: str | None, at: datetime
) -> Target:
    return Target(link_id, share_id, user_id, item_id, network, at, (at - EPOCH) // timedelta(microseconds=1))


CLICK_COLUMNS = (
    "id",
    "visitor",
    "day",
    "ms",
    "link_id",
    "kind_id",
    "place",
    "rules_version",
    "is_human",
    "is_first_today",
    "rule",
)


def _add_clicks(
    session: Session, memory: Memory, segment: JournalSegment, visits: Sequence[Visit], targets: Mapping[int, Target]
) -> dict[Place, Tally]:
    """Judges a batch's visits and adds them; returns what came together on each link and day."""
    kind_ids = kinds.numbers(session, {visit[SAID]: None for visit in visits}, memory.kinds)
    places = sorted({(visit[AT_MS] // DAY_MS, visit[LINK]) for visit in visits})
    days = {number: _day(number) for number, _ in places}
    names = {number: day.isoformat() for number, day in days.items()}
    seen = memory.seen.of(session, [(days[number], link_id) for number, link_id in places])
    tallies = {(number, link_id): Tally(targets[link_id], seen[days[number], link_id]) for number, link_id in places}
    minutes = memory.minutes.of(session, {visit[AT_MS] // MINUTE_MS for visit in visits})
    sources: dict[int, list[int]] = {number: [] for number in minutes}
    judge, version, first_id, rows = _Judge(), judging.VERSION, line_id(segment.id, 0), []
    minute, requests, came = -1, dict[int, int](), list[int]()
    for offset, at_ms, link_id, visitor, source, said, _click_id in visits:
        if at_ms // MINUTE_MS != minute:
            minute = at_ms // MINUTE_MS
            requests, came = minutes[minute].requests, sources[minute]
        requests[source] = nth = requests.get(source, 0) + 1
        came.append(source)
        number, ms = divmod(at_ms, DAY_MS)
        tally = tallies[number, link_id]
        rule = judge.of(said, at_ms * 1000, tally.target, nth)
        is_first = tally.add(visitor, rule, ms)
        place = nth if nth < MOST_PLACE else MOST_PLACE
        day, kind_id, is_human, code = names[number], kind_ids[said], not rule, rule and code_of(rule)
        rows.append((first_id + offset, visitor, day, ms, link_id, kind_id, place, version, is_human, is_first, code))
    bulk.add_plain(session, bulk.table_of(Click), CLICK_COLUMNS, rows)
    counted = {number: Counter(come) for number, come in sources.items()}
    memory.minutes.keep(session, first_id + visits[0].offset, counted)
    return {(days[number], link_id): tally for (number, link_id), tally in tallies.items()}


def _day(number: int) -> date:
    """The day that begins so many days after that of 1970."""
    return date.fromordinal(FIRST_DAY + number)


class _Judge:
    """Judges the visits of a batch; those that the rules cannot tell apart are judged once."""

    def __init__(self) -> None:
        self._families = families()
        self._rules = judging.Remembered()
        self._most = judging.BURST_REQUESTS
        self._known: dict[tuple[Said, bool, bool], str] = {}

    def of(self, said: Said, at_us: int, target: Target, nth: int) -> str:
        kind = (said, 0 <= at_us - target.shared_us <= PREVIEW_US, nth > self._most)
        rule = self._known.get(kind)
        if rule is None:
            rule = self._known[kind] = self._rules.judge(
                method=said.method,
                agent=said.agent,
                family=self._families.of(said.agent),
                purpose=said.purpose,
                letters=said.facts,
                at=EPOCH + timedelta(microseconds=at_us),
                shared_at=target.shared_at,
                requests_this_minute=nth,
            )
        return rule


def _announce(
    session: Session, clock: Clock, seen: Seen, tallies: Mapping[Place, Tally], targets: Mapping[int, Target]
) -> None:
    """Tells the event log how many new visitors each share has had, a day at a time, and of a share's first ever."""
    new = {place: tally for place, tally in tallies.items() if tally.unique and tally.target.share_id is not None}
    never = seen.never_clicked(session, {link_id: targets[link_id].user_id or 0 for _, link_id in new})
    happenings: list[Happening] = []
    for (day, link_id), tally in new.items():
        target = tally.target
        data = {
            "share_id": target.share_id,
            "link_id": link_id,
            "user_id": target.user_id,
            "item_id": target.item_id,
            "network": target.network,
            "clicked_at": moment(day, tally.first_ms).isoformat(),
        }
        subject = ("share", target.share_id)
        if link_id in never:
            never.remove(link_id)
            happenings.append(Happening("click.human_first", subject, data))
        happenings.append(Happening("click.counted", subject, {**data, "visitors": tally.unique}))
    events.record_all(session, clock, happenings)
