"""The policy: written in versions, accepted by each person."""

import pytest
from sqlalchemy import select

from advocacy.base.errors import Conflict
from advocacy.people import policies
from advocacy.people.models import Policy, PolicyAcceptance


@pytest.fixture
def publish(house, make):
    ada = make.admin("Ada Admin")

    def write(title="Sharing well", body="# Be kind\n\n- tell the *truth*") -> Policy:
        with house.db.transaction() as session:
            return policies.write(session, house.clock, title=title, body=body, by=ada.id)

    return write


def owes(db, user) -> int | None:
    with db.reading() as session:
        policy = policies.must_accept(session, user)
        return policy.number if policy else None


def test_a_person_reads_and_accepts_and_goes_on_to_what_they_wanted(publish, make, signed_in, db):
    publish()
    kari = make.user("Kari Nordmann")
    browser = signed_in(kari)
    page = browser.get("/policy?next=/feed").text
    assert "<h3>Be kind</h3>" in page
    assert "<em>truth</em>" in page
    assert owes(db, kari) == 1
    answer = browser.submit("/policy?next=/feed", form="/policy")
    assert answer.location == "/feed"
    assert owes(db, kari) is None
    assert "You have accepted this version" in browser.get("/policy").text


def test_a_new_version_is_asked_for_again(publish, make, signed_in, db):
    publish()
    kari = make.user("Kari Nordmann")
    browser = signed_in(kari)
    browser.submit("/policy", form="/policy")
    publish(body="# Be kinder")
    assert owes(db, kari) == 2
    browser.submit("/policy", form="/policy")
    assert owes(db, kari) is None


def test_nobody_accepts_what_they_have_not_seen(publish, make, signed_in, db):
    old = publish()
    kari = make.user("Kari Nordmann")
    browser = signed_in(kari)
    publish(body="# Be kinder")
    answer = browser.post("/policy", data={"csrf_token": browser.token(), "policy": old.id})
    assert answer.status_code == 409
    assert "Please read the new version" in answer.text
    assert browser.post("/policy", data={"csrf_token": browser.token(), "policy": "x"}).status_code == 409
    assert owes(db, kari) == 2


def test_accepting_twice_is_accepting_once(publish, make, signed_in, db):
    policy = publish()
    browser = signed_in(make.user())
    for _ in range(2):
        data = {"csrf_token": browser.token(), "policy": policy.id, "next": "//evil.example"}
        assert browser.post("/policy", data=data).location == "/policy"
    with db.reading() as session:
        assert len(list(session.scalars(select(PolicyAcceptance)))) == 1


def test_without_a_policy_nothing_is_owed(make, signed_in, db):
    kari = make.user()
    assert owes(db, kari) is None
    assert "There is no policy yet" in signed_in(kari).get("/policy").text


def test_an_administrator_looks_at_a_version_before_it_is_in_force(make, signed_in, db):
    browser = signed_in(make.admin())
    assert "There is no policy yet" in browser.get("/admin/policy").text
    typed = {"title": "Sharing well", "body": "## Rules\n\n<script>alert(1)</script> "}
    page = browser.submit("/admin/policy/new", {**typed, "do": "look"}).text
    assert "As people will see it" in page
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page
    with db.reading() as session:
        assert policies.current(session) is None
    answer = browser.submit("/admin/policy/new", {**typed, "do": "publish"})
    page = browser.get(answer.location).text
    assert "Version 1 is in force" in page
    assert "Sharing well" in browser.get("/admin/policy/new").text, "the next version begins with these words"


def test_the_same_words_are_no_new_version(publish, make, signed_in):
    publish(title="T", body="Body")
    browser = signed_in(make.admin())
    answer = browser.submit("/admin/policy/new", {"do": "publish"})
    assert answer.status_code == 422
    assert "word for word" in answer.text


def test_the_versions_say_how_many_accepted_them(publish, make, signed_in):
    publish()
    for _ in range(2):
        signed_in(make.user()).submit("/policy", form="/policy")
    page = signed_in(make.admin()).get("/admin/policy").text
    row = page.split("<tbody")[1].split("</tr>")[0].replace(" ", "")
    assert ">2<" in row
    assert "In force" in page


def test_two_writers_at_once_do_not_overwrite_one_another(house, publish, monkeypatch):
    """Both began from version 1: the second is told, not silently numbered the same."""
    first = publish()
    publish(body="second")
    monkeypatch.setattr(policies, "current", lambda _session: first)
    with pytest.raises(Conflict, match="Somebody else wrote"), house.db.transaction() as session:
        policies.write(session, house.clock, title="T", body="third", by=1)
