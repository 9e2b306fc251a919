"""What should not stand in the forum is reported, taken down with a reason, put back or taken back; nobody anonymous is told of."""

import json

import pytest
from sqlalchemy import select

from advocacy.base.db import Base
from advocacy.base.errors import Conflict
from advocacy.messages import notifications
from advocacy.people.privacy import Holdings
from advocacy.voice import forum, forum_lines, forum_pieces, forum_reports, moderation, settling
from advocacy.voice.forum_models import ForumReply, ForumReport, ForumTopic, TopicKind, TopicState
from tests.voice.test_forum import TITLE, write_anonymously

NASTY = "Lars is a fool"


@pytest.fixture
def nasty(house, make):
    """Kari's topic, and Ola's reply to it."""
    kari, ola = make.user("Kari"), make.user("Ola Hansen")
    with house.db.transaction() as session:
        topic = forum.raise_topic(
            session, house.clock, kind=TopicKind.IDEA, title=NASTY, body="Everybody says so.", user=kari
        )
        reply = forum.reply(
            session, house.clock, topic_id=topic.id, body="A stupid one.", user=ola, is_from_writer=False
        )
    return kari, ola, topic.id, reply.id


def report(browser, topic_id, reply_id="", reason="This is an insult."):
    address = f"/company/forum/{topic_id}/report"
    return browser.post(address, data={"csrf_token": browser.token(), "reply": reply_id, "reason": reason})


def act(browser, topic_id, what, reply_id="", **fields):
    address = f"/company/forum/{topic_id}/{what}"
    return browser.post(address, data={"csrf_token": browser.token(), "reply": reply_id, **fields})


def test_a_reported_topic_is_taken_down_everywhere_with_the_reason_in_its_place_and_put_back(
    make, signed_in, nasty, house
):
    kari, _, topic_id, _ = nasty
    address, reader, curator = (
        f"/company/forum/{topic_id}",
        signed_in(make.user("Per")),
        signed_in(make.curator("Cur")),
    )
    assert "Nothing is reported" in curator.get("/company/forum/reported").text
    assert report(reader, topic_id, reason=" ").status_code == 422
    assert report(reader, topic_id).status_code == 302
    assert "You reported this" in reader.get(address).text
    listed = curator.get("/company/forum/reported").text
    assert "This is an insult." in listed
    assert "Per" not in listed, "who reported it is not told"
    assert "1 reported" in curator.get("/company/forum/waiting").text
    forum_reports.tell_curators(house)
    notifications.keep_up(house)
    assert "asks you to look" in curator.get("/me/notifications").text
    assert act(curator, topic_id, "take-down", reason=" ").status_code == 422
    assert act(curator, topic_id, "take-down", reason="No insults").status_code == 302
    seen = reader.get(address).text
    assert "Taken down by Cur: No insults" in seen
    assert NASTY not in seen
    assert "Everybody says so" not in seen
    assert "A stupid one" not in seen, "what was said to it may quote it"
    assert NASTY not in reader.get("/company/forum").text
    assert "1 waits" not in curator.get("/company/forum/waiting").text
    with house.db.reading() as session:
        assert forum_lines.find(session, words="Lars", but="") == []
    mine = signed_in(kari)
    assert "Everybody says so" in mine.get(address).text
    assert "Taken down by Cur: No insults" in mine.get(address).text
    notifications.keep_up(house)
    assert "took down what you wrote" in mine.get("/me/notifications").text
    assert "took down what you reported" in reader.get("/me/notifications").text
    for what, fields in (("vote", {"for": "1"}), ("reply", {"body": "And more."})):
        assert act(reader, topic_id, what, **fields).status_code == 409
    assert act(reader, topic_id, "restore").status_code == 403
    assert act(curator, topic_id, "restore").status_code == 302
    assert NASTY in reader.get("/company/forum").text
    notifications.keep_up(house)
    assert "stands again" in mine.get("/me/notifications").text


