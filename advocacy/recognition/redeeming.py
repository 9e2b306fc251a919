"""Points for a reward: taken once, paid once, agreed to, handed out, or given back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, func, or_, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotAllowed, NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.people import fields
from advocacy.people.models import Team, User
from advocacy.recognition import balance, rewards
from advocacy.recognition.reward_models import Redemption, RedemptionState, Reward

__all__ = ["Redemption", "RedemptionState"]

OPEN = (RedemptionState.ASKED, RedemptionState.GRANTED)
"""States in which somebody has something to do."""


@dataclass(frozen=True)
class Line:
    """A redemption as those who hand rewards out see it: whose, and nothing else about the person."""

    redemption: Redemption
    name: str
    team: str | None


def redeem(
    session: Session, clock: Clock, *, user: User, reward_id: int, price_shown: int, request_key: str
) -> Redemption:
    """Takes a reward for a person's points.

    The person's row is locked first, so that two clicks at once never spend the same points; the stock is taken by a
    statement that looks at it at the same time, so that the last piece goes to one person.

    Args:
        session: inside a transaction.
        clock: tells when.
        user: who pays.
        reward_id: what they want.
        price_shown: what the page said it costs.
        request_key: the form's own random key; the same form sent twice gives the same redemption.

    Raises:
        NotFound: there is no such reward for this person.
        Invalid: the form has no key.
        Conflict: too few points, none left, one's share is had already, or the price has changed meanwhile.
    """
    if not request_key or len(request_key) > 64:
        raise Invalid("request_key", Text("This form is not complete. Reload the page and try again."))
    balance.lock(session, user_id=user.id)
    before = session.scalar(
        select(Redemption).where(Redemption.user_id == user.id, Redemption.request_key == request_key)
    )
    if before is not None:
        if before.reward_id != reward_id:
            raise Conflict(Text("This form was used for another reward. Reload the page and try again."))
        return before
    reward = rewards.get(session, reward_id=reward_id)
    _check(session, clock.now(), user, reward, price_shown)
    _take_a_piece(session, clock.now(), user, reward, price_shown)
    redemption = Redemption(
        reward_id=reward.id,
        user_id=user.id,
        request_key=request_key,
        price=reward.price,
        took_stock=reward.stock is not None,
        state=RedemptionState.ASKED if reward.needs_approval else RedemptionState.GRANTED,
        asked_at=clock.now(),
    )
    session.add(redemption)
    session.flush()
    balance.spend(session, redemption, at=clock.now())
    _record(
        session, clock, "redemption.asked" if reward.needs_approval else "redemption.made", redemption, by=user.id
    )
    return redemption


def _check(session: Session, now: datetime, user: User, reward: Reward, price_shown: int) -> None:
    if not rewards.is_open(session, reward, now, user=user):
        raise NotFound(Text("This reward is not offered to you any more."))
    if reward.price != price_shown:
        raise Conflict(
            Text("The price has changed: it is {price} points now. Nothing was taken.", price=reward.price)
        )
    had = rewards.taken_by(session, user_id=user.id, reward_ids=[reward.id]).get(reward.id, 0)
    if reward.per_person is not None and had >= reward.per_person:
        raise Conflict(Text("You have had as many of these as one person can have. Nothing was taken."))
    left = balance.of(session, user_id=user.id).left
    if left < 0:
        raise Conflict(
            Text(
                "Your balance is {left}: points were taken back after you had spent them. New points fill it up first.",
                left=left,
            )
        )
    if left < reward.price:
        missing = reward.price - left
        raise Conflict(Text("You have {left} points, {missing} fewer than it costs.", left=left, missing=missing))


def _take_a_piece(session: Session, now: datetime, user: User, reward: Reward, price_shown: int) -> None:
    """Takes one off the stock, if it is still there at this very moment and costs what was said."""
    taken = session.execute(
        update(Reward)
        .where(
            Reward.id == reward.id,
            Reward.price == price_shown,
            Reward.is_withdrawn.is_(False),
            or_(Reward.stock.is_(None), Reward.stock > 0),
        )
        .values(stock=Reward.stock - 1)
        .execution_options(synchronize_session=False)
    )
    session.refresh(reward)
    if isinstance(taken, CursorResult) and taken.rowcount == 1:
        return
    _check(session, now, user, reward, price_shown)
    left = balance.of(session, user_id=user.id).left
    raise Conflict(
        Text("The last one has just gone to a colleague. Your points are untouched: you have {left}.", left=left)
    )


def cancel(session: Session, clock: Clock, *, user: User, redemption_id: int) -> Redemption:
    """A person takes back what nobody has agreed to yet: points and piece go back.

    Raises:
        NotFound: there is none of theirs.
        Conflict: it is decided.
    """
    redemption = get(session, redemption_id=redemption_id)
    if redemption.user_id != user.id:
        raise NotFound()
    _move(session, redemption, (RedemptionState.ASKED,), RedemptionState.CANCELLED, clock, by=user.id)
    _give_back(session, clock, redemption)
    _record(session, clock, "redemption.cancelled", redemption, by=user.id)
    return redemption


def approve(session: Session, clock: Clock, *, by: User, redemption_id: int) -> Redemption:
    """A leader agrees.

    Raises:
        NotFound: there is none.
        NotAllowed: it is their own.
        Conflict: it is decided.
    """
    redemption = _anothers(session, by, redemption_id)
    _move(session, redemption, (RedemptionState.ASKED,), RedemptionState.GRANTED, clock, by=by.id)
    _record(session, clock, "redemption.granted", redemption, by=by.id)
    return redemption


def decline(session: Session, clock: Clock, *, by: User, redemption_id: int, reason: str) -> Redemption:
    """A leader says no, or that it cannot be had after all: points and piece go back.

    Raises:
        NotFound: there is none.
        NotAllowed: it is their own.
        Invalid: on `reason`.
        Conflict: it was handed out, or given back.
    """
    redemption = _anothers(session, by, redemption_id)
    said = fields.short("reason", reason, most=500)
    if not said:
        raise Invalid("reason", Text("Please say why; the person reads it."))
    _move(session, redemption, OPEN, RedemptionState.DECLINED, clock, by=by.id)
    redemption.reason = said
    _give_back(session, clock, redemption)
    _record(session, clock, "redemption.declined", redemption, by=by.id)
    return redemption


def hand_out(session: Session, clock: Clock, *, by: User, redemption_id: int) -> Redemption:
    """The person has it.

    Raises:
        NotFound: there is none.
        Conflict: it is not agreed to, or was handed out.
    """
    redemption = get(session, redemption_id=redemption_id)
    _move(session, redemption, (RedemptionState.GRANTED,), RedemptionState.HANDED_OUT, clock, by=by.id)
    _record(session, clock, "redemption.handed_out", redemption, by=by.id)
    return redemption


def get(session: Session, *, redemption_id: int) -> Redemption:
    """A redemption, whosever it is.

    Raises:
        NotFound: there is none.
    """
    redemption = session.get(Redemption, redemption_id)
    if redemption is None:
        raise NotFound()
    return redemption


def _anothers(session: Session, by: User, redemption_id: int) -> Redemption:
    redemption = get(session, redemption_id=redemption_id)
    if redemption.user_id == by.id:
        raise NotAllowed(Text("This is your own. A colleague has to decide it."))
    return redemption


def _move(
    session: Session,
    redemption: Redemption,
    before: tuple[RedemptionState, ...],
    after: RedemptionState,
    clock: Clock,
    *,
    by: int,
) -> None:
    """Moves a redemption on, if it still stands where it has to: of two who press at once one does it."""
    handed = after is RedemptionState.HANDED_OUT
    who_and_when: dict[str, object] = (
        {"handed_out_at": clock.now(), "handed_out_by": by} if handed else {"decided_at": clock.now()}
    )
    if not handed:
        who_and_when["decided_by"] = by
    moved = session.execute(
        update(Redemption)
        .where(Redemption.id == redemption.id, Redemption.state.in_(before))
        .values(state=after, **who_and_when)
        .execution_options(synchronize_session=False)
    )
    if not isinstance(moved, CursorResult) or moved.rowcount != 1:
        raise Conflict(Text("Somebody has decided this already. Look at the list again."))
    session.refresh(redemption)


def _give_back(session: Session, clock: Clock, redemption: Redemption) -> None:
    balance.give_back(session, redemption, at=clock.now())
    if redemption.took_stock:
        session.execute(
            update(Reward)
            .where(Reward.id == redemption.reward_id, Reward.stock.is_not(None))
            .values(stock=Reward.stock + 1)
            .execution_options(synchronize_session=False)
        )
        session.refresh(redemption.reward)


def _record(session: Session, clock: Clock, kind: str, redemption: Redemption, *, by: int) -> None:
    data = {
        "user_id": redemption.user_id,
        "reward_id": redemption.reward_id,
        "title": redemption.reward.title,
        "price": redemption.price,
    }
    events.record(session, clock, kind=kind, actor_id=by, subject=("redemption", redemption.id), data=data)


def mine(session: Session, *, user_id: int, after: str = "", size: int = 30) -> Page[Redemption]:
    """A person's own, newest first.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = select(Redemption).where(Redemption.user_id == user_id)
    if after:
        query = query.where(Redemption.id < values_of(after, int)[0])
    found = list(session.scalars(query.order_by(Redemption.id.desc()).limit(size + 1)))
    return Page(found[:size], cursor_of(found[size - 1].id) if len(found) > size else None)


