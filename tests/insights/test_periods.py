"""Periods are whole days, compared with as many of the same kind before."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.base.errors import Invalid
from advocacy.insights.periods import LONGEST, Period, Span, asked, buckets

NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "now", "span", "before"),
    [
        ("7d", NOON, ("2026-03-09", "2026-03-15"), ("2026-03-02", "2026-03-08")),
        ("30d", NOON, ("2026-02-14", "2026-03-15"), ("2026-01-15", "2026-02-13")),
        ("month", NOON, ("2026-03-01", "2026-03-15"), ("2026-02-01", "2026-02-15")),
        # The month before is over after 28 days: it is never stretched into this one.
        ("month", datetime(2026, 3, 31, tzinfo=UTC), ("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
        ("month", datetime(2026, 1, 2, tzinfo=UTC), ("2026-01-01", "2026-01-02"), ("2025-12-01", "2025-12-02")),
        ("quarter", NOON, ("2026-01-01", "2026-03-15"), ("2025-10-01", "2025-12-13")),
        ("year", datetime(2028, 2, 29, tzinfo=UTC), ("2028-01-01", "2028-02-29"), ("2027-01-01", "2027-03-01")),
        ("nonsense", NOON, ("2026-02-14", "2026-03-15"), ("2026-01-15", "2026-02-13")),
    ],
)
def test_a_period_is_compared_with_as_many_days_before(period, now, span, before):
    found = asked(period, now=now)
    assert (found.span.first.isoformat(), found.span.last.isoformat()) == span
    assert (found.before.first.isoformat(), found.before.last.isoformat()) == before


def test_ones_own_days_count_both_ends():
    found = asked("custom", first="2026-03-01", last="2026-03-10", now=NOON)
    assert found.span.days == 10
    assert (found.before.first, found.before.last) == (date(2026, 2, 19), date(2026, 2, 28))


def test_ones_own_days_are_the_last_thirty_until_some_are_given():
    assert asked("custom", now=NOON).span == asked("30d", now=NOON).span


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-03-10", "2026-03-01", "to"),
        ("yesterday", "2026-03-01", "from"),
        ("2026-03-01", "2026-02-30", "to"),
        ("0001-01-01", "2026-03-01", "from"),
        ("2020-01-01", "2026-03-01", "to"),
    ],
)
def test_days_that_make_no_sense_are_refused_beside_their_field(first, last, field):
    with pytest.raises(Invalid) as refused:
        asked("custom", first=first, last=last, now=NOON)
    assert refused.value.field == field


@given(st.dates(date(2001, 1, 1), date(2100, 1, 1)), st.integers(1, LONGEST), st.sampled_from(Period))
def test_every_day_of_a_period_stands_in_exactly_one_point_of_its_chart(first, days, period):
    now = datetime.combine(first + timedelta(days=days), datetime.min.time(), UTC)
    spans = [
        Span(first, first + timedelta(days=days - 1)),
        asked(period, now=now).span,
        asked(period, now=now).before,
    ]
    for span in spans:
        points = buckets(span)
        covered = [
            point.first + timedelta(days=n) for point in points for n in range(Span(point.first, point.last).days)
        ]
        assert covered == [span.first + timedelta(days=n) for n in range(span.days)]
        assert len(points) <= 40
