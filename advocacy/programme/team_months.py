"""Of which months a department's own figures may be told: those to which enough people added, the others likewise.

The rule is that of the leaders' figures by team: whole months that are over, each part of the company and all the
others together added to by enough people who are not named on leaderboards anyway. Days of one's choice could be
subtracted from one another until a single person's are left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.people.groups import Part, Tree, withheld
from advocacy.people.models import User, UserState
from advocacy.reach.models import ReachDay
from advocacy.sharing.models import Proof, Share, ShareState

MEASURED = (Proof.NETWORK, Proof.CONFIRMED)
"""Posts that a network or a visitor proved."""


@dataclass(frozen=True)
class Month:
    """A whole month."""

    first: date

    @property
    def after(self) -> date:
        """The first day of the next."""
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after - timedelta(days=1)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """Its first moment and the first of the next, in UTC."""
        return datetime.combine(self.first, time(), UTC), datetime.combine(self.after, time(), UTC)


def over(*, since: date, today: date) -> list[Month]:
    """The months that are over, from the one of a day on, oldest first."""
    found: list[Month] = []
    month = Month(since.replace(day=1))
    while month.after <= today:
        found.append(month)
        month = Month(month.after)
    return found


def may_show_posts(session: Session, tree: Tree, month: Month, team_ids: Sequence[int]) -> bool:
    """Whether posts of these departments in a month may be told."""
    begins, ends = month.bounds
    added = (
        select(User.team_id, func.count(Share.user_id.distinct()))
        .join(User, User.id == Share.user_id)
        .where(
            User.ranked_by_name.is_(False),
            Share.state == ShareState.PUBLISHED,
            Share.published_at >= begins,
            Share.published_at < ends,
        )
    )
    return _may_show(session, tree, dict(session.execute(added.group_by(User.team_id)).all()), team_ids)


def may_show_clicks(session: Session, tree: Tree, month: Month, team_ids: Sequence[int]) -> bool:
    """Whether clicks on links of these departments in a month may be told."""
    added = (
        select(User.team_id, func.count(ReachDay.user_id.distinct()))
        .join(User, User.id == ReachDay.user_id)
        .where(User.ranked_by_name.is_(False), ReachDay.day.between(month.first, month.last))
    )
    return _may_show(session, tree, dict(session.execute(added.group_by(User.team_id)).all()), team_ids)


def _may_show(session: Session, tree: Tree, added: Mapping[int | None, int], team_ids: Sequence[int]) -> bool:
    members = dict(
        session.execute(
            select(User.team_id, func.count())
            .where(User.ranked_by_name.is_(False), User.state == UserState.ACTIVE)
            .group_by(User.team_id)
        ).all()
    )

    def weigh(part: Part) -> int | None:
        count = sum(added.get(one, 0) for one in part.team_ids)
        is_about_somebody = count or any(members.get(one, 0) for one in part.team_ids)
        return count if is_about_somebody else None

    return may_show(tree, weigh, team_ids)


def may_show(tree: Tree, weigh: Callable[[Part], int | None], team_ids: Sequence[int]) -> bool:
    """Whether departments may be told apart, each from what is beside it at every level above.

    Args:
        tree: all teams.
        weigh: people who added to a part; None for a part that tells of nobody.
        team_ids: the departments.
    """
    for team_id in team_ids:
        above: int | None = None
        for one in tree.path(team_id):
            parts = tree.parts(above)
            hidden = withheld([weigh(part) for part in parts], smallest=tree.smallest)
            if one not in [part.team_id for place, part in enumerate(parts) if place not in hidden]:
                return False
            above = one
    return True
