"""How many posts went out and how we know it; how many did not, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from advocacy.insights import scope as scopes
from advocacy.insights.scope import Scope, count_if, whole
from advocacy.people.models import User
from advocacy.sharing import post_sums
from advocacy.sharing.models import Proof, Share, ShareState
from advocacy.sharing.post_sum_models import PostSum

NOT_OUT = (
    ShareState.SCHEDULED,
    ShareState.DRAFT,
    ShareState.PUBLISHING,
    ShareState.UNCONFIRMED,
    ShareState.FAILED,
    ShareState.MISSED,
    ShareState.CANCELLED,
)
"""States of what was asked for and is not out, as they are listed."""


@dataclass(frozen=True)
class Posts:
    """Posts that went out in some days.

    Args:
        by_network: the network itself said that it took them.
        by_click: posted by hand, and a person has followed the link since.
        claimed: posted by hand by the person's own word.
        taken_down: of all these, removed since.
    """

    by_network: int = 0
    by_click: int = 0
    claimed: int = 0
    taken_down: int = 0

    @property
    def measured(self) -> int:
        """Proved by somebody but their author."""
        return self.by_network + self.by_click


_FIGURES = attrgetter(*(field.name for field in fields(Posts)))


def together(parts: Iterable[Posts]) -> Posts:
    """Posts of several groups as one."""
    # Not `astuple`, which copies each figure: a year's page adds up some ten thousand.
    sums = [sum(column) for column in zip(*map(_FIGURES, parts), strict=True)]
    return Posts(*sums)


COLUMNS: tuple[Any, ...] = (
    count_if(Share.proof == Proof.NETWORK),
    count_if(Share.proof == Proof.CONFIRMED),
    count_if(Share.proof.in_(scopes.SELF_REPORTED)),
    count_if(Share.removed_at.is_not(None)),
)


SUMMED: tuple[Any, ...] = (PostSum.by_network, PostSum.by_click, PostSum.claimed, PostSum.taken_down)
"""The same, as their sums are kept."""


def by_day_and_network(session: Session, scope: Scope) -> dict[tuple[date, str], Posts]:
    """Posts of each day and network that have some: every other sum of the scope's posts is one of these."""
    rows = session.execute(scopes.sums(scope, PostSum, PostSum.begins, PostSum.network, *SUMMED))
    return {(row[0], row[1]): Posts(*row[2:]) for row in rows if any(row[2:])}


def with_sharers(session: Session, scope: Scope) -> tuple[Posts, int]:
    """All posts of a scope, and how many people had one go out: one question to the database."""
    people = _sharers(scope).scalar_subquery()
    row = session.execute(scopes.sums(scope, PostSum, *map(func.sum, SUMMED), people)).one()
    return Posts(*whole(row[:-1])), int(row[-1] or 0)


def by_team(session: Session, scope: Scope) -> dict[int | None, tuple[Posts, int]]:
    """Posts of the people right in each team, and how many people those were, by the teams of today."""
    people = func.count(Share.user_id.distinct())
    query = scopes.posts(scope, User.team_id, *COLUMNS, people).join(User, User.id == Share.user_id)
    rows = session.execute(query.group_by(User.team_id))
    return {row[0]: (Posts(*whole(row[1:-1])), int(row[-1])) for row in rows}


def sharers(session: Session, scope: Scope) -> int:
    """How many people had a post go out, self-reported ones included."""
    return session.scalar(_sharers(scope)) or 0


def _sharers(scope: Scope) -> Select[Any]:
    if scope.item_id is None:
        return post_sums.sharers(scope.span.first, scope.span.last, network=scope.network)
    return scopes.posts(scope, func.count(Share.user_id.distinct()))  # of one item there are few


def not_out(session: Session, scope: Scope) -> Mapping[ShareState, int]:
    """What was asked for in the scope's days and is not out, by its state."""
    query = (
        select(Share.state, func.count())
        .where(
            Share.state.in_(NOT_OUT),
            Share.created_at >= scope.span.begins,
            Share.created_at < scope.span.ends,
        )
        .group_by(Share.state)
    )
    query = scopes.narrow(query, scope, network=Share.network, item_id=Share.item_id)
    found = dict(session.execute(query).all())
    return {state: found[state] for state in NOT_OUT if state in found}
