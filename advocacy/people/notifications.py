"""What people's own area tells administrators of."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.events import Event
from advocacy.base.notifying import Kind, Told
from advocacy.base.text import Text
from advocacy.people.models import Role, UserRole


def _paused(session: Session, _happened: Event) -> Told | None:
    admins = list(session.scalars(select(UserRole.user_id).where(UserRole.role == Role.ADMIN)))
    says = Text("A colleague's address refuses letters, so newsletters no longer go there.")
    return Told(admins, says, "/admin/mail", bundle="addresses")


KINDS = (
    Kind("address_paused", frozenset({"address.paused"}), Text("Addresses that refuse letters"), _paused, "mail-off"),
)
