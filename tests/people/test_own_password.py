"""Changing one's own password."""

from advocacy.people import attempts
from tests.factories import PASSWORD

NEW = "vi drikker kaffe klokka ti"


def change(browser, old=PASSWORD, password=NEW):
    return browser.submit("/me/password", {"old": old, "password": password})


def test_a_changed_password_ends_every_other_browser_and_opens_the_door_from_then_on(client, signed_in, make):
    kari = make.user("Kari", email="kari@example.com", password=PASSWORD)
    here, there = signed_in(kari), signed_in(kari)
    assert change(here).location == "/me"
    assert here.get("/me").status_code == 200
    assert there.get("/me").location.startswith("/sign-in")
    assert client.submit("/sign-in", {"email": "kari@example.com", "password": PASSWORD}).status_code == 422
    assert client.submit("/sign-in", {"email": "kari@example.com", "password": NEW}).status_code == 302


def test_the_old_password_must_be_known(signed_in, make):
    kari = make.user("Kari", password=PASSWORD)
    browser = signed_in(kari)
    answer = change(browser, old="not this one")
    assert answer.status_code == 422
    assert "not your present password" in answer.text


def test_a_password_that_everybody_guesses_is_refused(signed_in, make):
    kari = make.user("Kari", email="karinordmann@example.com", password=PASSWORD)
    browser = signed_in(kari)
    for weak, why in {
        "too short": "at least 10 characters",
        "Password123": "too easy to guess",
        "karinordmann": "too easy to guess",
        "aaaaaaaaaaaa": "too easy to guess",
        "x" * 201: "at most 200 characters",
    }.items():
        answer = change(browser, password=weak)
        assert answer.status_code == 422, weak
        assert why in answer.text, weak


def test_a_stolen_browser_cannot_guess_the_password_for_ever(signed_in, make):
    browser = signed_in(make.user("Kari", password=PASSWORD))
    for _ in range(attempts.PASSWORD_OF_SELF.most):
        assert change(browser, old="wrong").status_code == 422
    assert change(browser).status_code == 429
