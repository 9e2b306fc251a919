"""What networks charge: reserved before anything is sent, never above the budget, given back when nothing was taken."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from advocacy.admin import health
from advocacy.base.events import Event
from advocacy.base.text import Text
from advocacy.reach import figures
from advocacy.sharing import costs, publishing, removing
from advocacy.sharing.carrying import carry_out
from advocacy.sharing.cost_models import Cost, CostOf, MonthSpent, NetworkTrouble
from advocacy.sharing.models import Connection, ShareState
from connectors import CredentialsExpired, OperatorNeeded, OutcomeUnknown, RateLimited, Reason, Rejected, Transient

SAID = Reason("The network said {what}.", {"what": "something"})


@pytest.fixture
def dear(plain):
    """The network in memory, at a price: 3 a post, 2 a look, 1 for each post's figures."""
    plain.currency = "USD"
    plain.budget = None
    plain.cost_of = lambda _draft: 3
    plain.cost_of_looking = lambda: 2
    plain.cost_of_figures = lambda posts: posts
    plain.cost_of_deleting = lambda: 1
    type(plain).monthly_budget = property(lambda self: getattr(self, "budget", None))
    yield plain
    del type(plain).monthly_budget


@pytest.fixture
def ada(make):
    return make.user("Ada")


def planned(sharing, make, person, number=1):
    with sharing.house.db.reading() as session:
        account = session.scalar(select(Connection).where(Connection.user_id == person.id))
    account = account or sharing.connect(person, "plain", handle=person.email)
    made = [sharing.share(person, make.item(), account)[0] for _ in range(number)]
    sharing.house.clock.move(seconds=11)
    return made


def spent(house):
    """What the month's sum says, and what its entries add up to: the same."""
    with house.db.reading() as session:
        total = session.scalar(select(func.coalesce(func.sum(MonthSpent.amount), 0)))
        assert total == session.scalar(select(func.coalesce(func.sum(Cost.amount), 0)))
        return total


def reason_of(share):
    return str(Text.from_json(share.reason))


def test_a_post_is_paid_for_once(sharing, make, ada, dear):
    dear.budget = 10
    [share] = planned(sharing, make, ada)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert spent(sharing.house) == 3


