"""People hear of surveys that ask them, of courses they have to pass, and of what they are asked to follow up."""

from datetime import timedelta

import pytest

from advocacy.base.notifying import Kinds
from advocacy.learning import courses, deadlines, lessons, taking
from advocacy.learning.courses import Written
from advocacy.learning.lessons import WrittenLesson
from advocacy.library.models import Dimension
from advocacy.messages.posting import sentence
from advocacy.voice import forum
from advocacy.voice.forum_models import ForumTopic, TopicState
from tests.voice.conftest import Asking

REQUIRED = "There is a course that everybody it is for is asked to pass."
SOON = "A course that you have yet to pass is due in a few days."


def says(happen, user):
    return [str(sentence(line)) for line in happen.told(user)]


@pytest.fixture
def teach(house, make):
    """Opens a course of one lesson."""
    teacher = make.leader("Tea Cher")

    def open_one(**fields):
        with house.db.transaction() as session:
            course = courses.save(
                session, house.clock, written=Written(title="Sharing well", **fields), by=teacher.id
            )
            lessons.save(session, house.clock, course_id=course.id, written=WrittenLesson("One", "Read it."))
            courses.open_up(session, house.clock, course_id=course.id, by=teacher.id)
        return course

    return open_one


def passes(house, course, user):
    with house.db.transaction() as session:
        found = courses.get(session, course_id=course.id)
        taking.finish(session, house.clock, user=user, course_id=course.id, lesson_id=found.lessons[0].id)


def test_a_survey_tells_those_whom_it_asks_each_time_it_opens_and_leads_to_the_list(happen, make, house):
    asking, sales = Asking(house, make), make.team("Sales")
    people, other = asking.people(5, team_id=sales.id), make.user("Else Where")
    opened = asking.open(audience={Dimension.TEAM: (str(sales.id),)})
    happen.keep_up()
    [line] = happen.told(people[0])
    assert str(sentence(line)) == "A survey asks what you think."
    assert line.about == "How are you? · Hvordan går det?"
    # What is kept of a notification that was looked at says nothing of whether there was an answer.
    assert line.path == "/company/surveys"
    assert line.mail_due_at is None, "whoever has not answered gets a letter later"
    assert happen.told(other) == []
    assert not [kind for kind in house.part(Kinds).all if kind.name == "survey" and "answer" in str(kind.events)]
    asking.close(opened)


def test_a_survey_that_is_over_before_anybody_is_told_tells_nobody(happen, make, house):
    asking = Asking(house, make)
    people = asking.people(5)
    asking.close(asking.open(open_days=1))
    happen.keep_up()
    assert happen.told(people[0]) == []


def test_a_new_course_is_told_to_whom_it_is_for_and_a_required_one_by_letter_too(happen, make, teach):
    sales = make.team("Sales")
    kari, ola = make.user("Kari", team_id=sales.id), make.user("Ola")
    teach(audience={Dimension.TEAM: (str(sales.id),)})
    happen.keep_up()
    [line] = happen.told(kari)
    assert str(sentence(line)) == "There is a new course for you."
    assert line.mail_due_at is None
    assert happen.told(ola) == []
    teach(is_required=True)
    happen.keep_up()
    assert says(happen, ola) == [REQUIRED]
    assert happen.told(ola)[0].mail_due_at is not None


def test_a_course_that_becomes_required_later_is_told_to_those_who_have_not_passed_it(happen, make, teach, house):
    kari, ola, leader = make.user("Kari"), make.user("Ola"), make.leader()
    course = teach()
    passes(house, course, kari)
    happen.keep_up()
    with house.db.transaction() as session:
        written = Written(title="Sharing well", is_required=True)
        courses.save(session, house.clock, written=written, by=leader.id, course_id=course.id)
        courses.save(session, house.clock, written=written, by=leader.id, course_id=course.id)
    happen.keep_up()
    assert says(happen, ola) == [REQUIRED, "There is a new course for you."]
    assert REQUIRED not in says(happen, kari)


