"""Points for a reward: never more than there are, never the last piece twice, and back when the answer is no."""

import secrets
import threading
from functools import partial

import pytest
from sqlalchemy import func, select

from advocacy.base.errors import Conflict, NotAllowed, NotFound
from advocacy.library.models import Dimension
from advocacy.people.privacy import Holdings
from advocacy.recognition import balance, leaderboard, redeeming, rewards, standings
from advocacy.recognition.models import PointsEntry, Standing
from advocacy.recognition.periods import Period
from advocacy.recognition.redeeming import Redemption, RedemptionState
from advocacy.recognition.reward_models import Reward, Spending
from advocacy.recognition.rewards import Written

ROUNDS = 12
"""Races run; a lost update shows in the first few."""


@pytest.fixture
def earn(db, clock):
    """Gives people 20 points."""

    def give(*people) -> None:
        with db.transaction() as session:
            for person in people:
                at, cause = clock.now(), f"welcome:user:{person.id}"
                entry = PointsEntry(
                    user_id=person.id, rule="welcome", rule_version=1, points=20, cause=cause, at=at, day=at.date()
                )
                standings.write(session, entry)

    return give


@pytest.fixture
def offer(db, clock, make):
    """Puts a reward into the catalogue."""
    keeper = make.curator()

    def add(price: int = 20, **fields) -> Reward:
        with db.transaction() as session:
            written = Written(title="A cup", description="Warm.", price=price, **fields)
            return rewards.save(session, clock, written=written, by=keeper.id)

    return add


@pytest.fixture
def take(db, clock):
    """Redeems; the key is a new form's unless given."""

    def redeem(person, reward, key: str = "", price: int | None = None) -> Redemption:
        with db.transaction() as session:
            return redeeming.redeem(
                session,
                clock,
                user=person,
                reward_id=reward.id,
                price_shown=reward.price if price is None else price,
                request_key=key or secrets.token_hex(8),
            )

    return redeem


def left(db, person) -> int:
    with db.reading() as session:
        return balance.of(session, user_id=person.id).left


def stock(db, reward) -> int | None:
    with db.reading() as session:
        return session.get_one(Reward, reward.id).stock


