"""A required course stands before a share: it is taken in a real browser, and what was written goes out afterwards."""

import re

import pytest

from advocacy.learning import courses, lessons
from advocacy.learning.courses import Written
from advocacy.learning.lessons import WrittenLesson
from advocacy.learning.models import Gate
from advocacy.sharing.models import Share, ShareState

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORDS = {
    "en": {"text": "Your text for Bluesky", "share": "Share to Bluesky", "begin": "Begin", "read": "I have read this",
           "answer": "Answer", "again": "Look it over and share", "kept": "Kept for you", "passed": "You passed", "under": "kept under My shares"},
    "nb": {"text": "Teksten din for Bluesky", "share": "Del på Bluesky", "begin": "Begynn", "read": "Jeg har lest dette",
           "answer": "Svar", "again": "Se over og del", "kept": "Tatt vare på for deg", "passed": "Du har bestått", "under": "under Mine delinger"},
}  # fmt: skip


@pytest.fixture
def course(house, make):
    """The course on the social-media policy, which is required at once: one lesson, one question."""
    teacher = make.leader("Tea Cher")
    with house.db.transaction() as session:
        made = courses.save(
            session,
            house.clock,
            written=Written(title="Sharing well", is_required=True, gate=Gate.AT_ONCE, minutes=5),
            by=teacher.id,
        )
        lesson = WrittenLesson(title="Who reads you", body="Everybody *may*.")
        lessons.save(session, house.clock, course_id=made.id, written=lesson)
        options = [("Nobody", False), ("All", True)]
        lessons.save_question(session, course_id=made.id, text="Who reads you?", options=options)
        courses.open_up(session, house.clock, course_id=made.id, by=teacher.id)
    return made


@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_required_course_blocks_a_share_is_passed_and_the_kept_words_go_out(
    site, sharing, make, course, clock, axe, db, language
):
    words = WORDS[language]
    kari, item = make.user("Kari Nordmann", locale=language), make.item("Wind for homes", captions=["Look at this"])
    sharing.connect(kari)
    page = site.visit(kari, width=390, language=language)
    page.goto(f"/share/{item.id}")
    page.get_by_label(words["text"]).fill("I built this with my own hands")
    page.get_by_role("button", name=words["share"]).click()
    page.wait_for_url(re.compile(rf"/learning/courses/{course.id}$"))
    assert words["under"] in page.locator("body").inner_text()
    assert sharing.bluesky.posts_of("ada.test") == []
    page.get_by_role("link", name=words["begin"]).click()
    page.get_by_role("button", name=words["read"]).click()
    page.get_by_label("All").check()
    page.get_by_role("button", name=words["answer"], exact=True).click()
    page.get_by_role("heading", level=1, name=words["passed"]).wait_for()
    assert axe(page) == []
    with db.reading() as session:
        assert session.query(Share).count() == 0, "nothing goes out that its person did not send"
    page.get_by_role("link", name=words["again"]).click()
    assert "with my own hands" in page.get_by_label(words["text"]).input_value()
    page.get_by_role("button", name=words["share"]).click()
    page.wait_for_url(re.compile("/my-shares"))
    clock.move(seconds=11)
    sharing.work()
    [post] = sharing.bluesky.posts_of("ada.test")
    assert "with my own hands" in post["text"]
    page.reload()
    assert words["kept"] not in page.locator("main").inner_text()
    with db.reading() as session:
        assert session.query(Share).one().state is ShareState.PUBLISHED
