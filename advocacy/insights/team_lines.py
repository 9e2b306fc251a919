"""Figures by team for one month: a line for each team that is large enough, and figures to which enough people added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.insights import clicks, headcounts, posts
from advocacy.insights import scope as scopes
from advocacy.insights.headcounts import Heads
from advocacy.insights.periods import Span
from advocacy.insights.posts import Posts
from advocacy.insights.scope import Scope
from advocacy.people.groups import NO_TEAM, Part, Tree, withheld
from advocacy.people.models import User, UserState
from advocacy.reach.models import ReachDay
from advocacy.reach.totals import Clicks
from advocacy.sharing.models import Share


@dataclass(frozen=True)
class TeamLine:
    """The figures of a group of people. What fewer people than the smallest group added to is withheld: None.

    Args:
        team_id: None for the rest: small teams, people right in the team above, people in no team.
        name: "" for the rest.
        size: people who can sign in today.
        heads: the headcount of the month's last day; None also where nobody counted.
        posts: that went out.
        sharers: people with a post.
        clicks: on their links.
    """

    team_id: int | None
    name: str
    size: int
    heads: Heads | None
    posts: Posts | None
    sharers: int | None
    clicks: Clicks | None


@dataclass(frozen=True)
class _Unnamed:
    """People who are not named elsewhere, by the team they stand right in: named ones' posts can be subtracted."""

    members: Mapping[int | None, int]
    posted: Mapping[int | None, int]
    followed: Mapping[int | None, int]


def lines(
    session: Session, month: Span, *, tree: Tree, team_id: int | None, heads: Mapping[int, Heads] | None
) -> list[TeamLine]:
    """One line for each large team right below one, and one for everybody else in it.

    Args:
        session: for reading.
        month: a whole month that is over: days of one's choice could be subtracted from one another.
        tree: all teams.
        team_id: the team above; None for the whole company.
        heads: the headcount of the month's last day by team, as `headcounts.by_team` gives it.

    Returns:
        Teams by name, the rest last. Nothing when there is no team below.
    """
    unnamed = _unnamed(session, month)
    found = _counted(session, month, tree, team_id, heads)
    hides_posts = _hidden(tree, team_id, _weigh(unnamed, unnamed.posted))
    hides_clicks = _hidden(tree, team_id, _weigh(unnamed, unnamed.followed))
    for place in hides_posts:
        found[place] = replace(found[place], posts=None, sharers=None)
    for place in hides_clicks:
        found[place] = replace(found[place], clicks=None)
    return found


def people_only(*, tree: Tree, team_id: int | None, heads: Mapping[int, Heads] | None) -> list[TeamLine]:
    """The same lines for a month that is not over: who is there, and nothing of what they did."""
    return [
        TeamLine(part.team_id, _name(tree, part), part.size, each, None, None, None)
        for part, each in zip(tree.parts(team_id), _heads(tree, team_id, heads), strict=True)
        if part.size
    ]


def _counted(
    session: Session, month: Span, tree: Tree, team_id: int | None, heads: Mapping[int, Heads] | None
) -> list[TeamLine]:
    scope = Scope(span=month)
    of_posts, of_clicks = posts.by_team(session, scope), clicks.by_team(session, scope)
    return [
        TeamLine(
            team_id=part.team_id,
            name=_name(tree, part),
            size=part.size,
            heads=each,
            posts=posts.together(of_posts[one][0] for one in part.team_ids if one in of_posts),
            sharers=sum(of_posts[one][1] for one in part.team_ids if one in of_posts),
            clicks=clicks.together(of_clicks[one] for one in part.team_ids if one in of_clicks),
        )
        for part, each in zip(tree.parts(team_id), _heads(tree, team_id, heads), strict=True)
    ]


def _name(tree: Tree, part: Part) -> str:
    return tree.names[part.team_id] if part.team_id is not None else ""


def _heads(tree: Tree, team_id: int | None, heads: Mapping[int, Heads] | None) -> list[Heads | None]:
    """The headcount of each part, where so many people were there that day as a group needs."""
    parts = tree.parts(team_id)
    if heads is None:
        return [None] * len(parts)

    def of(part: Part) -> Heads:
        return headcounts.together([heads[one or NO_TEAM] for one in part.team_ids if (one or NO_TEAM) in heads])

    hidden = _hidden(tree, team_id, lambda part: of(part).people or None)
    return [None if place in hidden else of(part) for place, part in enumerate(parts)]


def _hidden(tree: Tree, team_id: int | None, weigh: Callable[[Part], int | None]) -> set[int]:
    """Which parts of a team withhold their figures: all of them where the team itself does, seen from above."""
    above: int | None = None
    for one in tree.path(team_id):
        parts = tree.parts(above)
        hidden = withheld([weigh(part) for part in parts], smallest=tree.smallest)
        if one in [parts[place].team_id for place in hidden]:
            return set(range(len(tree.parts(team_id))))
        above = one
    return withheld([weigh(part) for part in tree.parts(team_id)], smallest=tree.smallest)


def _weigh(unnamed: _Unnamed, added: Mapping[int | None, int]) -> Callable[[Part], int | None]:
    """How many unnamed people added to a part; None for one where everybody is named or nobody is."""

    def weigh(part: Part) -> int | None:
        count = sum(added.get(one, 0) for one in part.team_ids)
        is_about_somebody = count or any(unnamed.members.get(one, 0) for one in part.team_ids)
        return count if is_about_somebody else None

    return weigh


def _unnamed(session: Session, month: Span) -> _Unnamed:
    is_unnamed = User.ranked_by_name.is_(False)
    members = select(User.team_id, func.count()).where(is_unnamed, User.state == UserState.ACTIVE)
    posted: Any = scopes.posts(Scope(span=month), User.team_id, func.count(Share.user_id.distinct()))
    followed = (
        select(User.team_id, func.count(ReachDay.user_id.distinct()))
        .join(User, User.id == ReachDay.user_id)
        .where(is_unnamed, ReachDay.day.between(month.first, month.last))
    )
    return _Unnamed(
        members=dict(session.execute(members.group_by(User.team_id)).all()),
        posted=dict(
            session.execute(
                posted.join(User, User.id == Share.user_id).where(is_unnamed).group_by(User.team_id)
            ).all()
        ),
        followed=dict(session.execute(followed.group_by(User.team_id)).all()),
    )
