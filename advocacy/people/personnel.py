"""What an administrator changes about a person: details, place, roles, and whether they can sign in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid
from advocacy.base.text import Text
from advocacy.people import countries, directory, fields, sessions, teams
from advocacy.people.models import Role, User, UserRole, UserState


def edit(
    session: Session,
    clock: Clock,
    *,
    user_id: int,
    by: int,
    email: str,
    name: str,
    job_title: str,
    team_id: int | None,
    location: str,
    country: str,
    languages: Iterable[str],
    time_zone: str,
) -> User:
    """Changes a person's details.

    Args:
        session: inside a transaction.
        clock: tells when.
        user_id: whose.
        by: who changes them.
        email: where they are reached and sign in; a new one signs them out.
        name: as colleagues see it.
        job_title: may be empty.
        team_id: where they belong; None for nowhere.
        location: place of work, in the company's own words.
        country: its two letters, or its name; "" when not known.
        languages: BCP 47 codes, preferred first.
        time_zone: IANA name.

    Raises:
        NotFound: no such person or team.
        Invalid: a field holds what it may not.
    """
    user = directory.get(session, user_id=user_id)
    if team_id is not None:
        teams.get(session, team_id=team_id)
    wanted: dict[str, Any] = {
        "email": fields.email(email),
        "name": fields.name(name),
        "job_title": fields.short("job_title", job_title, most=120),
        "team_id": team_id,
        "location": fields.short("location", location, most=80),
        "country": countries.country(country),
        "languages": fields.languages(languages),
        "time_zone": fields.time_zone(time_zone) or user.time_zone,
    }
    changed = sorted(field for field, value in wanted.items() if getattr(user, field) != value)
    if "email" in changed:
        if session.scalar(select(User.id).where(User.email == wanted["email"])) is not None:
            raise Invalid("email", Text("Somebody with this address is here already."))
        sessions.end_all(session, user_id=user.id)
    for field in changed:
        setattr(user, field, wanted[field])
    if changed:
        _flush(session)
        _record(session, clock, "user.edited", user, by, fields=changed)
    return user


def set_roles(session: Session, clock: Clock, *, user_id: int, roles: Iterable[Role], by: int) -> User:
    """Says what a person may do. If that changes, they are signed out everywhere.

    Raises:
        NotFound: no such person.
        Conflict: nobody would be left to run the hub.
    """
    user = directory.get(session, user_id=user_id)
    wanted = set(roles) - {Role.ADVOCATE}
    held = set(user.roles) - {Role.ADVOCATE}
    if wanted == held:
        return user
    if Role.ADMIN in held - wanted:
        _check_not_last_admin(session, user)
    user.role_rows = [row for row in user.role_rows if row.role in wanted] + [
        UserRole(role=role) for role in sorted(wanted - held)
    ]
    sessions.end_all(session, user_id=user.id)
    _record(session, clock, "user.roles_changed", user, by, before=sorted(held), after=sorted(wanted))
    return user


def disable(session: Session, clock: Clock, *, user_id: int, by: int) -> User:
    """Lets a person in no longer; they are signed out everywhere.

    Raises:
        NotFound: no such person.
        Conflict: nobody would be left to run the hub.
    """
    user = directory.get(session, user_id=user_id)
    if user.state is UserState.ACTIVE:
        if Role.ADMIN in user.roles:
            _check_not_last_admin(session, user)
        user.state = UserState.DISABLED
        sessions.end_all(session, user_id=user.id)
        _record(session, clock, "user.disabled", user, by)
    return user


def enable(session: Session, clock: Clock, *, user_id: int, by: int) -> User:
    """Lets a person in again.

    Raises:
        NotFound: no such person.
    """
    user = directory.get(session, user_id=user_id)
    if user.state is UserState.DISABLED:
        user.state = UserState.ACTIVE
        _record(session, clock, "user.enabled", user, by)
    return user


def sign_out_everywhere(session: Session, clock: Clock, *, user_id: int, by: int, except_browser: str = "") -> User:
    """Ends every browser of a person, as after a lost phone.

    Args:
        session: inside a transaction.
        clock: tells when.
        user_id: whose.
        by: who asked for it.
        except_browser: hash of a token that stays signed in.

    Raises:
        NotFound: no such person.
    """
    user = directory.get(session, user_id=user_id)
    sessions.end_all(session, user_id=user.id, except_hash=except_browser)
    _record(session, clock, "user.signed_out_everywhere", user, by)
    return user


def check_can_leave(session: Session, user: User) -> None:
    """Refuses the leave of the only administrator.

    Raises:
        Conflict: nobody would be left to run the hub.
    """
    if Role.ADMIN in user.roles and user.is_active:
        _check_not_last_admin(session, user)


def _check_not_last_admin(session: Session, user: User) -> None:
    # Two administrators could take the role from one another at the same moment: the lock lets one go first.
    admins = session.scalars(
        select(UserRole.user_id).where(UserRole.role == Role.ADMIN).order_by(UserRole.user_id).with_for_update()
    ).all()
    others = session.scalar(
        select(User.id).where(User.id.in_(admins), User.id != user.id, User.state == UserState.ACTIVE).limit(1)
    )
    if others is None:
        raise Conflict(
            Text("{name} is the only administrator. Make somebody else an administrator first.", name=user.name)
        )


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:  # somebody else was a moment faster
        raise Invalid("email", Text("Somebody with this address is here already.")) from error


def _record(session: Session, clock: Clock, kind: str, user: User, by: int | None, **data: Any) -> None:
    events.record(session, clock, kind=kind, actor_id=by, subject=("user", user.id), data=data)
