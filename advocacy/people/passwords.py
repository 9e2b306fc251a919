"""Passwords: hashed with argon2id, checked without telling whether the person exists."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.people import sessions
from advocacy.people.common_passwords import COMMON
from advocacy.people.models import User

SHORTEST = 10
"""Characters. Length is what counts (NIST SP 800-63B); no rules about kinds of characters."""

LONGEST = 200

_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """What an unknown person's password is compared with. Not made when the hub starts: that takes a while."""
    return _hasher.hash("nobody has this password")


def check_strength(password: str, *, email: str) -> None:
    """Refuses a password that is too easily guessed.

    Args:
        password: as typed.
        email: of its person; the address itself is no password.

    Raises:
        Invalid: on field `password`.
    """
    if len(password) < SHORTEST:
        raise Invalid(
            "password", Text("Please use at least {count} characters. A short sentence works well.", count=SHORTEST)
        )
    if len(password) > LONGEST:
        raise Invalid("password", Text("Please use at most {count} characters.", count=LONGEST))
    plain = password.casefold().strip()
    own = (email.casefold(), email.split("@", maxsplit=1)[0].casefold())
    if plain in own or plain in COMMON or len(set(plain)) < 5:
        raise Invalid("password", Text("This password is too easy to guess. Please choose another one."))


def hash_password(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(password)


def person_with(session: Session, *, email: str, password: str) -> User | None:
    """The active person with this address and password; None otherwise, after the same time of work."""
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    nobody = _nobody()  # made by whoever comes first, known or not
    kept = user.password_hash if user is not None and user.password_hash else nobody
    fits = _fits(kept, password)
    return user if fits and user is not None and user.password_hash and user.is_active else None


def is_own(user: User, password: str) -> bool:
    """Whether this is the person's own password: asked before what cannot be undone."""
    return user.password_hash is not None and _fits(user.password_hash, password)


def keep_up(user: User, password: str) -> None:
    """Hashes a right password anew when the way of hashing has become stronger since.

    Args:
        user: who signed in just now; of the caller's transaction.
        password: the right one.
    """
    if user.password_hash is not None and _hasher.check_needs_rehash(user.password_hash):
        user.password_hash = hash_password(password)


def change(session: Session, clock: Clock, *, user_id: int, old: str, new: str, this_browser: str) -> None:
    """Sets another password, as its person; every other browser is signed out.

    Args:
        session: inside a transaction.
        clock: tells when.
        user_id: whose.
        old: the password until now.
        new: the password from now on.
        this_browser: hash of the token that stays signed in.

    Raises:
        Invalid: on field `old` or `password`.
    """
    user = session.get_one(User, user_id)
    if not is_own(user, old):
        raise Invalid("old", Text("This is not your present password."))
    set_new(session, clock, user=user, password=new, except_browser=this_browser)


def set_new(session: Session, clock: Clock, *, user: User, password: str, except_browser: str = "") -> None:
    """Sets a password and signs every browser out.

    Args:
        session: inside a transaction.
        clock: tells when.
        user: whose; of this session.
        password: the new one.
        except_browser: hash of a token that stays signed in.

    Raises:
        Invalid: on field `password`: too easily guessed.
    """
    check_strength(password, email=user.email)
    user.password_hash = hash_password(password)
    sessions.end_all(session, user_id=user.id, except_hash=except_browser)
    events.record(session, clock, kind="user.password_changed", actor_id=user.id, subject=("user", user.id))


def _fits(kept: str, password: str) -> bool:
    try:
        return bool(_hasher.verify(kept, password))
    except (VerificationError, InvalidHashError):
        return False
