"""Signing in and out, as a person meets it."""

from advocacy.people import users
from tests.factories import PASSWORD


def test_a_person_signs_in_and_out_and_the_old_cookie_is_worth_nothing(client, make, house):
    with house.db.transaction() as session:
        users.create(session, house.clock, email="kari@example.com", name="Kari Nordmann", password=PASSWORD)
    answer = client.submit("/sign-in", {"email": "Kari@Example.com", "password": PASSWORD})
    assert answer.status_code == 302
    cookie = client.get_cookie("hub").value
    token = client.token()
    assert client.get("/").location == "/feed"
    client.post("/sign-out", data={"csrf_token": token})
    client.set_cookie("hub", cookie, domain="localhost")
    assert client.get("/").location == "/sign-in"


def test_a_wrong_password_is_told_in_plain_words(client, make):
    make.user(email="kari@example.com")
    answer = client.submit("/sign-in", {"email": "kari@example.com", "password": "wrong"})
    assert answer.status_code == 422
    assert "do not fit together" in answer.text


def test_signing_in_never_leads_to_another_site(client, make, house):
    with house.db.transaction() as session:
        users.create(session, house.clock, email="kari@example.com", name="Kari", password=PASSWORD)
    for bad in ("//evil.example", "/\\evil.example", "https://evil.example", "/\tevil", "javascript:alert(1)"):
        answer = client.submit("/sign-in", {"email": "kari@example.com", "password": PASSWORD, "next": bad})
        assert answer.location == "/feed", bad
        client.post("/sign-out", data={"csrf_token": client.token()})
