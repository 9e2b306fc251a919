"""Everything the first page of figures shows, in a number of queries that does not grow with what is counted."""

from __future__ import annotations

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
from advocacy.sharing.models import Share, ShareState

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
    networks = by_network(session, scope)
    return Overview(
        now=key(session, scope, heads),
        before=key(session, scope.during(asked.before), headcounts.by_team(session, span=asked.before, now=now)),
        not_out=posts.not_out(session, scope),
        rules=clicks.by_rule(session, scope),
        networks=networks,
        figures=figures.together([line.figures for line in networks if line.figures is not None]),
        points=over_time(session, scope),
    )


def key(session: Session, scope: Scope, heads: Mapping[int, Heads] | None) -> Key:
    """The key figures of a scope; who was there is of the whole company."""
    counted = headcounts.together(list(heads.values())) if heads is not None else None
    return Key(
        adoption=Adoption(heads=counted, shared=posts.sharers(session, scope)),
        posts=posts.total(session, scope),
        clicks=clicks.total(session, scope),
    )


def by_network(session: Session, scope: Scope) -> list[NetworkLine]:
    """Every way out with posts or clicks in the period, the most human clicks first."""
    of_posts = posts.by(session, scope, Share.network)
    of_clicks = clicks.by_network(session, scope)
    of_figures = figures.by_network(session, scope)
    found = [
        NetworkLine(
            name=name,
            posts=of_posts.get(name, Posts()),
            clicks=of_clicks.get(name, Clicks()),
            figures=of_figures.get(name),
        )
        for name in {*of_posts, *of_clicks}
    ]
    return sorted(found, key=lambda line: (-line.clicks.human, -line.posts.measured, line.name))


def over_time(session: Session, scope: Scope) -> list[Point]:
    """The period in days, weeks or months."""
    of_posts, of_clicks = posts.by_day(session, scope), clicks.by_day(session, scope)
    return [
        Point(
            bucket,
            posts.together(_within(of_posts, bucket)),
            clicks.together(_within(of_clicks, bucket)),
        )
        for bucket in buckets(scope.span)
    ]


def _within(days: Mapping[date, Sums], bucket: Bucket) -> list[Sums]:
    return [value for day, value in days.items() if bucket.first <= day <= bucket.last]
