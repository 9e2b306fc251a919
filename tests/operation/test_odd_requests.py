"""What no browser sends: numbers that no row has, signs that no field holds, the same click twice at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from advocacy.learning import courses, lessons, meetings
from advocacy.learning.lessons import WrittenLesson
from advocacy.learning.meetings import WrittenMeeting
from advocacy.programme import programmes
from advocacy.sharing import keeping, switches
from advocacy.sharing.models import FollowedTopic, SavedItem
from advocacy.sharing.network_models import NetworkOff
from tests.architecture.test_access import routes

HUGE = ("2147483648", "9223372036854775808", "9" * 30)


def test_no_page_breaks_on_a_number_that_no_row_has(app, signed_in, make):
    browser = signed_in(make.admin())
    numbered = {
        (method, path.replace("987654", huge)) for _, method, path in routes(app) for huge in HUGE if "987654" in path
    }
    assert numbered
    token = browser.token()
    for method, path in sorted(numbered):
        answer = browser.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
        assert answer.status_code in (404, 405), f"{method} {path}"  # 405: a word may stand in the same place


@pytest.mark.parametrize("huge", HUGE)
@pytest.mark.parametrize("path", ["/feed?topic=", "/feed?campaign=", "/leaderboard?team="])
def test_a_filter_that_names_no_row_is_no_filter(signed_in, make, path, huge):
    assert signed_in(make.user()).get(path + huge).status_code == 200


def test_a_form_with_a_sign_that_no_field_holds_is_refused(signed_in, make):
    browser = signed_in(make.curator())
    answer = browser.post("/library/topics", data={"csrf_token": browser.token(), "name": "a\0b"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("field", "value"), [("team", "9" * 20), ("team", "none"), ("people_language", "x" * 70_000)]
)
def test_an_audience_that_cannot_be_comes_back_in_the_editor(signed_in, make, field, value):
    answer = signed_in(make.curator()).submit("/library/items/new", {"title": "News", field: value})
    assert answer.status_code == 422


def both_at_once(house, act):
    """Runs `act(session)` in two transactions that have both begun before either writes."""
    together = Barrier(2)

    def one(_: int) -> None:
        if not house.db.is_sqlite:  # SQLite lets one in after the other by itself
            together.wait()
        with house.db.transaction() as session:
            act(session)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(one, range(2)))


def test_a_double_click_saves_an_item_once(house, make):
    kari = make.user()
    for item in [make.item() for _ in range(20)]:
        both_at_once(
            house,
            lambda session, item=item: keeping.save(session, house.clock, user=kari, item_id=item.id, wanted=True),
        )
    with house.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(SavedItem)) == 20


def test_a_double_click_follows_a_topic_once(house, make):
    kari = make.user()
    for topic in [make.topic(f"Topic {number}") for number in range(20)]:
        both_at_once(
            house, lambda session, topic=topic: keeping.follow(session, user=kari, topic_id=topic.id, wanted=True)
        )
    with house.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(FollowedTopic)) == 20


def test_two_administrators_switch_a_network_off_at_once(house, make):
    ada = make.admin()
    for number in range(20):
        both_at_once(
            house,
            lambda session, number=number: switches.switch_off(
                session, house.clock, network=f"network {number}", by=ada.id
            ),
        )
    with house.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(NetworkOff)) == 20


@pytest.mark.parametrize("typed", ["9" * 5000, "²", "-1", "9" * 30])
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/learning/courses/{course}/quiz", "q1"),
        ("/learning/sessions/{meeting}/attendance", "there"),
        ("/company/plan/{programme}/belongs", "add_item"),
        ("/company/plan/{programme}/belongs", "course"),
        ("/my-shares/undo", "ids"),
        ("/my-shares/unclear/undo", "ids"),
    ],
)
def test_a_number_that_no_form_sends_is_left_out(signed_in, make, house, path, field, typed):
    begins = house.clock.now() - timedelta(hours=2)
    admin = make.admin()
    with house.db.transaction() as session:
        course = courses.save(session, house.clock, written=courses.Written("Sharing well"), by=admin.id)
        lessons.save(session, house.clock, course_id=course.id, written=WrittenLesson("One", "Read it."))
        options = [("This", True), ("That", False)]
        lessons.save_question(session, course_id=course.id, text="What?", options=options)
        courses.open_up(session, house.clock, course_id=course.id, by=admin.id)
        written = WrittenMeeting("Workshop", begins, begins + timedelta(hours=1))
        meeting = meetings.save(session, house.clock, written=written, by=admin.id)
        about = programmes.Written("Promise", begins.date(), begins.date() + timedelta(days=9))
        programme = programmes.save(session, house.clock, written=about, by=admin.id)
        path = path.format(course=course.id, meeting=meeting.id, programme=programme.id)
    browser = signed_in(admin)
    assert browser.post(path, data={"csrf_token": browser.token(), field: typed}).status_code < 500
