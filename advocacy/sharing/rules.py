"""The company's rules for sharing: how much a day, when not, how far apart; and the pause button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import editions, events
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.sharing.rule_models import SharingRules
from advocacy.sharing.wall_time import moment, on_the_wall

DAILY_CAP = 10
"""A company's posts beyond that read as spam to a person's followers, and the networks' own rules look at bursts."""
SPREAD = timedelta(minutes=45)
"""Colleagues' posts of one item that come closer together are seen side by side by the people who follow both."""
MOST_A_DAY, FARTHEST_APART, LONGEST_NOTE = 50, timedelta(hours=12), 300


@dataclass(frozen=True)
class Pause:
    """Nothing is published for anybody.

    Args:
        since: when it began.
        by: the name of who did it; "" when they have left.
        note: why, in their words; "" when they gave none.
    """

    since: datetime
    by: str
    note: str

    def reason(self) -> Text:
        """What a person who shares is told."""
        if self.note:
            return Text("Sharing is paused for everybody: {note}", note=self.note)
        return Text("Sharing is paused for everybody.")


@dataclass(frozen=True)
class Rules:
    """What holds now.

    Args:
        daily_cap: shares a day of one person on one network, 1 to `MOST_A_DAY`.
        spread: how far apart the next good time keeps colleagues' posts of one item, 0 to `FARTHEST_APART`.
        quiet_from: when quiet hours begin on the wall of each person's own zone; None for none.
        quiet_until: when they end; before `quiet_from` where they last over midnight.
        pause: None while all is well.
    """

    daily_cap: int = DAILY_CAP
    spread: timedelta = SPREAD
    quiet_from: time | None = None
    quiet_until: time | None = None
    pause: Pause | None = None

    def is_quiet(self, wall: datetime) -> bool:
        """Whether a time on a person's wall (naive) lies in the quiet hours."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        at = wall.time()
        if self.quiet_from < self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until

    def after_quiet(self, at: datetime, zone: str) -> datetime:
        """The first moment from `at` on (aware) that is not in the quiet hours of a zone (IANA name); aware."""
        wall = on_the_wall(at, zone)
        if not self.is_quiet(wall) or self.quiet_until is None:
            return at
        ends = datetime.combine(wall.date(), self.quiet_until)
        return moment(ends if ends > wall else ends + timedelta(days=1), zone).at


def now_in_force(session: Session) -> Rules:
    """The rules as they stand."""
    row = session.execute(
        select(SharingRules, User.name).outerjoin(User, User.id == SharingRules.paused_by)
    ).one_or_none()
    if row is None:
        return Rules()
    kept, name = row
    return Rules(
        daily_cap=kept.daily_cap,
        spread=timedelta(minutes=kept.spread_minutes),
        quiet_from=kept.quiet_from,
        quiet_until=kept.quiet_until,
        pause=Pause(kept.paused_at, name or "", kept.pause_note) if kept.paused_at else None,
    )


def pause_in_force(session: Session) -> Pause | None:
    """The pause, as every page of sharing tells it; asked for only while there is one."""
    kept = editions.kept(session)
    if "paused" not in kept:
        kept["paused"] = is_paused(session)
    return now_in_force(session).pause if kept["paused"] else None


def is_paused(session: Session) -> bool:
    """Whether the pause button is pressed."""
    return session.scalar(select(SharingRules.id).where(SharingRules.paused_at.is_not(None))) is not None


def lay_down(
    session: Session,
    clock: Clock,
    *,
    by: User,
    daily_cap: int,
    spread_minutes: int,
    quiet_from: time | None,
    quiet_until: time | None,
) -> None:
    """Changes the rules. What is planned already stays planned.

    Args:
        session: inside a transaction.
        clock: tells when.
        by: who does it.
        daily_cap, spread_minutes, quiet_from, quiet_until: see `Rules`.

    Raises:
        Invalid: a figure is out of its range, or only one end of the quiet hours is given.
    """
    if not 1 <= daily_cap <= MOST_A_DAY:
        raise Invalid("daily_cap", Text("Please give a number from 1 to {most}.", most=MOST_A_DAY))
    farthest = int(FARTHEST_APART.total_seconds()) // 60
    if not 0 <= spread_minutes <= farthest:
        raise Invalid("spread_minutes", Text("Please give a number of minutes from 0 to {most}.", most=farthest))
    if (quiet_from is None) != (quiet_until is None):
        missing = "quiet_from" if quiet_from is None else "quiet_until"
        raise Invalid(missing, Text("Quiet hours need a beginning and an end. Leave both empty for none."))
    if quiet_from is not None and quiet_from == quiet_until:
        raise Invalid("quiet_until", Text("Quiet hours that end when they begin would last all day."))
    row = _row(session)
    row.daily_cap, row.spread_minutes = daily_cap, spread_minutes
    row.quiet_from, row.quiet_until = quiet_from, quiet_until
    data = {
        "daily_cap": daily_cap,
        "spread_minutes": spread_minutes,
        "quiet_from": quiet_from.isoformat("minutes") if quiet_from else None,
        "quiet_until": quiet_until.isoformat("minutes") if quiet_until else None,
    }
    _tell(session, clock, "sharing.rules_changed", by, data)


def pause(session: Session, clock: Clock, *, by: User, note: str) -> None:
    """Stops publishing for everybody, at once: what is not sent yet waits, and is asked about when it is too late.

    Pressed twice, the first one's time stands and the last one's note.

    Args:
        session: inside a transaction.
        clock: tells when.
        by: who does it.
        note: why, for everybody to read; up to `LONGEST_NOTE` characters.

    Raises:
        Invalid: the note is too long.
    """
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE:
        raise Invalid("note", Text("Please keep it to {most} characters.", most=LONGEST_NOTE))
    row = _row(session)
    row.paused_at, row.paused_by, row.pause_note = row.paused_at or clock.now(), by.id, note
    _tell(session, clock, "sharing.paused", by, {"note": note})


def resume(session: Session, clock: Clock, *, by: User) -> None:
    """Lets publishing go on. Shares that are too late by then are missed, and their people asked."""
    row = _row(session)
    if row.paused_at is None:
        return
    row.paused_at, row.paused_by, row.pause_note = None, None, ""
    _tell(session, clock, "sharing.resumed", by, {})


def _row(session: Session) -> SharingRules:
    row = session.get(SharingRules, 1, with_for_update=True)
    if row is None:
        plain = Rules()
        minutes = int(plain.spread.total_seconds()) // 60
        row = SharingRules(id=1, daily_cap=plain.daily_cap, spread_minutes=minutes)
        session.add(row)
    return row


def _tell(session: Session, clock: Clock, kind: str, by: User, data: Mapping[str, object]) -> None:
    session.flush()
    events.record(session, clock, kind=kind, actor_id=by.id, subject=("sharing_rules", 1), data=data)
