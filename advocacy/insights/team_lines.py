"""Figures by team: one line for each that is large enough, and the rest together so that no line tells who."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from advocacy.insights import clicks, headcounts, posts
from advocacy.insights.groups import SMALLEST, Tree
from advocacy.insights.headcounts import NO_TEAM, Heads
from advocacy.insights.posts import Posts
from advocacy.insights.scope import Scope
from advocacy.reach.totals import Clicks


@dataclass(frozen=True)
class TeamLine:
    """The figures of a group of people.

    Args:
        team_id: None for the rest: small teams, people right in the team above, people in no team.
        name: "" for the rest.
        size: people who can sign in today.
        heads: that day's headcount; None where nobody counted.
        posts: that went out.
        sharers: people with a post.
        clicks: on their links.
    """

    team_id: int | None
    name: str
    size: int
    heads: Heads | None
    posts: Posts
    sharers: int
    clicks: Clicks


@dataclass(frozen=True)
class _Counted:
    heads: Mapping[int, Heads] | None
    posts: Mapping[int | None, tuple[Posts, int]]
    clicks: Mapping[int | None, Clicks]


def lines(
    session: Session, scope: Scope, *, tree: Tree, team_id: int | None, heads: Mapping[int, Heads] | None
) -> list[TeamLine]:
    """One line for each large team right below one, and one for everybody else in it.

    Args:
        session: for reading.
        scope: what is counted.
        tree: all teams.
        team_id: the team above; None for the whole company.
        heads: that day's headcount by team, as `headcounts.by_team` gives it.

    Returns:
        Teams by name, the rest last. Nothing when there is no team below.
    """
    counted = _Counted(heads, posts.by_team(session, scope), clicks.by_team(session, scope))
    children = tree.below.get(team_id, [])
    if not children:
        return []
    own = [one for one in children if not tree.is_small(one)]
    rest = _rest(tree, team_id, own)
    while (
        own and 0 < _size(tree, rest) < SMALLEST
    ):  # what is left must not tell who either: fold in the next smallest
        own.remove(min(own, key=tree.size))
        rest = _rest(tree, team_id, own)
    found = [_line(tree, counted, one, tree.subtree(one)) for one in own]
    last = _line(tree, counted, None, rest)
    return [*found, last] if last.size or last.posts != Posts() or last.clicks != Clicks() else found


def _rest(tree: Tree, team_id: int | None, own: Collection[int]) -> list[int | None]:
    within: set[int | None] = {None, *tree.names} if team_id is None else set(tree.subtree(team_id))
    for one in own:
        within -= set(tree.subtree(one))
    return sorted(within, key=lambda one: one or NO_TEAM)


def _size(tree: Tree, team_ids: Collection[int | None]) -> int:
    return sum(tree.people.get(one, 0) for one in team_ids)


def _line(tree: Tree, counted: _Counted, team_id: int | None, team_ids: Sequence[int | None]) -> TeamLine:
    of_posts = [counted.posts[one] for one in team_ids if one in counted.posts]
    of_clicks = [counted.clicks[one] for one in team_ids if one in counted.clicks]
    heads = None
    if counted.heads is not None:
        known = {one or NO_TEAM for one in team_ids}
        heads = headcounts.together([one for key, one in counted.heads.items() if key in known])
    return TeamLine(
        team_id=team_id,
        name=tree.names[team_id] if team_id is not None else "",
        size=_size(tree, team_ids),
        heads=heads,
        posts=posts.together(one for one, _ in of_posts),
        sharers=sum(people for _, people in of_posts),
        clicks=clicks.together(of_clicks),
    )
