"""Signing in and out, as a person meets it."""

from dataclasses import replace

import pytest

from advocacy.people import attempts, passwords
from advocacy.people.models import User, UserState
from tests.factories import PASSWORD
from tests.pages import PageClient


@pytest.fixture
def kari(make) -> User:
    return make.user("Kari Nordmann", email="kari@example.com", password=PASSWORD)


def sign_in(client, email="kari@example.com", password=PASSWORD, **more):
    return client.submit("/sign-in", {"email": email, "password": password, **more})


def test_a_person_signs_in_and_out_and_the_old_cookie_is_worth_nothing(client, kari):
    answer = sign_in(client, "Kari@Example.com")
    assert answer.status_code == 302
    cookie = client.get_cookie("hub").value
    token = client.token()
    assert client.get("/").location == "/feed"
    client.post("/sign-out", data={"csrf_token": token})
    client.set_cookie("hub", cookie, domain="localhost")
    assert client.get("/").location == "/sign-in"


def test_a_wrong_password_is_told_in_plain_words(client, kari):
    answer = sign_in(client, password="wrong")
    assert answer.status_code == 422
    assert "do not fit together" in answer.text


def test_signing_in_never_leads_to_another_site(client, kari):
    for bad in ("//evil.example", "/\\evil.example", "https://evil.example", "/\tevil", "javascript:alert(1)"):
        answer = sign_in(client, next=bad)
        assert answer.location == "/feed", bad
        client.post("/sign-out", data={"csrf_token": client.token()})


def test_signing_in_goes_on_to_the_page_that_was_wanted(client, kari):
    assert client.get("/me").location == "/sign-in?next=/me"
    answer = client.submit("/sign-in?next=/me", {"email": "kari@example.com", "password": PASSWORD})
    assert answer.location == "/me"


def test_a_disabled_person_is_told_the_same_as_a_stranger(client, make):
    make.user(email="gone@example.com", password=PASSWORD, state=UserState.DISABLED)
    assert sign_in(client, "gone@example.com").status_code == 422
    stranger = sign_in(client, "stranger@example.com").text
    assert "do not fit together" in stranger
    assert "do not fit together" in sign_in(client, "gone@example.com").text


def test_somebody_unknown_costs_as_much_work_as_somebody_known(client, kari, make, monkeypatch):
    """The time of an answer would else tell who has an account: what takes time is the one argon2 check."""
    checked = []
    real = passwords._hasher.verify
    monkeypatch.setattr(
        passwords,
        "_hasher",
        type("Counting", (), {"verify": staticmethod(lambda *a: (checked.append(1), real(*a))[1])}),
    )
    for address in ("kari@example.com", "nobody@example.com"):
        sign_in(client, address, "wrong password")
    make.user(email="sso@example.com")
    sign_in(client, "sso@example.com", "wrong password")
    assert len(checked) == 3


def test_after_ten_wrong_passwords_the_account_rests_for_a_while_and_says_how_long(client, kari, clock):
    for _ in range(attempts.SIGN_IN_OF_PERSON.most):
        assert sign_in(client, password="wrong").status_code == 422
    answer = sign_in(client)
    assert answer.status_code == 429, "the right password is not looked at either"
    assert "Please wait 15 minutes" in answer.text
    assert answer.headers["Retry-After"] == "900"
    clock.move(minutes=14, seconds=30)
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "Please wait a minute" in answer.text
    clock.move(seconds=31)
    assert sign_in(client).status_code == 302


def test_an_unknown_address_rests_just_the_same(client, kari):
    for _ in range(attempts.SIGN_IN_OF_PERSON.most):
        sign_in(client, "nobody@example.com", "wrong")
    assert sign_in(client, "nobody@example.com", "wrong").status_code == 429
    assert sign_in(client).status_code == 302


def test_a_right_password_forgives_the_wrong_ones_before(app, client, kari):
    for _ in range(attempts.SIGN_IN_OF_PERSON.most - 1):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 302
    other = PageClient(app)
    for _ in range(attempts.SIGN_IN_OF_PERSON.most - 1):
        assert sign_in(other, password="wrong").status_code == 422
    assert sign_in(other).status_code == 302


def test_one_place_cannot_try_one_password_on_everybody(app, kari, monkeypatch):
    monkeypatch.setattr(attempts, "SIGN_IN_FROM_PLACE", replace(attempts.SIGN_IN_FROM_PLACE, most=5))
    client = PageClient(app)
    for number in range(5):
        assert sign_in(client, f"person{number}@example.com").status_code == 422
    assert sign_in(client, "another@example.com").status_code == 429


def test_an_office_on_a_monday_morning_is_no_attack(app, make, monkeypatch):
    monkeypatch.setattr(attempts, "SIGN_IN_FROM_PLACE", replace(attempts.SIGN_IN_FROM_PLACE, most=3))
    for number in range(8):
        make.user(email=f"person{number}@example.com", password=PASSWORD)
        assert sign_in(PageClient(app), f"person{number}@example.com").status_code == 302


def test_an_ipv6_customer_is_one_place_with_all_their_addresses():
    assert attempts.place("2001:db8:1:2::1") == attempts.place("2001:db8:1:2:ffff::9")
    assert attempts.place("2001:db8:1:2::1") != attempts.place("2001:db8:1:3::1")
    assert attempts.place("::ffff:192.0.2.7") == attempts.place("192.0.2.7") == "192.0.2.7"
    assert attempts.place("not an address") == attempts.place(None) == "unknown"


def test_signing_in_with_a_browser_ends_what_was_signed_in_there_before(client, kari, make, db):
    make.user(email="ola@example.com", password=PASSWORD)
    sign_in(client)
    before = client.get_cookie("hub").value
    token = client.token()
    client.delete_cookie("hub", domain="localhost")
    client.set_cookie("hub", before, domain="localhost")
    client.post("/sign-in", data={"csrf_token": token, "email": "ola@example.com", "password": PASSWORD})
    client.set_cookie("hub", before, domain="localhost")
    assert client.get("/").location == "/sign-in"


def test_the_page_speaks_norwegian_or_turns_dark_for_somebody_not_signed_in(client, kari):
    page = client.get("/sign-in").text
    assert 'lang="en"' in page
    token = client.token()
    answer = client.post("/appearance", data={"csrf_token": token, "locale": "nb", "next": "/sign-in"})
    assert answer.location == "/sign-in"
    client.post("/appearance", data={"csrf_token": token, "theme": "dark", "next": "/sign-in"})
    page = client.get("/sign-in").text
    assert '<html lang="nb" data-theme="dark"' in page


@pytest.mark.parametrize("wrong", [{"locale": "xx"}, {"theme": "pink"}])
def test_a_look_there_is_not_is_refused(client, wrong):
    assert client.post("/appearance", data={"csrf_token": client.token(), **wrong}).status_code == 422
