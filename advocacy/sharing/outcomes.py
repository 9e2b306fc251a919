"""What follows from what a network answered: the table of errors, each row in one transaction."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.db import Database
from advocacy.base.errors import NotAllowed
from advocacy.base.events import Happening
from advocacy.base.text import Text
from advocacy.sharing import costs
from advocacy.sharing.models import Connection, ConnectionState, Proof, Share, ShareAttempt, ShareState
from advocacy.sharing.networks import in_our_words
from advocacy.sharing.states import happening, move, tell
from connectors import (
    ConnectorError,
    CredentialsExpired,
    OperatorNeeded,
    OutcomeUnknown,
    RateLimited,
    Receipt,
    Rejected,
)

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=4), timedelta(minutes=10)
ASK_AFTER = timedelta(hours=24)
"""How long an unknown outcome is looked into before the person is asked."""


PROBABLY = Text(
    "The network says that this post is there already, so we take it as published. We may not look ourselves: "
    "please check your profile."
)
NOT_FOUND = Text("We looked at your profile and did not find this post, but we cannot be sure. Please look yourself.")


@dataclass(frozen=True)
class LookedAndNotThere:
    """A look at the network that did not find the post.

    Args:
        for_sure: whether that proves that it was never made.
        may_show_until: until when a post that was made may be missing from what was looked at.
    """

    for_sure: bool
    may_show_until: datetime | None = None


@dataclass(frozen=True)
class NoLongerAllowed:
    """The item was withdrawn, or the person left, before anything was sent."""

    reason: Text


@dataclass(frozen=True)
class NetworkAsleep:
    """The operator has taken the network's settings away, so nothing was asked."""

    reason: Text


NoReceipt = LookedAndNotThere | NoLongerAllowed | NetworkAsleep | ConnectorError
Outcome = Receipt | NoReceipt


def person_left() -> NotAllowed:
    """Why nothing is published for somebody whose access has ended."""
    return NotAllowed(Text("Their access to the hub has ended."))


def back_off(attempts: int, *, chance: float | None = None) -> timedelta:
    """How long to wait before the next try: full jitter, so that many that failed together do not come back together.

    Args:
        attempts: how many were made, 1 or more.
        chance: 0 to 1; random by default.

    Returns:
        Between 1 second and `LONGEST_WAIT`, `FIRST_WAIT` doubled each time at most. Source: Brooker, "Exponential
        Backoff And Jitter", AWS Architecture Blog, 2015.
    """
    most: timedelta = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 20))
    drawn = most * (random.random() if chance is None else chance)  # noqa: S311 - not a secret
    return max(timedelta(seconds=1), drawn)


def record(
    session: Session, db: Database, clock: Clock, *, attempt_id: int, share_id: int, outcome: NoReceipt
) -> None:
    """Writes down what an attempt without a receipt came to: attempt, share, connection and event, in the caller's
    transaction. It counts only while the share still waits for this attempt.
    """
    # The share first, as everybody else who holds several of these rows.
    share = session.get_one(Share, share_id, populate_existing=True, with_for_update={"key_share": True})
    attempt = session.get_one(ShareAttempt, attempt_id, populate_existing=True)
    if attempt.finished_at is None:
        attempt.finished_at = clock.now()
        attempt.outcome = name_of(outcome)
        attempt.network_said = outcome.network_said[:500] if isinstance(outcome, ConnectorError) else ""
    _settle_costs(session, clock, share, attempt_id, outcome)
    match outcome:
        case LookedAndNotThere():
            _not_there(session, clock, share, attempt, outcome)
        case NoLongerAllowed():
            _leave(session, clock, share, attempt, ShareState.CANCELLED, "share.cancelled", outcome.reason)
        case NetworkAsleep():
            _asleep(session, clock, share, attempt, outcome)
        case OutcomeUnknown():
            _unknown(session, clock, share, attempt, outcome)
        case CredentialsExpired():
            _needs_sign_in(session, clock, share, attempt, outcome)
        case Rejected():
            _leave(session, clock, share, attempt, ShareState.FAILED, "share.failed", in_our_words(outcome.reason))
        case _:
            _again_later(session, db, clock, share, attempt, outcome)


