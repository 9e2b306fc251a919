"""The outbox: letters are put in with the change that causes them, and posted afterwards, at least once."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.house import House
from advocacy.base.letters import Letter, Printer
from advocacy.base.mail import NoSuchMailbox, Post, Send, TryLater, Unanswered, Undeliverable
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.sealing import CannotOpen, Sealer, row
from advocacy.people.mail_models import OutgoingMail, PausedAddress

__all__ = ["OutgoingMail", "PausedAddress"]

log = structlog.get_logger()

LEASE = timedelta(minutes=15)
"""How long a worker has for what it took; longer than a batch with a server that hangs."""
BATCH = 20
LONGEST_WAIT = timedelta(hours=3)
KEPT = timedelta(days=30)


Look = Callable[[House, OutgoingMail, Letter], Letter | None]
"""Given a letter about to be handed over: the letter as it is to be now, or None where its reader is to get none."""


class LastLooks:
    """What kinds of letters are asked just before they are handed over: they may have waited for a mail server for
    hours, and what people chose since holds.

    Args:
        by_kind: the question of each kind that has one. Asked with no transaction open.
    """

    def __init__(self, by_kind: Mapping[str, Look]) -> None:
        self._by_kind = by_kind

    def at(self, house: House, mail: OutgoingMail, letter: Letter) -> Letter | None:
        """The letter as it is to be now; None for none."""
        look = self._by_kind.get(mail.kind)
        return letter if look is None else look(house, mail, letter)


def put(
    session: Session,
    clock: Clock,
    sealer: Sealer,
    *,
    to: str,
    kind: str,
    letter: Letter,
    locale: str,
    useful_for: timedelta,
    is_urgent: bool = False,
    is_once: bool = False,
) -> OutgoingMail:
    """Puts a letter into the outbox, in the caller's transaction.

    Args:
        session: inside a transaction.
        clock: tells when.
        sealer: closes the letter.
        to: the reader's address.
        kind: what it is for, such as `reset`; behind a colon, of what.
        letter: what it says.
        locale: the reader's language.
        useful_for: how long it is worth trying to send it.
        is_urgent: whether somebody is waiting for it in front of the screen.
        is_once: whether a second copy is worse than none: where nobody knows whether it arrived, people decide.
    """
    now = clock.now()
    message_id = uuid.uuid4().hex
    mail = OutgoingMail(
        message_id=message_id,
        to=to,
        kind=kind,
        locale=locale,
        sealed_letter=sealer.seal(json.dumps(letter.to_json()), context=_context(message_id)),
        created_at=now,
        is_urgent=is_urgent,
        is_once=is_once,
        next_try_at=now,
        give_up_at=now + useful_for,
    )
    session.add(mail)
    return mail


def send_due(house: House) -> int:
    """Posts every letter that is due. Any number of workers may do so at once.

    No transaction is open while the mail server is spoken to. A worker that dies between the server's yes and our
    note of it sends the letter again after its lease, under the same Message-ID.

    Returns:
        How many letters were tried.
    """
    tried = 0
    while True:
        mails = _claim(house)
        if not mails:
            return tried
        with house.part(Post).round() as send:
            for mail in mails:
                _post(house, mail, send)
        tried += len(mails)


def _claim(house: House) -> list[OutgoingMail]:
    with house.db.transaction() as session:
        now = house.clock.now()
        due = (
            select(OutgoingMail)
            .where(OutgoingMail.next_try_at <= now)
            .order_by(OutgoingMail.is_urgent.desc(), OutgoingMail.next_try_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        mails = []
        for mail in session.scalars(due):
            if mail.handed_at is not None:  # its sender died between handing it over and noting the answer
                _leave_unclear(mail, now, "the sender stopped before the answer was noted")
                continue
            mail.tries += 1
            mail.next_try_at = now + LEASE
            mails.append(mail)
        return mails


def _leave_unclear(mail: OutgoingMail, now: datetime, failure: str) -> None:
    mail.next_try_at, mail.unclear_at, mail.failure = None, now, failure[:300]


def _post(house: House, mail: OutgoingMail, send: Send) -> None:
    try:
        opened = house.part(Sealer).open(mail.sealed_letter or b"", context=_context(mail.message_id))
        letter = house.part(LastLooks).at(house, mail, Letter.from_json(json.loads(opened)))
        if letter is None:
            _withdraw(house, mail)
            return
        message = house.part(Printer).message(
            letter, to=mail.to, locale=mail.locale, message_id=mail.message_id, written_at=mail.created_at
        )
        if mail.is_once:
            send(message, lambda: _hand_over(house, mail, house.clock.now()))
        else:
            send(message)
    except Unanswered as problem:
        if mail.is_once:
            with house.db.transaction() as session:
                kept = session.get(OutgoingMail, mail.id)
                if kept is not None:
                    _leave_unclear(kept, house.clock.now(), str(problem))
        else:
            _put_off(house, mail, str(problem))
    except TryLater as problem:
        _put_off(house, mail, str(problem))
    except NoSuchMailbox as problem:
        _settle(house, mail, failure=str(problem))
        with house.db.transaction() as session:
            pause(session, house.clock, email=mail.to, said=str(problem))
    except (Undeliverable, CannotOpen) as problem:
        _settle(house, mail, failure=str(problem))
    else:
        _settle(house, mail)


def _hand_over(house: House, mail: OutgoingMail, at: datetime | None) -> None:
    with house.db.transaction() as session:
        session.execute(update(OutgoingMail).where(OutgoingMail.id == mail.id).values(handed_at=at))


def pause(session: Session, clock: Clock, *, email: str, said: str) -> None:
    """Sends an address no more newsletters until an administrator tries again; twice is once.

    Args:
        session: inside a transaction.
        clock: tells when.
        email: the address.
        said: what the mail server said of it.
    """
    if session.get(PausedAddress, email) is None:
        session.add(PausedAddress(email=email, since=clock.now(), said=said[:300]))
        events.record(session, clock, kind="address.paused", actor_id=None, subject=("address", None))


def paused(session: Session, emails: Collection[str]) -> set[str]:
    """Those of these addresses that newsletters no longer go to."""
    return set(session.scalars(select(PausedAddress.email).where(PausedAddress.email.in_(list(emails)))))


def paused_addresses(session: Session) -> list[PausedAddress]:
    """The newest hundred of all addresses that newsletters no longer go to."""
    return list(session.scalars(select(PausedAddress).order_by(PausedAddress.since.desc()).limit(100)))


def resume(session: Session, *, email: str) -> None:
    """Newsletters go there again; twice is once."""
    session.execute(delete(PausedAddress).where(PausedAddress.email == email))


def came_back(session: Session, message_ids: Select[str]) -> int:
    """How many of these letters a mail server took and sent back later."""
    query = select(func.count()).where(OutgoingMail.message_id.in_(message_ids), OutgoingMail.bounced_at.is_not(None))
    return session.scalar(query) or 0


def outcomes(session: Session, message_ids: Select[str]) -> dict[str, int]:
    """How letters went: how many are `sent`, `refused` (or given up), `unclear` and `waiting`."""
    mine = OutgoingMail.message_id.in_(message_ids)
    counts = session.execute(
        select(
            func.count().filter(OutgoingMail.sent_at.is_not(None)),
            func.count().filter(OutgoingMail.failed_at.is_not(None)),
            func.count().filter(OutgoingMail.unclear_at.is_not(None)),
            func.count().filter(OutgoingMail.next_try_at.is_not(None)),
        ).where(mine)
    ).one()
    return dict(zip(("sent", "refused", "unclear", "waiting"), counts, strict=True))


def send_unclear_again(session: Session, clock: Clock, message_ids: Select[str], *, useful_for: timedelta) -> int:
    """Sends unclear ones of these letters again, under the same Message-ID, because a person decided it.

    Returns:
        How many.
    """
    query = select(OutgoingMail).where(OutgoingMail.message_id.in_(message_ids), OutgoingMail.unclear_at.is_not(None))
    found = list(session.scalars(query.with_for_update()))
    for mail in found:
        mail.unclear_at = mail.handed_at = None
        mail.failure, mail.next_try_at, mail.give_up_at = "", clock.now(), clock.now() + useful_for
    return len(found)


def forget(session: Session, *, kind: str) -> None:
    """Removes every letter of a kind, sent or not, where even that it was sent tells something."""
    session.execute(delete(OutgoingMail).where(OutgoingMail.kind == kind))


def _put_off(house: House, mail: OutgoingMail, failure: str) -> None:
    wait = min(LONGEST_WAIT, timedelta(seconds=30) * 2**mail.tries)
    next_try_at = house.clock.now() + wait * random.uniform(0.5, 1)  # noqa: S311 (spreads tries, guards nothing)
    if next_try_at > mail.give_up_at:
        _settle(house, mail, failure=failure)
        return
    log.warning("letter put off", kind=mail.kind, mail=mail.id, tries=mail.tries, failure=failure)
    with house.db.transaction() as session:
        kept = session.get(OutgoingMail, mail.id)
        if kept is not None:  # its reader may have erased themselves meanwhile
            kept.next_try_at, kept.failure, kept.handed_at = next_try_at, failure[:300], None


def _settle(house: House, mail: OutgoingMail, *, failure: str = "") -> None:
    with house.db.transaction() as session:
        kept = session.get(OutgoingMail, mail.id)
        if kept is None:
            return
        kept.next_try_at, kept.sealed_letter, kept.failure = None, None, failure[:300]
        if failure:
            kept.failed_at = house.clock.now()
        else:
            kept.sent_at = house.clock.now()


def _withdraw(house: House, mail: OutgoingMail) -> None:
    log.info("letter withdrawn: its reader chose otherwise since it was written", kind=mail.kind, mail=mail.id)
    with house.db.transaction() as session:
        withdraw(session, message_id=mail.message_id)


def withdraw(session: Session, *, message_id: str) -> None:
    """Takes a letter out of the outbox that was not handed over; twice is once."""
    session.execute(delete(OutgoingMail).where(OutgoingMail.message_id == message_id, OutgoingMail.sent_at.is_(None)))


def _context(message_id: str) -> str:
    return row("outgoing_mail", "sealed_letter", message_id)


@dataclass(frozen=True)
class OutboxState:
    """How the post goes.

    Args:
        waiting: letters not sent yet.
        late: of these, the ones that were put off at least once.
        failed: letters given up in the last 30 days.
        last_failure: what the mail server said last; "" when nothing is wrong.
    """

    waiting: int
    late: int
    failed: int
    last_failure: str


def state(session: Session) -> OutboxState:
    """How the post goes now."""
    is_waiting, is_late = OutgoingMail.next_try_at.is_not(None), OutgoingMail.failure != ""
    counts = session.execute(
        select(
            func.count().filter(is_waiting),
            func.count().filter(is_waiting, is_late),
            func.count().filter(OutgoingMail.failed_at.is_not(None)),
        )
    ).one()
    last = session.scalar(select(OutgoingMail.failure).where(is_late).order_by(OutgoingMail.id.desc()).limit(1))
    return OutboxState(waiting=counts[0], late=counts[1], failed=counts[2], last_failure=last or "")


def page(session: Session, *, after: str = "", size: int = 50) -> Page[OutgoingMail]:
    """Letters, newest first, without what they say.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = select(OutgoingMail).order_by(OutgoingMail.id.desc()).limit(size + 1)
    if after:
        query = query.where(OutgoingMail.id < values_of(after, int)[0])
    found = list(session.scalars(query))
    return Page(found[:size], cursor_of(found[size - 1].id) if len(found) > size else None)


def sweep(session: Session, clock: Clock) -> None:
    """Removes letters that were settled long ago."""
    old = OutgoingMail.created_at < clock.now() - KEPT
    session.execute(delete(OutgoingMail).where(OutgoingMail.next_try_at.is_(None), old))
