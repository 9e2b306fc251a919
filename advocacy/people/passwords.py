"""Passwords: hashed with argon2id, checked without telling whether the person exists."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.people.models import User

SHORTEST = 10
"""Characters. Length is what counts (NIST SP 800-63B); no rules about kinds of characters."""

_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")


def check_strength(password: str, *, email: str) -> None:
    """Refuses a password that is too easily guessed.

    Raises:
        Invalid: on field `password`.
    """
    if len(password) < SHORTEST:
        raise Invalid(
            "password", Text("Please use at least {count} characters. A short sentence works well.", count=SHORTEST)
        )
    if len(password) > 200:
        raise Invalid("password", Text("Please use at most {count} characters.", count=200))
    if password.lower() in (email.lower(), email.split("@", maxsplit=1)[0].lower()) or len(set(password)) < 5:
        raise Invalid("password", Text("This password is too easy to guess. Please choose another one."))


def hash_password(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(password)


def person_with(session: Session, *, email: str, password: str) -> User | None:
    """The active person with this address and password; None otherwise, after the same time of work."""
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    kept = user.password_hash if user is not None and user.password_hash else _NOBODY
    try:
        fits: bool = _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        fits = False
    return user if fits and user is not None and user.password_hash and user.is_active else None
