"""Where a figure will be, if it goes on as it has: a forecast with its interval, and none from too few figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

LEAST_FIGURES = 6
LEAST_DAYS = 14
LOOKS_BACK = timedelta(days=90)
"""Older figures tell little of how it goes now,"""
AT_LEAST = 12
"""unless there are few: a year of those that come once a month."""
_T90 = (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372,
        1.363, 1.356, 1.350, 1.345, 1.341, 1.337, 1.333, 1.330, 1.328, 1.325)  # fmt: skip
"""Student's t at 90% for 1 to 20 degrees of freedom: 80% lies between it and its negative."""
_Z90 = 1.2816


@dataclass(frozen=True)
class Forecast:
    """A figure that nobody has measured.

    Args:
        day: for which it is.
        value: what is most likely.
        low: where the 80% interval begins.
        high: where it ends.
        figures: how many it was made of.
        first: the day of the oldest of these.
    """

    day: date
    value: float
    low: float
    high: float
    figures: int
    first: date


def forecast(
    figures: Sequence[tuple[date, float]],
    *,
    day: date,
    least: float | None = None,
    most: float | None = None,
    never_falls: bool = False,
) -> Forecast | None:
    """The drift method: it goes on by the mean change of a day, and strays as it has strayed from that.

    The variance after h days is s² h (1 + h/T) for figures over T days, s² being that of a day's change (Hyndman and
    Athanasopoulos, Forecasting: principles and practice, 3rd ed., 5.5), here with gaps of several days; the interval
    is Student's. Unlike a line laid through sums it takes into account that each figure begins where the last ended.

    Args:
        figures: (day, value) in the order of days.
        day: to forecast for.
        least: a bound that it cannot go below, such as 0.
        most: one that it cannot go above, such as 100.
        never_falls: it counts up alone, so that it is never less than today.

    Returns:
        None where there are too few figures, they lie too close together, or the day is not ahead.
    """
    if not figures or day <= figures[-1][0]:
        return None
    recent = max([one for one in figures if one[0] > figures[-1][0] - LOOKS_BACK], figures[-AT_LEAST:], key=len)
    span = (recent[-1][0] - recent[0][0]).days
    if len(recent) < LEAST_FIGURES or span < LEAST_DAYS:
        return None
    (first, begin), (last, end) = recent[0], recent[-1]
    drift = (end - begin) / span
    strayed = 0.0
    for (before, old), (after, new) in pairwise(recent):
        days = (after - before).days
        strayed += (new - old - drift * days) ** 2 / days
    freedom = len(recent) - 2
    ahead = (day - last).days
    variance = strayed / freedom * ahead * (1 + ahead / span)
    around = (_T90[freedom - 1] if freedom <= len(_T90) else _Z90) * math.sqrt(variance)
    least = max(end, least or 0.0) if never_falls else least

    def held(value: float) -> float:
        value = value if least is None else max(least, value)
        return value if most is None else min(most, value)

    value = end + drift * ahead
    return Forecast(day, held(value), held(value - around), held(value + around), len(recent), first)
