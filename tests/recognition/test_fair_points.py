"""What the page of rules says keeps points fair, held to it; and what learning, helping and ideas earn."""

import pytest
from sqlalchemy import select

from advocacy.base import events
from advocacy.base.events import Event
from advocacy.recognition import kudos, points, values
from advocacy.recognition.models import PointsEntry
from advocacy.recognition.rules import GIVER_CAP, PAIR_DAYS
from advocacy.voice import forum
from advocacy.voice.forum_models import TopicKind, TopicState


@pytest.fixture
def happened(db, clock):
    """Records an event as an area would."""

    def record(kind, subject, actor=None, **data):
        with db.transaction() as session:
            by = actor.id if actor else None
            events.record(session, clock, kind=kind, actor_id=by, subject=subject, data=data)

    return record


@pytest.fixture
def thank(db, clock):
    """One colleague thanks others."""
    with db.transaction() as session:
        values.start(session)
        value_id = values.everything(session)[0].id
    count = iter(range(1000))

    def give(giver, *to):
        with db.transaction() as session:
            people = [one.id for one in to]
            key = f"key {next(count)}"
            return kudos.give(session, clock, giver=giver, to=people, words="Thanks", value_id=value_id, key=key).id

    return give


def points_of(db, user):
    points.keep_up(db)
    with db.reading() as session:
        return points.total(session, user_id=user.id)


def test_thanks_pay_whoever_is_thanked_and_not_the_giver(db, make, thank):
    kari, ola = make.user(), make.user()
    thank(kari, ola)
    assert (points_of(db, kari), points_of(db, ola)) == (0, 5)


def test_two_who_thank_one_another_back_and_forth_are_paid_once_in_their_days(db, make, thank, clock):
    kari, ola, per = make.user(), make.user(), make.user()
    for _ in range(2):
        thank(kari, ola)
        thank(ola, kari)
        clock.move(days=1)
    assert (points_of(db, kari), points_of(db, ola)) == (0, 5)
    thank(per, ola)
    clock.move(days=PAIR_DAYS)
    thank(ola, kari)
    assert (points_of(db, kari), points_of(db, ola)) == (5, 10)


def test_thanks_to_many_pay_no_more_than_a_few_a_day(db, make, thank, clock):
    kari, others = make.user(), [make.user() for _ in range(GIVER_CAP + 2)]
    thank(kari, *others)
    assert sum(points_of(db, one) for one in others) == 5 * GIVER_CAP
    clock.move(days=1)
    thank(kari, others[-1], others[0])
    assert sum(points_of(db, one) for one in others) == 5 * GIVER_CAP + 5, "one of them was paid within 30 days"


def test_the_fourth_thanks_of_a_day_pay_nothing(db, make, thank):
    ola = make.user()
    for _ in range(4):
        thank(make.user(), ola)
    assert points_of(db, ola) == 15


@pytest.mark.parametrize("end", ["removed", "hidden"])
def test_thanks_that_go_take_their_points_along_and_never_pay_again(db, make, thank, clock, end):
    kari, ola, curator = make.user(), make.user(), make.curator()
    number = thank(kari, ola)
    with db.transaction() as session:
        kudos.choose(session, clock, kudos_id=number, user=ola, is_public=True)
    assert points_of(db, ola) == 5
    with db.transaction() as session:
        if end == "removed":
            kudos.remove(session, clock, kudos_id=number, by=kari)
        else:
            kudos.hide(session, clock, kudos_id=number, by=curator, reason="Unkind")
            kudos.show_again(session, clock, kudos_id=number, by=curator)
            kudos.hide(session, clock, kudos_id=number, by=curator, reason="Unkind")
    assert points_of(db, ola) == 0
    thank(kari, ola)
    assert points_of(db, ola) == 0, "the two were paid within 30 days"


def test_a_course_and_a_session_pay_once_each_and_nobody_notes_themselves(db, make, happened):
    kari, leader = make.user(), make.leader()
    for _ in range(2):
        happened("course.passed", ("course", 1), kari, user_id=kari.id)
        happened("meeting.attended", ("meeting", 1), leader, user_id=kari.id)
        happened("meeting.attended", ("meeting", 1), leader, user_id=leader.id)
    assert (points_of(db, kari), points_of(db, leader)) == (30, 0)
    happened("course.passed", ("course", 2), kari, user_id=kari.id)
    happened("course.passed", ("course", 3), kari, user_id=kari.id)
    assert points_of(db, kari) == 50, "two courses a day"


