"""Times on the wall through both changes of the clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.base.errors import Invalid
from advocacy.sharing.wall_time import moment, on_the_wall

OSLO = "Europe/Oslo"
wall = datetime.fromisoformat


def test_an_ordinary_time_is_that_time_and_says_nothing():
    chosen = moment(wall("2026-07-01 09:00"), OSLO)
    assert chosen.at == datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
    assert chosen.note is None


def test_a_time_that_the_clocks_jump_over_is_moved_and_told():
    chosen = moment(wall("2026-03-29 02:30"), OSLO)
    assert chosen.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert "02:30 does not exist that day. It is set for 03:30" in str(chosen.note)


def test_a_time_that_comes_twice_is_taken_the_first_time_and_told():
    chosen = moment(wall("2026-10-25 02:30"), OSLO)
    assert chosen.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert "02:30 comes twice" in str(chosen.note)


@pytest.mark.parametrize(
    ("typed", "zone", "utc"),
    [
        (wall("2028-02-29 08:00"), OSLO, datetime(2028, 2, 29, 7, 0, tzinfo=UTC)),
        (wall("2026-12-31 23:59"), "Pacific/Kiritimati", datetime(2026, 12, 31, 9, 59, tzinfo=UTC)),
        (wall("2026-10-04 02:15"), "Australia/Lord_Howe", datetime(2026, 10, 3, 15, 45, tzinfo=UTC)),
        (wall("2026-07-01 09:00"), "No/Such_Zone", datetime(2026, 7, 1, 9, 0, tzinfo=UTC)),
    ],
)
def test_leap_days_month_ends_and_odd_zones(typed, zone, utc):
    assert moment(typed, zone).at == utc


@given(
    st.datetimes(wall("2024-01-01"), wall("2030-01-01")),
    st.sampled_from([OSLO, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo", "UTC"]),
)
def test_the_wall_shows_what_was_chosen_unless_a_note_says_otherwise(typed, zone):
    chosen = moment(typed, zone)
    shown = on_the_wall(chosen.at, zone)
    if chosen.note is None:
        assert shown == typed
    elif "does not exist" in str(chosen.note):
        assert timedelta(0) < shown - typed <= timedelta(hours=2)
    else:
        assert shown == typed
        assert chosen.at.astimezone(ZoneInfo(zone)).fold == 0


@pytest.mark.parametrize(("typed", "zone"), [("0001-01-01 00:00", OSLO), ("9999-12-31 23:59", "America/New_York")])
def test_a_year_out_of_reach_is_refused_in_words(typed, zone):
    with pytest.raises(Invalid, match="out of reach"):
        moment(wall(typed), zone)
