"""Sign-ins that nobody can renew: reminded of ten and three days before, ended in time, and never in the way of plans."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from advocacy.base.events import Event
from advocacy.base.letters import Letter
from advocacy.base.sealing import Sealer
from advocacy.jobs import CLOCK
from advocacy.people import outbox
from advocacy.people.mail_models import OutgoingMail
from advocacy.people.models import User, UserState
from advocacy.sharing import planning, sign_ins
from advocacy.sharing.models import Connection, ConnectionState, ShareState


@pytest.fixture
def ada(make):
    return make.user("Ada")


@pytest.fixture
def account(sharing, ada, clock):
    """Ada's account at a network whose sign-in ends in 60 days."""
    connection = sharing.connect(ada, "plain", handle="ada")
    change(sharing.house, connection, sign_in_ends_at=clock.now() + timedelta(days=60))
    return connection


def change(house, connection, **values):
    with house.db.transaction() as session:
        session.execute(update(Connection).where(Connection.id == connection.id).values(**values))


def standing(house, connection):
    with house.db.reading() as session:
        return session.get_one(Connection, connection.id)


def letters(house):
    query = select(OutgoingMail).where(OutgoingMail.kind == "sign_in_ends").order_by(OutgoingMail.id)
    with house.db.reading() as session:
        return [(mail, _opened(house, mail)) for mail in session.scalars(query)]


def _opened(house, mail):
    kept = house.part(Sealer).open(mail.sealed_letter, context=outbox._context(mail.message_id))
    return Letter.from_json(json.loads(kept))


def told(house, kind):
    with house.db.reading() as session:
        return [row.data for row in session.scalars(select(Event).where(Event.kind == kind).order_by(Event.id))]


def words(response):
    return " ".join(response.get_data(as_text=True).split())


def test_the_job_is_on_the_timetable():
    assert sign_ins.tend in [job.run for job in CLOCK]


def test_a_person_is_reminded_ten_and_three_days_before_and_once_each(house, account, clock):
    for days, expected in ((49, 0), (1, 1), (0, 1), (6, 1), (1, 2), (0, 2), (2, 2)):
        clock.move(days=days)
        for _ in range(2):
            sign_ins.tend(house)
        assert len(letters(house)) == expected
    assert [one["days"] for one in told(house, "connection.ends_soon")] == [10, 3]


def test_who_comes_in_late_gets_the_nearer_reminder_alone(house, account, clock):
    clock.move(days=58)
    sign_ins.tend(house)
    sign_ins.tend(house)
    assert [one["days"] for one in told(house, "connection.ends_soon")] == [3]


def test_the_letter_names_network_and_day_and_leads_to_the_sign_in(house, account, ada):
    change(house, account, sign_in_ends_at=datetime(2026, 3, 9, 23, 30, tzinfo=UTC))
    with house.db.transaction() as session:
        session.execute(update(User).values(time_zone="Europe/Oslo", locale="nb"))
    sign_ins.tend(house)
    [(mail, letter)] = letters(house)
    assert (mail.to, mail.locale) == (ada.email, "nb")
    assert str(letter.subject) == "Sign in to Plain again by 10 mars 2026"
    assert letter.button[1] == f"http://localhost/connections/{account.id}/again"
    assert mail.give_up_at == datetime(2026, 3, 9, 23, 30, tzinfo=UTC)


def test_a_new_sign_in_begins_anew(house, account, clock):
    clock.move(days=57)
    sign_ins.tend(house)
    change(house, account, sign_in_ends_at=clock.now() + timedelta(days=60), reminded_days=None)
    sign_ins.tend(house)
    assert len(letters(house)) == 1
    clock.move(days=50)
    sign_ins.tend(house)
    assert len(letters(house)) == 2


@pytest.mark.parametrize("state", [ConnectionState.NEEDS_SIGN_IN, ConnectionState.DISCONNECTED])
def test_nobody_is_reminded_of_an_account_that_cannot_be_used(house, account, clock, state):
    change(house, account, state=state)
    clock.move(days=55)
    sign_ins.tend(house)
    assert letters(house) == []


