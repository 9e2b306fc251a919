"""How those who are asked are divided for the results: once, when a round opens, and in one way only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from advocacy.library.audience import members
from advocacy.library.content import Audience
from advocacy.people import groups, teams
from advocacy.people.groups import withheld

EVERYBODY_ELSE = None


def of(session: Session, *, audience: Audience, smallest: int) -> tuple[list[Any], int]:
    """The departments that are large enough among those asked, and how many are asked in all.

    There is no second way of dividing them, so that nothing can be got by laying two over one another.

    Args:
        session: for reading.
        audience: whom the round asks.
        smallest: people in the smallest group.

    Returns:
        Groups as JSON values [team id, path], the rest is everybody else; and the people asked.
    """
    asked = session.execute(members(session, audience)).all()
    counts = Counter(row.team_id for row in asked)
    tree = replace(groups.tree(session, smallest=smallest), people=dict(counts))
    found = [[part.team_id, tree.name(part.team_id)] for part in tree.parts(None) if part.team_id is not None]
    return found, len(asked)


def group_of(session: Session, division: Sequence[Any], *, team_id: int | None) -> int | None:
    """The group that a person of this team is in; None for everybody else."""
    above = set(teams.ancestors(session, team_id))
    return next((one[0] for one in division if one[0] in above), EVERYBODY_ELSE)


def shown(groups_answered: Sequence[int | None], *, smallest: int) -> set[int | None]:
    """The groups whose answers may be told apart, so that each of them and all the others together are enough people.

    Args:
        groups_answered: the group of each answer.
        smallest: people in the smallest group.

    Returns:
        Groups to show; what is left, with everybody else, is nobody or at least `smallest` people.
    """
    counts: dict[int | None, int] = defaultdict(int, {EVERYBODY_ELSE: 0})
    for one in groups_answered:
        counts[one] += 1
    names = list(counts)
    # Nobody is in a group that is empty: it hides nothing and needs no company.
    numbers = [counts[name] or None for name in names]
    hidden = withheld(numbers, smallest=smallest)
    return {name for place, name in enumerate(names) if place not in hidden and counts[name]} - {EVERYBODY_ELSE}
