"""Notifications: each event tells a person once, several become one, and a look makes them read."""

from datetime import timedelta

from advocacy.messages.posting import sentence
from advocacy.people.models import SignInSession, UserState
from advocacy.people.privacy import Holdings


def test_an_event_tells_everybody_it_is_for_once_and_not_whoever_did_it(happen, make):
    leader, kari = make.user("Lea Der"), make.user("Kari")
    gone = make.user("Gone", state=UserState.DISABLED)
    happen.notice(leader)
    happen.again()
    assert [line.about for line in happen.told(kari)] == ["The canteen moves"]
    assert happen.told(leader) == []
    assert happen.told(gone) == []


def test_several_colleagues_become_one_sentence_that_counts_people_and_not_answers(happen, make):
    kari, first, second = make.user("Kari"), make.user("First"), make.user("Second")
    topic = happen.topic(kari)
    for who in (first, first, second):
        happen.reply(topic, who)
    [line] = happen.told(kari)
    assert str(sentence(line)) == "2 colleagues answered what you wrote in the forum."
    assert happen.unread(kari) == 1
    happen.reply(topic, kari)
    assert happen.unread(kari) == 1, "one's own answer is no news"


def test_what_was_read_is_not_counted_again_with_what_comes_after(happen, make, signed_in):
    kari, first, second = make.user("Kari"), make.user("First"), make.user("Second")
    topic = happen.topic(kari)
    happen.reply(topic, first)
    browser = signed_in(kari)
    answer = browser.get(f"/me/notifications/{happen.told(kari)[0].id}")
    assert answer.location == f"/company/forum/{topic.id}"
    assert happen.unread(kari) == 0
    happen.reply(topic, second)
    assert [line.count for line in happen.told(kari)] == [1, 1]


def test_whoever_wrote_anonymously_is_told_nothing_since_nobody_knows_them(happen, make):
    kari, other = make.user("Kari"), make.user("Other")
    topic = happen.topic(kari, code_hash="x" * 64)
    happen.reply(topic, other)
    happen.reply(topic, kari, is_from_writer=True)
    assert happen.told(kari) == happen.told(other) == []


def test_the_past_is_not_poured_out_when_the_hub_was_away(happen, make, clock, house):
    leader, kari = make.user("Lea Der"), make.user("Kari")
    happen.notice(leader)
    with house.db.transaction() as session:
        for line in happen.told(kari):
            session.delete(session.merge(line))
    clock.move(days=4)
    happen.again()
    assert happen.told(kari) == []


def test_the_bell_tells_a_change_and_costs_nothing_where_there_is_none(happen, make, signed_in, house, clock):
    leader, kari = make.user("Lea Der"), make.user("Kari")
    browser = signed_in(kari)
    first = browser.get("/me/notifications/bell")
    assert "bell-count" not in first.text
    seen = first.text.split("seen=")[1].split('"')[0]
    assert browser.get(f"/me/notifications/bell?seen={seen}").status_code == 204
    happen.notice(leader)
    clock.move(minutes=40)
    changed = browser.get(f"/me/notifications/bell?seen={seen}")
    assert ">1<" in changed.text
    assert changed.headers["HX-Trigger"] == "notifications", "the open list fetches itself anew"
    with house.db.reading() as session:
        [kept] = session.query(SignInSession).all()
        assert clock.now() - kept.last_seen_at > timedelta(minutes=30), "an open page is no person who is there"


def test_the_page_leads_on_and_marks_all_of_what_was_shown(happen, make, signed_in):
    leader, kari = make.user("Lea Der"), make.user("Kari", locale="nb")
    browser = signed_in(kari)
    assert "Ingenting har skjedd ennå" in browser.get("/me/notifications").text
    happen.notice(leader)
    assert "Det er kommet et nytt oppslag." in browser.get("/me/notifications").text
    browser.submit("/me/notifications", form="/me/notifications/read")
    assert happen.unread(kari) == 0
    other = signed_in(make.user("Other"))
    assert other.get(f"/me/notifications/{happen.told(kari)[0].id}").status_code == 404, "somebody else's"


def test_erasing_a_person_takes_what_they_were_told_and_their_number_elsewhere(happen, make, house, db):
    kari, first = make.user("Kari"), make.user("First")
    topic = happen.topic(kari)
    happen.reply(topic, first)
    with db.transaction() as session:
        told = house.part(Holdings).export(session, house.clock, user_id=kari.id)["messages"]
        assert len(told["notifications"]) == 1
        house.part(Holdings).erase(session, house.clock, user_id=first.id, by=first.id)
    assert happen.told(kari)[0].actor_id is None
    with db.transaction() as session:
        house.part(Holdings).erase(session, house.clock, user_id=kari.id, by=kari.id)
    assert happen.told(kari) == []
