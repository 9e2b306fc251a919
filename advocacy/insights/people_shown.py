"""Whose post it was, as far as the person lets it be said: by name who chose it, else a colleague of a large group."""

from __future__ import annotations

from dataclasses import dataclass

from advocacy.insights.groups import Tree


@dataclass(frozen=True)
class Author:
    """Who posted, as a leader may read it.

    Args:
        name: None for somebody who did not choose to appear by name.
        team: the nearest team upwards with enough people; "" where there is none.
    """

    name: str | None
    team: str


def author(tree: Tree, *, name: str, by_name: bool, team_id: int | None) -> Author:
    """Who posted.

    Args:
        tree: all teams.
        name: the person's name.
        by_name: whether they chose to appear by it.
        team_id: where they stand.
    """
    if by_name:
        return Author(name, tree.name(team_id))
    return Author(None, tree.name(tree.shown_as(team_id)))
