"""The potential audience as the points of a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from advocacy.insights.periods import Bucket, Span, buckets
from advocacy.reach.follower_models import AudienceDay

MOST_LINES = 3
"""Networks drawn, those with the most followers; more lines than that nobody reads. The table has them all."""


@dataclass(frozen=True)
class Points:
    """What a chart shows.

    Args:
        buckets: its points.
        lines: for each network the sum of the newest counted day of each point; None where none was counted.
    """

    buckets: Sequence[Bucket]
    lines: Mapping[str, Sequence[int | None]]


def over_time(sums: Sequence[AudienceDay], *, span: Span, networks: Sequence[str]) -> Points:
    """The largest networks over some days.

    Args:
        sums: of these days, by day.
        span: the days.
        networks: the largest first.
    """
    points = buckets(span)
    lines = {}
    for network in networks[:MOST_LINES]:
        of_it = [one for one in sums if one.network == network]
        lines[network] = [_newest(of_it, point) for point in points]
    return Points(points, lines)


def _newest(sums: Sequence[AudienceDay], point: Bucket) -> int | None:
    within = [one.followers for one in sums if point.first <= one.day <= point.last]
    return within[-1] if within else None
