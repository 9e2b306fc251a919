"""The company's rules for sharing: caps, quiet hours, and a pause button that really stops."""

import threading
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from advocacy.base.errors import Invalid
from advocacy.base.events import Event
from advocacy.sharing import claims, planning, publishing, rules, shares
from advocacy.sharing.carrying import carry_out
from advocacy.sharing.gates import Gates
from advocacy.sharing.models import Share, ShareState
from advocacy.sharing.publisher import Publisher
from advocacy.sharing.rules import Rules
from advocacy.sharing.shares import Wanted
from tests.connectors.fakes.server import Fault


@pytest.fixture
def admin(make):
    return make.admin("Grace Hopper")


@pytest.fixture
def ada(make):
    return make.user("Ada", time_zone="Europe/Oslo")


@pytest.fixture
def change(house, admin):
    """Changes the rules, each from its default."""

    def lay_down(**values):
        plain = {"daily_cap": 10, "spread_minutes": 45, "quiet_from": None, "quiet_until": None}
        with house.db.transaction() as session:
            rules.lay_down(session, house.clock, by=admin, **{**plain, **values})

    return lay_down


@pytest.fixture
def button(house, admin):
    """Presses the pause button, and lets it go."""

    def press(note=None):
        with house.db.transaction() as session:
            if note is None:
                rules.resume(session, house.clock, by=admin)
            else:
                rules.pause(session, house.clock, by=admin, note=note)

    return press


def test_without_any_the_rules_are_the_defaults(house):
    with house.db.reading() as session:
        assert rules.now_in_force(session) == Rules()


def test_a_change_holds_at_once_and_is_on_the_record(house, change, admin):
    change(daily_cap=3, spread_minutes=0, quiet_from=time(22), quiet_until=time(7))
    with house.db.reading() as session:
        assert rules.now_in_force(session) == Rules(3, timedelta(0), time(22), time(7))
        [event] = session.scalars(select(Event).where(Event.kind == "sharing.rules_changed"))
    assert event.actor_id == admin.id
    assert event.data["quiet_from"] == "22:00"


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("daily_cap", {"daily_cap": 0}),
        ("daily_cap", {"daily_cap": 51}),
        ("spread_minutes", {"spread_minutes": -1}),
        ("spread_minutes", {"spread_minutes": 721}),
        ("quiet_from", {"quiet_until": time(7)}),
        ("quiet_until", {"quiet_from": time(7)}),
        ("quiet_until", {"quiet_from": time(7), "quiet_until": time(7)}),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(change, field, values):
    with pytest.raises(Invalid) as refused:
        change(**values)
    assert refused.value.field == field


def test_the_daily_cap_is_the_companys(sharing, make, ada, change):
    change(daily_cap=2)
    account = sharing.connect(ada)
    for _ in range(2):
        sharing.share(ada, make.item(), account)
    with pytest.raises(Invalid, match="2 shares on this network"):
        sharing.share(ada, make.item(), account)
    sharing.share(ada, make.item(), sharing.connect(ada, "plain"))  # another network's day is another


@pytest.mark.parametrize("state", [ShareState.SCHEDULED, ShareState.MISSED])
def test_nothing_is_moved_to_a_day_that_is_full_and_a_full_day_is_moved_about_in(
    sharing, make, ada, change, house, state
):
    change(daily_cap=2)
    account, noon = sharing.connect(ada), datetime(2026, 3, 4, 12, tzinfo=UTC)
    [first], _ = (sharing.share(ada, make.item(), account, due_at=noon + timedelta(hours=n)) for n in range(2))
    [other] = sharing.share(ada, make.item(), account, due_at=noon + timedelta(days=1))
    with house.db.transaction() as session:
        session.execute(update(Share).where(Share.id == other.id).values(state=state))
    with pytest.raises(Invalid, match="2 shares on this network that day already"):
        sharing.do(planning.reschedule, ada, other, due_at=noon + timedelta(hours=3))
    sharing.do(planning.reschedule, ada, other, due_at=noon + timedelta(days=2))
    sharing.do(planning.reschedule, ada, first, due_at=noon + timedelta(hours=3))


def test_of_two_posts_moved_at_once_to_the_last_place_of_a_day_one_moves(sharing, make, ada, change, house):
    change(daily_cap=1)
    account, day = sharing.connect(ada), datetime(2026, 3, 4, 12, tzinfo=UTC)
    shares_ = [sharing.share(ada, make.item(), account, due_at=day + timedelta(days=n))[0] for n in (1, 2)]
    refused = []

    def second() -> None:
        try:
            sharing.do(planning.reschedule, ada, shares_[1], due_at=day + timedelta(hours=3))
        except Invalid as error:
            refused.append(error)

    other = threading.Thread(target=second)
    with house.db.transaction() as session:
        planning.reschedule(session, house.clock, user=ada, share_id=shares_[0].id, due_at=day)
        other.start()
        other.join(0.3)
        assert other.is_alive(), "the second waits for the first"
    other.join(10)
    assert len(refused) == 1


@given(
    begin=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    end=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    at=st.integers(0, 366 * 24 * 60).map(lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)),
    zone=st.sampled_from(["UTC", "Europe/Oslo", "America/New_York", "Asia/Kathmandu"]),
)
def test_the_first_moment_after_quiet_hours_is_not_quiet_and_at_most_a_day_away(begin, end, at, zone):
    if begin == end:
        return
    held_to = Rules(quiet_from=begin, quiet_until=end)
    then = held_to.after_quiet(at, zone)
    assert timedelta(0) <= then - at <= timedelta(hours=25)
    assert (then == at) == (not held_to.is_quiet(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)))


