"""Challenges: announced, joined and left until they start, and cancelled with a reason; their days never move after."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.db import upsert
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.text import Text
from advocacy.library import campaigns
from advocacy.people import fields, teams
from advocacy.people.models import User, UserState
from advocacy.recognition.challenge_models import (
    Challenge,
    ChallengeKind,
    ChallengeMember,
    ChallengeSide,
    ChallengeState,
    Counts,
)
from advocacy.recognition.rules import LEARNED

__all__ = ["Challenge", "ChallengeKind", "ChallengeSide", "ChallengeState", "Counts"]

MOST_SIDES, LONGEST, MOST_PRIZE = 20, 366, 10_000
"""Sides, days, and points of a prize at most."""


class Stage(enum.StrEnum):
    """Where a challenge stands at a given moment: its state and its days together."""

    AHEAD = "ahead"
    RUNNING = "running"
    BEING_COUNTED = "being_counted"
    """Its days are over, and what happened in them is still being written down."""
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Written:
    """A challenge as its form hands it over.

    Args:
        title: what it is called.
        description: Markdown.
        kind: who stands against whom.
        counts: what counts.
        campaign_id: only posts of this campaign; None for all.
        starts_on: the first day that counts, in the company's zone.
        ends_on: the last.
        team_ids: who stands against one another, where these are teams.
        names: of mixed teams.
        prize_points: to each member of the side that wins, 0 for none.
        prize_text: what else there is to win; "" for nothing.
    """

    title: str
    description: str
    kind: ChallengeKind
    counts: Counts
    starts_on: date
    ends_on: date
    campaign_id: int | None = None
    team_ids: Sequence[int] = ()
    names: Sequence[str] = ()
    prize_points: int = 0
    prize_text: str = ""


def stage(challenge: Challenge, now: datetime) -> Stage:
    """Where a challenge stands now."""
    if challenge.state is not ChallengeState.OPEN:
        return Stage(challenge.state.value)
    if now < challenge.starts_at:
        return Stage.AHEAD
    return Stage.RUNNING if now < challenge.ends_at else Stage.BEING_COUNTED


def begins(day: date, zone: str) -> datetime:
    """The first moment of a day in a zone, whatever its clocks do that night."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def get(session: Session, *, challenge_id: int) -> Challenge:
    """A challenge.

    Raises:
        NotFound: there is none.
    """
    challenge = session.get(Challenge, challenge_id)
    if challenge is None:
        raise NotFound(Text("We could not find that challenge."))
    return challenge


def sides(session: Session, *, challenge_id: int) -> list[ChallengeSide]:
    """Who stands against one another, in the order in which they were written down; none between single people."""
    query = select(ChallengeSide).where(ChallengeSide.challenge_id == challenge_id)
    return list(session.scalars(query.order_by(ChallengeSide.id)))


def current(session: Session, now: datetime) -> list[Challenge]:
    """What runs, is counted or comes, the nearest end first."""
    query = select(Challenge).where(Challenge.state == ChallengeState.OPEN)
    return list(session.scalars(query.order_by(Challenge.starts_at > now, Challenge.ends_at, Challenge.id)))


def past(session: Session, *, size: int = 50) -> list[Challenge]:
    """What is over, the newest first."""
    query = select(Challenge).where(Challenge.state != ChallengeState.OPEN)
    return list(session.scalars(query.order_by(Challenge.ends_at.desc(), Challenge.id.desc()).limit(size)))


def membership(session: Session, *, challenge_id: int, user_id: int) -> ChallengeMember | None:
    """How this person has joined; None when they have not."""
    return session.get(ChallengeMember, (challenge_id, user_id))


def joined(session: Session, *, user_id: int) -> set[int]:
    """The ids of the challenges that this person has joined."""
    return set(session.scalars(select(ChallengeMember.challenge_id).where(ChallengeMember.user_id == user_id)))


def members(session: Session, *, challenge_id: int) -> int:
    """How many active people have joined."""
    query = select(func.count()).select_from(ChallengeMember).join(User, User.id == ChallengeMember.user_id)
    return session.scalar(query.where(ChallengeMember.challenge_id == challenge_id, _active())) or 0


def participants(session: Session, challenge: Challenge) -> list[int]:
    """The ids of active people who take part: who joined, or who is in one of the teams."""
    if challenge.kind is ChallengeKind.TEAMS:
        query = select(User.id).where(User.team_id.in_(sorted(team_sides(session, challenge.id))), _active())
    else:
        query = select(User.id).join(ChallengeMember, ChallengeMember.user_id == User.id)
        query = query.where(ChallengeMember.challenge_id == challenge.id, _active())
    return list(session.scalars(query.order_by(User.id)))


