"""Signed-in browsers: begun, found again, ended."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session, joinedload

from advocacy.base import editions
from advocacy.base.clock import Clock
from advocacy.people.models import SignInSession, User

IDLE_LIMIT = timedelta(days=14)
ABSOLUTE_LIMIT = timedelta(days=60)
SEEN_EVERY = timedelta(minutes=5)


def hash_token(token: str) -> str:
    """What is kept of a token: it is long and random, so a plain hash cannot be turned round."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(session: Session, clock: Clock, *, user: User, device: str) -> str:
    """Signs a browser in.

    Args:
        session: inside a transaction.
        clock: tells when.
        user: who signed in.
        device: the browser's own name for itself, for the person's list of devices.

    Returns:
        The token for the cookie; only its hash is kept.
    """
    token = secrets.token_urlsafe(32)
    now = clock.now()
    session.add(
        SignInSession(
            token_hash=hash_token(token),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + ABSOLUTE_LIMIT,
            device=device[:120],
        )
    )
    return token


@dataclass(frozen=True)
class Found:
    """A signed-in browser and whose it is.

    Args:
        user: the person.
        created_at: when they signed in.
        last_seen_at: when it was written down last that the browser was seen.
        token_hash: what is kept of its token.
    """

    user: User
    created_at: datetime
    last_seen_at: datetime
    token_hash: str


_FIND = (
    select(
        SignInSession.created_at.label("signed_in_at"),
        SignInSession.last_seen_at.label("last_seen_at"),
        SignInSession.expires_at.label("expires_at"),
        User,
        editions.current().label("mark"),
    )
    .join(User, User.id == SignInSession.user_id)
    .where(SignInSession.token_hash == bindparam("token_hash"))
    .options(joinedload(User.role_rows))
)
"""All that every page asks of the database before anything else, in one question."""


def find(session: Session, clock: Clock, *, token: str) -> Found | None:
    """Whose browser this is; None when it was signed out, has ended, or its person is disabled."""
    hashed = hash_token(token)
    row = session.execute(_FIND, {"token_hash": hashed}).unique().one_or_none()
    if row is None:
        return None
    now = clock.now()
    if row.expires_at <= now or row.last_seen_at + IDLE_LIMIT <= now or not row.User.is_active:
        return None
    editions.is_read(session, row.mark)
    return Found(user=row.User, created_at=row.signed_in_at, last_seen_at=row.last_seen_at, token_hash=hashed)


def is_stale(found: Found, clock: Clock) -> bool:
    """Whether it is time to write down that the browser was seen again."""
    return found.last_seen_at + SEEN_EVERY <= clock.now()


def seen(session: Session, clock: Clock, *, token_hash: str) -> None:
    """Writes down that the browser was seen."""
    signed_in = session.get(SignInSession, token_hash)
    if signed_in is not None:
        signed_in.last_seen_at = clock.now()
        user = session.get(User, signed_in.user_id)
        if user is not None:
            user.last_seen_at = clock.now()


def of_person(session: Session, clock: Clock, *, user_id: int) -> list[SignInSession]:
    """Where a person is signed in, last used first; at most 50."""
    now = clock.now()
    return list(
        session.scalars(
            select(SignInSession)
            .where(
                SignInSession.user_id == user_id,
                SignInSession.expires_at > now,
                SignInSession.last_seen_at > now - IDLE_LIMIT,
            )
            .order_by(SignInSession.last_seen_at.desc(), SignInSession.token_hash)
            .limit(50)
        )
    )


def end_one(session: Session, *, user_id: int, token_hash: str) -> None:
    """Signs one of a person's own browsers out; somebody else's stays."""
    session.execute(
        delete(SignInSession).where(SignInSession.user_id == user_id, SignInSession.token_hash == token_hash)
    )


def sweep(session: Session, clock: Clock) -> None:
    """Removes browsers whose time is over."""
    now = clock.now()
    is_over = (SignInSession.expires_at <= now) | (SignInSession.last_seen_at <= now - IDLE_LIMIT)
    session.execute(delete(SignInSession).where(is_over))


def end(session: Session, *, token: str) -> None:
    """Signs a browser out."""
    session.execute(delete(SignInSession).where(SignInSession.token_hash == hash_token(token)))


def end_all(session: Session, *, user_id: int, except_hash: str = "") -> None:
    """Signs a person out everywhere, as a changed password, role or state demands.

    Args:
        session: inside a transaction.
        user_id: whom.
        except_hash: a token's hash that stays signed in.
    """
    session.execute(
        delete(SignInSession).where(SignInSession.user_id == user_id, SignInSession.token_hash != except_hash)
    )
