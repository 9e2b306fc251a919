"""Letters that come back: read as RFC 3464 has them, believed only with our own Message-ID, hard and soft apart."""

import socket
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from advocacy.base.letters import Letter
from advocacy.base.sealing import Sealer
from advocacy.base.text import Text
from advocacy.cli import main
from advocacy.people import bounce_mailbox, bounces, outbox
from advocacy.people.bounces import Outcome
from advocacy.people.mail_models import OutgoingMail
from config import Settings

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is read is the letter; the rows are written on both databases in the other tests."""

REPORT = """\
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: hub@localhost
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut/mx.example.net"

--cut/mx.example.net
Content-Type: text/plain; charset=utf-8

This is the mail system. Your message could not be delivered.

--cut/mx.example.net
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Mon, 2 Mar 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; kari@example.com
Original-Recipient: rfc822;kari@example.com
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.com
Diagnostic-Code: {diagnosis}

--cut/mx.example.net
Content-Type: {enclosed}

Return-Path: <hub@localhost>
From: Nordlys <hub@localhost>
To: kari@example.com
Subject: News
MESSAGE-ID: <{message_id}@localhost>
MIME-Version: 1.0
Content-Type: text/plain

Hello
--cut/mx.example.net--
"""


@pytest.fixture
def letter(house):
    """A letter to Kari that the company's mail server took."""
    with house.db.transaction() as session:
        mail = outbox.put(
            session,
            house.clock,
            house.part(Sealer),
            to="kari@example.com",
            kind="newsletter",
            letter=Letter(subject=Text("News"), lines=(Text("Hello"),)),
            locale="en",
            useful_for=timedelta(days=1),
        )
    outbox.send_due(house)
    return mail


def report(message_id, *, action="failed", status="5.1.1", diagnosis="smtp; 550 5.1.1 No such user", **more) -> bytes:
    enclosed = more.get("enclosed", "text/rfc822-headers")
    words = REPORT.format(message_id=message_id, action=action, status=status, diagnosis=diagnosis, enclosed=enclosed)
    return words.replace("\n", "\r\n").encode()


def kept(house) -> tuple[OutgoingMail, bool]:
    with house.db.reading() as session:
        mail = session.scalars(select(OutgoingMail)).one()
        return mail, bool(outbox.paused(session, ["kari@example.com"]))


@ONE_DATABASE
@pytest.mark.parametrize(
    ("status", "diagnosis", "outcome"),
    [
        ("5.1.1", "smtp; 550 5.1.1 <kari@example.com>: No such user", Outcome.GONE),
        ("5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found", Outcome.GONE),
        ("5.2.1", "smtp; 550-5.2.1 The account is disabled", Outcome.GONE),
        ("5.0.0", "smtp; 550 5.1.1 User unknown", Outcome.GONE),
        ("5.0.0", "smtp; 550 no mailbox here by that name", Outcome.GONE),
        ("5.1.1", "X-Unix; 67", Outcome.GONE),
        ("5.2.2", "smtp; 552 5.2.2 Mailbox full", Outcome.FAILED),
        ("5.7.1", "smtp; 550 5.7.1 Refused by our policy", Outcome.FAILED),
        ("5.0.0", "smtp; 554 Transaction failed", Outcome.FAILED),
        ("4.4.7", "smtp; 451 4.4.1 Connection timed out", Outcome.FAILED),
        ("5.4.4", "X-Postfix; Host or domain name not found", Outcome.FAILED),
    ],
)
def test_a_mailbox_that_is_gone_is_paused_and_one_in_trouble_is_not(house, letter, status, diagnosis, outcome):
    raw = report(letter.message_id, status=status, diagnosis=diagnosis)
    assert [bounces.take(house, raw) for _ in range(2)] == [outcome, outcome], "twice is once"
    mail, is_paused = kept(house)
    assert (mail.bounced_at, is_paused) == (house.clock.now(), outcome is Outcome.GONE)
    assert diagnosis.partition(";")[2].split()[-1] in mail.failure, "an administrator reads why"


def test_a_whole_letter_may_be_enclosed_and_a_late_one_is_left_alone(house, letter, signed_in, make):
    assert bounces.take(house, report(letter.message_id, action="delayed", status="4.4.1")) is Outcome.DELAYED
    assert kept(house)[0].bounced_at is None
    assert bounces.take(house, report(letter.message_id, enclosed="message/rfc822")) is Outcome.GONE
    page = signed_in(make.admin()).get("/admin/mail").text
    assert "Came back" in page
    assert "No such user" in page


