"""The catalogue of rewards: what there is, for whom and until when, and how it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.text import Text
from advocacy.library import audience, visibility
from advocacy.library.content import Audience
from advocacy.people import fields
from advocacy.people.models import User
from advocacy.recognition.reward_models import GIVEN_BACK, Redemption, Reward

DEAREST, MOST = 1_000_000, 100_000
"""Points a reward may cost, and pieces there may be of it."""


@dataclass(frozen=True)
class Written:
    """A reward as its form hands it over.

    Args:
        title: what it is.
        description: Markdown.
        price: points, 1 to `DEAREST`.
        stock: pieces left; None is no limit.
        stock_was: the pieces that the form showed when it was opened: what is taken meanwhile stays taken.
        per_person: how many one person may have; None is no limit.
        opens_at: from when; None is at once.
        closes_at: until when; None is for good.
        audience: whom it is for; empty is everyone.
        needs_approval: whether a leader has to agree.
        hand_out: how one gets it.
        picture_id: a kept picture.
        alt_text: what the picture shows.
    """

    title: str
    description: str
    price: int
    stock: int | None = None
    stock_was: int | None = None
    per_person: int | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    audience: Audience = field(default_factory=dict)
    needs_approval: bool = False
    hand_out: str = ""
    picture_id: int | None = None
    alt_text: str = ""


def get(session: Session, *, reward_id: int) -> Reward:
    """A reward, whoever it is for.

    Raises:
        NotFound: there is none.
    """
    reward = session.get(Reward, reward_id)
    if reward is None:
        raise NotFound(Text("We could not find that reward."))
    return reward


def find(session: Session, clock: Clock, *, reward_id: int, user: User) -> Reward:
    """A reward that this person may look at: one in the catalogue for them, or one they took.

    Raises:
        NotFound: there is none, or it is not for them.
    """
    reward = get(session, reward_id=reward_id)
    taken = select(Redemption.id).where(Redemption.reward_id == reward_id, Redemption.user_id == user.id).limit(1)
    if not is_open(session, reward, clock.now(), user=user) and session.scalar(taken) is None:
        raise NotFound(Text("We could not find that reward."))
    return reward


def is_open(session: Session, reward: Reward, now: datetime, *, user: User) -> bool:
    """Whether this person can have it now, stock and points aside."""
    return _is_offered(reward, now) and audience.holds(reward.audience, visibility.reader(session, user=user))


def _is_offered(reward: Reward, now: datetime) -> bool:
    begun = reward.opens_at is None or reward.opens_at <= now
    return begun and not reward.is_withdrawn and (reward.closes_at is None or reward.closes_at > now)


def catalogue(session: Session, clock: Clock, *, user: User) -> list[Reward]:
    """What this person can have now, the least expensive first; what has run out comes last."""
    now, who = clock.now(), visibility.reader(session, user=user)
    query = select(Reward).where(
        Reward.is_withdrawn.is_(False),
        or_(Reward.opens_at.is_(None), Reward.opens_at <= now),
        or_(Reward.closes_at.is_(None), Reward.closes_at > now),
    )
    found = session.scalars(query.order_by(Reward.stock.is_not(None) & (Reward.stock == 0), Reward.price, Reward.id))
    return [one for one in found if audience.holds(one.audience, who)]


def every(session: Session) -> list[tuple[Reward, int]]:
    """All rewards for those who keep the catalogue, with how many were taken: what is offered first, then the newest."""
    counts = (
        select(Redemption.reward_id, func.count().label("taken"))
        .where(Redemption.state.not_in(GIVEN_BACK))
        .group_by(Redemption.reward_id)
        .subquery()
    )
    query = select(Reward, func.coalesce(counts.c.taken, 0)).outerjoin(counts, counts.c.reward_id == Reward.id)
    return [(row[0], int(row[1])) for row in session.execute(query.order_by(Reward.is_withdrawn, Reward.id.desc()))]


def taken_by(session: Session, *, user_id: int, reward_ids: Sequence[int]) -> dict[int, int]:
    """How many of each reward a person has, those given back left out."""
    query = (
        select(Redemption.reward_id, func.count())
        .where(
            Redemption.user_id == user_id,
            Redemption.reward_id.in_(reward_ids),
            Redemption.state.not_in(GIVEN_BACK),
        )
        .group_by(Redemption.reward_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def save(session: Session, clock: Clock, *, written: Written, by: int, reward_id: int | None = None) -> Reward:
    """Adds a reward, or changes one. What was paid for one already does not change.

    Args:
        session: inside a transaction.
        clock: tells when.
        written: what the form says.
        by: who.
        reward_id: which one; None for a new one.

    Raises:
        NotFound: no such reward.
        Invalid: on the field that is wrong.
    """
    _check(session, written)
    if reward_id is None:
        reward = Reward(created_at=clock.now(), created_by=by, stock=written.stock)
        session.add(reward)
    else:
        session.execute(select(Reward.id).where(Reward.id == reward_id).with_for_update()).all()  # pieces stand still
        reward = get(session, reward_id=reward_id)
        reward.stock = _stock(reward.stock, written)
    reward.title, reward.description = fields.short("title", written.title, most=160), written.description.strip()
    reward.price, reward.per_person = written.price, written.per_person
    reward.opens_at, reward.closes_at = written.opens_at, written.closes_at
    reward.audience = audience.to_json(written.audience)
    reward.needs_approval = written.needs_approval
    reward.hand_out = fields.short("hand_out", written.hand_out, most=500)
    reward.picture_id = written.picture_id
    reward.alt_text = fields.short("alt_text", written.alt_text, most=500) if written.picture_id else ""
    session.flush()
    _record(session, clock, "reward.saved", reward, by)
    return reward


def _stock(now: int | None, written: Written) -> int | None:
    """The stock after a form that may have been open while colleagues took pieces."""
    if written.stock is None or now is None or written.stock_was is None:
        return written.stock
    return max(0, now + written.stock - written.stock_was)


def _check(session: Session, written: Written) -> None:
    if not written.title.strip():
        raise Invalid("title", Text("Please say what it is."))
    if not 1 <= written.price <= DEAREST:
        raise Invalid("price", Text("Please choose a price from 1 to {most} points.", most=DEAREST))
    if written.stock is not None and not 0 <= written.stock <= MOST:
        raise Invalid("stock", Text("Please choose a number from {least} to {most}.", least=0, most=MOST))
    if written.per_person is not None and not 1 <= written.per_person <= MOST:
        raise Invalid("per_person", Text("Please choose a number from {least} to {most}.", least=1, most=MOST))
    if written.opens_at and written.closes_at and written.closes_at <= written.opens_at:
        raise Invalid("closes_at", Text("The end has to come after the beginning."))
    if written.picture_id and not written.alt_text.strip():
        raise Invalid("alt_text", Text("Please say what the picture shows, for people who cannot see it."))
    audience.check(session, written.audience)


def withdraw(session: Session, clock: Clock, *, reward_id: int, by: int, withdrawn: bool) -> Reward:
    """Takes a reward out of the catalogue, or puts it back; who took one keeps it.

    Raises:
        NotFound: no such reward.
        Conflict: it stands as asked already.
    """
    reward = get(session, reward_id=reward_id)
    if reward.is_withdrawn == withdrawn:
        raise Conflict(Text("Somebody has done this already."))
    reward.is_withdrawn = withdrawn
    _record(session, clock, "reward.withdrawn" if withdrawn else "reward.offered", reward, by)
    return reward


def _record(session: Session, clock: Clock, kind: str, reward: Reward, by: int) -> None:
    data = {"title": reward.title, "price": reward.price, "stock": reward.stock}
    events.record(session, clock, kind=kind, actor_id=by, subject=("reward", reward.id), data=data)
