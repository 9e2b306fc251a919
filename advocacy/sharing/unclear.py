"""Shares of which nobody knows whether they are out: what we know of each, and what its person answers."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.sharing import planning
from advocacy.sharing.models import Purpose, Share, ShareAttempt, ShareState
from advocacy.sharing.networks import Networks
from advocacy.sharing.states import move, tell

MOST = 50
"""How many are asked about at once: a page that can still be read."""
SAME_PLACE = ("www.", "m.", "mobile.")


class Answer(enum.StrEnum):
    """What a person says of such a share."""

    THERE = "there"
    SEND = "send"
    """It is not there, and is wanted."""
    DROP = "drop"
    """It is not there, and need not be."""


@dataclass(frozen=True)
class Try:
    """One thing that was done about a share.

    Args:
        at: when.
        what: what was done and what came of it, in plain words.
        said: what stood in the way, in the network's own words or the connection's; "" for none.
    """

    at: datetime
    what: Text
    said: str


@dataclass(frozen=True)
class Unclear:
    """A share whose outcome nobody knows.

    Args:
        share: with its item and account.
        label: what its network is called.
        tries: what was sent and looked up, oldest first.
        seen: how often it was tried so far; an answer is for that, and for no later try.
        looks_next: when we look again; None when only the person can tell.
        can_send: whether it could be sent again: its account is connected.
    """

    share: Share
    label: Text
    tries: tuple[Try, ...]
    seen: int
    looks_next: datetime | None
    can_send: bool


@dataclass(frozen=True)
class Said:
    """A person's answer.

    Args:
        share_id: of which share.
        answer: what they say.
        seen: `Unclear.seen` of the page they answered on.
        address: where they found it, if they gave that.
    """

    share_id: int
    answer: Answer
    seen: int
    address: str = ""


@dataclass(frozen=True)
class Settled:
    """What became of answers.

    Args:
        done: which shares each answer settled.
        late: shares that had moved on before the answer came; nothing was changed.
        refused: why an answer could not be taken, by share.
    """

    done: dict[Answer, list[int]]
    late: list[int]
    refused: dict[int, Text]


def asked(session: Session, networks: Networks, *, user_id: int) -> list[Unclear]:
    """A person's unclear shares: those that wait for their answer first, then those that are still looked for.

    Args:
        session: for reading.
        networks: their names.
        user_id: whose.
    """
    shares = session.scalars(
        select(Share)
        .where(Share.user_id == user_id, Share.state == ShareState.UNCONFIRMED)
        .options(selectinload(Share.item), selectinload(Share.connection))
        .order_by(Share.next_attempt_at.is_not(None), Share.due_at, Share.id)
        .limit(MOST)
    ).all()
    tries = _tries(session, [share.id for share in shares])
    return [
        Unclear(
            share=share,
            label=networks.label(share.network),
            tries=tuple(tries[share.id]),
            seen=share.attempts_made,
            looks_next=share.next_attempt_at,
            can_send=share.connection is not None and share.connection.state == "active",
        )
        for share in shares
    ]


def settle(session: Session, clock: Clock, *, user: User, said: Sequence[Said]) -> Settled:
    """Takes a person's answers, each by itself: one that comes too late or cannot be taken leaves the others.

    Args:
        session: inside a transaction.
        clock: the database's.
        user: whose shares.
        said: their answers.

    Raises:
        NotFound: one of the shares is not theirs.
    """
    settled = Settled({answer: [] for answer in Answer}, [], {})
    for one in said:
        planning.mine(session, user_id=user.id, share_id=one.share_id)
        try:
            _take(session, clock, user, one)
        except Conflict:
            settled.late.append(one.share_id)
        except Invalid as error:
            settled.refused[one.share_id] = error.text
        else:
            settled.done[one.answer].append(one.share_id)
    return settled


def ask_again(session: Session, clock: Clock, *, user: User, share_ids: Collection[int]) -> int:
    """Takes answers back: what was dropped, or is to be sent again and was not yet, is asked about as before.

    Args:
        session: inside a transaction.
        clock: tells when.
        user: whose shares.
        share_ids: which.

    Returns:
        For how many that was still possible.

    Raises:
        NotFound: one of the shares is not theirs.
    """
    back = 0
    for share_id in share_ids:
        share = planning.mine(session, user_id=user.id, share_id=share_id)
        sent = select(func.max(ShareAttempt.sent_at)).where(ShareAttempt.share_id == share_id)
        unsettled_at = session.scalar(sent)
        # One that was never sent was never asked about, and one that has a receipt is no question.
        if unsettled_at is not None and move(
            session,
            clock,
            share_id=share_id,
            at={ShareState.SCHEDULED, ShareState.CANCELLED},
            to=ShareState.UNCONFIRMED,
            where=Share.record_at.is_(None) & Share.remote_id.is_(None),
            unsettled_at=unsettled_at,
            record_at=unsettled_at,
            next_attempt_at=None,
        ):
            tell(session, clock, share=share, kind="share.asked", by=user.id)
            back += 1
    return back


def _take(session: Session, clock: Clock, user: User, said: Said) -> None:
    match said.answer:
        case Answer.THERE:  # what they saw is there, however often we have looked meanwhile
            address = _address(session, user, said)
            planning.it_is_there(session, clock, user=user, share_id=said.share_id, permalink=address)
        case Answer.SEND:
            planning.send_again(session, clock, user=user, share_id=said.share_id, seen=said.seen)
        case Answer.DROP:
            planning.leave_it(session, clock, user=user, share_id=said.share_id, seen=said.seen)


def _address(session: Session, user: User, said: Said) -> str | None:
    """The address that a person gave, if it can be one of a post of theirs."""
    typed = said.address.strip()
    if not typed:
        return None
    share = planning.mine(session, user_id=user.id, share_id=said.share_id)
    home = share.connection.profile_url if share.connection else ""
    try:
        there, here = urlsplit(typed), urlsplit(home)
        is_address = there.scheme == "https" and bool(there.hostname) and not there.username and len(typed) <= 2000
    except ValueError:
        is_address = False
    if not is_address:
        raise Invalid("address", Text("Please give the whole address of the post, beginning with https://."))
    if here.hostname and _place(there.hostname) != _place(here.hostname):
        raise Invalid("address", Text("This address is not on {place}, where your account is.", place=here.hostname))
    return typed


def _place(host: str | None) -> str:
    name = (host or "").lower()
    return next((name.removeprefix(one) for one in SAME_PLACE if name.startswith(one)), name)


def _tries(session: Session, share_ids: Sequence[int]) -> dict[int, list[Try]]:
    found: dict[int, list[Try]] = defaultdict(list)
    if share_ids:
        query = select(ShareAttempt).where(ShareAttempt.share_id.in_(share_ids)).order_by(ShareAttempt.number)
        for attempt in session.scalars(query):
            found[attempt.share_id].append(
                Try(attempt.sent_at or attempt.started_at, _what(attempt), attempt.network_said)
            )
    return found


def _what(attempt: ShareAttempt) -> Text:
    if attempt.finished_at is None:
        return Text("We are at it right now.")
    if attempt.purpose is Purpose.PUBLISH and attempt.sent_at is None:
        return Text("We wanted to send it, and were interrupted before anything was sent.")
    is_look = attempt.purpose is Purpose.LOOK
    match attempt.outcome:
        case "not_found":
            return Text("We looked among your posts, and did not find it.")
        case "OutcomeUnknown":
            return (
                Text("We looked, and could not tell.") if is_look else Text("We sent it. No clear answer came back.")
            )
        case "CredentialsExpired":
            return Text("The network asked you to sign in again, so we could not look.")
        case "RateLimited":
            return Text("The network asked us to wait.")
    return (
        Text("We wanted to look, and did not get through.") if is_look else Text("We sent it, and it was not taken.")
    )