def at_once(*calls) -> list[object]:
    """What each call gave or raised, all begun at the same instant; anything but a `Conflict` fails the test."""
    ready, found = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call) -> None:
        ready.wait()
        try:
            found[place] = call()
        except Exception as error:
            found[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in found:
        if isinstance(one, Exception) and not isinstance(one, Conflict):
            raise one
    return found


def test_the_last_piece_goes_to_one_of_two_and_the_other_keeps_the_points(db, make, earn, offer, take):
    for _ in range(ROUNDS):
        kari, ola = make.user("Kari"), make.user("Ola")
        earn(kari, ola)
        cup = offer(stock=1)
        found = at_once(partial(take, kari, cup), partial(take, ola, cup))
        assert sorted(isinstance(one, Redemption) for one in found) == [False, True]
        assert "has just gone to a colleague" in str(next(one for one in found if isinstance(one, Conflict)))
        assert sorted((left(db, kari), left(db, ola))) == [0, 20]
        assert stock(db, cup) == 0


def test_two_clicks_at_once_never_spend_the_same_points(db, make, earn, offer, take):
    for _ in range(ROUNDS):
        kari = make.user("Kari")
        earn(kari)
        cup, lunch = offer(), offer()
        found = at_once(partial(take, kari, cup), partial(take, kari, lunch))
        assert sorted(isinstance(one, Redemption) for one in found) == [False, True]
        assert left(db, kari) == 0


def test_a_form_that_is_sent_twice_at_once_redeems_once(db, make, earn, offer, take):
    for _ in range(ROUNDS):
        kari = make.user("Kari")
        earn(kari)
        cup = offer(price=5, stock=9)
        first, second = at_once(partial(take, kari, cup, "key"), partial(take, kari, cup, "key"))
        assert first.id == second.id
        assert (left(db, kari), stock(db, cup)) == (15, 8)


def test_one_persons_share_holds_against_two_clicks_at_once(db, make, earn, offer, take):
    kari = make.user("Kari")
    earn(kari)
    cup = offer(price=5, per_person=1)
    found = at_once(partial(take, kari, cup), partial(take, kari, cup))
    assert sorted(isinstance(one, Redemption) for one in found) == [False, True]
    assert left(db, kari) == 15


def test_declined_by_two_leaders_at_once_gives_back_once(db, clock, make, earn, offer, take):
    kari, one, other = make.user("Kari"), make.leader("One"), make.leader("Other")
    earn(kari)
    asked = take(kari, offer(stock=3, needs_approval=True))

    def decline(leader):
        with db.transaction() as session:
            return redeeming.decline(session, clock, by=leader, redemption_id=asked.id, reason="Not this month.")

    found = at_once(partial(decline, one), partial(decline, other))
    assert sorted(isinstance(one, Conflict) for one in found) == [False, True]
    assert left(db, kari) == 20
    with db.reading() as session:
        assert session.scalar(select(Reward.stock)) == 3
        assert session.scalar(select(func.count()).select_from(Spending)) == 2


def test_spending_moves_nobody_down_the_leaderboard(db, clock, make, earn, offer, take):
    kari, ola = make.user("Kari", ranked_by_name=True), make.user("Ola", ranked_by_name=True)
    earn(kari, ola)
    take(kari, offer())
    with db.reading() as session:
        board = leaderboard.board(session, reader=kari, now=clock.now(), period=Period.MONTH)
        assert [(line.rank, line.points) for line in board.lines] == [(1, 20), (1, 20)]
        assert session.scalar(select(func.min(Standing.points))) == 20


def test_points_taken_back_after_they_were_spent_are_said_in_plain_words(
    db, clock, make, earn, offer, take, signed_in
):
    kari = make.user("Kari")
    earn(kari)
    take(kari, offer(price=20))
    with db.transaction() as session:
        at = clock.now()
        taken_back = {"rule": "removed", "points": -10, "cause": "removed:share:1"}
        standings.write(session, PointsEntry(user_id=kari.id, rule_version=1, at=at, day=at.date(), **taken_back))
    assert left(db, kari) == -10
    page = signed_in(kari).get("/rewards").text
    assert "You have -10 points to spend" in page
    assert "What you have got stays yours" in page
    with pytest.raises(Conflict, match="New points fill it up first"):
        take(kari, offer(price=1))


def test_a_price_that_changed_meanwhile_takes_nothing(db, make, earn, offer, take):
    kari = make.user("Kari")
    earn(kari)
    with pytest.raises(Conflict, match="it is 10 points now"):
        take(kari, offer(price=10), price=5)
    assert left(db, kari) == 20


def test_pieces_taken_while_the_form_was_open_stay_taken(db, clock, make, earn, offer, take):
    kari, keeper = make.user("Kari"), make.curator()
    earn(kari)
    cup = offer(price=5, stock=3)
    take(kari, cup)
    with db.transaction() as session:
        written = Written(title="A cup", description="", price=5, stock=10, stock_was=3)
        rewards.save(session, clock, written=written, by=keeper.id, reward_id=cup.id)
    assert stock(db, cup) == 9


def test_a_reward_is_for_its_audience_and_its_time_alone(db, clock, make, earn, offer, take, signed_in):
    sales = make.team("Sales")
    kari, ola = make.user("Kari", team=sales), make.user("Ola")
    earn(kari, ola)
    cup = offer(audience={Dimension.TEAM: (str(sales.id),)}, closes_at=clock.now())
    with pytest.raises(NotFound):
        take(kari, cup)
    cup = offer(audience={Dimension.TEAM: (str(sales.id),)}, opens_at=clock.now())
    with pytest.raises(NotFound):
        take(ola, cup)
    assert signed_in(ola).get(f"/rewards/{cup.id}").status_code == 404
    assert take(kari, cup).state is RedemptionState.GRANTED


def test_a_leader_agrees_hands_out_and_declines_with_a_reason_that_the_person_reads(
    db, make, earn, offer, take, signed_in
):
    kari, lea = make.user("Kari"), make.leader("Lea")
    earn(kari)
    cup = offer(price=5, needs_approval=True)
    first, second = take(kari, cup), take(kari, cup)
    leader = signed_in(lea)
    assert "Kari" in leader.get("/rewards/asked").text
    leader.submit("/rewards/asked", form=f"/rewards/asked/{first.id}/approve")
    leader.submit("/rewards/asked?state=granted", form=f"/rewards/asked/{first.id}/hand-out")
    assert "Please fill this in" in leader.submit(f"/rewards/asked/{second.id}/decline").text
    leader.submit(f"/rewards/asked/{second.id}/decline", {"reason": "The shop is out of them."})
    page = signed_in(kari).get("/rewards/mine").text
    assert "Handed out" in page
    assert "The shop is out of them." in page
    assert left(db, kari) == 15


def test_nobody_decides_their_own(db, clock, make, earn, offer, take):
    lea = make.leader("Lea")
    earn(lea)
    asked = take(lea, offer(needs_approval=True))
    with db.transaction() as session, pytest.raises(NotAllowed):
        redeeming.approve(session, clock, by=lea, redemption_id=asked.id)


def test_a_person_takes_back_what_nobody_has_agreed_to_and_not_what_somebody_has(
    db, make, earn, offer, take, signed_in
):
    kari, ola = make.user("Kari"), make.user("Ola")
    earn(kari)
    asked = take(kari, offer(stock=1, price=5, needs_approval=True))
    granted = take(kari, offer(price=5))
    browser, other = signed_in(kari), signed_in(ola)
    answer = other.post(f"/rewards/mine/{asked.id}/cancel", data={"csrf_token": other.token()})
    assert answer.status_code == 404
    browser.submit("/rewards/mine", form=f"/rewards/mine/{asked.id}/cancel")
    assert left(db, kari) == 15
    browser.post(f"/rewards/mine/{granted.id}/cancel", data={"csrf_token": browser.token()})
    assert left(db, kari) == 15
    assert "Somebody has decided this already" in browser.get("/rewards/mine").text


def test_a_reward_is_written_with_picture_and_taken_through_its_pages(db, make, earn, signed_in):
    kari, cura = make.user("Kari"), make.curator()
    earn(kari)
    editor = signed_in(cura)
    assert "There are no rewards yet" in editor.get("/rewards").text
    values = {"title": "A day off", "price": "20", "stock": "1", "hand_out": "Ask your manager."}
    assert editor.submit("/rewards/edit/new", values | {"price": "0"}).status_code == 422
    assert editor.submit("/rewards/edit/new", values).status_code == 303
    with db.reading() as session:
        reward_id = session.scalars(select(Reward.id)).one()
    person = signed_in(kari)
    assert "A day off" in person.get("/rewards").text
    person.submit(f"/rewards/{reward_id}", form=f"/rewards/{reward_id}/redeem")
    assert "Ask your manager." in person.get("/rewards/mine").text
    assert "None left" in person.get(f"/rewards/{reward_id}").text
    editor.submit("/rewards/edit", form=f"/rewards/edit/{reward_id}/withdraw")
    assert person.get(f"/rewards/{reward_id}").status_code == 200, "who took one can still look at it"


def test_who_is_erased_gives_back_what_was_not_handed_out_and_may_read_it_before(
    db, house, clock, make, earn, offer, take
):
    kari = make.user("Kari")
    earn(kari)
    cup = offer(stock=1)
    take(kari, cup)
    with db.transaction() as session:
        told = house.part(Holdings).export(session, clock, user_id=kari.id)["recognition"]
        assert [one["state"] for one in told["rewards"]] == ["granted"]
        assert [one["points"] for one in told["points_spent"]] == [-20]
        house.part(Holdings).erase(session, clock, user_id=kari.id, by=kari.id)
    assert stock(db, cup) == 1