def test_before_the_last_day_those_who_have_not_passed_are_reminded_once(happen, make, teach, house, clock):
    kari, ola = make.user("Kari"), make.user("Ola")
    last = clock.now().date() + timedelta(days=30)
    course = teach(is_required=True, due_on=last)
    assert deadlines.tick(house) == 0
    clock.move(days=20)
    newcomer = make.user("New Comer")
    assert deadlines.tick(house) == 0, "ten days are left"
    clock.move(days=4)
    passes(house, course, kari)
    assert deadlines.tick(house) == 1
    assert deadlines.tick(house) == 0
    happen.keep_up()
    assert says(happen, ola) == [SOON]
    assert happen.told(kari) == []
    assert happen.told(newcomer) == [], "whoever came shortly before has two weeks of their own"
    with house.db.transaction() as session:
        written = Written(title="Sharing well", is_required=True, due_on=last + timedelta(days=1))
        courses.save(session, house.clock, written=written, by=ola.id, course_id=course.id)
    assert deadlines.tick(house) == 1, "another last day is told of anew"


def test_whoever_was_told_a_moment_ago_that_there_is_a_course_is_not_reminded_of_it(teach, house, clock):
    teach(is_required=True, due_on=clock.now().date() + timedelta(days=3))
    assert deadlines.tick(house) == 0
    clock.move(days=2)
    assert deadlines.tick(house) == 1


@pytest.mark.parametrize("over", ["closed", "past"])
def test_nobody_is_reminded_of_a_course_that_is_over(teach, house, clock, make, over):
    course, leader = teach(is_required=True, due_on=clock.now().date() + timedelta(days=5)), make.leader()
    if over == "closed":
        with house.db.transaction() as session:
            courses.close(session, house.clock, course_id=course.id, by=leader.id)
        clock.move(days=3)
    else:
        clock.move(days=6)
    assert deadlines.tick(house) == 0


def test_who_is_asked_to_follow_up_hears_of_it_and_can_say_where_it_stands(happen, make, signed_in, db):
    kari, owner, other = make.user("Kari"), make.user("Own Er", email="owner@example.com"), make.user("Other")
    topic = happen.topic(kari)
    address = f"/company/forum/{topic.id}"
    leader = signed_in(make.leader())
    leader.submit(address, {"state": "open", "answer": "", "owner": "owner@example.com"}, form=f"{address}/answer")
    happen.keep_up()
    assert says(happen, owner) == ["You are asked to follow up what a colleague wrote in the forum."]
    assert happen.told(kari) == [], "nothing was answered yet"
    browser = signed_in(owner)
    assert "1 to follow up by you" in browser.get("/company/forum/waiting").text
    assert topic.title in browser.get("/company/forum?owner=me").text
    assert topic.title not in signed_in(other).get("/company/forum?owner=me").text
    page = browser.get(address).text
    assert "You follow this up" in page
    assert "Merge with another" not in page
    browser.submit(
        address,
        {"state": "done", "answer": "Two stand outside.", "owner": "other@example.com"},
        form=f"{address}/answer",
    )
    with db.reading() as session:
        kept = session.get(ForumTopic, topic.id)
        assert (kept.state, kept.owner_id) == (TopicState.DONE, owner.id), "an owner hands nothing on"
    happen.keep_up()
    assert says(happen, kari) == ["There is an answer to what you wrote in the forum."]
    assert "to follow up" not in browser.get("/company/forum/waiting").text


def test_whoever_neither_leads_nor_follows_it_up_cannot_say_where_it_stands(happen, make, signed_in, db):
    topic = happen.topic(make.user("Kari"))
    browser = signed_in(make.user("Other"))
    address = f"/company/forum/{topic.id}"
    answer = browser.post(f"{address}/answer", data={"csrf_token": browser.token(), "state": "done", "answer": "No."})
    assert answer.status_code == 403
    assert "whoever follows it up" in answer.text
    with db.reading() as session:
        assert forum.get(session, topic_id=topic.id).state is TopicState.OPEN


def test_a_filter_that_nothing_fits_says_so_and_leads_back_to_everything(happen, make, signed_in):
    happen.topic(make.user("Kari"))
    page = signed_in(make.user("Ola")).get("/company/forum?state=declined").text
    assert "Nothing in the forum fits what you chose." in page
    assert "Nobody has said anything here yet" not in page
