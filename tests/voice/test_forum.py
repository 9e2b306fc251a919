"""The forum: raised, voted for, answered, merged; and what was written anonymously stays so."""

import json
import re
from types import SimpleNamespace

import pytest
from sqlalchemy import select, text

from advocacy.base.db import Base
from advocacy.voice import anonymity, forum, settling
from advocacy.voice.anonymity import Keyring, Pace
from advocacy.voice.forum_models import ForumReply, ForumTopic, TopicKind, TopicState
from advocacy.web import requests

TITLE = "Overtime is never written down"


@pytest.fixture
def post(house):
    """Puts a topic into the forum with its writer's name."""

    def named(user, title):
        with house.db.transaction() as session:
            return forum.raise_topic(
                session, house.clock, kind=TopicKind.IDEA, title=title, body="Because.", user=user
            )

    return named


def write_anonymously(browser, title=TITLE):
    """Writes without a name; gives the address of the topic."""
    answer = browser.submit(
        "/company/forum/new",
        {"kind": "criticism", "title": title, "body": "Everybody knows it.", "anonymous": "y"},
        form="/company/forum/new",
    )
    assert answer.status_code == 302, answer.text
    return answer.location


def respond(browser, address, state="done", answer="It is, from today."):
    """What a leader says to it."""
    return browser.submit(address, {"state": state, "answer": answer, "owner": ""}, form=f"{address}/answer")


def test_votes_count_once_and_order_the_list(post, make, signed_in, db):
    kari, ola = make.user("Kari"), make.user("Ola")
    first, second = post(kari, "Fruit on Fridays"), post(kari, "A quiet room")
    browser = signed_in(ola)
    for _ in range(2):
        browser.post(f"/company/forum/{first.id}/vote", data={"csrf_token": browser.token(), "for": "1"})
    page = browser.get("/company/forum?order=votes").text
    assert page.index("Fruit on Fridays") < page.index("A quiet room")
    with db.reading() as session:
        assert session.get(ForumTopic, first.id).votes == 1
    browser.post(f"/company/forum/{first.id}/vote", data={"csrf_token": browser.token(), "for": "0"})
    with db.reading() as session:
        assert session.get(ForumTopic, first.id).votes == 0
        assert session.get(ForumTopic, second.id).votes == 0


def test_the_list_goes_on_page_by_page_in_both_orders(post, make, signed_in, db):
    kari = make.user("Kari")
    for number in range(30):
        topic = post(kari, f"Idea number {number}")
        with db.transaction() as session:
            session.get(ForumTopic, topic.id).votes = number % 4
    browser = signed_in(kari)
    for order in ("newest", "votes"):
        first = browser.get(f"/company/forum?order={order}").text
        following = re.search(r'rel="next" href="([^"]+)"', first).group(1).replace("&amp;", "&")
        seen = re.findall(r"Idea number \d+", first) + re.findall(r"Idea number \d+", browser.get(following).text)
        assert len(seen) == len(set(seen)) == 30


def test_a_leader_sees_what_waits_says_where_it_stands_and_must_say_why_not(post, make, signed_in):
    topic = post(make.user("Kari"), "Free lunch")
    leader = signed_in(make.leader(email="lea@example.com"))
    address = f"/company/forum/{topic.id}"
    assert "1 waits for an answer" in leader.get("/company/forum/waiting").text
    assert "waits" not in signed_in(make.user()).get("/company/forum/waiting").text
    assert respond(leader, address, "declined", "").status_code == 422
    leader.submit(
        address,
        {"state": "declined", "answer": "There is *no* kitchen.", "owner": "lea@example.com"},
        form=f"{address}/answer",
    )
    page = signed_in(make.user()).get(address).text
    assert "<em>no</em> kitchen" in page
    assert "Owner: Lea Der" in page
    assert "For those who lead" not in page
    assert "waits" not in leader.get("/company/forum/waiting").text


def test_two_that_say_the_same_become_one_and_a_vote_for_both_counts_once(post, make, signed_in, db):
    kari, ola, leader = make.user("Kari"), make.user("Ola"), make.leader()
    kept, other = post(kari, "Fruit on Fridays"), post(ola, "Apples, please")
    with db.transaction() as session:
        for user, topic in ((kari, kept), (kari, other), (ola, other)):
            forum.vote(session, topic_id=topic.id, user=user, is_for=True)
    browser = signed_in(leader)
    assert "Fruit on Fridays" in browser.get(f"/company/forum/{other.id}/merge?q=fruit").text
    browser.post(f"/company/forum/{other.id}/merge", data={"csrf_token": browser.token(), "into": kept.id})
    with db.reading() as session:
        assert session.get(ForumTopic, kept.id).votes == 2
    assert "Apples, please" not in browser.get("/company/forum").text
    assert "Apples, please" in browser.get(f"/company/forum/{kept.id}").text
    again = browser.post(f"/company/forum/{other.id}/merge", data={"csrf_token": browser.token(), "into": kept.id})
    assert again.status_code == 422


