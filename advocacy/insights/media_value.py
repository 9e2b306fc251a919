"""Earned media value: what the same figures would have cost as advertising, by the rates an administrator entered."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from advocacy.insights import overview
from advocacy.insights.scope import Scope
from advocacy.reach import media_rates
from advocacy.reach.media_rates import Figure, MediaRate


@dataclass(frozen=True)
class Range:
    """From low to high, in hundredths of a currency."""

    currency: str
    low: int
    high: int


@dataclass(frozen=True)
class Line:
    """One rate and what it makes of a figure.

    Args:
        rate: as entered.
        count: of the figure; None when the network does not tell it.
        range: what that would have cost; None when the count is not known.
    """

    rate: MediaRate
    count: int | None
    range: Range | None


@dataclass(frozen=True)
class Value:
    """Everything that has a rate.

    Args:
        lines: one for each rate.
        sums: of the lines, a currency each; currencies are never added up. Empty without rates.
    """

    lines: tuple[Line, ...]
    sums: tuple[Range, ...]


def of(session: Session, scope: Scope) -> Value:
    """The earned media value of a scope.

    Args:
        session: for reading.
        scope: clicks of its days, and figures of the posts that went out in them.
    """
    rates = [rate for rate in media_rates.in_force(session) if not scope.network or rate.network == scope.network]
    if not rates:
        return Value((), ())
    by_network = {line.name: line for line in overview.by_network(session, scope)}
    lines = tuple(_line(rate, by_network.get(rate.network)) for rate in rates)
    added: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        if line.range is not None:
            added[line.range.currency][0] += line.range.low
            added[line.range.currency][1] += line.range.high
    return Value(lines, tuple(Range(currency, *added[currency]) for currency in sorted(added)))


def _line(rate: MediaRate, network: overview.NetworkLine | None) -> Line:
    count: int | None
    if rate.figure is Figure.CLICKS:
        count = network.clicks.human if network else 0
    else:
        figures = network.figures if network else None
        count = getattr(figures, rate.figure.value).value if figures else None
    if count is None:
        return Line(rate, None, None)
    each = Fraction(count, rate.per)
    return Line(rate, count, Range(rate.currency, round(each * rate.low), round(each * rate.high)))
