"""The calendar's pages, and the plan as other calendars read it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from advocacy.people.models import User, UserState
from advocacy.sharing.feed_models import CalendarFeed
from advocacy.sharing.models import Share, ShareKind


@pytest.fixture
def ada(make):
    return make.user("Ada", time_zone="Europe/Oslo")


@pytest.fixture
def browser(signed_in, ada):
    return signed_in(ada)


@pytest.fixture
def planned(sharing, make, ada):
    due = datetime(2026, 3, 11, 8, 15, tzinfo=UTC)
    [share] = sharing.share(ada, make.item(title="Summer; of, work"), sharing.connect(ada), text="Åpent!", due_at=due)
    return share


def test_the_calendar_shows_months_and_weeks_and_empty_ones_say_so(browser, planned):
    page = browser.get("/my-shares/calendar").text
    assert "Summer; of, work" in page
    assert "09:15" in page
    assert "March 2026" in page
    week = browser.get("/my-shares/calendar?view=week&day=2026-03-13").text
    assert "Week of 9 Mar 2026" in week
    assert "09:15" in week
    listed = browser.get("/my-shares/calendar?view=list&day=2026-03-11").text
    assert "11 Mar 2026 to 7 Apr 2026" in listed
    assert "Wednesday 11. March" in listed
    assert "09:15" in listed
    assert "Thursday 12. March" not in listed, "days without anything are left out"
    assert "Nothing here yet" in browser.get("/my-shares/calendar?view=list&day=2026-03-12").text
    assert "Summer" in browser.get("/my-shares/calendar?view=list&day=2026-02-12").text
    assert "Nothing here yet" in browser.get("/my-shares/calendar?view=list&day=2026-02-11").text
    assert "Nothing here yet" in browser.get("/my-shares/calendar?day=2026-07-01").text
    assert browser.get("/my-shares/calendar?day=rubbish&view=rubbish").status_code == 200


def test_a_move_is_told_and_a_refused_one_says_why(browser, planned, sharing):
    where = f"/shares/{planned.id}/day"
    sent = {"day": "2026-03-12", "view": "week", "shown": "2026-03-11"}
    answer = browser.post(where, data={"csrf_token": browser.token(), **sent})
    assert answer.status_code == 303
    assert answer.location.endswith("view=week&day=2026-03-11")
    assert "Moved to Thursday 12. March, 09:15." in browser.get(answer.location).text
    assert sharing.now(planned).due_at == datetime(2026, 3, 12, 8, 15, tzinfo=UTC)
    browser.post(where, data={"csrf_token": browser.token(), "day": "2026-02-12"})
    assert "Not moved: This time has passed." in browser.get("/my-shares/calendar").text


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_shares_that_get_in_each_others_way_say_so_in_every_view(browser, planned, sharing, make, ada, view):
    where = f"/my-shares/calendar?view={view}&day=2026-03-11"
    assert "need" not in browser.get(where).text.split("</h2>")[1].split("how-to-move")[0]
    near = planned.due_at + timedelta(minutes=10)
    sharing.share(ada, make.item(), sharing.now(planned).connection, due_at=near, text="Quite other words")
    page = browser.get(where).text
    assert "2 planned shares need a look." in page
    assert page.count("Less than half an hour from another share to the same account.") == 2


def the_address(browser):
    page = browser.post("/my-shares/calendar/address", data={"csrf_token": browser.token()}).text
    return page.split('value="http://localhost', 1)[1].split('"', 1)[0]


def test_ones_plan_is_read_from_a_secret_address(browser, client, planned, house, make):
    make.share(make.user("Bo"), make.item(title="A colleague's"))
    address = the_address(browser)
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    assert "no-store" in answer.headers["Cache-Control"]
    lines = answer.text.replace("\r\n ", "").split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "VERSION:2.0" in lines
    assert "DTSTART:20260311T081500Z" in lines
    assert "DTEND:20260311T083000Z" in lines
    assert r"SUMMARY:Bluesky: Summer\; of\, work" in lines
    assert any(line.startswith("DESCRIPTION:Åpent!") for line in lines)
    assert [line for line in lines if line.startswith("UID:")] == [f"UID:share-{planned.id}@localhost"]
    token = address.rsplit("/", 1)[1].removesuffix(".ics")
    with house.db.reading() as session:
        assert token not in session.scalar(select(CalendarFeed.token_hash))


def test_a_new_address_ends_the_old_one_and_it_can_be_ended(browser, client, planned):
    old = the_address(browser)
    new = the_address(browser)
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    browser.post("/my-shares/calendar/address", data={"csrf_token": browser.token(), "do": "end"})
    assert client.get(new).status_code == 404
    assert client.get("/calendar/nothing.ics").status_code == 404


def test_whoever_may_not_sign_in_has_no_plan_to_read(browser, client, planned, house, ada):
    address = the_address(browser)
    with house.db.transaction() as session:
        session.get(User, ada.id).state = UserState.DISABLED
    assert client.get(address).status_code == 404


def test_what_is_long_past_or_far_ahead_or_cancelled_is_not_in_it(browser, client, planned, house, clock):
    address = the_address(browser)
    with house.db.transaction() as session:
        session.get(Share, planned.id).due_at = clock.now() - timedelta(days=32)
    assert "BEGIN:VEVENT" not in client.get(address).text


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_every_view_says_of_what_kind_a_share_is(browser, planned, make, ada, clock, view):
    for kind in (ShareKind.REPOST, ShareKind.COMMENT, ShareKind.CHANNEL):
        make.share(ada, kind=kind, due_at=planned.due_at)
    page = browser.get(f"/my-shares/calendar?view={view}&day=2026-03-11").text
    ends = r"(?= ?</span>)"
    found = re.findall(rf"(?:>|· )(Post|Passed on|Passed on with words|Post in a channel){ends}", page)
    assert sorted(found) == ["Passed on", "Passed on with words", "Post", "Post in a channel"]