def _settle_costs(session: Session, clock: Clock, share: Share, attempt_id: int, outcome: NoReceipt) -> None:
    """What was surely not taken is not charged for; a film or picture that went ahead of it may be."""
    match outcome:
        case OutcomeUnknown():
            return
        case OperatorNeeded():
            costs.trouble(session, clock, network=share.network, reason=in_our_words(outcome.reason))
    if isinstance(outcome, ConnectorError) and not share.progress:
        costs.give_back(session, attempt_id=attempt_id)


def name_of(outcome: Outcome) -> str:
    """As what an attempt keeps it."""
    match outcome:
        case Receipt():
            return "published"
        case LookedAndNotThere():
            return "not_found"
        case NoLongerAllowed():
            return "not_allowed"
        case NetworkAsleep():
            return "asleep"
    return type(outcome).__name__


def published_as(receipt: Receipt) -> dict[str, Any]:
    """What a receipt changes in its share's row."""
    return {
        "state": ShareState.PUBLISHED,
        "proof": _proof(receipt),
        "remote_id": receipt.remote_id or None,
        "permalink": receipt.permalink or None,
        "published_at": receipt.published_at,
        **_AT_REST,
        "reason": None if receipt.is_verified else PROBABLY.to_json(),
    }


def is_published(share: Share, receipt: Receipt) -> Happening:
    """What is told of a share when it is published."""
    return happening(share, kind="share.published", by=None, proof=_proof(receipt).value)


def _proof(receipt: Receipt) -> Proof:
    # A network that only refused a repeat as one is a witness as good as the person: most likely right, no proof.
    return Proof.NETWORK if receipt.is_verified else Proof.CLAIMED


def _not_there(
    session: Session, clock: Clock, share: Share, attempt: ShareAttempt, outcome: LookedAndNotThere
) -> None:
    if outcome.for_sure:
        reason = Text("We were interrupted while publishing. We looked, and your post is not there.")
        _leave(session, clock, share, attempt, ShareState.MISSED, "share.missed", reason)
        return
    now = clock.now()
    if outcome.may_show_until is not None and now < outcome.may_show_until:
        until = max(outcome.may_show_until, now + FIRST_WAIT)
        _delayed(session, clock, share, attempt, Text("We look once more whether your post is there."), until=until)
        return
    _ask(session, clock, share, attempt, NOT_FOUND)


def _unknown(session: Session, clock: Clock, share: Share, attempt: ShareAttempt, outcome: OutcomeUnknown) -> None:
    now = clock.now()
    unsettled_at = share.unsettled_at or attempt.sent_at or now
    if attempt.sent_at is None or now - unsettled_at > ASK_AFTER:  # a look that cannot tell, or long enough
        _ask(session, clock, share, attempt, in_our_words(outcome.reason))
        return
    if _move_on(
        session,
        clock,
        share,
        attempt,
        to=ShareState.UNCONFIRMED,
        unsettled_at=unsettled_at,
        next_attempt_at=max(outcome.until or now, now + back_off(attempt.number)),
        reason=in_our_words(outcome.reason).to_json(),
    ):
        tell(session, clock, share=share, kind="share.unconfirmed", by=None)


def sign_in_is_over(session: Session, clock: Clock, *, connection_id: int) -> None:
    """Marks an account whose network refused the sign-in for good, and tells of it once.

    Args:
        session: inside a transaction.
        clock: tells when.
        connection_id: which.
    """
    lost = session.execute(
        update(Connection)
        .where(Connection.id == connection_id, Connection.state == ConnectionState.ACTIVE)
        .values(state=ConnectionState.NEEDS_SIGN_IN)
    )
    if isinstance(lost, CursorResult) and lost.rowcount == 1:
        connection = session.get_one(Connection, connection_id)
        events.record(
            session,
            clock,
            kind="connection.needs_sign_in",
            actor_id=None,
            subject=("connection", connection_id),
            data={"user_id": connection.user_id, "network": connection.network},
        )