def test_a_reply_is_taken_down_alone_and_loses_its_mark_as_the_answer(make, signed_in, house):
    kari, ola = make.user("Kari"), make.user("Ola")
    with house.db.transaction() as session:
        topic = forum.raise_topic(session, house.clock, kind=TopicKind.QUESTION, title="How?", body="So?", user=kari)
        reply = forum.reply(
            session, house.clock, topic_id=topic.id, body="Ask a fool.", user=ola, is_from_writer=False
        )
        forum.mark(session, house.clock, topic_id=topic.id, reply_id=reply.id, by=kari, may_answer=False)
    curator, reader = signed_in(make.curator("Cur")), signed_in(make.user())
    assert act(curator, topic.id, "take-down", reply.id, reason="Unkind").status_code == 302
    page = reader.get(f"/company/forum/{topic.id}").text
    assert "Ask a fool" not in page
    assert "Taken down by Cur: Unkind" in page
    assert "So?" in page
    assert "Ask a fool" in signed_in(ola).get(f"/company/forum/{topic.id}").text
    with house.db.reading() as session:
        assert session.get(ForumTopic, topic.id).solution_id is None
    assert act(signed_in(kari), topic.id, "mark", reply_id=reply.id).status_code == 404


def test_who_wrote_it_decides_nothing_and_a_report_counts_once_and_ends_with_the_answer(
    make, signed_in, nasty, house
):
    kari, _, topic_id, reply_id = nasty
    assert report(signed_in(kari), topic_id).status_code == 403
    per = make.user()
    reader, curator = signed_in(per), signed_in(make.curator())
    report(reader, topic_id, reply_id, "One")
    report(reader, topic_id, reply_id, "Two")
    with house.db.reading() as session:
        assert [one.reason for one in session.scalars(select(ForumReport))] == ["Two"]
    assert act(curator, topic_id, "leave", reply_id).status_code == 302
    assert act(curator, topic_id, "leave", reply_id).status_code == 404
    assert report(reader, topic_id, reply_id, "Three").status_code == 409
    notifications.keep_up(house)
    assert "and left it" in reader.get("/me/notifications").text
    own = make.curator("Own Er")
    with house.db.transaction() as session:
        mine = forum.reply(session, house.clock, topic_id=topic_id, body="I too.", user=own, is_from_writer=False)
    report(reader, topic_id, mine.id)
    assert "I too." not in signed_in(own).get("/company/forum/reported").text
    assert "I too." in curator.get("/company/forum/reported").text
    for what, fields in (("take-down", {"reason": "x"}), ("leave", {})):
        assert act(signed_in(own), topic_id, what, mine.id, **fields).status_code == 403
    leader = signed_in(make.leader())
    assert leader.get("/company/forum/reported").status_code == 403, "criticism is often about those who lead"
    with house.db.transaction() as session:
        assert sorted(exported(session, house, per)) == ["This is an insult.", "Two"]
        house.part(Holdings).erase(session, house.clock, user_id=per.id, by=per.id)
    with house.db.reading() as session:
        assert session.scalars(select(ForumReport)).all() == []


def exported(session, house, user):
    told = house.part(Holdings).export(session, house.clock, user_id=user.id)["voice"]
    return [one["reason"] for one in told["forum_reports"]]


def test_a_writer_takes_back_a_topic_and_a_reply_and_what_others_said_stays(make, signed_in, nasty, house, db):
    kari, ola, topic_id, reply_id = nasty
    writer, replier, reader = signed_in(kari), signed_in(ola), signed_in(make.user())
    assert act(reader, topic_id, "take-back").status_code == 403
    assert act(writer, topic_id, "take-back", reply_id).status_code == 403
    asked = writer.post(
        f"/company/forum/{topic_id}/take-back", data={"csrf_token": writer.token(), "ask_first": "Sure?"}
    )
    assert "Sure?" in asked.text
    assert act(writer, topic_id, "take-back").status_code == 302
    page = reader.get(f"/company/forum/{topic_id}").text
    assert "Taken back by its writer" in page
    assert NASTY not in page
    assert "A stupid one." in page
    assert NASTY not in reader.get("/company/forum").text
    assert report(reader, topic_id).status_code == 409
    assert act(replier, topic_id, "take-back", reply_id).status_code == 302
    assert "A stupid one." not in reader.get(f"/company/forum/{topic_id}").text
    house.clock.move(days=2)
    settling.settle(house)
    assert reader.get(f"/company/forum/{topic_id}").status_code == 404
    with db.reading() as session:
        assert session.get(ForumReply, reply_id) is None
        for table in Base.metadata.sorted_tables:
            for row in session.execute(table.select()):
                assert NASTY not in json.dumps([str(value) for value in row]), table.name


