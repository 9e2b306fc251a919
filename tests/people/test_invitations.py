"""Invitations: made, sent, copied, sent again, withdrawn."""

import pytest
from sqlalchemy import select

from advocacy.people.entry_models import Invitation
from advocacy.people.models import Role
from tests.pages import PageClient
from tests.people.conftest import link_in


@pytest.fixture
def admin(signed_in, make) -> PageClient:
    return signed_in(make.admin("Ada Admin"))


def invite(admin, email="kari@example.com", **more):
    return admin.submit("/admin/invitations/new", {"email": email, **more})


def link_on(page) -> str:
    return page.text.split('value="http://localhost')[1].split('"')[0]


def test_an_administrator_invites_a_person_who_gets_a_letter(admin, make, letters):
    team = make.team("Sales")
    answer = invite(admin, name="Kari Nordmann", team=str(team.id), roles=["curator"], location="Oslo", locale="en")
    page = admin.get(answer.location)
    assert "Kari Nordmann" in page.text
    assert "Curator" in page.text
    assert "Open" in page.text
    (letter,) = letters()
    assert letter["To"] == "kari@example.com"
    assert letter["Subject"] == "Ada Admin invites you to share company news"
    assert "Hello Kari," in letter.get_body(("plain",)).get_content()
    assert (
        "16 March 2026" in letter.get_body(("plain",)).get_content()
        or "March 16, 2026" in letter.get_body(("plain",)).get_content()
    )
    assert link_in(letter) == link_on(page), "the administrator can copy the same link"


def test_nobody_is_invited_twice(admin, make):
    make.user(email="ola@example.com")
    assert "is here already" in invite(admin, "Ola@example.com").text
    invite(admin)
    answer = invite(admin)
    assert answer.status_code == 422
    assert "was invited already" in answer.text


def test_the_link_comes_as_a_code_to_scan_and_to_print(admin):
    where = invite(admin).location
    svg = admin.get(f"{where}/code.svg")
    assert svg.mimetype == "image/svg+xml"
    assert b"<svg" in svg.data
    png = admin.get(f"{where}/code.png")
    assert png.data.startswith(b"\x89PNG")
    assert admin.get(f"{where}/code.gif").status_code == 404


def test_the_token_is_kept_only_sealed_and_hashed(admin, db):
    page = admin.get(invite(admin).location)
    token = link_on(page).rpartition("/")[2]
    with db.reading() as session:
        kept = session.scalars(select(Invitation)).one()
    assert token.encode() not in kept.sealed_token
    assert token not in kept.token_hash


def test_sending_again_makes_a_new_link_and_ends_the_old_one(admin, client, letters, clock):
    where = invite(admin, days="7").location
    clock.move(days=8)
    assert "Ended" in admin.get(where).text
    answer = admin.submit(where, form=f"{where}/resend")
    assert answer.location == where
    first, second = (link_in(letter) for letter in letters())
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200


def test_a_withdrawn_invitation_is_worth_nothing(admin, client):
    where = invite(admin).location
    link = link_on(admin.get(where))
    assert client.get(link).status_code == 200
    admin.submit(where, form=f"{where}/withdraw")
    answer = client.get(link)
    assert answer.status_code == 404
    assert "was withdrawn" in answer.text
    page = admin.get(where).text
    assert "Withdrawn" in page
    assert link not in page


def test_the_list_is_searched_and_told_apart_by_state(admin, clock):
    invite(admin, "kari@example.com", name="Kari Nordmann", days="1")
    clock.move(days=2)
    invite(admin, "ola@example.com", name="Ola Hansen")
    both = admin.get("/admin/invitations").text
    assert "kari@example.com" in both
    assert "ola@example.com" in both
    ended = admin.get("/admin/invitations?stage=expired").text
    assert ("kari@example.com" in ended, "ola@example.com" in ended) == (True, False)
    found = admin.get("/admin/invitations?words=hansen").text
    assert ("kari@example.com" in found, "ola@example.com" in found) == (False, True)
    assert "No invitation fits" in admin.get("/admin/invitations?words=nobody").text


def test_a_long_list_comes_in_pages_that_lose_nobody(admin):
    for number in range(53):
        invite(admin, f"person{number:02}@example.com")
    first = admin.get("/admin/invitations").text
    assert "person52@example.com" in first
    assert "person02@example.com" not in first
    after = first.split("after=")[1].split('"')[0]
    second = admin.get(f"/admin/invitations?after={after}").text
    assert all(f"person{number:02}@example.com" in second for number in range(3))
    assert "person03@example.com" not in second


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("email", "not an address", "does not look like an e-mail address"),
        ("days", "0", "between 1 and 90"),
        ("days", "91", "between 1 and 90"),
        ("team", "987654", "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(admin, field, value, why):
    answer = invite(admin, **{"email": "kari@example.com", field: value})
    assert answer.status_code == 422
    assert why in answer.text or "Number must be between 1 and 90" in answer.text


def test_a_link_for_a_team_never_gives_more_than_the_right_to_share(admin, make, client, db):
    team = make.team("Sales")
    answer = admin.submit(
        "/admin/invitations/link",
        {"team": str(team.id), "places": "2", "days": "7", "email_domain": "@Example.com", "roles": ["admin"]},
    )
    link = link_on(admin.get(answer.location))
    client.submit(link, {"name": "Kari", "email": "kari@example.com", "password": "vi drikker kaffe"})
    from advocacy.people.models import User

    with db.reading() as session:
        kari = session.scalars(select(User).where(User.email == "kari@example.com")).one()
        assert kari.roles == {Role.ADVOCATE}
        assert kari.team_id == team.id


@pytest.mark.parametrize("bad", ["not a domain", "a@b", "-.no"])
def test_a_domain_that_is_none_is_refused(admin, bad):
    answer = admin.submit("/admin/invitations/link", {"places": "2", "days": "7", "email_domain": bad})
    assert answer.status_code == 422
    assert "not a domain" in answer.text