@pytest.mark.parametrize(
    "error",
    [
        Transient(SAID),
        Rejected(SAID),
        CredentialsExpired(SAID, refreshable=False),
        RateLimited(SAID, until=datetime(2026, 3, 2, tzinfo=UTC)),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_was_surely_not_taken_is_given_back(sharing, make, ada, dear, error):
    planned(sharing, make, ada)
    dear.fails(error)
    sharing.work()
    assert spent(sharing.house) == 0


def test_what_may_have_been_taken_stays_paid_for_and_looking_costs_too(sharing, make, ada, dear):
    [share] = planned(sharing, make, ada)
    dear.fails(OutcomeUnknown(SAID), carried_out=True)
    sharing.work()
    assert spent(sharing.house) == 3
    sharing.house.clock.move(minutes=1)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert spent(sharing.house) == 5


def test_when_the_budget_is_used_up_nothing_is_sent_and_the_share_says_why(sharing, make, ada, dear):
    dear.budget = 5
    first, second = planned(sharing, make, ada, 2)
    sharing.work()
    states = Counter(sharing.now(one).state for one in (first, second))
    assert states == {ShareState.PUBLISHED: 1, ShareState.SCHEDULED: 1}
    assert len(dear.posts) == 1
    waits = next(one for one in map(sharing.now, (first, second)) if one.state is ShareState.SCHEDULED)
    assert "in a month is used up" in reason_of(waits)
    assert spent(sharing.house) == 3
    sharing.house.clock.move(minutes=30)
    assert sharing.work() == 0


def test_a_share_whose_deadline_comes_before_the_next_month_is_missed_and_keeps_its_reason(sharing, make, ada, dear):
    dear.budget = 0
    [share] = planned(sharing, make, ada)
    sharing.work()
    sharing.house.clock.move(hours=3)
    sharing.work()
    stands = sharing.now(share)
    assert stands.state is ShareState.MISSED
    assert "in a month is used up" in reason_of(stands)
    assert dear.posts == []


def test_the_next_month_has_a_budget_of_its_own(sharing, make, ada, dear, clock):
    dear.budget = 3
    planned(sharing, make, ada)
    sharing.work()
    clock.move(days=31)
    [share] = planned(sharing, make, ada)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    with sharing.house.db.reading() as session:
        assert sorted(session.scalars(select(MonthSpent.amount))) == [3, 3]


def test_a_look_that_the_budget_does_not_hold_asks_the_person_instead(sharing, make, ada, dear):
    dear.budget = 4
    [share] = planned(sharing, make, ada)
    dear.fails(OutcomeUnknown(SAID), carried_out=True)
    sharing.work()
    sharing.house.clock.move(minutes=1)
    sharing.work()
    stands = sharing.now(share)
    assert stands.state is ShareState.UNCONFIRMED
    assert stands.next_attempt_at is None
    assert "Look at your profile" in reason_of(stands)
    assert dear.asked == ["publish"]


def test_a_look_that_comes_too_early_is_made_again_before_the_person_is_asked(sharing, make, ada, dear):
    dear.shows_after = timedelta(seconds=60)
    dear.sees_posts = False
    [share] = planned(sharing, make, ada)
    dear.fails(OutcomeUnknown(SAID), carried_out=True)
    sharing.work()
    sharing.house.clock.move(seconds=30)
    sharing.work()
    stands = sharing.now(share)
    assert (stands.state, reason_of(stands)) == (
        ShareState.UNCONFIRMED,
        "We look once more whether your post is there.",
    )
    assert stands.next_attempt_at is not None
    sharing.house.clock.move(seconds=60)
    sharing.work()
    stands = sharing.now(share)
    assert stands.next_attempt_at is None
    assert dear.asked == ["publish", "find", "find"]


def test_many_workers_at_once_never_pass_the_budget(sharing, make, ada, dear):
    """Twelve threads with twelve shares and money for five: whoever is late waits, and nothing is sent unpaid."""
    house, dear.budget = sharing.house, 17
    people = [make.user(f"Person {number}") for number in range(12)]
    for person in people:
        planned(sharing, make, person)
    attempts = publishing.claim_due(house.db, "this worker", 50)
    assert len(attempts) == 12
    barrier = threading.Barrier(12)

    def worker(attempt):
        barrier.wait()
        carry_out(house, attempt)

    threads = [threading.Thread(target=worker, args=(attempt,)) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(dear.posts) == 5
    assert spent(house) == 15


def test_many_at_once_reserve_and_give_back_and_the_sum_stays_right(house, dear):
    dear.budget = 50
    refused, barrier = [], threading.Barrier(8)

    def worker(number):
        barrier.wait()
        for turn in range(10):
            try:
                with house.db.transaction() as session:
                    costs.reserve(session, house.db, dear, amount=number % 3 + 1, what=CostOf.FIGURES)
                    if turn % 4 == 3:
                        raise ZeroDivisionError  # the transaction falls: nothing may stay reserved
            except costs.BudgetSpent:
                refused.append(number)
            except ZeroDivisionError:
                pass

    threads = [threading.Thread(target=worker, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused
    assert 47 < spent(house) <= 50


def test_figures_are_paid_for_and_wait_for_the_next_month(sharing, make, ada, dear, clock):
    house, dear.budget = sharing.house, 4
    [share] = planned(sharing, make, ada)
    sharing.work()
    for expected in (4, 4):
        figures.keep_up(house)
        clock.move(days=1)
        for group in figures.claim_due(house.db, house.clock, groups=5):
            figures.look(house, group)
        assert spent(house) == expected
    clock.move(hours=6)
    assert figures.claim_due(house.db, house.clock, groups=5) == []
    assert sharing.now(share).state is ShareState.PUBLISHED


def test_deleting_is_paid_for_too(sharing, make, ada, dear):
    house, dear.budget = sharing.house, 4
    first, second = planned(sharing, make, ada, 1) + planned(sharing, make, make.user("Bo"), 1)
    sharing.work()
    published = next(one for one in (first, second) if sharing.now(one).state is ShareState.PUBLISHED)
    removing.remove(house, user_id=published.user_id, share_id=published.id)
    assert spent(house) == 4


def test_a_network_that_costs_nothing_is_not_written_down(sharing, make, ada):
    planned(sharing, make, ada)
    sharing.work()
    with sharing.house.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(MonthSpent)) == 0


# What the administrator sees.


@pytest.fixture
def found(house, monkeypatch):
    """`found("Plain")` is what was found under this name. Tables of tests come without migrations."""
    monkeypatch.setattr("advocacy.migrating.is_current", lambda _db: True)
    return lambda name: [check for check in health.examine(house) if str(check.name) == name]


def test_the_health_page_tells_what_was_used_and_what_is_left(sharing, make, ada, dear, found):
    dear.budget = 30_000_000
    dear.cost_of = lambda _draft: 200_000
    planned(sharing, make, ada)
    sharing.work()
    [check] = found("Spending: Plain")
    assert str(check.says) == "0.20 of 30.00 USD used this month, 29.80 left."
    assert check.verdict is health.Verdict.FINE
    dear.budget = 200_000
    [check] = found("Spending: Plain")
    assert (check.verdict, str(check.says)) == (
        health.Verdict.LOOK,
        "0.20 of 0.20 USD used this month, 0.00 left.",
    )
    dear.budget = None
    [check] = found("Spending: Plain")
    assert "without a limit" in str(check.says)
    assert "PLAIN_MONTHLY_BUDGET" in str(check.advice)


def test_what_an_administrator_has_to_put_in_order_is_told_once_and_is_over_by_itself(
    sharing, make, ada, dear, found
):
    house = sharing.house
    shares = planned(sharing, make, ada, 2)
    for _ in shares:
        dear.fails(OperatorNeeded(SAID, until=house.clock.now() + timedelta(minutes=15)))
    sharing.work()
    assert {sharing.now(one).state for one in shares} == {ShareState.SCHEDULED}
    [check] = found("Plain")
    assert "The network said something." in str(check.says)
    with house.db.reading() as session:
        assert session.scalar(select(func.count()).where(Event.kind == "network.needs_operator")) == 1
    assert spent(house) == 0
    sharing.house.clock.move(minutes=16)
    sharing.work()
    assert {sharing.now(one).state for one in shares} == {ShareState.PUBLISHED}
    assert found("Plain") == []
    with house.db.reading() as session:
        assert session.scalars(select(NetworkTrouble)).all() == []


@pytest.mark.parametrize(
    ("amount", "shown"), [(0, "0.00"), (5_000, "0.005"), (200_000, "0.20"), (12_345_678, "12.346")]
)
def test_money_is_written_as_people_write_it(amount, shown):
    assert costs.money(amount) == shown
