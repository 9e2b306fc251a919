"""The forecast: what it says, how sure it is, and when it says nothing."""

from datetime import date, timedelta

import pytest

from advocacy.programme.forecast import forecast

FIRST = date(2026, 3, 1)


def steady(days, *, by=2.0, every=1):
    return [(FIRST + timedelta(days=day), by * day) for day in range(0, days, every)]


def test_what_goes_on_evenly_is_forecast_on_its_line_without_doubt():
    told = forecast(steady(20), day=FIRST + timedelta(days=29))
    assert (told.value, told.low, told.high) == pytest.approx((58, 58, 58))
    assert told.figures == 20


def test_the_interval_is_that_of_the_drift_method():
    """By hand, for changes of 0 and 4 in turn over 16 days: s² = 16 · 4 / 15, t(90%, 15) = 1.341, h = 10, T = 16."""
    figures = [(FIRST + timedelta(days=day), 2.0 * day - 2 * (day % 2)) for day in range(17)]
    told = forecast(figures, day=figures[-1][0] + timedelta(days=10))
    around = 1.341 * (16 * 4 / 15 * 10 * (1 + 10 / 16)) ** 0.5
    assert told.value == pytest.approx(52)
    assert (told.high - told.value, told.value - told.low) == pytest.approx((around, around))


def test_the_further_ahead_the_less_sure():
    figures = [(FIRST + timedelta(days=day), 2.0 * day - 2 * (day % 2)) for day in range(17)]
    near, far = (forecast(figures, day=figures[-1][0] + timedelta(days=days)) for days in (5, 50))
    assert far.high - far.low > 2 * (near.high - near.low)


@pytest.mark.parametrize(
    "figures",
    [[], steady(5, every=1), steady(13), steady(60, every=15)],
    ids=["none", "five", "within two weeks", "four in two months"],
)
def test_too_few_figures_make_no_forecast(figures):
    assert forecast(figures, day=FIRST + timedelta(days=200)) is None


def test_a_day_that_is_over_is_not_forecast():
    assert forecast(steady(20), day=FIRST + timedelta(days=19)) is None


def test_a_share_stays_below_a_hundred_and_what_counts_up_never_falls():
    falling = [(FIRST + timedelta(days=day), 50.0 + 10 * (day % 2)) for day in range(21)]
    told = forecast(falling, day=FIRST + timedelta(days=60), least=0, never_falls=True)
    assert told.low == 50
    full = forecast(steady(20, by=5), day=FIRST + timedelta(days=60), most=100)
    assert (full.value, full.high) == (100, 100)


def test_what_was_long_ago_counts_for_nothing():
    old = [(FIRST - timedelta(days=300 - day), 0.0) for day in range(100)]
    told = forecast([*old, *steady(20)], day=FIRST + timedelta(days=29))
    assert (told.first, told.value) == (FIRST, pytest.approx(58))


def test_figures_that_come_once_a_month_are_forecast_from_the_last_year():
    monthly = [(FIRST + timedelta(days=30 * month), 10.0 * month) for month in range(20)]
    told = forecast(monthly, day=monthly[-1][0] + timedelta(days=60))
    assert (told.figures, told.value) == (12, pytest.approx(210))
    assert forecast(monthly[:5], day=monthly[-1][0]) is None