def queue(session: Session, *, state: RedemptionState, after: str = "", size: int = 30) -> Page[Line]:
    """What stands in one state: what waits with the oldest first, what is over with the newest.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    columns = select(Redemption, User.name, Team.name).join(User, User.id == Redemption.user_id)
    query = columns.outerjoin(Team, Team.id == User.team_id).where(Redemption.state == state)
    last = values_of(after, int)[0] if after else None
    if state in OPEN:
        query = query.order_by(Redemption.id)
        query = query if last is None else query.where(Redemption.id > last)
    else:
        query = query.order_by(Redemption.id.desc())
        query = query if last is None else query.where(Redemption.id < last)
    found = [Line(*row) for row in session.execute(query.limit(size + 1)).unique()]
    return Page(found[:size], cursor_of(found[size - 1].redemption.id) if len(found) > size else None)


def waiting(session: Session) -> dict[RedemptionState, int]:
    """How many wait for a decision, and how many to be handed out."""
    query = select(Redemption.state, func.count()).where(Redemption.state.in_(OPEN)).group_by(Redemption.state)
    return {row[0]: row[1] for row in session.execute(query)}


def settle_erased(session: Session, clock: Clock, *, user_id: int) -> None:
    """Takes back what a person who is erased has not got yet, so that the pieces are there for others."""
    open_ones = select(Redemption).where(Redemption.user_id == user_id, Redemption.state.in_(OPEN))
    for redemption in session.scalars(open_ones).unique().all():
        _move(session, redemption, OPEN, RedemptionState.CANCELLED, clock, by=user_id)
        _give_back(session, clock, redemption)
