"""A text is said to be ahead only where enough posts tell it from chance."""

from math import isclose
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.insights.wording import ENOUGH, SURE, Standing, Verdict, _judged


def standing_of(clicks: list[int]) -> Standing:
    return Standing(uses=len(clicks), human=sum(clicks), squares=sum(one * one for one in clicks))


@given(st.lists(st.integers(0, 500), min_size=ENOUGH, max_size=60))
def test_the_range_is_that_of_the_textbook(clicks):
    low, high = standing_of(clicks).between
    margin = SURE * stdev(clicks) / len(clicks) ** 0.5
    assert isclose(high, mean(clicks) + margin, abs_tol=1e-6)
    assert isclose(low, max(0.0, mean(clicks) - margin), abs_tol=1e-6)


@pytest.mark.parametrize("uses", [0, 1, ENOUGH - 1])
def test_below_the_threshold_nothing_is_said(uses):
    few = standing_of([100] * uses)
    assert (few.per_post, few.between) == (None, None)
    judged = _judged([few, standing_of([0, 1] * 20)])
    assert [one.verdict for one in judged] == [Verdict.TOO_FEW, Verdict.ALONE]


def test_clear_of_all_others_is_ahead_and_close_together_is_alike():
    good, poor, close = standing_of([9, 10, 11] * 5), standing_of([0, 1, 2] * 5), standing_of([8, 10, 13] * 5)
    assert [one.verdict for one in _judged([good, poor])] == [Verdict.AHEAD, Verdict.BEHIND]
    assert [one.verdict for one in _judged([good, poor, close])] == [Verdict.ALIKE, Verdict.BEHIND, Verdict.ALIKE]


def test_one_lucky_post_among_many_puts_nobody_ahead():
    lucky, steady = standing_of([0] * 14 + [300]), standing_of([3, 4, 5] * 5)
    assert Verdict.AHEAD not in [one.verdict for one in _judged([lucky, steady])]