def test_nobody_pauses_an_address_by_writing_such_a_letter(house, letter):
    for made_up in ("0" * 32, "", letter.message_id[:-1] + "x"):
        assert bounces.take(house, report(made_up)) is Outcome.UNKNOWN
    hidden = report("0" * 32).replace(b"could not be delivered.", f"<{letter.message_id}@localhost>".encode())
    assert bounces.take(house, hidden) is Outcome.UNKNOWN, "only what is enclosed counts"
    mail, is_paused = kept(house)
    assert (mail.bounced_at, is_paused) == (None, False)


@ONE_DATABASE
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00" * 100,
        b"Subject: I am away until Monday\r\nAuto-Submitted: auto-replied\r\n\r\nBye",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x--",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\nno\r\n--x--",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n" + b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" * 200,
    ],
)  # fmt: skip
def test_what_is_no_report_is_left_alone(house, letter, raw):
    assert bounces.take(house, raw) is Outcome.NO_BOUNCE
    assert kept(house)[0].bounced_at is None


class Mailbox:
    """An IMAP server with one folder, which speaks as much as is needed."""

    def __init__(self, letters: list[bytes]) -> None:
        self.letters, self.seen, self.asked = letters, set(), []

    def answer(self, line: str) -> bytes:
        tag, command, *rest = line.split(" ", 2)
        self.asked.append(line)
        told = b""
        if command == "CAPABILITY":
            told = b"* CAPABILITY IMAP4rev1\r\n"
        elif command == "LOGIN" and rest[0] != 'hub@example.com "se cret"':
            return f"{tag} NO wrong password\r\n".encode()
        elif command == "SELECT":
            told = b"* %d EXISTS\r\n" % len(self.letters)
        elif command == "UID" and rest[0].startswith("SEARCH"):
            fresh = [str(number) for number in range(1, len(self.letters) + 1) if number not in self.seen]
            told = f"* SEARCH {' '.join(fresh)}\r\n".encode()
        elif command == "UID" and rest[0].startswith("FETCH"):
            number = int(rest[0].split()[1])
            raw = self.letters[number - 1]
            told = b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n" % (number, number, len(raw), raw)
        elif command == "UID" and rest[0].startswith("STORE"):
            self.seen.add(int(rest[0].split()[1]))
        return told + f"{tag} OK done\r\n".encode()


@contextmanager
def served(box: Mailbox):
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line, line.makefile("rwb") as talk:
                talk.write(b"* OK ready\r\n")
                talk.flush()
                for asked in talk:
                    talk.write(box.answer(asked.decode().strip()))
                    talk.flush()
                    if b"LOGOUT" in asked:
                        break

    serving = threading.Thread(target=serve, daemon=True)
    serving.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        serving.join(5)


def test_a_mailbox_is_read_and_each_letter_taken_once(house, letter, monkeypatch):
    box = Mailbox([b"Subject: lunch?\r\n\r\nNo", report(letter.message_id)])
    with served(box) as port:
        url = f"imap://hub%40example.com:se%20cret@127.0.0.1:{port}/Bounced%20mail"
        settings = house.part(Settings).model_copy(update={"bounces_imap_url": url})
        monkeypatch.setitem(house._parts, Settings, settings)
        assert [bounce_mailbox.read(house), bounce_mailbox.read(house)] == [2, 0]
        assert kept(house)[1], "paused"
        assert any('SELECT "Bounced mail"' in line for line in box.asked)
        wrong = settings.model_copy(update={"bounces_imap_url": url.replace("se%20cret", "other")})
        monkeypatch.setitem(house._parts, Settings, wrong)
        assert bounce_mailbox.read(house) == 0, "told in the log, and tried again"
    assert bounce_mailbox.read(house) == 0, "nobody answers"


@ONE_DATABASE
def test_a_mail_servers_alias_hands_a_letter_to_the_command(house, letter, settings, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    done = CliRunner().invoke(main, ["bounce"], input=report(letter.message_id))
    assert (done.exit_code, "The mailbox is gone" in done.output) == (0, True)
    assert kept(house)[1]
