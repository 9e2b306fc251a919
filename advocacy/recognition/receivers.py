"""Whom one can thank: colleagues by part of their name, and those chosen so far."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.people import directory, teams
from advocacy.people.directory import Filter
from advocacy.people.models import User, UserState


@dataclass(frozen=True)
class Colleague:
    """Somebody who can be thanked; `team` is "" for none."""

    id: int
    name: str
    team: str


def find(session: Session, *, words: str, but: Collection[int], most: int) -> list[Colleague]:
    """Colleagues whose name or address holds all these words, by name.

    Args:
        session: for reading.
        words: what was typed; nothing typed finds nobody.
        but: who is left out.
        most: how many at most.
    """
    if not words.strip():
        return []
    wanted = Filter(words=words, state=UserState.ACTIVE)
    found = directory.page(session, wanted, size=most + len(but)).items
    return _colleagues(session, [one for one in found if one.id not in but][:most])


def chosen(session: Session, user_ids: Sequence[int]) -> list[Colleague]:
    """Those of these people who are here, in the order of their choice."""
    query = select(User).where(User.id.in_(list(user_ids)), User.state == UserState.ACTIVE)
    found = {one.id: one for one in session.scalars(query)}
    return _colleagues(session, [found[one] for one in dict.fromkeys(user_ids) if one in found])


def _colleagues(session: Session, found: Sequence[User]) -> list[Colleague]:
    names = {one.team_id: teams.path_name(session, one.team_id) for one in found}
    return [Colleague(one.id, one.name, names[one.team_id]) for one in found]
