"""Forgotten passwords: a link by mail, good once and for an hour. Nobody learns from here who has an account."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import NotFound
from advocacy.base.letters import Letter
from advocacy.base.sealing import Sealer
from advocacy.base.text import Text
from advocacy.people import outbox, passwords
from advocacy.people.entry_models import PasswordReset
from advocacy.people.models import User
from advocacy.people.sessions import hash_token

GOOD_FOR = timedelta(hours=1)


def ask(session: Session, clock: Clock, sealer: Sealer, *, email: str, address: str, by: int | None = None) -> bool:
    """Sends a link to whoever has this address; nothing happens when nobody has.

    Args:
        session: inside a transaction.
        clock: tells when.
        sealer: closes the letter.
        email: as typed.
        address: the hub's public address.
        by: the administrator who asked for somebody else; None when the person did.

    Returns:
        Whether a letter goes out. For administrators; anybody else must see no difference.
    """
    token = secrets.token_urlsafe(32)
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None or not user.is_active:
        return False
    session.add(
        PasswordReset(
            token_hash=hash_token(token),
            user_id=user.id,
            created_at=clock.now(),
            expires_at=clock.now() + GOOD_FOR,
        )
    )
    outbox.put(
        session,
        clock,
        sealer,
        to=user.email,
        kind="reset",
        letter=_letter(user, f"{address}/reset/{token}"),
        locale=user.locale,
        useful_for=GOOD_FOR,
        is_urgent=True,
    )
    events.record(session, clock, kind="user.reset_asked", actor_id=by, subject=("user", user.id))
    return True


def person_of(session: Session, clock: Clock, *, token: str) -> User:
    """Whose link this is.

    Raises:
        NotFound: it was used, is too old, or never was.
    """
    user = session.scalar(
        select(User)
        .join(PasswordReset, PasswordReset.user_id == User.id)
        .where(
            PasswordReset.token_hash == hash_token(token),
            PasswordReset.used_at.is_(None),
            PasswordReset.expires_at > clock.now(),
        )
    )
    if user is None or not user.is_active:
        raise _too_old()
    return user


def use(session: Session, clock: Clock, *, token: str, password: str) -> User:
    """Sets a new password by a link, which is worth nothing afterwards; every browser is signed out.

    Args:
        session: inside a transaction.
        clock: tells when.
        token: from the link.
        password: the new one.

    Raises:
        NotFound: the link was used, is too old, or never was.
        Invalid: on field `password`.
    """
    user = person_of(session, clock, token=token)
    now = clock.now()
    used = session.scalar(
        update(PasswordReset)
        .where(PasswordReset.token_hash == hash_token(token), PasswordReset.used_at.is_(None))
        .values(used_at=now)
        .returning(PasswordReset.user_id)
    )
    if used is None:  # somebody else was a moment faster
        raise _too_old()
    passwords.set_new(session, clock, user=user, password=password)
    session.execute(
        update(PasswordReset)
        .where(PasswordReset.user_id == user.id, PasswordReset.used_at.is_(None))
        .values(used_at=now)
    )
    return user


def sweep(session: Session, clock: Clock) -> None:
    """Removes links that are long over."""
    session.execute(delete(PasswordReset).where(PasswordReset.expires_at < clock.now() - timedelta(days=7)))


def _too_old() -> NotFound:
    return NotFound(
        Text("This link was used already, or is more than an hour old. Ask for a new one on the sign-in page.")
    )


def _letter(user: User, link: str) -> Letter:
    return Letter(
        subject=Text("Choose a new password"),
        lines=(
            Text("Hello {name},", name=user.first_name),
            Text("somebody, most likely you, asked to set a new password for {email}.", email=user.email),
        ),
        button=(Text("Choose a new password"), link),
        after=(
            Text("The link works once, within one hour."),
            Text("If you did not ask for it, you need not do anything: your password stays as it is."),
        ),
    )
