"""A required course stands before sharing; what was composed is kept, and goes out when its person sends it."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from advocacy.learning import courses
from advocacy.learning.models import Gate
from advocacy.sharing.models import Share

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def compose(make, signed_in):
    item, kari = make.item("Wind for homes", captions=["Look at this"]), make.user("Kari Nordmann")
    browser = signed_in(kari)

    def send(browser=browser):
        return browser.submit(
            f"/share/{item.id}",
            {"do": "own", "by": "linkedin_link", "text-own": "My own words"},
            form=f"/share/{item.id}",
        )

    return browser, item, send


def shares(db) -> list[str]:
    with db.reading() as session:
        return [share.text for share in session.query(Share)]


def test_what_was_composed_is_kept_until_the_course_is_passed_and_then_goes_out(teach, pass_it, compose, db):
    course = teach(is_required=True, gate=Gate.AT_ONCE, minutes=5)
    browser, item, send = compose
    assert "please take the course" in browser.get(f"/share/{item.id}").text
    assert send().location == f"/learning/courses/{course.id}"
    assert shares(db) == []
    page = browser.get("/my-shares").text
    assert "Kept for you" in page
    assert "Take the course" in page
    page = browser.get(pass_it(browser, course).location).text
    assert "waits for you" in page
    assert shares(db) == [], "nothing goes out that its person did not send"
    page = browser.get(f"/share/{item.id}").text
    assert "My own words" in page
    again = browser.submit(f"/share/{item.id}", {"do": "own"}, form=f"/share/{item.id}")
    assert again.location.endswith("/post")
    assert shares(db)[0].startswith("My own words")
    assert "Kept for you" not in browser.get("/my-shares").text


def test_a_kept_share_can_be_forgotten(teach, compose):
    teach(is_required=True, gate=Gate.AT_ONCE)
    browser, item, send = compose
    send()
    browser.post(f"/share/{item.id}/forget", data={"csrf_token": browser.token()})
    assert "Kept for you" not in browser.get("/my-shares").text


@pytest.mark.parametrize(("days", "is_kept"), [(13, False), (16, True)])
def test_a_course_with_a_deadline_keeps_nobody_from_sharing_before_it(
    teach, compose, clock, db, make, signed_in, days, is_kept
):
    teach(is_required=True, gate=Gate.AFTER_DEADLINE, due_on=clock.now().date() + timedelta(days=14))
    old = make.user()
    clock.move(days=days)
    compose[2](signed_in(old))
    assert (shares(db) == []) == is_kept


def test_courses_that_are_not_required_or_closed_keep_nobody_from_sharing(teach, compose, db, make, signed_in):
    teach("Nice to know", gate=Gate.AT_ONCE)
    over = teach("Over", is_required=True, gate=Gate.AT_ONCE)
    editor = signed_in(make.leader())
    editor.post(f"/learning/edit/{over.id}/close", data={"csrf_token": editor.token()})
    compose[2]()
    assert len(shares(db)) == 1


def test_nothing_in_the_hub_takes_a_share_without_asking_what_comes_first():
    """Of every call of `shares.request`, by file: only the demo, which makes its own people, may leave the gates out."""
    asking, not_asking = set(), set()
    for file in ROOT.glob("advocacy/**/*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "shares.request":
                given = {keyword.arg for keyword in node.keywords}
                (asking if "before" in given else not_asking).add(str(file.relative_to(ROOT)))
    assert "advocacy/sharing/views/composer.py" in asking
    assert not_asking <= {"advocacy/demo/seeding.py"}


def require(db, clock, course, by, gate=Gate.AT_ONCE):
    with db.transaction() as session:
        written = courses.Written(title=course.title, is_required=True, gate=gate)
        courses.save(session, clock, written=written, by=by.id, course_id=course.id)


def test_what_is_posted_by_hand_says_what_comes_first_and_keeps_the_words(compose, teach, pass_it, make, db, clock):
    browser, _item, send = compose
    here = send().location
    course = teach("Sharing well")
    assert "One thing comes first" not in browser.get(here).text
    token = {"csrf_token": browser.token()}
    require(db, clock, course, make.leader())
    refused = browser.post(here.replace("/post", "/opened"), data=token)
    assert refused.status_code == 422
    for page in (refused.text, browser.get(here).text):
        assert "One thing comes first" in page
        assert f'href="/learning/courses/{course.id}"' in page
        assert "My own words" in page
        assert "data-claims" not in page
        assert "I have posted it" not in page
    assert "Ready to post" in browser.get("/my-shares").text
    pass_it(browser, course)
    assert browser.submit(here).status_code == 303
    assert "One thing comes first" not in browser.get(here).text