def test_whoever_notes_who_was_there_notes_all_of_them(db, make, happened):
    leader, people = make.leader(), [make.user() for _ in range(GIVER_CAP + 2)]
    for one in people:
        happened("meeting.attended", ("meeting", 1), leader, user_id=one.id)
    assert {points_of(db, one) for one in people} == {10}


@pytest.fixture
def ask(db, clock):
    """Somebody asks in the forum, and others reply; gives the topic's and the replies' ids."""

    def raise_topic(user, *helpers, kind=TopicKind.QUESTION, code=None):
        with db.transaction() as session:
            topic = forum.raise_topic(session, clock, kind=kind, title="How?", body="?", user=user, code_hash=code)
            said = [
                forum.reply(session, clock, topic_id=topic.id, body="So.", user=one, is_from_writer=False)
                for one in helpers
            ]
            return topic.id, [one.id for one in said]

    return raise_topic


def mark(browser, topic, reply):
    return browser.post(f"/company/forum/{topic}/mark", data={"csrf_token": browser.token(), "reply": reply})


def test_whoever_gave_the_answer_is_paid_while_it_is_the_answer(db, make, signed_in, ask):
    kari, ola, per = make.user(), make.user(), make.user()
    topic, (first, second) = ask(kari, ola, per)
    browser = signed_in(kari)
    mark(browser, topic, first)
    assert "The answer" in browser.get(f"/company/forum/{topic}").text
    assert points_of(db, ola) == 10
    mark(browser, topic, second)
    assert (points_of(db, ola), points_of(db, per)) == (0, 10)
    mark(browser, topic, second)
    assert points_of(db, per) == 0
    assert mark(signed_in(per), topic, second).status_code == 403
    assert "This is the answer" not in signed_in(per).get(f"/company/forum/{topic}").text


def test_nobody_is_paid_for_answering_themselves(db, make, signed_in, ask):
    kari, leader = make.user(), make.leader()
    topic, (own, of_leader) = ask(kari, kari, leader)
    mark(signed_in(kari), topic, own)
    mark(signed_in(leader), topic, own)
    mark(signed_in(leader), topic, own)
    mark(signed_in(leader), topic, of_leader)
    assert (points_of(db, kari), points_of(db, leader)) == (0, 0)


def test_an_idea_that_is_done_pays_its_writer_until_it_is_not(db, make, ask, clock):
    kari, leader = make.user(), make.leader()
    topic, _ = ask(kari, kind=TopicKind.IDEA)
    own, _ = ask(leader, kind=TopicKind.IDEA)

    def answer(topic_id, state):
        with db.transaction() as session:
            forum.respond(session, clock, topic_id=topic_id, state=state, answer="Yes", owner_email="", by=leader.id)

    for topic_id in (topic, own):
        answer(topic_id, TopicState.DONE)
        answer(topic_id, TopicState.DONE)
    assert (points_of(db, kari), points_of(db, leader)) == (30, 0)
    answer(topic, TopicState.PLANNED)
    assert points_of(db, kari) == 0


def test_what_was_written_anonymously_never_pays_and_leaves_no_trace(db, make, signed_in, ask, clock):
    kari, ola, leader = make.user(), make.user(), make.leader()
    code = "a" * 64
    question, (reply,) = ask(kari, ola, code=code)
    idea, _ = ask(kari, kind=TopicKind.IDEA, code="b" * 64)
    assert mark(signed_in(leader), question, reply).status_code == 403
    with db.transaction() as session:
        forum.respond(
            session, clock, topic_id=idea, state=TopicState.DONE, answer="Yes", owner_email="", by=leader.id
        )
    points.keep_up(db)
    with db.reading() as session:
        assert session.scalars(select(PointsEntry)).all() == []
        told = session.scalars(select(Event).where(Event.kind.in_(["idea.done", "reply.marked"]))).all()
        assert told == []
        everything = session.scalars(select(Event).where(Event.actor_id == kari.id)).all()
        assert [one for one in everything if question in str(one.data) or idea in str(one.data)] == []


def test_the_page_of_rules_says_what_keeps_it_fair(signed_in, make):
    page = signed_in(make.user()).get("/points").text
    for words in (
        "Not for yourself",
        "once in 30 days",
        "5 times a day",
        "Anonymous stays anonymous",
        "Passed a course",
    ):
        assert words in page
