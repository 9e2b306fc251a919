"""A newsletter over a real SMTP server that says 452 and 550, its sender killed half-way: each gets it once.

`NEWSLETTER_PEOPLE` says to how many: unless set 60, and with `CI=true` on SQLite 2,000, as the journey has it.
"""

import email
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import insert, select, update

from advocacy.base.notifying import Kinds
from advocacy.library.models import Dimension
from advocacy.messages import choices, digest_turns, drawing, mailing, newsletters
from advocacy.messages.choices import Wanted
from advocacy.messages.models import DigestTurn, MessageSettings
from advocacy.messages.newsletter_models import NewsletterDelivery
from advocacy.messages.newsletters import NewsletterState, Written
from advocacy.people import outbox
from advocacy.people.mail_models import OutgoingMail
from advocacy.people.models import User, UserState
from advocacy.people.privacy import Holdings


def readers(db) -> int:
    """How many people get the newsletter."""
    whole = os.environ.get("CI") == "true" and db.engine.dialect.name == "sqlite"
    return int(os.environ.get("NEWSLETTER_PEOPLE") or (2000 if whole else 60))


class Server:
    """Keeps what it took, refuses some, puts some off once, and kills the sender at two moments."""

    def __init__(self) -> None:
        self.mailboxes, self.names, self.put_off = Counter(), Counter(), set()
        self.seen = self.taken = 0
        self.sender = 0
        self.kill_at_address = self.kill_after_taking = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.seen += 1
        if self.seen == self.kill_at_address:
            os.kill(self.sender, signal.SIGKILL)
        number = int(re.search(r"\d+", address)[0])
        if number % 20 == 7:
            return "550 5.1.1 no such mailbox"
        if number % 20 == 11 and address not in self.put_off:
            self.put_off.add(address)
            return "452 4.2.2 mailbox full for now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.taken += 1
        [address] = envelope.rcpt_tos
        self.mailboxes[address] += 1
        self.names[email.message_from_bytes(envelope.content)["Message-ID"]] += 1
        if self.taken == self.kill_after_taking:
            os.kill(self.sender, signal.SIGKILL)  # taken, and the sender never learns it
        return "250 taken"


@pytest.fixture
def server():
    handler = Server()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, ready_timeout=30)
    controller.start()
    yield handler
    controller.stop()


def work(server, settings, clock) -> int:
    """One sender's life; returns how it ended."""
    given = {
        "data_dir": str(settings.data_dir),
        "database_url": settings.database_url,
        "public_url": "https://hub.example",
        "smtp_url": f"smtp://127.0.0.1:{server.port}",
    }
    order = json.dumps({"settings": given, "now": clock.now().isoformat()})
    process = subprocess.Popen([sys.executable, "-m", "tests.messages.sender", order], cwd=Path(__file__).parents[2])
    server.sender = process.pid
    return process.wait(600)


def test_each_reader_gets_a_newsletter_once_though_its_sender_is_killed(server, house, settings, make, clock, db):
    editor = make.user("Ed Itor", email="editor@example.com")
    person = {"name": "A Person", "state": UserState.ACTIVE, "created_at": clock.now(), "languages": ["en"]}
    person |= {"locale": "en", "time_zone": "UTC", "theme": "system", "ranked_by_name": False}
    many = readers(db)
    people = [{**person, "email": f"person{number}@example.com"} for number in range(many)]
    with db.transaction() as session:
        session.execute(insert(User), people)
        session.execute(update(User).where(User.id == editor.id).values(state=UserState.DISABLED))
        found = newsletters.save(session, clock, written=Written("News", "Hello."), by=editor.id)
        newsletters.plan(session, clock, newsletter_id=found.id, on=clock.now().date(), hour=8, by=editor.id)
    server.kill_at_address, server.kill_after_taking = many // 4, many // 2
    assert work(server, settings, clock) == -signal.SIGKILL, "killed before a letter was handed over"
    clock.move(minutes=16)
    assert work(server, settings, clock) == -signal.SIGKILL, "killed when it was taken"
    for _ in range(2):
        clock.move(minutes=16)
        assert work(server, settings, clock) == 0
    refused = {f"person{number}@example.com" for number in range(many) if number % 20 == 7}
    everybody = {one["email"] for one in people}
    assert server.put_off, "some were put off"
    assert dict(server.mailboxes) == dict.fromkeys(everybody - refused, 1)
    assert set(server.names.values()) == {1}
    mailing.tick(house)
    with db.reading() as session:
        kept = newsletters.get(session, newsletter_id=found.id)
        assert kept.state is NewsletterState.SENT
        expected = {"sent": many - len(refused) - 1, "refused": len(refused), "unclear": 1, "waiting": 0}
        assert kept.counts == {**expected, "skipped": 0}, "the one that was taken in the dark is told as unclear"
        assert outbox.paused(session, sorted(everybody)[:900]) == refused & set(sorted(everybody)[:900])
        unclear = session.scalars(select(OutgoingMail).where(OutgoingMail.unclear_at.is_not(None))).one()
    with db.transaction() as session:
        assert mailing.send_unclear_again(house, session, newsletter_id=found.id) == 1
    assert work(server, settings, clock) == 0
    assert server.mailboxes[unclear.to] == 2, "only because a person decided it"
    assert max(server.names.values()) == 2, "under the same Message-ID, so that mail programs can show it once"


