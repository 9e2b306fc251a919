"""Groups that are large enough: leaders see figures of groups, and never of a team so small that it tells who."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base.errors import NotFound
from advocacy.base.text import Text
from advocacy.people.models import Team, User, UserState

SMALLEST = 5
"""People in the smallest group whose figures are shown on their own."""


@dataclass(frozen=True)
class Tree:
    """Every team with the people in it.

    Args:
        names: a team's name by its id.
        parents: the team above, None at the top.
        below: the teams right below one, by name; under None those at the top.
        people: people right in a team who can sign in.
    """

    names: Mapping[int, str]
    parents: Mapping[int, int | None]
    below: Mapping[int | None, list[int]]
    people: Mapping[int | None, int]

    def subtree(self, team_id: int) -> list[int]:
        """A team and all below it."""
        found, waiting = [], [team_id]
        while waiting:
            one = waiting.pop()
            found.append(one)
            waiting.extend(self.below.get(one, []))
        return sorted(found)

    def size(self, team_id: int) -> int:
        """People in a team and all below it."""
        return sum(self.people.get(one, 0) for one in self.subtree(team_id))

    def is_small(self, team_id: int) -> bool:
        """Whether its figures would tell what single people do."""
        return self.size(team_id) < SMALLEST

    def path(self, team_id: int | None) -> list[int]:
        """From the top down to a team; [] for None."""
        found: list[int] = []
        while team_id is not None:
            found.append(team_id)
            team_id = self.parents.get(team_id)
        return found[::-1]

    def name(self, team_id: int | None) -> str:
        """Where a team stands, such as "Sales > Nordic"; "" for None."""
        return " > ".join(self.names[one] for one in self.path(team_id))

    def shown_as(self, team_id: int | None) -> int | None:
        """The nearest team upwards from one that is large enough to be named; None where there is none."""
        return next((one for one in reversed(self.path(team_id)) if not self.is_small(one)), None)

    def large(self) -> list[tuple[int, str]]:
        """Every team that is large enough as (id, path), in the order of the paths."""
        found = [(one, self.name(one)) for one in self.names if not self.is_small(one)]
        return sorted(found, key=lambda pair: pair[1].casefold())


def tree(session: Session) -> Tree:
    """All teams, in two queries."""
    rows = session.execute(select(Team.id, Team.name, Team.parent_id).order_by(Team.name, Team.id)).all()
    below: dict[int | None, list[int]] = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(row.id)
    people = session.execute(
        select(User.team_id, func.count()).where(User.state == UserState.ACTIVE).group_by(User.team_id)
    )
    return Tree(
        names={row.id: row.name for row in rows},
        parents={row.id: row.parent_id for row in rows},
        below=dict(below),
        people=dict(people.all()),
    )


def check(known: Tree, team_id: int | None) -> None:
    """Sees to it that a team's own figures may be shown.

    Raises:
        NotFound: there is no such team, or it has fewer people than the smallest group.
    """
    if team_id is None:
        return
    if team_id not in known.names:
        raise NotFound(Text("We could not find that team. It may have been removed."))
    if known.is_small(team_id):
        raise NotFound(
            Text(
                "This team has fewer than {count} people, so its figures would tell what single colleagues do. "
                "They are part of the figures of the team above.",
                count=SMALLEST,
            )
        )
