"""What the networks themselves report about posts: the newest reading of each, kind by kind, never added across kinds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from advocacy.insights import scope as scopes
from advocacy.insights.scope import Scope
from advocacy.reach.models import FigureReading, ReadBack
from advocacy.sharing.models import Share

KINDS = ("likes", "reposts", "replies", "quotes", "views")
"""In the order of the tables."""
ALIKE = ("likes", "reposts", "replies", "quotes")
"""Kinds that mean the same everywhere, so that networks may be added up; each network counts views its own way."""


@dataclass(frozen=True)
class Figure:
    """One kind of figure over some posts.

    Args:
        value: the sum over the posts that have it; None when none has.
        known: how many posts have it.
        of: how many posts there are.
    """

    value: int | None
    known: int
    of: int

    @property
    def missing(self) -> int:
        """Posts for which it is not available."""
        return self.of - self.known


Figures = Mapping[str, Figure]


def by_network(session: Session, scope: Scope) -> dict[str, Figures]:
    """The figures of the posts that went out in the scope's days, as they were last read, by network."""
    sums: list[Any] = []
    for kind in KINDS:
        column = getattr(FigureReading, kind)
        sums += [func.sum(column), func.count(column)]
    query = (
        scopes.posts(scope, Share.network, func.count(Share.id), *sums)
        .outerjoin(ReadBack, ReadBack.share_id == Share.id)
        .outerjoin(FigureReading, FigureReading.id == ReadBack.newest_id)
        .group_by(Share.network)
    )
    return {row[0]: _figures(row[1], row[2:]) for row in session.execute(query)}


def _figures(of: int, values: Any) -> Figures:
    return {
        kind: Figure(
            value=int(values[2 * place]) if values[2 * place + 1] else None, known=values[2 * place + 1], of=of
        )
        for place, kind in enumerate(KINDS)
    }


def together(networks: Collection[Figures]) -> Figures:
    """All networks as one. Views are added up only where a single network reports them."""
    found = {}
    for kind in KINDS:
        each = [figures[kind] for figures in networks]
        known = [one for one in each if one.value is not None]
        may_add = kind in ALIKE or len(known) <= 1
        found[kind] = Figure(
            value=sum(one.value or 0 for one in known) if known and may_add else None,
            known=sum(one.known for one in each),
            of=sum(one.of for one in each),
        )
    return found
