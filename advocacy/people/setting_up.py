"""The very first person: whoever can read the terminal or the data folder becomes the first administrator."""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid
from advocacy.base.text import Text
from advocacy.keys import kept
from advocacy.people import users
from advocacy.people.models import Role, User

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that look like one another."""


def is_needed(session: Session) -> bool:
    """Whether there is nobody at all yet."""
    return session.scalar(select(User.id).limit(1)) is None


def code(data_dir: Path) -> str:
    """The code that the terminal shows at the start and the set-up page asks for.

    An address alone would not do: behind a proxy every visitor seems to come from this machine.

    Args:
        data_dir: where it is kept, readable by the hub's own account alone, until it is used.
    """
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return kept(_file(data_dir), "-".join((drawn[:4], drawn[4:8], drawn[8:])))


def set_up(
    session: Session,
    clock: Clock,
    *,
    data_dir: Path,
    typed: str,
    email: str,
    name: str,
    password: str,
    locale: str,
    time_zone: str,
) -> User:
    """Adds the first administrator.

    Args:
        session: inside a transaction.
        clock: tells when.
        data_dir: where the code is kept.
        typed: the code, as typed.
        email: of the administrator.
        name: as colleagues see it.
        password: at least as long as `passwords.SHORTEST`.
        locale: language of the pages.
        time_zone: IANA name or "".

    Raises:
        Conflict: there is somebody already.
        Invalid: naming the field; `code` when the code is wrong.
    """
    if not is_needed(session):
        raise Conflict(Text("The hub has been set up already. Sign in, or ask an administrator to invite you."))
    plain = "".join(sign for sign in typed.upper() if sign in _LETTERS)
    if not hmac.compare_digest(plain.encode(), code(data_dir).replace("-", "").encode()):
        raise Invalid("code", Text("This is not the code. It stands in the terminal where the hub was started."))
    return users.create(
        session,
        clock,
        email=email,
        name=name,
        password=password,
        roles=[Role.ADMIN],
        locale=locale,
        languages=[locale],
        time_zone=time_zone,
    )


def forget_code(data_dir: Path) -> None:
    """Removes the code once there is an administrator."""
    _file(data_dir).unlink(missing_ok=True)


def _file(data_dir: Path) -> Path:
    return data_dir / "keys" / "setup_code"
