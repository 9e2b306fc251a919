"""Programmes in a newsletter: everybody may read every plan."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.blocks import Block, Drawn
from advocacy.base.clock import Clock
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.programme.models import Programme


def _offered(session: Session, _clock: Clock) -> list[tuple[int, str]]:
    query = select(Programme).order_by(Programme.id.desc()).limit(20)
    return [(programme.id, programme.title) for programme in session.scalars(query)]


def _draw(session: Session, _clock: Clock, _user: User, programme_id: int) -> Drawn | None:
    programme = session.get(Programme, programme_id)
    if programme is None:
        return None
    return Drawn(programme.title, "", f"/company/plan/{programme.id}", Text("Look at the plan"))


BLOCK = Block("plan", Text("Plans"), _offered, _draw)
