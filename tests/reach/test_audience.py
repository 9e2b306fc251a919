"""The potential audience: sums over enough people, one a day, from which nobody's own followers can be had."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from advocacy.people.models import User, UserState
from advocacy.reach import audience, follower_readings
from advocacy.reach.audience import Account, group
from advocacy.reach.follower_models import AudienceDay, FollowerPlan, FollowerSnapshot
from advocacy.sharing.models import Connection, ConnectionState

SMALLEST = 5


@pytest.fixture
def team(db, make, clock):
    """People with an account each; their numbers are read by `read`."""

    def made(count: int, *, network: str = "bluesky", first: int = 0) -> list[Connection]:
        owners = [make.user(f"Person {network} {first + number}") for number in range(count)]
        found = []
        with db.transaction() as session:
            for number, owner in enumerate(owners, first):
                connection = Connection(
                    user_id=owner.id, network=network, remote_id=f"{network}{number}", connected_at=clock.now()
                )
                session.add(connection)
                session.flush()
                plan = FollowerPlan(connection_id=connection.id, next_at=clock.now(), failures=0, is_counted=False)
                session.add(plan)
                found.append(connection)
        return found

    return made


@pytest.fixture
def read(db, clock):
    """Today's reading of each of these accounts."""

    def keep(accounts, followers: int | None = 100) -> None:
        with db.transaction() as session:
            for one in accounts:
                snapshot = FollowerSnapshot(
                    connection_id=one.id, day=clock.now().date(), at=clock.now(), followers=followers
                )
                session.add(snapshot)
                session.get_one(FollowerPlan, one.id).next_at = clock.now() + timedelta(days=1)

    return keep


@pytest.fixture
def sums(db, house):
    """Lets the clock do its work, and tells the sums of a network as (followers, accounts, waiting, unavailable)."""

    def told(network: str = "bluesky") -> list[tuple[int, int, int, int]]:
        audience.tend(house)
        with db.reading() as session:
            rows = session.scalars(
                select(AudienceDay).where(AudienceDay.network == network).order_by(AudienceDay.day)
            )
            return [(one.followers, one.accounts, one.waiting, one.unavailable) for one in rows]

    return told


def test_a_sum_of_enough_people_is_kept_once_a_day(team, read, sums, clock, db, house):
    people = team(5)
    read(people)
    assert sums() == [(500, 5, 0, 0)]
    with db.transaction() as session:
        session.get_one(FollowerSnapshot, (people[0].id, clock.now().date())).followers = 999
    assert sums() == [(500, 5, 0, 0)], "the first sum of the day stays"
    clock.move(days=1)
    read(people, 110)
    assert sums() == [(500, 5, 0, 0), (550, 5, 0, 0)]


def test_too_few_people_have_no_sum_however_many_accounts_they_have(team, read, sums, db):
    people = team(4)
    with db.transaction() as session:
        extra = Connection(
            user_id=people[0].user_id, network="bluesky", remote_id="second", connected_at=people[0].connected_at
        )
        session.add(extra)
        session.flush()
        session.add(FollowerPlan(connection_id=extra.id, failures=0, is_counted=False))
    read([*people, extra])
    assert sums() == []


def test_the_sum_waits_until_everybody_is_read_but_not_beyond_the_evening(team, read, sums, clock):
    people = team(6)
    read(people[:5])
    assert sums() == []
    clock.set(clock.now().replace(hour=20))
    assert sums() == [(500, 5, 0, 1)]


def test_somebody_new_waits_and_is_counted_once_enough_others_came(team, read, sums, clock):
    people = team(5)
    read(people)
    assert sums() == [(500, 5, 0, 0)]
    people += team(1, first=5)
    clock.move(days=1)
    read(people[:5])
    read(people[5:], 7_777)
    assert sums()[-1] == (500, 5, 1, 0), "7,777 could be had by subtraction"
    people += team(4, first=6)
    clock.move(days=1)
    read(people)
    assert sums()[-1] == (1_000, 10, 0, 0)


def test_after_somebody_left_the_sum_stands_until_enough_came_and_went(team, read, sums, clock, db):
    people = team(9)
    read(people)
    assert sums() == [(900, 9, 0, 0)]
    with db.transaction() as session:
        session.get_one(Connection, people[0].id).state = ConnectionState.DISCONNECTED
        follower_readings.forget(session, [people[0].id])
    clock.move(days=1)
    read(people[1:])
    assert sums() == [(900, 9, 0, 0)]
    people += team(4, first=9)
    clock.move(days=1)
    read(people[1:])
    assert sums()[-1] == (1_200, 12, 0, 0)


def test_an_account_that_could_not_be_read_today_counts_with_its_newest_number_for_a_week(team, read, sums, clock):
    people = team(6)
    read(people)
    sums()
    for _ in range(6):
        clock.move(days=1)
        read(people[1:])
        read(people[:1], None)
        assert sums()[-1] == (600, 6, 0, 0)
    clock.move(days=1)
    read(people[1:])
    read(people[:1], None)
    assert len(sums()) == 7, "its number is too old, and the others alone would tell it"


def test_who_may_not_sign_in_any_more_is_not_counted(team, read, sums, db):
    people = team(6)
    with db.transaction() as session:
        session.get_one(User, people[0].user_id).state = UserState.DISABLED
    read(people)
    assert sums() == [(500, 5, 0, 0)]


def test_networks_are_summed_apart(team, read, sums):
    read([*team(5), *team(5, network="mastodon"), *team(2, network="x")])
    assert sums() == [(500, 5, 0, 0)]
    assert sums("mastodon") == [(500, 5, 0, 0)]
    assert sums("x") == []


def test_two_clocks_keep_one_sum(team, read, house, db):
    read(team(5))
    assert (audience.tend(house), audience.tend(house)) == (1, 0)
    now = house.clock.now()
    with db.transaction() as session:
        accounts = audience._accounts(session, "bluesky", now.date())
        assert audience._keep(session, "bluesky", accounts, now, smallest=SMALLEST) == 0, "the slower one"


STEPS = st.lists(st.sets(st.integers(0, 11), max_size=12), min_size=1, max_size=12)


@settings(max_examples=300, deadline=None)
@given(days=STEPS)
def test_no_sum_differs_from_the_one_before_by_fewer_people_than_the_smallest_group(days):
    """An attacker who sees every sum subtracts each from the one that follows it."""
    counted: frozenset[int] = frozenset()
    told: list[frozenset[int]] = []
    for here in days:
        accounts = [Account(one, one, 100 if one in here else None, True, one in counted) for one in range(12)]
        found = group(accounts, smallest=SMALLEST)
        if found is None:
            continue
        counted = frozenset(one.connection_id for one in found.accounts)
        assert counted <= here, "only what is known is summed"
        assert len(counted) >= SMALLEST
        if told:
            moved = len(counted ^ told[-1])
            assert moved == 0 or moved >= SMALLEST
        told.append(counted)
