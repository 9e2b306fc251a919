"""The headcount of a day is kept as it was, and what nobody counted is not available."""

from datetime import UTC, date, datetime, timedelta

import pytest

from advocacy.insights import headcounts
from advocacy.insights.headcounts import NO_TEAM, Heads
from advocacy.insights.periods import Span, asked
from advocacy.people.entry_models import Invitation
from advocacy.people.models import UserState
from advocacy.sharing.models import Connection, ConnectionState


@pytest.fixture
def invite(db, clock):
    """Invites one address."""
    counter = iter(range(1000))

    def add(email: str | None, **fields) -> None:
        with db.transaction() as session:
            session.add(
                Invitation(
                    token_hash=f"hash {next(counter)}",
                    sealed_token=b"",
                    email=email,
                    created_at=clock.now(),
                    **{"expires_at": clock.now() + timedelta(days=7), **fields},
                )
            )

    return add


@pytest.fixture
def connect(db, clock):
    """Links an account."""

    def add(user, state=ConnectionState.ACTIVE, remote_id="") -> None:
        with db.transaction() as session:
            session.add(
                Connection(
                    user_id=user.id,
                    network="bluesky",
                    remote_id=remote_id or f"did:{user.id}",
                    state=state,
                    connected_at=clock.now(),
                )
            )

    return add


def heads_on(db, clock, span) -> dict[int, Heads] | None:
    with db.reading() as session:
        return headcounts.by_team(session, span=span, now=clock.now())


def days(clock, count) -> Span:
    today = clock.now().date()
    return Span(today - timedelta(days=count - 1), today)


def test_today_counts_who_is_there_who_is_asked_who_is_connected_and_who_was_seen(db, make, clock, invite, connect):
    team = make.team("Sales")
    now = clock.now()
    seen = make.user(team=team, last_seen_at=now - timedelta(days=2))
    make.user(team=team, last_seen_at=now - timedelta(days=20))
    make.user(team=team)
    make.user(team=team, state=UserState.DISABLED, last_seen_at=now)
    lonely = make.user(last_seen_at=now)
    connect(seen)
    connect(seen, remote_id="a second account")
    connect(lonely, ConnectionState.DISCONNECTED)
    invite("new@example.com", team_id=team.id)
    invite("new@example.com", team_id=team.id)  # asked twice: still one person
    invite(seen.email, team_id=team.id)  # is there already
    invite("late@example.com", team_id=team.id, expires_at=now - timedelta(days=1))
    invite("gone@example.com", team_id=team.id, withdrawn_at=now)
    invite("in@example.com", team_id=team.id, taken=1)
    invite(None, places=500)  # an open link is for nobody in particular
    assert heads_on(db, clock, days(clock, 7)) == {
        team.id: Heads(people=3, invited=4, connected=1, active=1),
        NO_TEAM: Heads(people=1, invited=1, connected=0, active=1),
    }
    assert heads_on(db, clock, days(clock, 30))[team.id].active == 2


def test_a_past_day_is_told_as_it_was_kept_however_people_moved_since(db, make, clock, connect):
    team = make.team("Sales")
    first = make.user(team=team, last_seen_at=clock.now())
    make.user(team=team, last_seen_at=clock.now() - timedelta(days=10))
    kept_on = clock.now().date()
    headcounts.keep(db, clock)
    clock.move(days=5)
    connect(first)
    with db.transaction() as session:
        session.merge(first).team_id = None
    for _ in range(3):
        make.user(team=team)
    was = asked("7d", now=datetime.combine(kept_on, datetime.min.time(), UTC)).span
    assert heads_on(db, clock, was) == {team.id: Heads(people=2, invited=2, connected=0, active=1)}
    month = asked("month", now=datetime.combine(kept_on, datetime.min.time(), UTC)).span
    assert heads_on(db, clock, month)[team.id].active == 1


def test_a_day_on_which_nobody_counted_is_not_available(db, make, clock):
    make.user()
    yesterday = clock.now().date() - timedelta(days=1)
    assert heads_on(db, clock, Span(yesterday - timedelta(days=6), yesterday)) is None


def test_who_was_active_in_days_that_were_not_counted_is_not_known(db, make, clock):
    make.user(last_seen_at=clock.now())
    today = clock.now().date()
    headcounts.keep(db, clock)
    clock.move(days=1)
    assert heads_on(db, clock, Span(today - timedelta(days=11), today)) == {
        NO_TEAM: Heads(people=1, invited=1, connected=0, active=None)
    }


def test_the_last_count_of_a_day_stays_and_each_day_has_one(db, make, clock, house):
    clock.set(datetime(2026, 3, 2, 9, tzinfo=UTC))
    make.user()
    headcounts.tick(house)
    make.user()
    clock.move(hours=10)
    headcounts.tick(house)
    clock.move(hours=10)  # the next day
    make.user()
    headcounts.tick(house)
    with db.reading() as session:
        found = headcounts.daily(session, span=Span(date(2026, 3, 1), date(2026, 3, 9)), team_ids=None)
    assert found == {date(2026, 3, 2): (2, 0), date(2026, 3, 3): (3, 0)}


def test_somebody_who_erased_themselves_is_nobody(db, make, clock):
    make.user(state=UserState.ERASED)
    assert heads_on(db, clock, days(clock, 7)) == {}


def test_what_is_not_known_of_one_group_is_not_known_of_all():
    one, other = Heads(people=1, invited=2, connected=1, active=1), Heads(1, 1, 0, None)
    assert headcounts.together([one, other]) == Heads(people=2, invited=3, connected=1, active=None)
    assert headcounts.together([]) == headcounts.NOBODY