def test_each_reader_gets_it_in_their_own_morning_and_only_what_is_for_them(house, make, clock, db):
    editor, team = make.user("Ed Itor", time_zone="UTC"), make.team("Sales")
    tokyo = make.user("Aiko", time_zone="Asia/Tokyo", team=team)
    west = make.user("Sam", time_zone="America/Los_Angeles")
    item = make.item(title="For sales alone", audience={Dimension.TEAM: [team]})
    with db.transaction() as session:
        written = Written("News", "Hello.", blocks={"item": [item.id]})
        found = newsletters.save(session, clock, written=written, by=editor.id)
        day = clock.now().date() + timedelta(days=1)
        newsletters.plan(session, clock, newsletter_id=found.id, on=day, hour=8, by=editor.id)

    def reached():
        mailing.tick(house)
        with db.reading() as session:
            return set(session.scalars(select(OutgoingMail.to)))

    assert reached() == set()
    clock.move(hours=14)  # 23:00 UTC: eight in Tokyo
    assert reached() == {tokyo.email}
    clock.move(hours=9)
    assert reached() == {tokyo.email, editor.email}
    clock.move(hours=8)
    assert reached() == {tokyo.email, editor.email, west.email}
    with db.transaction() as session:
        kept = newsletters.get(session, newsletter_id=found.id)
        titles = [
            [str(section.heading) for section in drawing.letter(house, session, kept, who).sections]
            for who in (tokyo, west)
        ]
    assert titles == [["For sales alone"], []]


def test_an_editor_writes_looks_plans_and_sees_links_counted_without_names(house, make, signed_in, client, db):
    curator = make.curator(locale="nb")
    item = make.item(title="The turbine turns")
    browser = signed_in(curator)
    assert "Ingen nyhetsbrev ennå" in browser.get("/company/newsletters").text
    fields = {"subject": "News", "opening": "Hello.", "block-item": str(item.id)}
    made = browser.submit("/company/newsletters/new", fields)
    for look in ("/letter", "/letter?theme=dark", "?part=text"):
        assert "The turbine turns" in browser.get(made.location + look).text
    browser.submit(made.location, form=f"{made.location}/test")
    browser.submit(made.location, {"on": f"{house.clock.now().date()}"}, form=f"{made.location}/plan")
    assert browser.get(f"{made.location}/edit").status_code == 200
    refused = browser.submit(f"{made.location}/edit", {**fields, "subject": "Other"})
    assert refused.status_code == 409, "planned: it stays as it is"
    mailing.tick(house)
    with db.reading() as session:
        [link] = drawing.links(session, newsletter_id=int(made.location.rsplit("/", 1)[1]))
    assert client.get(f"/n/{link.id}").location == f"/feed/items/{item.id}"
    with db.reading() as session:
        assert session.get(type(link), link.id).opened == 1


def test_what_the_hub_holds_of_newsletters_and_letters_is_told_to_its_person_and_goes_with_them(
    house, make, clock, db
):
    editor, reader = make.curator(), make.user("Rea Der")
    with db.transaction() as session:
        choices.choose(session, house.part(Kinds), user_id=reader.id, wanted=Wanted(digest="daily"))
        found = newsletters.save(session, clock, written=Written("News", "Hello."), by=editor.id)
        newsletters.plan(session, clock, newsletter_id=found.id, on=clock.now().date(), hour=0, by=editor.id)
    mailing.tick(house)
    digest_turns.tick(house)
    holdings = house.part(Holdings)
    with db.transaction() as session:
        theirs = holdings.export(session, clock, user_id=reader.id)["messages"]
        mine = holdings.export(session, clock, user_id=editor.id)["messages"]
        assert [one["newsletter_id"] for one in theirs["newsletters_received"]] == [found.id]
        assert [one["digest"] for one in theirs["message_settings"]] == ["daily"]
        assert len(theirs["letters_with_what_is_new"]) == 1
        assert [one["subject"] for one in mine["newsletters_written"]] == ["News"]
        assert theirs["newsletters_written"] == []
        holdings.erase(session, clock, user_id=reader.id, by=reader.id)
    with db.reading() as session:
        for table in (NewsletterDelivery, MessageSettings, DigestTurn):
            assert reader.id not in set(session.scalars(select(table.user_id)))
        assert session.scalars(select(OutgoingMail).where(OutgoingMail.to == reader.email)).all() == []
        assert newsletters.get(session, newsletter_id=found.id).subject == "News", "the company keeps what it sent"


def test_a_draft_can_be_removed_and_one_that_is_planned_cannot(house, make, signed_in):
    browser = signed_in(make.curator())
    made = browser.submit("/company/newsletters/new", {"subject": "News", "opening": "Hello."}).location
    browser.submit(made, {"on": f"{house.clock.now().date()}"}, form=f"{made}/plan")
    assert f"{made}/remove" not in browser.get(made).text
    assert browser.post(f"{made}/remove", data={"csrf_token": browser.token()}).status_code == 409
    browser.submit(made, form=f"{made}/take-back")
    assert browser.submit(made, form=f"{made}/remove").location == "/company/newsletters"
    assert browser.get(made).status_code == 404
