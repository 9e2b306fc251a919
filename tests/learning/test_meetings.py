"""Sessions: places are never given twice, the queue moves up, and a calendar can take them."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from icalendar import Calendar

from advocacy.base.errors import Conflict
from advocacy.base.paging import cursor_of
from advocacy.learning import meetings, sign_ups
from advocacy.learning.meeting_models import Standing
from advocacy.learning.meetings import WrittenMeeting
from advocacy.library.models import Dimension
from advocacy.messages import notifications
from advocacy.people import personnel
from advocacy.people.privacy import Holdings


@pytest.fixture
def invite(house, make, clock):
    host = make.leader()

    def one(places=None, meeting_id=None, **fields):
        begins = clock.now() + timedelta(days=2)
        written = WrittenMeeting("Workshop", begins, begins + timedelta(hours=1), places=places, **fields)
        with house.db.transaction() as session:
            return meetings.save(session, clock, written=written, by=host.id, meeting_id=meeting_id).id

    return one


def come(house, user, meeting_id):
    with house.db.transaction() as session:
        return sign_ups.sign_up(session, house.clock, user=user, meeting_id=meeting_id)


def queue(house, meeting_id):
    with house.db.reading() as session:
        return {user.id: sign_up.standing for sign_up, user in sign_ups.people(session, meeting_id=meeting_id)}


def test_many_clicks_at_once_never_overbook(house, make, invite):
    meeting_id, users = invite(places=2), [make.user() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(lambda user: come(house, user, meeting_id), users))
    assert sorted(got) == [Standing.GOING] * 2 + [Standing.WAITING] * 4


def test_a_place_given_back_or_added_goes_to_who_waited_longest(house, make, invite):
    meeting_id, (ada, bo, cy) = invite(places=1), [make.user() for _ in range(3)]
    for user in (ada, bo, cy, cy):
        come(house, user, meeting_id)
    with house.db.transaction() as session:
        sign_ups.leave(session, house.clock, user_id=ada.id, meeting_id=meeting_id)
    assert queue(house, meeting_id) == {bo.id: Standing.GOING, cy.id: Standing.WAITING}
    invite(places=2, meeting_id=meeting_id)
    assert queue(house, meeting_id)[cy.id] is Standing.GOING
    with pytest.raises(Conflict, match="More people have a place"):
        invite(places=1, meeting_id=meeting_id)


def test_who_is_erased_gives_the_place_to_the_next(house, make, invite):
    meeting_id, (ada, bo) = invite(places=1), [make.user() for _ in range(2)]
    for user in (ada, bo):
        come(house, user, meeting_id)
    with house.db.transaction() as session:
        house.part(Holdings).erase(session, house.clock, user_id=ada.id, by=ada.id)
    assert queue(house, meeting_id) == {bo.id: Standing.GOING}


def test_a_person_signs_up_takes_the_file_and_the_host_notes_who_was_there(house, make, invite, signed_in, clock):
    kari, host = make.user("Kari Nordmann"), signed_in(make.curator())
    browser = signed_in(kari)
    assert "No session here" in browser.get("/learning/sessions").text
    link = "https://meet.example.com/1"
    meeting_id = invite(places=1, link=link, material="The slides.")
    here = f"/learning/sessions/{meeting_id}"
    assert link not in browser.get(here).text
    assert link not in browser.get(f"{here}/session.ics").text
    page = browser.post(f"{here}/come", data={"csrf_token": browser.token()}, follow_redirects=True).text
    assert "You have a place" in page
    assert link in page
    assert "The slides." not in page
    event = Calendar.from_ical(browser.get(f"{here}/session.ics").data).events[0]
    assert event.start == clock.now() + timedelta(days=2)
    clock.move(days=2, minutes=5)
    browser, host = signed_in(kari), signed_in(make.curator())
    assert "The slides." in browser.get(here).text
    host.post(f"{here}/attendance", data={"csrf_token": host.token(), "there": str(kari.id)})
    assert "checked" in host.get(here).text.split("Kari Nordmann")[0][-200:]


def test_a_host_writes_a_session_and_calls_it_off(make, signed_in, clock):
    host = signed_in(make.leader(time_zone="Europe/Oslo"))
    typed = {"title": "Open meeting", "starts_at": "2026-03-05T10:00", "ends_at": "2026-03-05T09:00"}
    assert "It would end before it begins" in host.submit("/learning/sessions/new", typed).text
    here = host.submit("/learning/sessions/new", {**typed, "ends_at": "2026-03-05T11:00"}).location
    assert "5 Mar 2026, 10:00" in host.get(here).text
    host.post(f"{here}/cancel", data={"csrf_token": host.token()})
    assert "called off" in host.get(here).text
    assert "STATUS:CANCELLED" in host.get(f"{here}/session.ics").text
    assert host.post(f"{here}/come", data={"csrf_token": host.token()}).status_code == 409


def test_a_page_of_the_list_is_full_however_many_sessions_are_for_others(make, invite, signed_in):
    other = make.team("Elsewhere")
    for _ in range(70):
        invite(audience={Dimension.TEAM: (str(other.id),)})
    for _ in range(31):
        invite()
    browser = signed_in(make.user())
    first = browser.get("/learning/sessions").text
    following = re.search(r'rel="next" href="([^"]+)"', first).group(1).replace("&amp;", "&")
    assert [first.count("Workshop</a>"), browser.get(following).text.count("Workshop</a>")] == [30, 1]
    assert 'rel="next"' not in browser.get(following).text


@pytest.mark.parametrize("forged", [("x", 1), ("2026-11-27T09:00:00", 1), ("2026-11-27T09:00:00+00:00", "x"), (1, 2)])
def test_the_list_goes_on_nowhere_from_a_place_that_is_none(make, signed_in, forged):
    answer = signed_in(make.user()).get("/learning/sessions", query_string={"after": cursor_of(*forged)})
    assert answer.status_code == 422
    assert "Start again from the first page" in answer.text


def test_who_is_deactivated_gives_the_place_to_the_next_who_is_told(house, make, invite, signed_in):
    admin, (ada, bo) = make.admin(), [make.user() for _ in range(2)]
    meeting_id = invite(places=1)
    for user in (ada, bo):
        come(house, user, meeting_id)
    with house.db.transaction() as session:
        personnel.disable(session, house.clock, user_id=ada.id, by=admin.id)
    sign_ups.keep_up(house)
    assert queue(house, meeting_id) == {bo.id: Standing.GOING}
    notifications.keep_up(house)
    assert "You have a place now" in signed_in(bo).get("/me/notifications").text


def test_a_host_takes_somebody_off_the_list_they_are_told_and_it_can_be_undone(house, make, invite, signed_in, clock):
    ada, bo = make.user("Ada Moe"), make.user("Bo Lie")
    meeting_id = invite(places=1)
    for user in (ada, bo):
        come(house, user, meeting_id)
    here = f"/learning/sessions/{meeting_id}"
    host = signed_in(make.curator())
    off, back = (f"{here}/people/{ada.id}/{word}" for word in ("remove", "back"))
    token = {"csrf_token": host.token()}
    assert host.post(back, data=token).status_code == 404, "nobody was taken off"
    assert (
        "Take Ada Moe off the list?" in host.post(off, data=token | {"ask_first": "Take Ada Moe off the list?"}).text
    )
    assert queue(house, meeting_id)[ada.id] is Standing.GOING, "asked first"
    host.post(off, data=token)
    assert queue(house, meeting_id) == {bo.id: Standing.GOING}
    assert f'action="{back}"' in host.get(here).text, "a way back"
    notifications.keep_up(house)
    assert "took you off the list" in signed_in(ada).get("/me/notifications").text
    assert "at their old turn" in host.post(back, data=token, follow_redirects=True).text
    cy = make.user()
    come(house, cy, meeting_id)
    assert list(queue(house, meeting_id).items()) == [
        (ada.id, Standing.WAITING),
        (bo.id, Standing.GOING),
        (cy.id, Standing.WAITING),
    ], "before those who came later"
    assert signed_in(make.user()).post(off, data=token).status_code in (400, 403)
    clock.move(days=2, minutes=1)
    host = signed_in(make.curator())
    late = host.post(off, data={"csrf_token": host.token()}, follow_redirects=True)
    assert "has begun or is called off" in late.text
    assert ada.id in queue(house, meeting_id)
