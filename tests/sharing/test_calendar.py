"""The calendar: each share on the day its person sees, movable where it was not sent, its conflicts visible."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.sharing import calendar, rules
from advocacy.sharing.models import ShareState


@pytest.fixture
def ada(make):
    return make.user("Ada", time_zone="Europe/Oslo")


def month(sharing, user, around=date(2026, 3, 15)):
    house = sharing.house
    with house.db.reading() as session:
        return calendar.month(session, house.clock, sharing.networks, user=user, around=around)


def entries(weeks):
    return {day.date: day.entries for week in weeks for day in week if day.entries}


def test_a_month_is_whole_weeks_from_monday_on(sharing, ada):
    weeks = month(sharing, ada)
    assert weeks[0][0].date == date(2026, 2, 23)
    assert weeks[-1][-1].date == date(2026, 4, 5)
    assert {len(week) for week in weeks} == {7}


def test_a_share_stands_on_the_day_and_time_of_its_persons_wall(sharing, make, ada):
    account = sharing.connect(ada)
    late = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    [share] = sharing.share(ada, make.item(), account, due_at=late)
    [(day, [entry])] = entries(month(sharing, ada)).items()
    assert (day, entry.wall.time()) == (date(2026, 3, 11), time(0, 30))
    assert entry.share.id == share.id
    assert entry.can_move
    assert entry.conflicts == ()


def test_other_peoples_shares_and_cancelled_ones_are_not_on_it(sharing, make, ada):
    bo = make.user("Bo")
    sharing.share(bo, make.item(), sharing.connect(bo, handle="bo.test"), due_at=datetime(2026, 3, 11, 9, tzinfo=UTC))
    make.share(ada, state=ShareState.CANCELLED, due_at=datetime(2026, 3, 11, 9, tzinfo=UTC))
    assert entries(month(sharing, ada)) == {}


def test_conflicts_are_told_on_what_is_planned(sharing, make, ada):
    account = sharing.connect(ada, "plain")
    nine = datetime(2026, 3, 11, 8, tzinfo=UTC)
    item = make.item()
    sharing.share(ada, make.item(), account, due_at=nine)
    sharing.share(ada, make.item(), account, due_at=nine + timedelta(minutes=29))
    sharing.share(ada, item, account, due_at=nine + timedelta(hours=12))
    with sharing.house.db.transaction() as session:
        session.merge(item).expires_at = nine + timedelta(hours=11)
    admin = make.admin()
    with sharing.house.db.transaction() as session:
        values = {"daily_cap": 2, "spread_minutes": 0, "quiet_from": time(20), "quiet_until": time(7)}
        rules.lay_down(session, sharing.house.clock, by=admin, **values)
    [[first, second, third]] = entries(month(sharing, ada)).values()
    near = "Less than half an hour from another share to the same account."
    assert [str(one) for one in first.conflicts] == [near]
    assert [str(one) for one in second.conflicts] == [near]
    assert [str(one) for one in third.conflicts] == [
        "The item ends before this time, so it will not be posted.",
        "In the company's quiet hours.",
        "More than 2 shares on this network that day.",
    ]


def test_a_conflict_with_what_the_page_does_not_show_is_told_too(sharing, make, ada):
    account = sharing.connect(ada, "plain")
    midnight = datetime(2026, 3, 8, 23, tzinfo=UTC)  # before Monday in Oslo
    for minutes in (-10, 10):
        sharing.share(ada, make.item(), account, due_at=midnight + timedelta(minutes=minutes))
    with sharing.house.db.reading() as session:
        week = calendar.week(session, sharing.house.clock, sharing.networks, user=ada, around=date(2026, 3, 11))
    [[monday]] = entries([week]).values()
    assert [str(one) for one in monday.conflicts] == [
        "Less than half an hour from another share to the same account."
    ]


def test_half_an_hour_apart_is_no_conflict(sharing, make, ada):
    account = sharing.connect(ada, "plain")
    nine = datetime(2026, 3, 11, 8, tzinfo=UTC)
    sharing.share(ada, make.item(), account, due_at=nine)
    sharing.share(ada, make.item(), account, due_at=nine + timedelta(minutes=30))
    [[first, second]] = entries(month(sharing, ada)).values()
    assert first.conflicts == second.conflicts == ()


def move(sharing, user, share, **to):
    return sharing.do(calendar.move, user, share, **{"hour": None, **to})


def test_a_share_is_moved_to_another_day_at_the_time_it_has_through_a_change_of_the_clocks(sharing, make, ada):
    [share] = sharing.share(ada, make.item(), sharing.connect(ada), due_at=datetime(2026, 3, 27, 8, 15, tzinfo=UTC))
    move(sharing, ada, share, to=date(2026, 3, 30))
    assert sharing.now(share).due_at == datetime(2026, 3, 30, 7, 15, tzinfo=UTC)
    move(sharing, ada, share, to=date(2026, 3, 30), hour=14)
    assert sharing.now(share).due_at == datetime(2026, 3, 30, 12, 15, tzinfo=UTC)


def test_nothing_is_moved_into_the_past_or_by_others_or_once_it_is_out(sharing, make, ada):
    account = sharing.connect(ada)
    due = sharing.house.clock.now() + timedelta(days=2)
    [share] = sharing.share(ada, make.item(), account, due_at=due)
    with pytest.raises(Invalid, match="passed"):
        move(sharing, ada, share, to=date(2026, 3, 1))
    with pytest.raises(Invalid):
        move(sharing, ada, share, to=date(2026, 3, 6), hour=24)
    with pytest.raises(NotFound):
        move(sharing, make.user(), share, to=date(2026, 3, 6))
    sharing.house.clock.move(days=2, seconds=1)
    sharing.work()
    with pytest.raises(Conflict):
        move(sharing, ada, share, to=date(2026, 3, 6))
    assert sharing.now(share).due_at == due


@pytest.mark.parametrize("typed", ["", "yesterday", "0001-01-01", "9999-12-31", "2026-13-01"])
def test_an_address_without_a_day_of_our_time_shows_today(typed):
    today = date(2026, 3, 2)
    assert calendar.read_day(typed, today) == today
    assert calendar.read_day("2026-05-06", today) == date(2026, 5, 6)