def test_an_idea_that_is_taken_down_gives_its_points_back_and_gets_them_when_it_stands_again(make, nasty, house):
    _, _, topic_id, _ = nasty
    curator, leader = make.curator(), make.leader()
    with house.db.transaction() as session:
        forum.respond(
            session,
            house.clock,
            topic_id=topic_id,
            state=TopicState.DONE,
            answer="Yes.",
            owner_email="",
            by=leader.id,
        )
    kinds = []
    for change in (moderation.take_down, moderation.restore):
        more = {"reason": "x"} if change is moderation.take_down else {}
        with house.db.transaction() as session:
            change(session, house.clock, piece=forum_pieces.find(session, topic_id=topic_id), by=curator, **more)
        with house.db.reading() as session:
            event = Base.metadata.tables["event"]
            kinds.append(session.execute(select(event.c.kind).order_by(event.c.id.desc()).limit(2)).scalars().all())
    assert kinds == [["topic.hidden", "idea.undone"], ["topic.shown_again", "idea.done"]]
    with house.db.transaction() as session:
        piece = forum_pieces.find(session, topic_id=topic_id)
        moderation.take_down(session, house.clock, piece=piece, by=curator, reason="x")
        with pytest.raises(Conflict):
            moderation.take_down(session, house.clock, piece=piece, by=curator, reason="x")


def test_reports_around_an_anonymous_topic_and_taking_it_back_tie_nobody_to_it(make, signed_in, house, db):
    """The attacker reads every table: a report, and the writer's own acts, leave no number of theirs beside the topic."""
    kari, per, owner = make.user("Kari"), make.user("Per"), make.leader(email="owner@example.com")
    writer, reader, curator = signed_in(kari), signed_in(per), signed_in(make.curator())
    address = write_anonymously(writer)
    topic_id = address.rsplit("/", 1)[1]
    writer.post(f"{address}/reply", data={"csrf_token": writer.token(), "body": "And so.", "as": "writer"})
    signed_in(owner).submit(
        address, {"state": "heard", "answer": "We look.", "owner": "owner@example.com"}, form=f"{address}/answer"
    )
    report(writer, topic_id, reason="I did not mean it.")
    for _ in range(2):
        assert report(reader, topic_id).status_code == 302
    assert "You reported this" in reader.get(address).text
    assert "You reported this" not in signed_in(make.user()).get(address).text
    assert forum_reports.tell_curators(house) == 1
    notifications.keep_up(house)
    with db.reading() as session:
        kept = session.scalars(select(ForumReport)).all()
        assert len(kept) == 2, "once a person, also without their name"
        assert {one.user_id for one in kept} == {None}
        assert not {one.key for one in kept} & {str(kari.id), str(per.id)}
    assert "This is an insult." in curator.get("/company/forum/reported").text
    assert act(curator, topic_id, "take-down", reason="Names a person").status_code == 302
    assert TITLE in writer.get(address).text, "its writer still sees it, with the reason"
    assert "Taken down" in writer.get("/company/forum/mine").text
    assert TITLE not in reader.get(address).text
    assert act(reader, topic_id, "take-back").status_code == 403
    assert act(writer, topic_id, "take-back").status_code == 302
    house.clock.move(days=2)
    settling.settle(house)
    notifications.keep_up(house)
    with db.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(table.select()):
                told = json.dumps([str(value) for value in row])
                assert TITLE not in told, table.name
                if table.name == "event" and topic_id in told:
                    assert row.actor_id not in (kari.id, per.id), row.kind
                    assert row.kind != "topic.taken_back"


def test_whoever_kept_a_title_in_their_notifications_loses_it(make, signed_in, nasty, house):
    _, _, topic_id, _ = nasty
    owner, leader = make.user("Owner", email="owner@example.com"), make.leader()
    with house.db.transaction() as session:
        forum.respond(
            session,
            house.clock,
            topic_id=topic_id,
            state=TopicState.HEARD,
            answer="",
            owner_email="owner@example.com",
            by=leader.id,
        )
    notifications.keep_up(house)
    browser = signed_in(owner)
    assert NASTY in browser.get("/me/notifications").text
    act(signed_in(make.curator()), topic_id, "take-down", reason="Unkind")
    notifications.keep_up(house)
    assert NASTY not in browser.get("/me/notifications").text
