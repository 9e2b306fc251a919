"""Accepting an invitation."""

import pytest
from sqlalchemy import select

from advocacy.base.errors import NotFound
from advocacy.base.sealing import Sealer
from advocacy.people import invitations, joining, users
from advocacy.people.entry_models import Invitation
from advocacy.people.invitees import Invitee
from advocacy.people.joining import Newcomer
from advocacy.people.models import Role, User
from tests.pages import PageClient

GOOD = {"name": "Kari Nordmann", "password": "vi drikker kaffe"}


@pytest.fixture
def admin(make) -> User:
    return make.admin("Ada Admin")


@pytest.fixture
def link(house, admin):
    """Makes an open link and gives its path."""

    def made(*, places=2, days=7, domain="", team_id=None) -> str:
        with house.db.transaction() as session:
            invitation = invitations.open_link(
                session,
                house.clock,
                house.part(Sealer),
                team_id=team_id,
                places=places,
                days=days,
                email_domain=domain,
                locale="en",
                by=admin,
            )
        return invitations.link_for(house.part(Sealer), invitation, address="")

    return made


@pytest.fixture
def personal(house, admin):
    """Invites one person and gives the path of their link."""

    def made(**fields) -> str:
        with house.db.transaction() as session:
            invitation = invitations.invite(
                session,
                house.clock,
                house.part(Sealer),
                invitee=Invitee(**{"email": "kari@example.com", "name": "Kari Nordmann", **fields}),
                days=7,
                locale="en",
                address="http://localhost",
                by=admin,
            )
        return invitations.link_for(house.part(Sealer), invitation, address="")

    return made


def joined(db) -> User:
    with db.reading() as session:
        return session.scalars(select(User).where(User.email == "kari@example.com")).one()


def test_a_person_joins_with_one_form_and_is_on_the_way_to_the_first_share(client, personal, make, db):
    team = make.team("Nordic", parent=make.team("Sales"))
    path = personal(team_id=team.id, roles=(Role.CURATOR,), location="Oslo", languages=("nb", "en"))
    page = client.get(path).text
    assert "Ada Admin invites you" in page
    assert "Sales &gt; Nordic" in page
    assert 'value="Kari Nordmann"' in page
    answer = client.submit(path, {"password": GOOD["password"]})
    assert answer.location == "/welcome"
    assert client.get("/me").status_code == 200, "signed in at once"
    kari = joined(db)
    assert (kari.name, kari.team_id, kari.location, kari.languages) == (
        "Kari Nordmann",
        team.id,
        "Oslo",
        ["nb", "en"],
    )
    assert kari.roles == {Role.ADVOCATE, Role.CURATOR}


def test_the_page_speaks_the_browsers_language_and_keeps_it_for_the_person(app, personal, db):
    path = personal()
    browser = PageClient(app)
    page = browser.get(path, headers={"Accept-Language": "nb-NO,nb;q=0.9,en;q=0.5"}).text
    assert 'lang="nb"' in page
    assert '<option selected value="Europe/Oslo">' in page or 'value="Europe/Oslo" selected' in page
    token = browser.token()
    fields = {"csrf_token": token, "name": "Kari", "password": GOOD["password"], "locale": "nb"}
    browser.post(path, data={**fields, "time_zone": "Europe/Oslo"})
    assert (joined(db).locale, joined(db).time_zone) == ("nb", "Europe/Oslo")


def test_the_devices_time_zone_is_asked_for_only_where_nobody_said_it(client, personal, link):
    assert "data-guess-zone" in client.get(link()).text
    assert "data-guess-zone" not in client.get(personal(time_zone="Asia/Tokyo")).text


def test_an_invitation_for_one_address_brings_in_that_address_alone(client, personal, db):
    path = personal()
    client.submit(path, {**GOOD, "email": "mallory@example.com"})
    with db.reading() as session:
        assert session.scalar(select(User).where(User.email == "mallory@example.com")) is None
    assert joined(db).name == "Kari Nordmann"
    assert client.get(path).status_code == 404, "and works once"


def test_an_open_link_lets_in_as_many_as_it_has_places(app, link):
    path = link(places=2)
    for name in ("kari", "ola"):
        answer = PageClient(app).submit(path, {**GOOD, "email": f"{name}@example.com"})
        assert answer.location == "/welcome"
    answer = PageClient(app).get(path)
    assert answer.status_code == 404
    assert "Ask the person who invited you" in answer.text


def test_an_open_link_can_be_kept_to_the_companys_addresses(client, link):
    path = link(domain="example.com")
    for outside in ("kari@example.org", "kari@notexample.com", "kari@mail.example.com"):
        answer = client.submit(path, {**GOOD, "email": outside})
        assert answer.status_code == 422, outside
        assert "ends in @example.com" in answer.text
    assert client.submit(path, {**GOOD, "email": "kari@EXAMPLE.com"}).status_code == 302


def test_a_refused_form_takes_no_place_and_keeps_what_was_typed(client, link, db, make):
    make.user(email="taken@example.com")
    path = link(places=1)
    for wrong in (
        {**GOOD, "email": "taken@example.com"},
        {**GOOD, "email": "kari@example.com", "password": "kort"},
        {**GOOD, "email": "kari@example.com", "name": " "},
        {**GOOD, "email": "kari@"},
    ):
        answer = client.submit(path, wrong)
        assert answer.status_code == 422, wrong
    with db.reading() as session:
        assert session.scalars(select(Invitation.taken)).one() == 0
    answer = client.submit(path, {**GOOD, "email": "kari@example.com", "password": "kort"})
    assert 'value="Kari Nordmann"' in answer.text


def test_the_last_place_is_given_once(house, link):
    """Both have found the invitation open; the database decides who gets the place."""
    token = link(places=1).rpartition("/")[2]

    def join(session, name):
        newcomer = Newcomer(
            email=f"{name}@example.com", name=name, password="vi drikker kaffe", locale="en", time_zone=""
        )
        return joining.accept(session, house.clock, token=token, newcomer=newcomer)

    with house.db.reading() as session:
        joining.find(session, house.clock, token=token)
    with house.db.transaction() as session:
        join(session, "Kari")
    with house.db.transaction() as session, pytest.raises(NotFound):
        join(session, "Ola")


def test_a_link_nobody_made_is_told_apart_from_nothing(client):
    answer = client.get("/join/nothing-like-this")
    assert answer.status_code == 404
    assert "Ask the person who invited you for a new one" in answer.text


def test_users_come_with_clean_fields(house):
    with house.db.transaction() as session:
        user = users.create(session, house.clock, email=" KARI@Example.COM ", name="  Kari \u202e Nordmann\n ")
    assert (user.email, user.name) == ("kari@example.com", "Kari Nordmann")
