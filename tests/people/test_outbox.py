"""The outbox: every letter goes out at least once, under one Message-ID, or somebody learns why not."""

import socket
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from advocacy.base.letters import Letter, Printer
from advocacy.base.mail import NoSuchMailbox, Post, TryLater, Unanswered, Undeliverable
from advocacy.base.sealing import Sealer
from advocacy.base.text import Text
from advocacy.people import outbox
from advocacy.people.mail_models import OutgoingMail
from advocacy.people.privacy import Holdings

LETTER = Letter(
    subject=Text("Hello {name}", name="Kåre <b>"),
    lines=(Text("Come and <share>."),),
    button=(Text("Open"), "https://hub.example/x?a=1&b=2"),
    after=(Text("Until then."),),
)


class Postman:
    """Stands in for the mail server: does what it is told, and remembers what it was given."""

    def __init__(self) -> None:
        self.given = []
        self.mood = None
        self.breaks_off = False

    @contextmanager
    def round(self):
        def send(message, before_data=lambda: None):
            if self.mood is not None:
                raise self.mood
            before_data()
            if self.breaks_off:
                raise Unanswered("the line broke")
            self.given.append(message)

        yield send


@pytest.fixture
def postman(house, monkeypatch) -> Postman:
    standing = Postman()
    monkeypatch.setattr(house.part(Post), "round", standing.round)
    return standing


def put(house, to="kari@example.com", **more):
    with house.db.transaction() as session:
        outbox.put(
            session,
            house.clock,
            house.part(Sealer),
            **{
                "to": to,
                "kind": "reset",
                "letter": LETTER,
                "locale": "en",
                "useful_for": timedelta(hours=1),
                **more,
            },
        )


def only(db) -> OutgoingMail:
    with db.reading() as session:
        return session.scalars(select(OutgoingMail)).one()


def test_a_letter_goes_out_once_and_what_it_said_is_forgotten(house, db, postman):
    put(house)
    assert outbox.send_due(house) == 1
    assert outbox.send_due(house) == 0
    assert len(postman.given) == 1
    kept = only(db)
    assert kept.sent_at == house.clock.now()
    assert kept.sealed_letter is None


def test_a_letter_that_waits_is_sealed_to_its_row(house, db):
    put(house)
    sealed = only(db).sealed_letter
    assert b"hub.example" not in sealed
    assert b"share" not in sealed


def test_a_mail_server_that_is_away_gets_the_letter_later_under_the_same_name(house, db, postman, clock):
    put(house)
    postman.mood = TryLater("connection refused")
    outbox.send_due(house)
    kept = only(db)
    assert kept.failure == "connection refused"
    assert timedelta(seconds=30) <= kept.next_try_at - clock.now() <= timedelta(minutes=1)
    assert outbox.send_due(house) == 0, "not before its time"
    clock.move(minutes=2)
    outbox.send_due(house)
    waits = only(db).next_try_at - clock.now()
    assert timedelta(minutes=1) <= waits <= timedelta(minutes=2), "longer each time"
    clock.move(minutes=3)
    postman.mood = None
    outbox.send_due(house)
    assert only(db).sent_at is not None
    assert postman.given[0]["Message-ID"].strip("<>").split("@")[0] == kept.message_id


def test_a_letter_that_is_of_no_use_any_more_is_given_up(house, db, postman, clock):
    put(house)
    postman.mood = TryLater("connection refused")
    for _ in range(12):
        outbox.send_due(house)
        clock.move(minutes=30)
    kept = only(db)
    assert kept.failed_at is not None
    assert kept.next_try_at is None
    assert kept.sealed_letter is None


def test_a_refused_letter_is_not_sent_again_and_says_why(house, db, postman):
    put(house)
    postman.mood = Undeliverable("550 no such mailbox")
    outbox.send_due(house)
    kept = only(db)
    assert (kept.failed_at is not None, kept.failure) == (True, "550 no such mailbox")
    assert outbox.send_due(house) == 0


def test_a_letter_that_was_handed_over_without_an_answer_is_unclear_where_a_second_one_is_worse_than_none(
    house, db, postman, clock, signed_in, make
):
    postman.breaks_off = True
    put(house, "once@example.com", kind="newsletter", is_once=True)
    put(house, "waits@example.com")
    outbox.send_due(house)
    clock.move(minutes=30)
    postman.breaks_off = False
    outbox.send_due(house)
    assert [letter["To"] for letter in postman.given] == ["waits@example.com"], "who waits for a link gets it again"
    with db.reading() as session:
        unclear = session.scalars(select(OutgoingMail).where(OutgoingMail.to == "once@example.com")).one()
        mine = select(OutgoingMail.message_id).where(OutgoingMail.id == unclear.id)
        assert outbox.outcomes(session, mine) == {"sent": 0, "refused": 0, "unclear": 1, "waiting": 0}
    assert (unclear.next_try_at, unclear.failure) == (None, "the line broke")
    assert "Nobody knows whether it arrived" in signed_in(make.admin()).get("/admin/mail").text


