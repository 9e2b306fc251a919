"""The points ledger: fed by the event log, one entry for each cause, within the published caps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from advocacy.base.db import Database
from advocacy.base.events import Consumer, Event, consume
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.recognition import fairness, standing, standings
from advocacy.recognition.models import PointsEntry
from advocacy.recognition.rules import (
    EVENTS,
    NO_VISITOR,
    POSTED,
    PRIZE,
    RULES,
    UNDONE,
    WON,
    Rule,
    rule_named,
    title_of,
)
from advocacy.recognition.standings import FOLLOWED
from advocacy.sharing.results import visitors_in


@dataclass(frozen=True)
class LedgerLine:
    """An entry as its owner reads it."""

    at: datetime
    title: Text
    points: int
    share_id: int | None


def take(session: Session, happened: Event) -> None:
    """Writes what an event earns. The same event never pays twice; what is over a cap pays nothing.

    Args:
        session: the transaction that also moves the ledger's cursor.
        happened: with `user_id` in its data, or else the actor; `share_id` and `item_id` where there are any.
    """
    if happened.kind == "share.removed":
        _take_back(session, happened)
        return
    if happened.kind == "clicks.rejudged":
        _count_visitors_again(session, happened)
        return
    if happened.kind in UNDONE:
        _undo(session, happened, UNDONE[happened.kind])
        return
    if happened.kind == WON:
        _give_prize(session, happened)
        return
    if happened.kind in ABOUT_PEOPLE:
        if happened.subject_id is not None:
            standings.follow(session, happened.subject_id)
            standing.follow(session, happened.subject_id)
        return
    for rule in RULES:
        if rule.event == happened.kind and (not rule.kinds or _share_kind(happened) in rule.kinds):
            _pay(session, happened, rule)


ABOUT_PEOPLE = frozenset({"user.edited", "user.enabled", "user.disabled", "user.erased", "user.ranking_chosen"})
"""Kinds of events after which a person stands elsewhere on the board, or not at all."""

LEDGER = Consumer(name="points", kinds=EVENTS | ABOUT_PEOPLE, take=take)


def keep_up(db: Database) -> None:
    """Reads the event log to its present end."""
    while consume(db, LEDGER, batch=200) == 200:
        pass


def _who(happened: Event) -> int | None:
    user_id = happened.data.get("user_id", happened.actor_id)
    return int(user_id) if user_id is not None else None


def _share_kind(happened: Event) -> str:
    return str(happened.data.get("share_kind", "share"))


def _share(happened: Event) -> int | None:
    if happened.subject_type == "share":
        return happened.subject_id
    return happened.data.get("share_id")


def _pay(session: Session, happened: Event, rule: Rule) -> None:
    user_id = _who(happened)
    if user_id is None or session.get(User, user_id) is None:
        return  # erased since
    cause = _cause(happened, rule, user_id)
    for number in range(visitors_in(happened) if rule.name == FOLLOWED else 1):
        if not _pay_for_one(session, happened, rule, user_id, cause=f"{cause}:{number}" if number else cause):
            return


def _pay_for_one(session: Session, happened: Event, rule: Rule, user_id: int, *, cause: str) -> bool:
    """Whether another of the same kind would be looked at: not once the cap is reached."""
    if session.scalar(select(PointsEntry.id).where(PointsEntry.cause == cause)) is not None:
        return True
    if rule.by_others and happened.actor_id in (None, user_id):
        return False
    if _is_over_cap(session, happened, rule, user_id):
        return False
    from_id = happened.actor_id if rule.in_pairs else None
    if from_id is not None and not fairness.may_pay(session, from_id=from_id, user_id=user_id, at=happened.at):
        return False
    entry = _entry(happened, rule=rule.name, version=rule.version, points=rule.points, cause=cause, user_id=user_id)
    entry.from_id = from_id
    standings.write(session, entry)
    return True


def _cause(happened: Event, rule: Rule, user_id: int) -> str:
    if rule.name in POSTED:
        return f"posted:share:{_share(happened)}"  # a share by link that is published later by API pays once
    if rule.once_per:
        return _once(happened, rule, user_id)
    return f"{rule.name}:{happened.id}" if rule.cap_per != "ever" else f"{rule.name}:user:{user_id}"


def _once(happened: Event, rule: Rule, user_id: int) -> str:
    thing = f"{happened.subject_type}:{happened.subject_id}"
    if rule.once_per != "subject":
        thing = f"{rule.once_per}:{happened.data.get(rule.once_per)}"
    return f"{rule.name}:{thing}:user:{user_id}"


def _undo(session: Session, happened: Event, name: str) -> None:
    rule = next(one for one in RULES if one.name == name)
    for user_id in happened.data.get("receivers", [happened.data.get("user_id")]):
        cause = _once(happened, rule, user_id)
        paid = session.scalar(select(PointsEntry).where(PointsEntry.cause == cause))
        undone = f"undone:{cause}"
        if paid is None or session.scalar(select(PointsEntry.id).where(PointsEntry.cause == undone)) is not None:
            continue
        standings.write(
            session,
            _entry(happened, rule="undone", version=1, points=-paid.points, cause=undone, user_id=paid.user_id),
        )


def _is_over_cap(session: Session, happened: Event, rule: Rule, user_id: int) -> bool:
    if rule.cap is None:
        return False
    paid = select(func.count()).where(PointsEntry.user_id == user_id, PointsEntry.rule == rule.name)
    if rule.name == FOLLOWED:  # what was taken back may be earned again
        standing = func.sum(case((PointsEntry.rule == FOLLOWED, 1), else_=-1))
        paid = select(func.coalesce(standing, 0)).where(
            PointsEntry.user_id == user_id, PointsEntry.rule.in_((FOLLOWED, NO_VISITOR))
        )
    if rule.cap_per == "day":
        paid = paid.where(PointsEntry.day == happened.at.date())
    elif rule.cap_per == "share":
        paid = paid.where(PointsEntry.share_id == _share(happened))
    return session.scalar(paid) >= rule.cap  # type: ignore[operator]


def _give_prize(session: Session, happened: Event) -> None:
    user_id = _who(happened)
    cause = f"{PRIZE}:challenge:{happened.subject_id}:user:{user_id}"
    paid = session.scalar(select(PointsEntry.id).where(PointsEntry.cause == cause))
    if user_id is None or paid is not None or session.get(User, user_id) is None:
        return
    points = int(happened.data["points"])
    standings.write(session, _entry(happened, rule=PRIZE, version=1, points=points, cause=cause, user_id=user_id))


def _take_back(session: Session, happened: Event) -> None:
    share_id = _share(happened)
    paid = session.scalar(select(PointsEntry).where(PointsEntry.share_id == share_id, PointsEntry.rule.in_(POSTED)))
    if paid is None:
        return
    cause = f"removed:share:{share_id}"
    if session.scalar(select(PointsEntry.id).where(PointsEntry.cause == cause)) is None:
        standings.write(
            session,
            _entry(happened, rule="removed", version=1, points=-paid.points, cause=cause, user_id=paid.user_id),
        )


def _count_visitors_again(session: Session, happened: Event) -> None:
    """Pays for a share's visitors what the rule would pay for as many as there are now: by new entries, either way."""
    rule, share_id = rule_named(FOLLOWED), _share(happened)
    user_id = _who(happened)
    if rule is None or user_id is None or session.get(User, user_id) is None:
        return
    paid = _paid_for_visitors(session, share_id)
    due = min(int(happened.data["visitors"]), rule.cap or int(happened.data["visitors"]))
    for entry in paid[due:]:
        cause = f"{NO_VISITOR}:{entry.id}"
        back = _entry(
            happened, rule=NO_VISITOR, version=rule.version, points=-entry.points, cause=cause, user_id=user_id
        )
        standings.write(session, back)
    for number in range(len(paid), due):
        cause = f"{rule.name}:{happened.id}:{number}"
        again = _entry(
            happened, rule=rule.name, version=rule.version, points=rule.points, cause=cause, user_id=user_id
        )
        standings.write(session, again)