def test_somebody_whose_access_ended_is_not_written_to(house, account, clock, ada):
    with house.db.transaction() as session:
        session.execute(update(User).values(state=UserState.DISABLED))
    clock.move(days=55)
    sign_ins.tend(house)
    assert letters(house) == []


def test_a_sign_in_that_can_be_renewed_is_nobodys_worry(house, sharing, ada, clock):
    sharing.connect(ada)
    clock.move(days=400)
    sign_ins.tend(house)
    assert letters(house) == []
    assert told(house, "connection.needs_sign_in") == []


def test_a_sign_in_that_has_ended_is_said_to_be_so_and_its_shares_wait(house, sharing, account, clock, make, ada):
    [share] = sharing.share(ada, make.item(), account, due_at=clock.now() + timedelta(days=60, minutes=30))
    clock.move(days=60)
    sign_ins.tend(house)
    sign_ins.tend(house)
    assert standing(house, account).state is ConnectionState.NEEDS_SIGN_IN
    assert len(told(house, "connection.needs_sign_in")) == 1
    waiting = sharing.now(share)
    assert waiting.state is ShareState.SCHEDULED
    assert waiting.reason["params"] == {"network": "Plain"}


# What the person sees.


def test_my_networks_and_the_feed_offer_the_sign_in_while_there_is_time(house, account, clock, signed_in, ada):
    assert "Ends soon" not in words(signed_in(ada).get("/connections"))
    assert "Sign in again" not in words(signed_in(ada).get("/feed"))
    clock.move(days=51)
    browser = signed_in(ada)
    for page in ("/connections", "/feed"):
        shown = words(browser.get(page))
        assert "ends on 1 May 2026" in shown
        assert f"/connections/{account.id}/again" in shown
    clock.move(days=10)
    sign_ins.tend(house)
    assert "Your sign-in at Plain has ended" in words(signed_in(ada).get("/feed"))


def test_a_colleagues_sign_in_is_not_mine_to_see(house, account, clock, signed_in, make):
    clock.move(days=55)
    assert "Sign in again" not in words(signed_in(make.user("Bo")).get("/feed"))


def test_who_plans_a_share_for_after_the_end_is_warned(house, account, clock, signed_in, ada, make, sharing):
    browser = signed_in(ada)
    change(house, account, sign_in_ends_at=clock.now() + timedelta(days=5))
    item = make.item()
    early, late = ((clock.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M") for days in (4, 6))
    [share] = sharing.share(ada, item, account, due_at=clock.now() + timedelta(days=2))
    browser.submit(f"/shares/{share.id}/time", {"at": early})
    assert "before this goes out" not in words(browser.get("/my-shares"))
    browser.submit(f"/shares/{share.id}/time", {"at": late})
    shown = words(browser.get("/my-shares"))
    assert "Your sign-in at Plain ends on 7 Mar 2026, before this goes out" in shown
    assert "ends before its time" in words(browser.get("/my-shares"))


def test_a_share_planned_in_the_composer_for_after_the_end_is_warned_of(house, account, clock, signed_in, ada, make):
    browser = signed_in(ada)
    change(house, account, sign_in_ends_at=clock.now() + timedelta(days=5))
    item = make.item()
    at = (clock.now() + timedelta(days=6)).strftime("%Y-%m-%dT%H:%M")
    fields = {"request_key": "form 1", "to": f"c{account.id}", f"text-c{account.id}": "Words", "when": "at", "at": at}
    browser.submit(f"/share/{item.id}", fields)
    assert "before this goes out" in words(browser.get("/my-shares"))


def test_signed_in_again_nothing_is_left_to_warn_of(house, sharing, account, clock, make, ada):
    [share] = sharing.share(ada, make.item(), account, due_at=clock.now() + timedelta(days=70))
    with house.db.reading() as session:
        assert sign_ins.planned_too_late(session, user_id=ada.id, share_ids=[share.id])
    change(house, account, sign_in_ends_at=clock.now() + timedelta(days=80))
    with house.db.reading() as session:
        assert sign_ins.planned_too_late(session, user_id=ada.id, share_ids=[share.id]) == []
        assert sign_ins.planned_too_late(session, user_id=ada.id + 1, share_ids=[share.id]) == []
    sharing.do(planning.cancel, ada, share)
