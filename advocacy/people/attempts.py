"""How often somebody may try: counted by what is tried and by who tries, in windows of time."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.db import upsert
from advocacy.base.errors import TooMany
from advocacy.base.text import Text
from advocacy.people.entry_models import Attempts


@dataclass(frozen=True)
class Limit:
    """How much is allowed.

    Args:
        name: of what is counted.
        most: tries in one window, 1 or more.
        window: its length.
    """

    name: str
    most: int
    window: timedelta


SIGN_IN_OF_PERSON = Limit("sign-in of a person", 10, timedelta(minutes=15))
SIGN_IN_FROM_PLACE = Limit("sign-in from a place", 100, timedelta(minutes=15))
"""A whole office may stand behind one address: right passwords are given back."""
RESET_OF_PERSON = Limit("reset of a person", 3, timedelta(hours=1))
RESET_FROM_PLACE = Limit("reset from a place", 100, timedelta(hours=1))
SET_UP_FROM_PLACE = Limit("set-up from a place", 20, timedelta(minutes=15))
PASSWORD_OF_SELF = Limit("own password", 10, timedelta(minutes=15))


def take(session: Session, clock: Clock, *, limit: Limit, whose: str) -> None:
    """Counts one try, before it is made: tries at the same moment cannot slip past one another.

    Args:
        session: inside a transaction.
        clock: tells which window it is.
        limit: what is allowed.
        whose: an e-mail address, a client's address, or whatever else is counted by.

    Raises:
        TooMany: the window is used up; nothing was counted.
    """
    now = clock.now()
    begin = _window(now, limit.window)
    statement = (
        upsert(session, Attempts)
        .values(key=_key(limit, whose), window_start=begin, count=1)
        .on_conflict_do_update(
            index_elements=[Attempts.key, Attempts.window_start], set_={"count": Attempts.count + 1}
        )
        .returning(Attempts.count)
    )
    if session.execute(statement).scalar_one() > limit.most:
        seconds = max(1, int((begin + limit.window - now).total_seconds()))
        raise TooMany(_wait(seconds), retry_after=seconds)


def give_back(session: Session, clock: Clock, *, limit: Limit, whose: str) -> None:
    """Takes one try back, since it was no failure."""
    session.execute(
        update(Attempts)
        .where(
            Attempts.key == _key(limit, whose),
            Attempts.window_start == _window(clock.now(), limit.window),
            Attempts.count > 0,
        )
        .values(count=Attempts.count - 1)
    )


def forgive(session: Session, clock: Clock, *, limit: Limit, whose: str) -> None:
    """Forgets what was counted in this window, as after a right password."""
    session.execute(
        delete(Attempts).where(
            Attempts.key == _key(limit, whose), Attempts.window_start == _window(clock.now(), limit.window)
        )
    )


def place(address: str | None) -> str:
    """What a client's address is counted as: an IPv6 customer has a whole /64 to try from.

    Args:
        address: as the web server saw it.
    """
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def sweep(session: Session, clock: Clock) -> None:
    """Removes counts of windows that are over."""
    session.execute(delete(Attempts).where(Attempts.window_start < clock.now() - timedelta(days=1)))


def _key(limit: Limit, whose: str) -> str:
    return hashlib.sha256(f"{limit.name}\0{whose.strip().lower()}".encode()).hexdigest()


def _window(now: datetime, length: timedelta) -> datetime:
    seconds = int(length.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


def _wait(seconds: int) -> Text:
    if seconds <= 60:
        return Text("That was too often in a short time. Please wait a minute and try again.")
    minutes = -(-seconds // 60)
    return Text("That was too often in a short time. Please wait {minutes} minutes and try again.", minutes=minutes)
