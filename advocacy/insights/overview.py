"""Everything the first page of figures shows, in a number of queries that does not grow with what is counted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from advocacy.insights import clicks, figures, headcounts, posts
from advocacy.insights.headcounts import Heads
from advocacy.insights.periods import Asked, Bucket, buckets
from advocacy.insights.posts import Posts
from advocacy.insights.scope import Scope
from advocacy.reach.totals import Clicks, NetworkFigures
from advocacy.sharing.models import ShareState

Sums = TypeVar("Sums", Posts, Clicks)


@dataclass(frozen=True)
class Adoption:
    """From those who were asked to those who shared.

    Args:
        heads: the headcount of the last day; None where nobody had counted then.
        shared: people with a post in the period.
    """

    heads: Heads | None
    shared: int


@dataclass(frozen=True)
class Key:
    """The figures that one period is known by.

    Args:
        adoption: of people.
        posts: that went out.
        clicks: that were made.
    """

    adoption: Adoption
    posts: Posts
    clicks: Clicks


@dataclass(frozen=True)
class Point:
    """A point of the charts over time."""

    bucket: Bucket
    posts: Posts
    clicks: Clicks


@dataclass(frozen=True)
class NetworkLine:
    """The figures of one way out.

    Args:
        name: as `Share.network`.
        posts: that went out.
        clicks: that were made.
        figures: as the network reports them; None when nothing went out in the period.
    """

    name: str
    posts: Posts
    clicks: Clicks
    figures: NetworkFigures | None


@dataclass(frozen=True)
class Overview:
    """The page.

    Args:
        now: the period asked for.
        before: the one it is compared with.
        not_out: what was asked for and is not out.
        rules: how many clicks each rule filtered.
        networks: by name, the busiest first.
        figures: what all networks report together.
        points: over time.
    """

    now: Key
    before: Key
    not_out: Mapping[ShareState, int]
    rules: Sequence[tuple[str, int]]
    networks: Sequence[NetworkLine]
    figures: NetworkFigures
    points: Sequence[Point]


def overview(session: Session, scope: Scope, asked: Asked, *, now: datetime) -> Overview:
    """The first page of figures.

    Args:
        session: for reading.
        scope: what is counted, in the days asked for.
        asked: the days and those to compare with.
        now: the present moment.
    """
    heads = headcounts.by_team(session, span=asked.span, now=now)
    counted = _count(session, scope)
    networks = _lines(session, scope, counted)
    return Overview(
        now=Key(
            adoption=_adoption(heads, posts.sharers(session, scope)),
            posts=posts.together(counted.posts.values()),
            clicks=clicks.together(counted.clicks.values()),
        ),
        before=key(session, scope.during(asked.before), headcounts.by_team(session, span=asked.before, now=now)),
        not_out=posts.not_out(session, scope),
        rules=clicks.by_rule(session, scope),
        networks=networks,
        figures=figures.together([line.figures for line in networks if line.figures is not None]),
        points=_points(scope, counted),
    )


@dataclass(frozen=True)
class _Counted:
    """Posts and clicks of each day and network: read once, summed in every way that the page asks for."""

    posts: Mapping[tuple[date, str], Posts]
    clicks: Mapping[tuple[date, str], Clicks]


def _count(session: Session, scope: Scope) -> _Counted:
    return _Counted(posts.by_day_and_network(session, scope), clicks.by_day_and_network(session, scope))


def key(session: Session, scope: Scope, heads: Mapping[int, Heads] | None) -> Key:
    """The key figures of a scope; who was there is of the whole company."""
    of_posts, shared = posts.with_sharers(session, scope)
    return Key(adoption=_adoption(heads, shared), posts=of_posts, clicks=clicks.total(session, scope))


def _adoption(heads: Mapping[int, Heads] | None, shared: int) -> Adoption:
    return Adoption(heads=headcounts.together(list(heads.values())) if heads is not None else None, shared=shared)


def by_network(session: Session, scope: Scope) -> list[NetworkLine]:
    """Every way out with posts or clicks in the period, the most human clicks first."""
    return _lines(session, scope, _count(session, scope))


def _lines(session: Session, scope: Scope, counted: _Counted) -> list[NetworkLine]:
    of_figures = figures.by_network(session, scope, counted.posts)
    found = [
        NetworkLine(
            name=name,
            posts=posts.together(value for (_, network), value in counted.posts.items() if network == name),
            clicks=clicks.together(value for (_, network), value in counted.clicks.items() if network == name),
            figures=of_figures.get(name),
        )
        for name in {network for _, network in (*counted.posts, *counted.clicks)}
    ]
    return sorted(found, key=lambda line: (-line.clicks.human, -line.posts.measured, line.name))


def over_time(session: Session, scope: Scope) -> list[Point]:
    """The period in days, weeks or months."""
    return _points(scope, _count(session, scope))


def _points(scope: Scope, counted: _Counted) -> list[Point]:
    found = buckets(scope.span)
    of_posts, of_clicks = _apart(counted.posts, found), _apart(counted.clicks, found)
    return [
        Point(bucket, posts.together(one), clicks.together(other))
        for bucket, one, other in zip(found, of_posts, of_clicks, strict=True)
    ]


def _apart(days: Mapping[tuple[date, str], Sums], buckets: Sequence[Bucket]) -> list[list[Sums]]:
    """Days by the point of the chart that they belong to; the points follow one another."""
    begins, apart = [bucket.first for bucket in buckets], [list[Sums]() for _ in buckets]
    for (day, _), value in days.items():
        apart[bisect_right(begins, day) - 1].append(value)
    return apart
