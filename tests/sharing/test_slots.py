"""The next good time: working hours of the person's own zone, apart from their other shares."""

import itertools
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from advocacy.base import events
from advocacy.sharing import results, rules, slots
from advocacy.sharing.models import Share, ShareState
from advocacy.sharing.result_models import EVERYBODY, HourResult
from advocacy.sharing.results import Hour, Result


@pytest.fixture
def ada(make):
    return make.user("Ada", time_zone="Europe/Oslo")


def slot(house, user):
    with house.db.reading() as session:
        return slots.next_slot(session, house.clock, user=user).at


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (datetime(2026, 3, 2, 9, 1, tzinfo=UTC), datetime(2026, 3, 2, 9, 15, tzinfo=UTC)),
        (datetime(2026, 3, 2, 9, 12, tzinfo=UTC), datetime(2026, 3, 2, 9, 30, tzinfo=UTC)),
        (datetime(2026, 3, 2, 3, 0, tzinfo=UTC), datetime(2026, 3, 2, 8, 0, tzinfo=UTC)),
        (datetime(2026, 3, 2, 16, 0, tzinfo=UTC), datetime(2026, 3, 3, 8, 0, tzinfo=UTC)),
        (datetime(2026, 3, 6, 16, 0, tzinfo=UTC), datetime(2026, 3, 9, 8, 0, tzinfo=UTC)),
        (datetime(2026, 3, 27, 16, 0, tzinfo=UTC), datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),
    ],
    ids=["next quarter", "five minutes to think", "early", "evening", "Friday evening", "clocks go forward"],
)
def test_the_slot_is_the_next_quarter_in_working_hours(house, clock, ada, now, then):
    clock.set(now)
    assert slot(house, ada) == then


def test_slots_keep_half_an_hour_from_what_is_planned(house, clock, ada, make):
    clock.set(datetime(2026, 3, 2, 9, 1, tzinfo=UTC))
    make.share(ada, state=ShareState.SCHEDULED, due_at=datetime(2026, 3, 2, 9, 20, tzinfo=UTC))
    assert slot(house, ada) == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def test_when_every_day_is_full_it_is_simply_soon(house, clock, ada, make):
    clock.set(datetime(2026, 3, 2, 9, 1, tzinfo=UTC))
    share = make.share(ada)
    with house.db.transaction() as session:
        for number in range(16 * 18):
            day, half = divmod(number, 18)
            due = datetime(2026, 3, 2, 8, 0, tzinfo=UTC) + timedelta(days=day, minutes=30 * half)
            full = {"state": ShareState.SCHEDULED, "due_at": due, "request_key": f"form {number}", "network": "x"}
            common = {"user_id": ada.id, "item_id": share.item_id, "idempotency_key": "", "text": ""}
            session.add(Share(**full, **common, created_at=due, updated_at=due))
    assert slot(house, ada) == clock.now() + slots.APART


# What the company's own posts tell.


@pytest.fixture
def learned(house):
    """Lets so many posts have gone out at an hour of working days, with so many visitors each."""

    def learn(hour, posts, visitors, *, user=None, is_weekend=False, network="bluesky"):
        with house.db.transaction() as session:
            session.add(
                HourResult(
                    network=network,
                    user_id=user.id if user else EVERYBODY,
                    is_weekend=is_weekend,
                    hour=hour,
                    posts=posts,
                    visitors=posts * visitors,
                )
            )

    return learn


def offered(house, user, **wanted):
    with house.db.reading() as session:
        return slots.next_slot(session, house.clock, user=user, networks={"bluesky"}, **wanted)


def test_the_hour_that_brought_most_visitors_is_chosen_and_said_why(house, ada, learned):
    learned(10, 40, 1)
    learned(8, 20, 4)
    slot = offered(house, ada)  # it is Monday, 10:00 in Oslo
    assert slot.at == datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
    assert "between 08:00 and 09:00, 20 posts of your company brought 4.0 visitors each" in str(slot.why)
    assert "a post brings 2.0 on average" in str(slot.why)


def test_few_posts_choose_nothing(house, ada, learned):
    learned(10, 9, 1)
    learned(8, 20, 9)
    assert "between 9 and 17" in str(offered(house, ada).why)
    learned(14, 1, 1)
    assert "between 08:00 and 09:00" in str(offered(house, ada).why)