def _needs_sign_in(
    session: Session, clock: Clock, share: Share, attempt: ShareAttempt, outcome: CredentialsExpired
) -> None:
    if share.connection_id is not None:
        sign_in_is_over(session, clock, connection_id=share.connection_id)
    reason = in_our_words(outcome.reason)
    if share.unsettled_at is not None:
        _ask(session, clock, share, attempt, reason)
        return
    # It stays due: the publisher leaves it alone while its account needs a sign-in, and takes it up right after.
    _delayed(session, clock, share, attempt, reason, until=clock.now())


def _asleep(session: Session, clock: Clock, share: Share, attempt: ShareAttempt, outcome: NetworkAsleep) -> None:
    if share.unsettled_at is not None:
        _ask(session, clock, share, attempt, outcome.reason)
        return
    _delayed(session, clock, share, attempt, outcome.reason, until=clock.now() + LONGEST_WAIT)


def _again_later(
    session: Session, db: Database, clock: Clock, share: Share, attempt: ShareAttempt, outcome: ConnectorError
) -> None:
    now = clock.now()
    until = max(outcome.until or now, now + back_off(attempt.number))
    reason = in_our_words(outcome.reason)
    if isinstance(outcome, RateLimited):
        _hold_back(session, db, share, until=outcome.until)
    if share.unsettled_at is not None and now - share.unsettled_at > ASK_AFTER:
        _ask(session, clock, share, attempt, reason)
        return
    _delayed(session, clock, share, attempt, reason, until=until)


def _hold_back(session: Session, db: Database, share: Share, *, until: datetime) -> None:
    """The limit is the account's: its other shares need not ask before it ends."""
    others = select(Share.id).where(
        Share.connection_id == share.connection_id,
        Share.state.in_((ShareState.SCHEDULED, ShareState.UNCONFIRMED)),
        Share.next_attempt_at < until,
    )
    if not db.is_sqlite:  # one that somebody takes up or moves just now asks once in vain: nobody waits for that
        others = others.with_for_update(key_share=True, skip_locked=True)
    session.execute(
        update(Share)
        .where(Share.id.in_(list(session.scalars(others))))
        .values(next_attempt_at=until)
        .execution_options(synchronize_session=False)
    )


def _delayed(
    session: Session, clock: Clock, share: Share, attempt: ShareAttempt, reason: Text, *, until: datetime
) -> None:
    to = ShareState.SCHEDULED if share.unsettled_at is None else ShareState.UNCONFIRMED
    if _move_on(session, clock, share, attempt, to=to, next_attempt_at=until, reason=reason.to_json()):
        tell(session, clock, share=share, kind="share.delayed", by=None, until=until.isoformat())


def _ask(session: Session, clock: Clock, share: Share, attempt: ShareAttempt, reason: Text) -> None:
    """Only the person can tell now."""
    unsettled_at = share.unsettled_at or attempt.sent_at or clock.now()
    if _move_on(
        session,
        clock,
        share,
        attempt,
        to=ShareState.UNCONFIRMED,
        unsettled_at=unsettled_at,
        next_attempt_at=None,
        reason=reason.to_json(),
    ):
        tell(session, clock, share=share, kind="share.asked", by=None)


def _leave(
    session: Session, clock: Clock, share: Share, attempt: ShareAttempt, to: ShareState, kind: str, reason: Text
) -> None:
    """The end, unless the person takes it up again."""
    if _move_on(session, clock, share, attempt, to=to, **{**_AT_REST, "reason": reason.to_json()}):
        tell(session, clock, share=share, kind=kind, by=None, reason=str(reason))


_AT_REST: dict[str, Any] = {
    "next_attempt_at": None,
    "unsettled_at": None,
    "lease_owner": None,
    "lease_until": None,
    "reason": None,
}


def _move_on(
    session: Session, clock: Clock, share: Share, attempt: ShareAttempt, *, to: ShareState, **values: Any
) -> bool:
    return move(
        session,
        clock,
        share_id=share.id,
        at={ShareState.PUBLISHING},
        to=to,
        where=Share.attempts_made == attempt.number,
        **{"lease_owner": None, "lease_until": None, **values},
    )