def test_an_address_without_a_mailbox_is_paused_until_an_administrator_tries_again(
    house, db, postman, signed_in, make
):
    gone = make.user("Gone", email="gone@example.com")
    browser = signed_in(make.admin())
    postman.mood = NoSuchMailbox("550 5.1.1 no such user")
    for _ in range(2):
        put(house, gone.email)
        outbox.send_due(house)
    page = browser.get("/admin/mail").text
    assert "550 5.1.1 no such user" in page
    with db.transaction() as session:
        assert outbox.paused(session, [gone.email, "other@example.com"]) == {gone.email}
        told = house.part(Holdings).export(session, house.clock, user_id=gone.id)["people"]
        assert [one["email"] for one in told["paused_address"]] == [gone.email]
    browser.submit("/admin/mail", {"email": gone.email}, form="/admin/mail/resume")
    with db.reading() as session:
        assert outbox.paused(session, [gone.email]) == set()
    assert "Addresses that refuse letters" not in browser.get("/admin/mail").text


def test_a_worker_that_died_loses_no_letter(house, db, postman, clock):
    put(house)
    assert len(outbox._claim(house)) == 1, "taken, and then the power went"
    assert outbox.send_due(house) == 0, "nobody else takes it meanwhile"
    clock.move(minutes=16)
    assert outbox.send_due(house) == 1
    assert len(postman.given) == 1


def test_two_workers_never_take_the_same_letter(house, db):
    for number in range(30):
        put(house, f"person{number}@example.com")
    first, second = outbox._claim(house), outbox._claim(house)
    taken = [mail.id for mail in [*first, *second]]
    assert len(taken) == len(set(taken)) == 30


def test_somebody_in_front_of_the_screen_goes_before_a_thousand_invitations(house, postman, monkeypatch):
    monkeypatch.setattr(outbox, "BATCH", 2)
    for number in range(5):
        put(house, f"person{number}@example.com", kind="invitation")
    put(house, "waiting@example.com", is_urgent=True)
    outbox.send_due(house)
    assert postman.given[0]["To"] == "waiting@example.com"
    assert len(postman.given) == 6


def test_a_letter_whose_key_is_gone_is_given_up_and_the_next_goes_out(house, db, postman):
    put(house, "first@example.com")
    with db.transaction() as session:
        session.scalars(select(OutgoingMail)).one().sealed_letter = b"\x01\x03old" + b"x" * 60
    put(house, "second@example.com")
    outbox.send_due(house)
    assert [letter["To"] for letter in postman.given] == ["second@example.com"]
    with db.reading() as session:
        assert (
            "sealed by the key"
            in session.scalars(select(OutgoingMail.failure).where(OutgoingMail.to == "first@example.com")).one()
        )


def test_no_transaction_is_open_while_the_mail_server_is_spoken_to(house, db, postman, monkeypatch):
    put(house)
    open_transactions = []

    @contextmanager
    def looking():
        def send(message):
            open_transactions.append(db.engine.pool.checkedout())

        yield send

    monkeypatch.setattr(house.part(Post), "round", looking)
    outbox.send_due(house)
    assert open_transactions == [0]


def test_a_letter_has_a_plain_part_and_an_html_part_that_holds_no_foreign_tags(house):
    message = house.part(Printer).message(LETTER, to="kari@example.com", locale="en", message_id="abc")
    assert message["Subject"] == "Hello Kåre <b>"
    assert message["From"] == "Nordlys <hub@localhost>"
    assert message["Auto-Submitted"] == "auto-generated"
    plain = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert "Come and <share>." in plain
    assert "https://hub.example/x?a=1&b=2" in plain
    assert "Come and &lt;share&gt;." in html
    assert 'href="https://hub.example/x?a=1&amp;b=2"' in html
    assert "<share>" not in html


def test_line_breaks_in_a_title_neither_stop_a_letter_nor_begin_a_header(house):
    letter = Letter(subject=Text("{title}", title="New\r\nBcc: eve@example.com\u2028rules"), lines=(Text("Read."),))
    message = house.part(Printer).message(letter, to="kari@example.com", locale="en", message_id="abc")
    assert message["Subject"] == "New Bcc: eve@example.com rules"
    assert message["Bcc"] is None


def test_the_page_says_how_the_post_goes(house, postman, signed_in, make, clock):
    browser = signed_in(make.admin())
    assert "cannot send mail yet" in browser.get("/admin/mail").text
    assert "No letters yet" in browser.get("/admin/mail").text
    put(house)
    assert "Waiting" in browser.get("/admin/mail").text
    postman.mood = TryLater("450 busy")
    outbox.send_due(house)
    page = browser.get("/admin/mail").text
    assert "450 busy" in page
    assert "Tried" in page


def test_closed_ports_are_no_reason_to_fail_the_job(house, db, monkeypatch):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        away = Post(smtp_url=f"smtp://127.0.0.1:{nobody.getsockname()[1]}", folder=house.part(Post).folder)
        monkeypatch.setattr(house.part(Post), "round", away.round)
        put(house)
        outbox.send_due(house)
    assert only(db).failed_at is None
    assert only(db).failure


def test_a_letter_bears_the_date_it_was_written_on_also_when_it_goes_later(house, postman, clock):
    put(house)
    written = clock.now().replace(microsecond=0)
    clock.move(hours=2)
    outbox.send_due(house)
    assert postman.given[0]["Date"].datetime == written