def test_two_lucky_posts_do_not_beat_a_good_hour(house, ada, learned):
    learned(10, 60, 1)
    learned(8, 60, 4)
    learned(14, 2, 6)
    assert offered(house, ada).at.hour == 7


def test_ones_own_posts_say_more_than_the_companys(house, ada, learned):
    learned(11, 40, 2)
    learned(14, 40, 3)
    assert offered(house, ada).at.hour == 13
    learned(11, 20, 6, user=ada)
    assert offered(house, ada).at.hour == 10


def test_weekends_and_other_networks_are_things_of_their_own(house, ada, learned):
    learned(8, 60, 1)
    learned(10, 60, 9, is_weekend=True)
    learned(14, 60, 9, network="mastodon")
    assert "between 9 and 17" in str(offered(house, ada).why)


def test_the_best_hour_gives_way_to_quiet_hours(house, ada, learned, make):
    admin = make.admin()
    learned(10, 60, 1)
    learned(8, 60, 4)
    with house.db.transaction() as session:
        rules.lay_down(
            session,
            house.clock,
            by=admin,
            daily_cap=10,
            spread_minutes=45,
            quiet_from=time(20),
            quiet_until=time(9),
        )
    assert offered(house, ada).at.astimezone(ZoneInfo("Europe/Oslo")).hour >= 9


def test_colleagues_who_share_the_same_item_are_spread_over_hours(house, make, clock):
    clock.set(datetime(2026, 3, 2, 8, 1, tzinfo=UTC))
    item = make.item()
    taken = []
    for _ in range(10):
        user = make.user(time_zone="Europe/Oslo")
        slot = offered(house, user, item_id=item.id)
        make.share(user, item, network="bluesky", state=ShareState.SCHEDULED, due_at=slot.at)
        taken.append(slot.at)
    assert "45 minutes from colleagues" in str(slot.why)
    gaps = [later - earlier for earlier, later in itertools.pairwise(sorted(taken))]
    assert min(gaps) >= timedelta(minutes=45)
    other_item = offered(house, make.user(time_zone="Europe/Oslo"), item_id=make.item().id)
    assert other_item.at == taken[0]


def test_when_colleagues_fill_every_good_time_the_emptiest_is_offered(house, make, clock, ada):
    clock.set(datetime(2026, 3, 2, 7, 1, tzinfo=UTC))
    first = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    item, colleague = make.item(), make.user()

    def fill(times, form):
        common = {"user_id": colleague.id, "item_id": item.id, "network": "bluesky", "state": ShareState.SCHEDULED}
        common |= {"idempotency_key": "", "text": "", "created_at": first, "updated_at": first}
        rows = [{**common, "due_at": at, "request_key": f"{form} {number}"} for number, at in enumerate(times)]
        with house.db.transaction() as session:
            session.execute(insert(Share), rows)
        return offered(house, ada, item_id=item.id)

    slot = fill([first + timedelta(hours=number) for number in range(15 * 24)], "hours")
    assert slot.at == first + timedelta(minutes=30)
    assert "the one with the fewest" in str(slot.why)
    quarters = [first + timedelta(minutes=15 * number) for number in range(15 * 96)]
    assert fill([at for at in quarters if at != quarters[37 * 3]], "quarters").at == quarters[37 * 3]
    fullest = quarters[37 * 3 + 1]
    assert fill([at for at in quarters if at != fullest], "again").at == quarters[37 * 3]


def test_what_happened_is_learned_once_for_the_person_and_the_company(sharing, make, ada, plain, house):
    [share] = sharing.share(ada, make.item(), sharing.connect(ada, "plain"))
    house.clock.move(seconds=11)
    sharing.work()
    with house.db.transaction() as session:
        for visitors in ({}, {"visitors": 2}):
            data = {"share_id": share.id, **visitors}
            events.record(
                session, house.clock, kind="click.counted", actor_id=None, subject=("share", share.id), data=data
            )
    results.keep_up(house)
    results.keep_up(house)
    with house.db.reading() as session:
        known = results.by_hour(session, networks={"plain"}, user_id=ada.id)
    published = sharing.now(share).published_at.astimezone(ZoneInfo("Europe/Oslo"))
    assert known == {Hour(published.weekday() > 4, published.hour): (Result(1, 3), Result(1, 3))}
