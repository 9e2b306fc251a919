"""What the networks themselves report, put together: like with like, never across kinds."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from advocacy.insights import scope as scopes
from advocacy.insights.scope import Scope
from advocacy.reach import totals
from advocacy.reach.totals import KINDS, NetworkFigures, Sum

ALIKE = ("likes", "reposts", "replies", "quotes")
"""Kinds that mean the same everywhere, so that networks may be added up; each network counts views its own way."""


def by_network(session: Session, scope: Scope) -> dict[str, NetworkFigures]:
    """The figures of the posts that went out in the scope's days, as they were last read, by network."""
    return totals.network_figures_by_network(session, scopes.of_reach(scope))


def together(networks: Collection[NetworkFigures]) -> NetworkFigures:
    """All networks as one. Views are added up only where a single network reports them."""
    found = {}
    for kind in KINDS:
        each: list[Sum] = [getattr(figures, kind) for figures in networks]
        known = [one for one in each if one.value is not None]
        may_add = kind in ALIKE or len(known) <= 1
        found[kind] = Sum(
            value=sum(one.value or 0 for one in known) if known and may_add else None,
            known=sum(one.known for one in each),
            shares=sum(one.shares for one in each),
        )
    return NetworkFigures(**found)