def test_an_employee_criticises_anonymously_and_sees_done_and_nothing_ties_them(
    make, signed_in, db, house, clock, monkeypatch, tmp_path
):
    """The attacker reads every table, the log, the mail and the export after two days have gone by."""
    lines = []
    monkeypatch.setattr(requests, "log", SimpleNamespace(info=lambda event, **line: lines.append(line)))
    kari, leader = make.user("Kari Unmistakable", email="kari.u@example.com"), make.leader()
    browser = signed_in(kari)
    clock.move(hours=3, minutes=17)
    address = write_anonymously(browser)
    topic_id = address.rsplit("/", 1)[1]
    clock.move(minutes=40)
    browser.post(f"{address}/reply", data={"csrf_token": browser.token(), "body": "And so.", "as": "writer"})
    clock.move(hours=20)
    respond(signed_in(leader), address)
    page = browser.get("/company/forum/mine").text
    assert TITLE in page
    assert "Done" in page
    code = re.search(r"<code[^>]*>([A-Z2-7-]+)</code>", browser.get(address).text).group(1)
    secret = browser.get_cookie("forum", path="/company/forum").value.split(".")[0]

    clock.move(days=3)
    browser.get("/feed")  # the person comes back, as people do: seen last is now
    settling.settle(house)
    lines.clear()
    with db.reading() as session:
        topic = session.get(ForumTopic, topic_id)
        assert topic.user_id is None
        assert topic.day.isoformat() == "2026-03-02"
        about = [reply for reply in session.scalars(select(ForumReply)) if reply.is_from_writer]
        assert [reply.user_id for reply in about] == [None]
        for table in Base.metadata.sorted_tables:
            for row in session.execute(table.select()):
                kept = json.dumps([str(value) for value in row])
                assert code.replace("-", "") not in kept
                assert secret not in kept
                names_topic = topic_id in kept or TITLE in kept
                if names_topic and table.name not in ("forum_topic", "forum_reply"):
                    assert table.name == "event"
                    assert row.actor_id == leader.id
                if names_topic:
                    assert not {"kari.u@example.com", "Kari Unmistakable"} & {str(value) for value in row}
        acts = [
            row.kind
            for row in session.execute(text("SELECT kind FROM event WHERE actor_id = :who"), {"who": kari.id})
        ]
        assert not [kind for kind in acts if kind.startswith(("topic", "forum"))]
    export = browser.submit("/me/data", form="/me/data").text
    told = json.loads(export)["voice"]
    assert told["forum_topics"] == []
    assert TITLE not in export
    assert topic_id not in export
    remains = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert secret.encode() not in remains
    assert code.replace("-", "").encode() not in remains


def test_the_log_names_nobody_where_the_forum_is_read_or_written(make, signed_in, monkeypatch):
    lines = []
    monkeypatch.setattr(requests, "log", SimpleNamespace(info=lambda event, **line: lines.append(line)))
    browser = signed_in(make.user())
    address = write_anonymously(browser)
    browser.get(address)
    browser.get("/company/forum/mine")
    assert len(lines) == 4
    assert {line["user"] for line in lines} == {None}
    assert not [line for line in lines if address.rsplit("/", 1)[1] in str(line)]


def test_the_next_person_at_the_same_browser_is_not_taken_for_the_writer(make, signed_in):
    kari, ola = signed_in(make.user("Kari")), signed_in(make.user("Ola"))
    address = write_anonymously(kari)
    ola.set_cookie(
        "forum", kari.get_cookie("forum", path="/company/forum").value, domain="localhost", path="/company/forum"
    )
    assert "You wrote this anonymously" in kari.get(address).text
    assert "You wrote this anonymously" not in ola.get(address).text
    assert TITLE not in ola.get("/company/forum/mine").text
    answer = ola.post(f"{address}/reply", data={"csrf_token": ola.token(), "body": "I am it.", "as": "writer"})
    assert answer.status_code == 403


def test_a_kept_code_leads_to_the_topic_from_another_browser(make, signed_in):
    kari = make.user("Kari")
    browser = signed_in(kari)
    address = write_anonymously(browser)
    code = re.search(r"<code[^>]*>([A-Z2-7-]+)</code>", browser.get(address).text).group(1)
    elsewhere = signed_in(kari)
    found = elsewhere.submit("/company/forum/mine", {"code": code.lower()}, form="/company/forum/mine")
    assert found.location == address
    lost = elsewhere.submit("/company/forum/mine", {"code": "AAAA-AAAA"}, form="/company/forum/mine")
    assert lost.location == "/company/forum/mine"


def test_the_pace_is_kept_in_memory_and_nothing_of_it_is_written(make, signed_in, db, clock):
    browser = signed_in(make.user())
    for number in range(5):
        write_anonymously(browser, f"Number {number}")
    answer = browser.submit(
        "/company/forum/new",
        {"kind": "idea", "title": "One more", "body": "x", "anonymous": "y"},
        form="/company/forum/new",
    )
    assert answer.status_code == 429
    with db.reading() as session:
        assert session.execute(text("SELECT count(*) FROM attempts")).scalar_one() == 0
    clock.move(hours=1)
    write_anonymously(browser, "After an hour")


def test_rows_of_some_days_bear_one_mark_of_one_transaction(make, signed_in, db, house, clock):
    browser = signed_in(make.user())
    for number in range(4):
        write_anonymously(browser, f"Number {number}")
        clock.move(minutes=3)
    clock.move(days=2)
    assert settling.settle(house) == 4
    assert settling.settle(house) == 0
    with db.reading() as session:
        if db.is_sqlite:
            made = session.execute(text("SELECT sql FROM sqlite_master WHERE name = 'forum_topic'")).scalar_one()
            assert "WITHOUT ROWID" in made
        else:
            marks = session.execute(text("SELECT count(DISTINCT xmin::text) FROM forum_topic")).scalar_one()
            assert marks == 1


def test_a_keyring_takes_only_its_own_cookie():
    ring = Keyring().with_topic("a" * 24).with_topic("b" * 24)
    assert Keyring.of(str(ring)) == ring
    for wrong in ("", "x", f"{ring.secret}.short", f"{ring.secret}.{'!' * 24}"):
        assert Keyring.of(wrong) == Keyring()
    code = ring.code("a" * 24, user_id=1)
    assert anonymity.is_code(anonymity.spaced(code).lower(), anonymity.hash_code(code))
    assert ring.code("a" * 24, user_id=2) != code
    assert TopicState("done") is TopicState.DONE
    assert isinstance(Pace(), Pace)
