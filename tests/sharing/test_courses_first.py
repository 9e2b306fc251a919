"""A course that became required after a share was planned: the share waits for its person, and then goes out."""

from datetime import timedelta

from advocacy.learning import courses
from advocacy.learning.models import Gate
from advocacy.messages import notifications
from advocacy.sharing.models import ShareState
from tests.learning.conftest import pass_it, teach

__all__ = ["pass_it", "teach"]


def require(db, clock, course, by, gate=Gate.AT_ONCE):
    with db.transaction() as session:
        written = courses.Written(title=course.title, is_required=True, gate=gate)
        courses.save(session, clock, written=written, by=by.id, course_id=course.id)


def test_a_share_planned_before_its_course_was_required_waits_for_its_person_and_then_goes_out(
    sharing, make, house, db, clock, signed_in, teach, pass_it
):
    kari, ola, lea = make.user("Kari"), make.user("Ola"), make.leader("Lea")
    course, item = teach("Sharing well"), make.item("Wind")
    [share] = sharing.share(kari, item, sharing.connect(kari), due_at=clock.now() + timedelta(hours=1))
    [others] = sharing.share(ola, item, sharing.connect(ola, "mastodon"), due_at=clock.now() + timedelta(hours=1))
    pass_it(signed_in(ola), course)
    require(db, clock, course, lea)
    notifications.keep_up(house)
    browser = signed_in(kari)
    says = "A post you planned waits until you have taken a course."
    assert says in browser.get("/me/notifications").text
    assert says not in signed_in(ola).get("/me/notifications").text
    page = browser.get("/my-shares").text
    assert page.count("Waits for you") == 1
    assert "Waits until you have taken the course “Sharing well”." in page
    assert f'href="/learning/courses/{course.id}"' in page
    clock.move(hours=1, minutes=1)
    sharing.work()
    assert sharing.now(share).state is ShareState.SCHEDULED, "held"
    assert sharing.now(others).state is ShareState.PUBLISHED, "who has passed it is not held"
    assert "Waits until you have taken the course" in browser.get("/my-shares").text
    pass_it(browser, course)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED, "at once, not after the next wait"


def test_a_share_whose_course_is_not_passed_in_time_is_missed_and_its_person_is_asked(
    sharing, make, house, db, clock, signed_in, teach
):
    kari, course = make.user("Kari"), teach()
    due = clock.now() + timedelta(hours=1)
    [share] = sharing.share(kari, make.item("Wind"), sharing.connect(kari), due_at=due)
    require(db, clock, course, make.leader())
    for _ in range(5):
        clock.move(hours=1)
        sharing.work()
    assert sharing.now(share).state is ShareState.MISSED
    notifications.keep_up(house)
    assert "was not sent in time" in signed_in(kari).get("/me/notifications").text


def test_a_course_that_keeps_nobody_from_sharing_lets_planned_shares_go(sharing, make, db, clock, teach):
    kari, course = make.user("Kari"), teach()
    due = clock.now() + timedelta(hours=1)
    [share] = sharing.share(kari, make.item("Wind"), sharing.connect(kari), due_at=due)
    require(db, clock, course, make.leader(), gate=Gate.NEVER)
    clock.move(hours=1, minutes=1)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
