"""Who answers for what, by name and by address."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.people.models import User, UserState


def owner_of(session: Session, typed: str) -> int | None:
    """Whose address this is; None for nobody.

    Raises:
        Invalid: on `owner`: no active colleague has it.
    """
    if not typed.strip():
        return None
    found = session.scalar(select(User.id).where(User.email == typed.strip().lower(), User.state == UserState.ACTIVE))
    if found is None:
        raise Invalid("owner", Text("We could not find a colleague with this address."))
    return found


def owners(session: Session, user_ids: Iterable[int | None]) -> dict[int, str]:
    """Names by id."""
    wanted = {one for one in user_ids if one is not None}
    if not wanted:
        return {}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(wanted)))}


def address_of(session: Session, user_id: int | None) -> str:
    """The address of somebody, as a form shows it; "" for nobody."""
    user = session.get(User, user_id) if user_id is not None else None
    return user.email if user is not None else ""
