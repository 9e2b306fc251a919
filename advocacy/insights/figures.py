"""What the networks themselves report, put together: like with like, never across kinds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import func
from sqlalchemy.orm import Session

from advocacy.insights import scope as scopes
from advocacy.insights.posts import Posts
from advocacy.insights.scope import Scope
from advocacy.reach.sum_models import FigureSum
from advocacy.reach.totals import KINDS, NetworkFigures, Sum

ALIKE = ("likes", "reposts", "replies", "quotes")
"""Kinds that mean the same everywhere, so that networks may be added up; each network counts views its own way."""


def by_network(
    session: Session, scope: Scope, counted: Mapping[tuple[date, str], Posts]
) -> dict[str, NetworkFigures]:
    """The figures of the posts that went out in the scope's days, as they were last read, by network.

    Args:
        session: for reading.
        scope: what is counted.
        counted: those posts, by day and network.
    """
    kinds = [(getattr(FigureSum, kind), getattr(FigureSum, f"with_{kind}")) for kind in KINDS]
    columns = [func.sum(column) for pair in kinds for column in pair]
    query = scopes.sums(scope, FigureSum, FigureSum.network, *columns).group_by(FigureSum.network)
    reported = {row[0]: scopes.whole(row[1:]) for row in session.execute(query)}
    out: dict[str, int] = defaultdict(int)
    for (_, network), one in counted.items():
        out[network] += one.measured + one.claimed
    return {
        network: _figures(reported.get(network, (0,) * len(columns)), shares)
        for network, shares in sorted(out.items())
    }


def _figures(sums: Sequence[int], shares: int) -> NetworkFigures:
    return NetworkFigures(
        **{
            kind: Sum(value=value if known else None, known=known, shares=shares)
            for kind, value, known in zip(KINDS, sums[::2], sums[1::2], strict=True)
        }
    )


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