def team_sides(session: Session, challenge_id: int) -> dict[int, int]:
    """By each team's id the side that it belongs to: its own, or that of a team above it."""
    return {
        team_id: side.id
        for side in sides(session, challenge_id=challenge_id)
        if side.team_id is not None
        for team_id in teams.subtree(session, side.team_id)
    }


def _active() -> ColumnElement[bool]:
    return User.state == UserState.ACTIVE


def save(
    session: Session,
    clock: Clock,
    *,
    written: Written,
    zone: str,
    smallest: int,
    by: int,
    challenge_id: int | None = None,
) -> Challenge:
    """Announces a challenge, or changes one that has not started.

    Args:
        session: inside a transaction.
        clock: tells the time, which decides whether it has started.
        written: what the form says.
        zone: the company's.
        smallest: people in the smallest side that is counted.
        by: who.
        challenge_id: which one; None for a new one.

    Raises:
        NotFound: no such challenge.
        Conflict: it has started, is over or is cancelled.
        Invalid: on the field that is wrong.
    """
    starts_at, ends_at = begins(written.starts_on, zone), begins(written.ends_on + timedelta(days=1), zone)
    _check(written, starts_at, clock.now())
    wanted, campaign_name = _sides(session, written), _campaign(session, written.campaign_id)
    if challenge_id is None:
        challenge = Challenge(created_at=clock.now(), created_by=by, state=ChallengeState.OPEN)
        session.add(challenge)
    else:
        challenge = ahead(session, clock.now(), challenge_id=challenge_id)
    has_members = challenge_id is not None and members(session, challenge_id=challenge_id) > 0
    if has_members and written.kind is not challenge.kind:
        raise Invalid("kind", Text("People have joined already. Cancel it and announce another."))
    challenge.title = fields.short("title", written.title, most=160)
    challenge.description = written.description.strip()
    challenge.kind, challenge.counts, challenge.campaign_id = written.kind, written.counts, written.campaign_id
    challenge.campaign_name = campaign_name
    challenge.time_zone, challenge.smallest = zone, smallest
    challenge.starts_on, challenge.ends_on = written.starts_on, written.ends_on
    challenge.starts_at, challenge.ends_at = starts_at, ends_at
    challenge.prize_points = written.prize_points
    challenge.prize_text = fields.short("prize_text", written.prize_text, most=300)
    session.flush()
    _keep_sides(session, challenge, wanted, has_members=has_members)
    _record(session, clock, "challenge.saved", challenge, by=by)
    return challenge


def _check(written: Written, starts_at: datetime, now: datetime) -> None:
    if not written.title.strip():
        raise Invalid("title", Text("Please say what it is called."))
    if starts_at <= now:
        raise Invalid("starts_on", Text("It starts tomorrow at the earliest, so that everybody can know of it."))
    if written.ends_on < written.starts_on:
        raise Invalid("ends_on", Text("The last day cannot come before the first."))
    if (written.ends_on - written.starts_on).days >= LONGEST:
        raise Invalid("ends_on", Text("That is too long. Choose a year at most."))
    if not 0 <= written.prize_points <= MOST_PRIZE:
        raise Invalid(
            "prize_points", Text("Please choose a number from {least} to {most}.", least=0, most=MOST_PRIZE)
        )
    if written.counts is Counts.COURSES and (written.campaign_id is not None or not LEARNED):
        raise Invalid("campaign", Text("Courses belong to no campaign. Choose all campaigns."))


def _campaign(session: Session, campaign_id: int | None) -> str:
    if campaign_id is None:
        return ""
    name = dict(campaigns.options(session)).get(campaign_id)
    if name is None:
        raise Invalid("campaign", Text("This campaign is no longer there. Choose again."))
    return name


def _sides(session: Session, written: Written) -> list[tuple[str, int | None]]:
    """(name, team) of each side.

    Raises:
        Invalid: on `teams` or `names`.
    """
    if written.kind is ChallengeKind.PEOPLE:
        return []
    if written.kind is ChallengeKind.MIXED:
        names = list(dict.fromkeys(fields.short("names", name, most=80) for name in written.names if name.strip()))
        if not 2 <= len(names) <= MOST_SIDES:
            raise Invalid("names", Text("Please name two teams at least, and {most} at most.", most=MOST_SIDES))
        return [(name, None) for name in names]
    chosen = list(dict.fromkeys(written.team_ids))
    if not 2 <= len(chosen) <= MOST_SIDES:
        raise Invalid("teams", Text("Please choose two teams at least, and {most} at most.", most=MOST_SIDES))
    paths = teams.path_names(session)
    for team_id in chosen:
        if team_id not in paths:
            raise Invalid("teams", Text("A team that you chose is no longer there. Choose again."))
        above = set(teams.ancestors(session, team_id)[1:]) & set(chosen)
        if above:
            raise Invalid("teams", Text("“{team}” belongs to another team that you chose.", team=paths[team_id]))
    return [(paths[team_id], team_id) for team_id in chosen]