def _paid_for_visitors(session: Session, share_id: int | None) -> list[PointsEntry]:
    """The entries of a share's visitors that were not taken back, oldest first."""
    query = select(PointsEntry).where(PointsEntry.share_id == share_id, PointsEntry.rule.in_((FOLLOWED, NO_VISITOR)))
    found = list(session.scalars(query.order_by(PointsEntry.id)))
    back = {entry.cause for entry in found if entry.rule == NO_VISITOR}
    return [entry for entry in found if entry.rule == FOLLOWED and f"{NO_VISITOR}:{entry.id}" not in back]


def _entry(happened: Event, *, rule: str, version: int, points: int, cause: str, user_id: int) -> PointsEntry:
    return PointsEntry(
        user_id=user_id,
        rule=rule,
        rule_version=version,
        points=points,
        cause=cause,
        at=happened.at,
        day=happened.at.date(),
        share_id=_share(happened),
        item_id=happened.data.get("item_id"),
    )


def total(session: Session, *, user_id: int) -> int:
    """All points a person has."""
    return (
        session.scalar(select(func.coalesce(func.sum(PointsEntry.points), 0)).where(PointsEntry.user_id == user_id))
        or 0
    )


def ledger(session: Session, *, user_id: int, after: str | None = None, size: int = 50) -> Page[LedgerLine]:
    """A person's entries, newest first.

    Args:
        session: for reading.
        user_id: whose.
        after: the cursor of the page before.
        size: entries a page, 1 to 200.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    query = select(PointsEntry).where(PointsEntry.user_id == user_id).order_by(PointsEntry.id.desc()).limit(size + 1)
    if after:
        query = query.where(PointsEntry.id < values_of(after, int)[0])
    rows = list(session.scalars(query))
    shown = rows[:size]
    return Page(
        items=[
            LedgerLine(at=row.at, title=title_of(row.rule), points=row.points, share_id=row.share_id) for row in shown
        ],
        next_cursor=cursor_of(shown[-1].id) if len(rows) > size else None,
    )
