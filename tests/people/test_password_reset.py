"""Forgotten passwords."""

import pytest
from sqlalchemy import select, text

from advocacy.people import attempts
from advocacy.people.entry_models import PasswordReset
from advocacy.people.mail_models import OutgoingMail
from advocacy.people.models import User, UserState
from tests.factories import PASSWORD
from tests.people.conftest import link_in

NEW = "vi drikker kaffe klokka ti"


@pytest.fixture
def kari(make) -> User:
    return make.user("Kari Nordmann", email="kari@example.com", password=PASSWORD)


def test_a_forgotten_password_is_set_anew_by_a_link_in_the_mail(client, kari, letters, signed_in):
    elsewhere = signed_in(kari)
    answer = client.submit("/reset", {"email": "Kari@example.com"})
    assert answer.location == "/reset/sent"
    assert "on its way" in client.get("/reset/sent").text
    (letter,) = letters()
    assert letter["To"] == "kari@example.com"
    assert letter["Subject"] == "Choose a new password"
    answer = client.submit(link_in(letter), {"password": NEW})
    assert answer.location == "/sign-in"
    assert elsewhere.get("/me").location.startswith("/sign-in"), "every browser is signed out"
    assert client.submit("/sign-in", {"email": "kari@example.com", "password": NEW}).status_code == 302


def test_a_link_works_once(client, kari, letters):
    client.submit("/reset", {"email": "kari@example.com"})
    link = link_in(letters()[0])
    client.submit(link, {"password": NEW})
    answer = client.get(link)
    assert answer.status_code == 404
    assert "used already" in answer.text


def test_a_used_link_makes_the_earlier_ones_worth_nothing(client, kari, letters):
    client.submit("/reset", {"email": "kari@example.com"})
    client.submit("/reset", {"email": "kari@example.com"})
    links = [link_in(letter) for letter in letters()]
    assert len(set(links)) == 2
    client.submit(links[1], {"password": NEW})
    assert client.get(links[0]).status_code == 404


def test_a_link_ends_after_an_hour(client, kari, letters, clock):
    client.submit("/reset", {"email": "kari@example.com"})
    link = link_in(letters()[0])
    clock.move(minutes=59)
    assert client.get(link).status_code == 200
    clock.move(minutes=2)
    assert client.get(link).status_code == 404


def test_a_weak_new_password_is_refused_and_the_link_still_works(client, kari, letters):
    client.submit("/reset", {"email": "kari@example.com"})
    link = link_in(letters()[0])
    answer = client.submit(link, {"password": "kort"})
    assert answer.status_code == 422
    assert "at least 10 characters" in answer.text
    assert client.submit(link, {"password": NEW}).status_code == 302


@pytest.mark.parametrize("who", ["nobody@example.com", "gone@example.com"])
def test_nobody_learns_who_has_an_account(client, kari, make, who, letters):
    make.user(email="gone@example.com", password=PASSWORD, state=UserState.DISABLED)
    known = client.submit("/reset", {"email": "kari@example.com"})
    other = client.submit("/reset", {"email": who})
    assert (known.status_code, known.location) == (other.status_code, other.location)
    assert [letter["To"] for letter in letters()] == ["kari@example.com"]


def test_a_mailbox_cannot_be_flooded(client, kari, letters):
    for _ in range(attempts.RESET_OF_PERSON.most):
        assert client.submit("/reset", {"email": "kari@example.com"}).status_code == 302
    answer = client.submit("/reset", {"email": "kari@example.com"})
    assert answer.status_code == 429
    assert "Please wait 60 minutes" in answer.text
    assert len(letters()) == attempts.RESET_OF_PERSON.most
    for _ in range(attempts.RESET_OF_PERSON.most):
        client.submit("/reset", {"email": "nobody@example.com"})
    assert client.submit("/reset", {"email": "nobody@example.com"}).status_code == 429, "as for somebody unknown"


def test_somebody_who_was_locked_out_gets_in_by_a_new_password(client, kari, letters):
    for _ in range(attempts.SIGN_IN_OF_PERSON.most):
        client.submit("/sign-in", {"email": "kari@example.com", "password": "wrong"})
    assert client.submit("/sign-in", {"email": "kari@example.com", "password": PASSWORD}).status_code == 429
    client.submit("/reset", {"email": "kari@example.com"})
    client.submit(link_in(letters()[0]), {"password": NEW})
    assert client.submit("/sign-in", {"email": "kari@example.com", "password": NEW}).status_code == 302


def test_the_way_in_stands_nowhere_in_the_database(client, kari, db, letters):
    client.submit("/reset", {"email": "kari@example.com"})
    with db.reading() as session:
        rows = [*session.scalars(select(PasswordReset)), *session.scalars(select(OutgoingMail))]
        kept = " ".join(str({c.key: getattr(row, c.key) for c in row.__table__.columns}) for row in rows)
        events = " ".join(str(row) for row in session.execute(text("SELECT kind, data FROM event")))
    token = link_in(letters()[0]).rpartition("/")[2]
    assert len(token) > 30
    assert token not in kept
    assert token not in events
    with db.reading() as session:
        assert session.scalars(select(OutgoingMail)).one().sealed_letter is None, "and the letter is gone once sent"