def _keep_sides(
    session: Session, challenge: Challenge, wanted: Sequence[tuple[str, int | None]], *, has_members: bool
) -> None:
    known = [(side.name, side.team_id) for side in sides(session, challenge_id=challenge.id)]
    if sorted(known, key=str) == sorted(wanted, key=str):
        return
    if has_members:
        raise Invalid("names", Text("People have joined already. Cancel it and announce another."))
    session.execute(delete(ChallengeSide).where(ChallengeSide.challenge_id == challenge.id))
    for name, team_id in wanted:
        session.add(ChallengeSide(challenge_id=challenge.id, name=name, team_id=team_id))
        session.flush()


def ahead(session: Session, now: datetime, *, challenge_id: int) -> Challenge:
    """A challenge that has not started, locked until the transaction ends.

    Raises:
        NotFound: no such challenge.
        Conflict: it has started, is over or is cancelled.
    """
    session.execute(select(Challenge.id).where(Challenge.id == challenge_id).with_for_update()).all()
    challenge = get(session, challenge_id=challenge_id)
    if stage(challenge, now) is not Stage.AHEAD:
        raise Conflict(Text("The challenge has started or is over, so nothing of it can be changed."))
    return challenge


def join(session: Session, clock: Clock, *, challenge_id: int, user: User, side_id: int | None = None) -> None:
    """A person takes part; with another side they change over.

    Raises:
        NotFound: no such challenge, or no such side of it.
        Conflict: it has started, or it is one of teams, where nobody joins.
    """
    challenge = ahead(session, clock.now(), challenge_id=challenge_id)
    if challenge.kind is ChallengeKind.TEAMS:
        raise Conflict(Text("Here whole teams stand against one another: whoever is in one takes part."))
    side = session.get(ChallengeSide, side_id) if side_id is not None else None
    if challenge.kind is ChallengeKind.MIXED and (side is None or side.challenge_id != challenge_id):
        raise NotFound(Text("We could not find that team of the challenge. Choose one of the list."))
    kept = side.id if side is not None and challenge.kind is ChallengeKind.MIXED else None
    values = {"challenge_id": challenge_id, "user_id": user.id, "side_id": kept, "joined_at": clock.now()}
    joining = upsert(session, ChallengeMember).values(values)
    session.execute(joining.on_conflict_do_update(index_elements=["challenge_id", "user_id"], set_={"side_id": kept}))


def leave(session: Session, clock: Clock, *, challenge_id: int, user: User) -> None:
    """A person takes part no more; twice is once.

    Raises:
        NotFound: no such challenge.
        Conflict: it has started.
    """
    ahead(session, clock.now(), challenge_id=challenge_id)
    session.execute(
        delete(ChallengeMember).where(
            ChallengeMember.challenge_id == challenge_id, ChallengeMember.user_id == user.id
        )
    )


def cancel(session: Session, clock: Clock, *, challenge_id: int, reason: str, by: int) -> Challenge:
    """Ends a challenge without a result.

    Raises:
        NotFound: no such challenge.
        Invalid: on `reason`.
        Conflict: it is over or cancelled already.
    """
    challenge = get(session, challenge_id=challenge_id)
    said = fields.short("reason", reason, most=500)
    if not said:
        raise Invalid("reason", Text("Please say why; everybody reads it."))
    moved = session.execute(
        update(Challenge)
        .where(Challenge.id == challenge_id, Challenge.state == ChallengeState.OPEN)
        .values(state=ChallengeState.CANCELLED, reason=said, closed_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if not isinstance(moved, CursorResult) or moved.rowcount != 1:
        raise Conflict(Text("The challenge is over or cancelled already."))
    session.refresh(challenge)
    _record(session, clock, "challenge.cancelled", challenge, by=by)
    return challenge


def _record(session: Session, clock: Clock, kind: str, challenge: Challenge, *, by: int | None) -> None:
    data = {"title": challenge.title, "from": str(challenge.starts_on), "to": str(challenge.ends_on)}
    events.record(session, clock, kind=kind, actor_id=by, subject=("challenge", challenge.id), data=data)
