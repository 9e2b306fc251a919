"""Judges clicks of the past again by the rules in force: a job that goes on day by day and leaves what was judged before.

What was seen of a request is judged anew; what only the moment itself could tell (whose address it was, whether the
browser was the sharer's) stays as it was written down. A day may be gone over again after a crash: what is judged
already changes no more.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base import events, retention
from advocacy.base.clock import Clock
from advocacy.base.db import Database
from advocacy.base.errors import Conflict, Invalid
from advocacy.base.events import Happening
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.reach import conversions, judging, sums
from advocacy.reach.agents import families
from advocacy.reach.models import Agent, Click, ReachDay, RequestKind, moment
from advocacy.reach.rejudging_models import EarlierJudgement, Rejudging, RunState
from advocacy.sharing.models import Link, Share

ROUND = 10.0
"""Seconds a run of the job goes on; the next one continues."""
READ_AT_ONCE = 5_000
LINKS_AT_ONCE = 100
"""Links whose clicks of a day change in one transaction: an importer waits for no longer than that."""
CHUNK = 500


@dataclass(frozen=True)
class Verdict:
    """What a click is judged now."""

    rule: str
    is_first_today: bool


def begin(session: Session, clock: Clock, *, by: int, first: date, last: date) -> Rejudging:
    """Has some days judged again by the rules in force.

    Args:
        session: inside a transaction.
        clock: tells which day it is.
        by: the id of who wants it.
        first: UTC.
        last: UTC, included; yesterday at the latest.

    Raises:
        Invalid: on `first` or `last`, when they are no days that are over.
        Conflict: another run is under way.
    """
    if last >= clock.now().date():
        raise Invalid("last", Text("Please choose days that are over: yesterday at the latest."))
    if first > last:
        raise Invalid("first", Text("The first day must not come after the last."))
    run = Rejudging(
        version=judging.VERSION,
        first=first,
        last=last,
        next_day=last,
        state=RunState.RUNNING,
        asked_by=by,
        asked_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError as error:
        busy = Text("Clicks are being judged again already. Wait until that is done, or stop it.")
        raise Conflict(busy) from error
    _tell(session, clock, run, "rejudging.begun", by)
    return run


def stop(session: Session, clock: Clock, *, by: int, run_id: int) -> None:
    """Ends a run before its end; the days it has gone over stay as they are now. Nothing happens when it has ended."""
    run = session.get(Rejudging, run_id, with_for_update=True)
    if run is not None and run.state is RunState.RUNNING:
        run.state, run.ended_at = RunState.STOPPED, clock.now()
        _tell(session, clock, run, "rejudging.stopped", by)


def under_way(session: Session) -> Rejudging | None:
    """The run that is under way; None when none is."""
    return session.scalar(select(Rejudging).where(Rejudging.state == RunState.RUNNING))


def runs(session: Session, *, most: int = 50) -> list[Rejudging]:
    """The newest runs first."""
    return list(session.scalars(select(Rejudging).order_by(Rejudging.id.desc()).limit(most)))


def first_day(session: Session) -> date | None:
    """The first day whose clicks are all kept; None when there is no click."""
    first = session.scalar(select(func.min(ReachDay.day)))
    gone = retention.gone_before(session, retention.CLICKS)
    return max(first, gone) if first and gone else first


def before(session: Session, click_ids: Iterable[int]) -> dict[int, EarlierJudgement]:
    """What clicks were judged at first; those that were never judged otherwise are left out."""
    query = select(EarlierJudgement).where(EarlierJudgement.click_id.in_(list(click_ids)))
    found: dict[int, EarlierJudgement] = {}
    for row in session.scalars(query.order_by(EarlierJudgement.rejudging_id)):
        found.setdefault(row.click_id, row)
    return found


def tick(house: House) -> None:
    """Goes on with the run that is under way. A job of the clock that leads."""
    ends = time.monotonic() + ROUND
    while time.monotonic() < ends and _one_day(house.db, house.clock):
        pass


def _one_day(db: Database, clock: Clock) -> bool:
    with db.reading() as session:
        run = under_way(session)
        if run is None:
            return False
        day = run.next_day
        looked, changed = _looked_over(session, day) if run.first <= day else (0, {})
    links = sorted(changed)
    for start in range(0, len(links), LINKS_AT_ONCE):
        part = {link: changed[link] for link in links[start : start + LINKS_AT_ONCE]}
        with db.transaction() as session:
            if not retention.is_kept(session, retention.CLICKS, day):
                break
            _change(session, clock, session.get_one(Rejudging, run.id), day, part)
    with db.transaction() as session:
        row = session.get_one(Rejudging, run.id, with_for_update=True)
        if row.state is not RunState.RUNNING or row.next_day != day:
            return False  # stopped meanwhile, or another clock was here
        row.clicks += looked
        row.next_day = day - timedelta(days=1)
        if row.next_day < row.first:
            row.state, row.ended_at = RunState.DONE, clock.now()
            _tell(session, clock, row, "rejudging.done", None)
            return False
    return True


def _looked_over(session: Session, day: date) -> tuple[int, dict[int, dict[int, str]]]:
    """How many clicks a day has, and by link those which the rules judge otherwise now: their ids and rules."""
    known, like_it = families(), judging.Remembered()
    columns = (RequestKind.id, RequestKind.method, RequestKind.purpose, RequestKind.facts, Agent.text)
    of_kind = select(*columns).join(Agent, Agent.id == RequestKind.agent_id)
    kinds = {row.id: row for row in session.execute(of_kind)}
    looked, changed = 0, dict[int, dict[int, str]]()
    query = (
        select(
            Click.id,
            Click.link_id,
            Click.ms,
            Click.kind_id,
            Click.place,
            Click.rule,
            func.coalesce(Share.published_at, Link.created_at).label("shared_at"),
        )
        .join(Link, Link.id == Click.link_id)
        .outerjoin(Share, Share.link_id == Click.link_id)
        .where(Click.day == day)
        .order_by(Click.id)
        .execution_options(yield_per=READ_AT_ONCE)
    )
    for row in session.execute(query):
        looked += 1
        if row.kind_id not in kinds:  # it came with a late click while we looked
            kinds[row.kind_id] = session.execute(of_kind.where(RequestKind.id == row.kind_id)).one()
        kind = kinds[row.kind_id]
        rule = like_it.judge(
            method=kind.method,
            agent=kind.text,
            family=known.of(kind.text),
            purpose=kind.purpose,
            letters=kind.facts,
            at=moment(day, row.ms),
            shared_at=row.shared_at,
            requests_this_minute=row.place,
        )
        if rule != row.rule:
            changed.setdefault(row.link_id, {})[row.id] = rule
    return looked, changed


def _change(session: Session, clock: Clock, run: Rejudging, day: date, rules: dict[int, dict[int, str]]) -> None:
    """Judges the clicks of some links otherwise, with all that follows from it."""
    # The importer holds a batch's links the same way: who is first that day has one answer.
    held = select(Link.id).where(Link.id.in_(list(rules))).order_by(Link.id).with_for_update(key_share=True)
    session.execute(held).all()
    query: Any = select(
        Click.id, Click.link_id, Click.visitor, Click.rule, Click.is_first_today, Click.rules_version
    ).where(Click.day == day, Click.link_id.in_(list(rules)))
    rows = session.execute(query.order_by(Click.ms, Click.id)).all()
    new = {click_id: rule for of_link in rules.values() for click_id, rule in of_link.items()}
    verdicts = _verdicts(rows, new)
    changed = [row for row in rows if verdicts[row.id] != Verdict(row.rule, row.is_first_today)]
    if not changed:
        return  # done before a crash
    _write(session, run, day, changed, verdicts)
    conversions.follow(session, [row.id for row in changed], day=day)
    before, after = Counter[int](), Counter[int]()
    for row in changed:
        before[row.link_id] += row.is_first_today
        after[row.link_id] += verdicts[row.id].is_first_today
    links = sorted({row.link_id for row in changed})
    sums.rebuild_links(session, day, links)
    _tell_of_shares(session, clock, [link for link in links if before[link] != after[link]])


def _verdicts(rows: Sequence[Any], new: dict[int, str]) -> dict[int, Verdict]:
    """What each click is judged now. Where no judgement of a visitor changed, who was the first stays as it was."""
    moved = {(row.link_id, row.visitor) for row in rows if row.id in new}
    verdicts: dict[int, Verdict] = {}
    seen: set[tuple[int, str]] = set()
    for row in rows:
        who, rule = (row.link_id, row.visitor), new.get(row.id, row.rule)
        is_first = row.is_first_today
        if who in moved:
            is_first = not rule and who not in seen
            if is_first:
                seen.add(who)
        verdicts[row.id] = Verdict(rule, is_first)
    return verdicts


def _write(session: Session, run: Rejudging, day: date, changed: Sequence[Any], verdicts: dict[int, Verdict]) -> None:
    kept = [
        {
            "click_id": row.id,
            "rejudging_id": run.id,
            "day": day,
            "rule": row.rule,
            "is_first_today": row.is_first_today,
            "rules_version": row.rules_version,
        }
        for row in changed
    ]
    session.execute(insert(EarlierJudgement), kept)
    alike: dict[Verdict, list[int]] = {}
    for row in changed:
        alike.setdefault(verdicts[row.id], []).append(row.id)
    for verdict, ids in alike.items():
        for start in range(0, len(ids), CHUNK):
            now = update(Click).where(Click.day == day, Click.id.in_(ids[start : start + CHUNK]))
            session.execute(
                now.values(
                    rule=verdict.rule,
                    is_human=not verdict.rule,
                    is_first_today=verdict.is_first_today,
                    rules_version=run.version,
                ).execution_options(synchronize_session=False)
            )
    pairs = [(row.rule, verdicts[row.id].rule) for row in changed]
    figures = {
        "to_filtered": sum(not old and bool(new) for old, new in pairs),
        "to_human": sum(bool(old) and not new for old, new in pairs),
        "other_reason": sum(bool(old) and bool(new) and old != new for old, new in pairs),
    }
    added = {name: getattr(Rejudging, name) + count for name, count in figures.items()}
    session.execute(
        update(Rejudging).where(Rejudging.id == run.id).values(added).execution_options(synchronize_session=False)
    )


def _tell_of_shares(session: Session, clock: Clock, links: Sequence[int]) -> None:
    """Tells how many visitors each share has now, all days together: points follow from that."""
    if not links:
        return
    visitors = func.coalesce(func.sum(ReachDay.unique_visitors), 0)
    query = (
        select(Share.id, Share.user_id, Share.item_id, Share.network, visitors.label("visitors"))
        .outerjoin(ReachDay, ReachDay.link_id == Share.link_id)
        .where(Share.link_id.in_(links))
        .group_by(Share.id, Share.user_id, Share.item_id, Share.network)
        .order_by(Share.id)
    )
    events.record_all(
        session,
        clock,
        [
            Happening(
                "clicks.rejudged",
                ("share", row.id),
                {
                    "share_id": row.id,
                    "user_id": row.user_id,
                    "item_id": row.item_id,
                    "network": row.network,
                    "visitors": int(row.visitors),
                },
            )
            for row in session.execute(query)
        ],
    )


def forget(session: Session, first: date) -> None:
    """Removes what clicks of before a day were judged: the clicks themselves are gone."""
    session.execute(delete(EarlierJudgement).where(EarlierJudgement.day < first))


def _tell(session: Session, clock: Clock, run: Rejudging, kind: str, by: int | None) -> None:
    events.record(
        session,
        clock,
        kind=kind,
        actor_id=by,
        subject=("rejudging", run.id),
        data={"version": run.version, "first": run.first.isoformat(), "last": run.last.isoformat()},
    )