def test_nothing_is_shared_in_the_quiet_hours_of_the_persons_own_zone(sharing, make, ada, change, house):
    change(quiet_from=time(22), quiet_until=time(7))
    account = sharing.connect(ada)
    in_oslo = {  # UTC+1 in March
        datetime(2026, 3, 2, 20, 59, tzinfo=UTC): True,
        datetime(2026, 3, 2, 21, 0, tzinfo=UTC): False,
        datetime(2026, 3, 3, 5, 59, tzinfo=UTC): False,
        datetime(2026, 3, 3, 6, 0, tzinfo=UTC): True,
    }
    for due, taken in in_oslo.items():
        if taken:
            sharing.share(ada, make.item(), account, due_at=due)
        else:
            with pytest.raises(Invalid, match="between 22:00 and 07:00") as refused:
                sharing.share(ada, make.item(), account, due_at=due)
            assert "03.03.2026 at 07:00" in str(refused.value)
    [share] = sharing.share(ada, make.item(), account, due_at=datetime(2026, 3, 2, 12, tzinfo=UTC))
    with pytest.raises(Invalid, match="between 22:00"):
        sharing.do(planning.reschedule, ada, share, due_at=datetime(2026, 3, 2, 23, tzinfo=UTC))


def test_while_paused_nothing_goes_out_and_afterwards_it_does(sharing, make, ada, button, plain):
    account = sharing.connect(ada, "plain")
    [share] = sharing.share(ada, make.item(), account, due_at=sharing.house.clock.now() + timedelta(minutes=5))
    button("We are looking into a fire at the plant.")
    sharing.house.clock.move(minutes=10)
    assert sharing.work() == 0
    assert plain.posts == []
    assert sharing.now(share).state is ShareState.SCHEDULED
    button()
    assert sharing.work() == 1
    assert sharing.now(share).state is ShareState.PUBLISHED


def test_what_is_too_late_after_a_pause_is_asked_about_and_not_fired(sharing, make, ada, button, plain):
    account = sharing.connect(ada, "plain")
    [share] = sharing.share(ada, make.item(), account, due_at=sharing.house.clock.now() + timedelta(minutes=5))
    button("")
    sharing.house.clock.move(hours=3)
    sharing.work()
    button()
    sharing.work()
    assert sharing.now(share).state is ShareState.MISSED
    assert plain.posts == []


def test_a_share_that_was_claimed_when_the_button_was_pressed_is_not_sent(sharing, make, ada, button, plain, house):
    [share] = sharing.share(ada, make.item(), sharing.connect(ada, "plain"))
    house.clock.move(seconds=11)
    [attempt] = publishing.claim_due(house.db, house.part(Publisher).worker, 50)
    button("")
    carry_out(house, attempt)
    assert plain.asked == []
    assert sharing.now(share).state is ShareState.SCHEDULED


def test_what_may_be_out_there_already_is_looked_for_and_not_sent_again_while_paused(
    sharing, make, ada, button, bluesky
):
    [share] = sharing.share(ada, make.item(), sharing.connect(ada))
    sharing.house.clock.move(seconds=11)
    bluesky.fail(Fault.RESET_BEFORE, "POST /xrpc/com.atproto.repo.putRecord", times=1)
    sharing.work()
    assert sharing.now(share).state is ShareState.UNCONFIRMED
    button("")
    sharing.house.clock.move(minutes=1)
    assert sharing.work() == 1
    assert bluesky.posts_of("ada.test") == []


def test_while_paused_a_person_is_told_why_and_can_plan_for_later(sharing, make, ada, button):
    button("  A fire\nat the plant. ")
    account = sharing.connect(ada)
    with pytest.raises(Invalid, match="paused for everybody: A fire at the plant") as refused:
        sharing.share(ada, make.item(), account)
    assert refused.value.field == "when"
    later = sharing.house.clock.now() + timedelta(hours=5)
    [share] = sharing.share(ada, make.item(), account, due_at=later)
    with pytest.raises(Invalid, match="paused"):
        sharing.do(planning.reschedule, ada, share, due_at=None)


def test_while_paused_share_links_are_not_opened_either(sharing, make, ada, button, house):
    def by_hand():
        with house.db.transaction() as session:
            return shares.request(
                session,
                house.clock,
                sharing.networks,
                user=ada,
                item_id=item.id,
                wanted=[Wanted("linkedin_link", "Mine")],
                request_key=f"k{house.clock.now()}",
                due_at=None,
                public_url="http://localhost",
            )

    item = make.item()
    [share] = by_hand()
    button("")
    house.clock.move(seconds=1)
    with pytest.raises(Invalid, match="paused"):
        by_hand()
    with house.db.transaction() as session, pytest.raises(Invalid, match="paused"):
        claims.opened(session, house.clock, user_id=ada.id, share_id=share.id, before=house.part(Gates))


def test_the_button_says_who_pressed_it_since_when_and_why(house, button, clock):
    button("First")
    since = clock.now()
    clock.move(minutes=5)
    button("Second")
    with house.db.reading() as session:
        pause = rules.now_in_force(session).pause
        kinds = list(session.scalars(select(Event.kind).where(Event.subject_type == "sharing_rules")))
    assert pause == rules.Pause(since, "Grace Hopper", "Second")
    assert kinds == ["sharing.paused", "sharing.paused"]
    button()
    button()
    with house.db.reading() as session:
        assert rules.now_in_force(session).pause is None
        assert len(list(session.scalars(select(Event).where(Event.kind == "sharing.resumed")))) == 1


def test_a_note_as_long_as_a_letter_is_refused(button):
    with pytest.raises(Invalid, match="300 characters"):
        button("x" * 301)
