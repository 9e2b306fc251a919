"""Notifications by e-mail: one letter for several, never in quiet hours, only so many a day, and stopped by one click."""

import json
from datetime import UTC, datetime

from sqlalchemy import select

from advocacy.base.letters import Letter, Printer
from advocacy.base.sealing import Sealer
from advocacy.messages import choices, posting, unsubscribing
from advocacy.people import outbox
from advocacy.people.mail_models import OutgoingMail


def letters(house, user) -> list[Letter]:
    with house.db.reading() as session:
        kept = session.scalars(select(OutgoingMail).where(OutgoingMail.to == user.email).order_by(OutgoingMail.id))
        return [
            Letter.from_json(
                json.loads(house.part(Sealer).open(mail.sealed_letter, context=outbox._context(mail.message_id)))
            )
            for mail in kept
        ]


def test_several_things_come_in_one_letter_and_only_once(happen, make, house, clock):
    leader, kari = make.user("Lea Der"), make.user("Kari")
    happen.notice(leader, "One")
    posting.post_due(house)
    assert letters(house, kari) == [], "the first waits for others"
    clock.move(minutes=9)
    happen.notice(leader, "Two")
    clock.move(minutes=2)
    posting.post_due(house)
    posting.post_due(house)
    [letter] = letters(house, kari)
    assert str(letter.subject) == "2 things happened that concern you"
    assert [str(part.lines[0]) for part in letter.sections] == ["“One”", "“Two”"]
    leads = [part.button[1].rpartition("/me/notifications/")[2] for part in letter.sections]
    assert sorted(leads) == sorted(str(one.id) for one in happen.told(kari)), "each to what it tells of"


def test_what_was_read_in_time_needs_no_letter(happen, make, house, clock, signed_in):
    leader, kari = make.user("Lea Der"), make.user("Kari")
    happen.notice(leader)
    signed_in(kari).get(f"/me/notifications/{happen.told(kari)[0].id}")
    clock.move(hours=1)
    posting.post_due(house)
    assert letters(house, kari) == []


def test_letters_wait_for_the_end_of_quiet_hours_in_the_readers_own_zone(happen, make, house, clock):
    leader = make.user("Lea Der")
    tokyo, oslo = make.user("Aiko", time_zone="Asia/Tokyo"), make.user("Kari", time_zone="Europe/Oslo")
    clock.set(datetime(2026, 3, 2, 11, 55, tzinfo=UTC))  # 20:55 in Tokyo, 12:55 in Oslo
    happen.notice(leader)
    clock.move(minutes=11)
    posting.post_due(house)
    assert (len(letters(house, tokyo)), len(letters(house, oslo))) == (0, 1)
    clock.set(datetime(2026, 3, 2, 22, 1, tzinfo=UTC))  # 07:01 in Tokyo
    posting.post_due(house)
    assert len(letters(house, tokyo)) == 1


def test_what_is_over_the_cap_comes_together_the_next_morning(happen, make, house, clock):
    leader, kari = make.user("Lea Der"), make.user("Kari")
    for number in range(6):
        happen.notice(leader, f"Number {number}")
        clock.move(minutes=11)
        posting.post_due(house)
    assert len(letters(house, kari)) == 3
    clock.set(datetime(2026, 3, 3, 7, 1, tzinfo=UTC))
    posting.post_due(house)
    assert len(letters(house, kari)) == 4
    assert "3 things" in str(letters(house, kari)[-1].subject)


def test_a_person_chooses_by_kind_and_channel(happen, make, house, clock, signed_in):
    leader, kari = make.user("Lea Der"), make.user("Kari")
    browser = signed_in(kari)
    page = browser.get("/me/messages")
    assert 'name="notice-mail" value="1" checked' in page.text
    token = browser.token()
    browser.post("/me/messages", data={"csrf_token": token, "notice-app": "1", "letters": "1", "most_letters": "3"})
    happen.notice(leader)
    clock.move(minutes=11)
    posting.post_due(house)
    assert (happen.unread(kari), len(letters(house, kari))) == (1, 0)
    browser.post("/me/messages", data={"csrf_token": token, "notice-mail": "1", "letters": "1", "most_letters": "3"})
    happen.notice(leader, "Second")
    clock.move(minutes=11)
    posting.post_due(house)
    assert (happen.unread(kari), len(letters(house, kari))) == (1, 1), "by e-mail alone"
    wrong = browser.post("/me/messages", data={"csrf_token": token, "most_letters": "9999"})
    assert wrong.status_code == 422


def test_one_post_without_a_session_stops_the_letters_and_a_look_at_the_link_does_not(
    happen, make, house, clock, client
):
    leader, kari = make.user("Lea Der"), make.user("Kari")
    happen.notice(leader)
    clock.move(minutes=11)
    posting.post_due(house)
    [letter] = letters(house, kari)
    message = house.part(Printer).message(letter, to=kari.email, locale="nb", message_id="x")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = message["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    assert link in message.get_body(("plain",)).get_content(), "for people too"
    assert client.get(link).status_code == 200
    with house.db.reading() as session:
        assert choices.settings_of(session, kari.id).wants_letters
    assert client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    happen.notice(leader, "Second")
    clock.move(minutes=11)
    posting.post_due(house)
    assert len(letters(house, kari)) == 1
    assert happen.unread(kari) == 2, "on the hub it still stands"


def test_a_link_that_somebody_made_up_stops_nothing(make, house, client):
    kari = make.user("Kari")
    good = unsubscribing.token(house.part(Sealer), user_id=kari.id, letters=choices.LETTERS)
    for bad in ("nothing", good[:-2] + "AA", "A" * 80):
        assert client.post(f"/unsubscribe/{bad}").status_code == 400
        assert client.get(f"/unsubscribe/{bad}").status_code == 404
    with house.db.reading() as session:
        assert choices.settings_of(session, kari.id).wants_letters
