"""Groups that are large enough: leaders see figures of groups, and never of so few people that it tells who.

Teams are divided the same way for everybody who looks: what is shown of a company or a team is always a sum of parts
of which each is large enough, so that subtracting one from another leaves such a part again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base.errors import NotFound
from advocacy.base.text import Text
from advocacy.people.models import Team, User, UserState

NO_TEAM = 0


@dataclass(frozen=True)
class Tree:
    """Every team with the people in it.

    Args:
        names: a team's name by its id.
        parents: the team above, None at the top.
        below: the teams right below one, by name; under None those at the top.
        people: people right in a team who can sign in.
        smallest: people in the smallest group whose figures are shown on their own.
    """

    names: Mapping[int, str]
    parents: Mapping[int, int | None]
    below: Mapping[int | None, list[int]]
    people: Mapping[int | None, int]
    smallest: int

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
        return self.size(team_id) < self.smallest

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

    def parts(self, team_id: int | None) -> list[Part]:
        """A team, or with None the company, divided: the large teams right below it, and everybody else together.

        What is left must not be small either: then the smallest of the teams are folded in, until nobody or enough
        people are left.

        Returns:
            Teams by name, the rest last; [] for a team with none below.
        """
        children = self.below.get(team_id, [])
        own = [one for one in children if not self.is_small(one)]
        while own and 0 < self._count(self._rest(team_id, own)) < self.smallest:
            own.remove(min(own, key=self.size))
        found = [Part(one, self.subtree(one), self.size(one)) for one in own]
        rest = self._rest(team_id, own)
        return [*found, Part(None, rest, self._count(rest))] if children else []

    def is_shown(self, team_id: int) -> bool:
        """Whether a team is a part of the one above that stands on its own, and that one likewise."""
        above: int | None = None
        for one in self.path(team_id):
            if one not in [part.team_id for part in self.parts(above)]:
                return False
            above = one
        return True

    def shown(self) -> list[tuple[int, str]]:
        """Every team that stands on its own as (id, path), in the order of the paths."""
        found = [(one, self.name(one)) for one in self.names if self.is_shown(one)]
        return sorted(found, key=lambda pair: pair[1].casefold())

    def _rest(self, team_id: int | None, own: Sequence[int]) -> list[int | None]:
        within: set[int | None] = {None, *self.names} if team_id is None else set(self.subtree(team_id))
        for one in own:
            within -= set(self.subtree(one))
        return sorted(within, key=lambda one: one or NO_TEAM)

    def _count(self, team_ids: Sequence[int | None]) -> int:
        return sum(self.people.get(one, 0) for one in team_ids)


@dataclass(frozen=True)
class Part:
    """A part of a company or a team.

    Args:
        team_id: the team; None for everybody else.
        team_ids: where its people stand; None is in no team.
        size: people who can sign in.
    """

    team_id: int | None
    team_ids: Sequence[int | None]
    size: int


def withheld(people: Sequence[int | None], *, smallest: int) -> set[int]:
    """Which parts of a whole may not show a figure, when the figure of the whole is known.

    A part to which too few people contributed is withheld. Together those withheld are what the whole less the others
    is, so they too must be enough people; else the next smallest are withheld with them.

    Args:
        people: who contributed to each part and is not named elsewhere; None for a part that tells of nobody.
        smallest: as many people as a figure needs.

    Returns:
        The places of those withheld.
    """
    hidden = {place for place, count in enumerate(people) if count is not None and count < smallest}
    others = sorted(set(range(len(people))) - hidden, key=lambda place: (people[place] is None, people[place] or 0))
    for place in others:
        if not hidden or sum(people[one] or 0 for one in hidden) >= smallest:
            break
        hidden.add(place)
    return hidden


def tree(session: Session, *, smallest: int) -> Tree:
    """All teams, in two queries.

    Args:
        session: for reading.
        smallest: people in the smallest group whose figures are shown on their own.
    """
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
        smallest=smallest,
    )


def check(known: Tree, team_id: int | None) -> None:
    """Sees to it that a team's own figures may be shown.

    Raises:
        NotFound: there is no such team, it has fewer people than the smallest group, or so few others are left
            beside it that it is counted with them.
    """
    if team_id is None:
        return
    if team_id not in known.names:
        raise NotFound(Text("We could not find that team. It may have been removed."))
    if not known.is_shown(team_id):
        raise NotFound(
            Text(
                "This team, or what is left beside it, has fewer than {count} people, so its figures would tell what "
                "single colleagues do. They are part of the figures of the team above.",
                count=known.smallest,
            )
        )
