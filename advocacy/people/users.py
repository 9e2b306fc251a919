"""People: made, found, changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.people import countries, fields, passwords
from advocacy.people.models import Role, User, UserRole

Person: TypeAlias = User
"""What views call a user: they leave tables to services."""


def create(
    session: Session,
    clock: Clock,
    *,
    email: str,
    name: str,
    password: str | None = None,
    roles: Iterable[Role] = (),
    team_id: int | None = None,
    location: str = "",
    country: str = "",
    languages: Iterable[str] = ("en",),
    locale: str = "en",
    time_zone: str = "UTC",
    by: int | None = None,
) -> User:
    """Adds a person.

    Args:
        session: inside a transaction.
        clock: tells when.
        email: where they are reached; unique, in any case of letters.
        name: as colleagues see it.
        password: None when they will come in another way.
        roles: beside advocate, which everyone is.
        team_id: where they belong.
        location: place of work, in the company's own words.
        country: its two letters, or its name; "" when not known.
        languages: BCP 47 codes, preferred first.
        locale: language of the pages.
        time_zone: IANA name.
        by: who added them; None when they came by themselves.

    Raises:
        Invalid: the address is taken, the password too weak, or a field holds what it may not.
    """
    email = fields.email(email)
    if session.scalar(select(User.id).where(User.email == email)) is not None:
        raise Invalid("email", Text("Somebody with this address is here already."))
    if password is not None:
        passwords.check_strength(password, email=email)
    user = User(
        email=email,
        name=fields.name(name),
        password_hash=None if password is None else passwords.hash_password(password),
        team_id=team_id,
        location=fields.short("location", location, most=80),
        country=countries.country(country),
        languages=fields.languages(languages),
        locale=locale,
        time_zone=fields.time_zone(time_zone) or "UTC",
        created_at=clock.now(),
        role_rows=[UserRole(role=role) for role in sorted(set(roles) - {Role.ADVOCATE})],
    )
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:  # somebody else was a moment faster
        raise Invalid("email", Text("Somebody with this address is here already.")) from error
    events.record(session, clock, kind="user.created", actor_id=by, subject=("user", user.id))
    return user
