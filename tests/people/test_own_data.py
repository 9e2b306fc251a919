"""A person's own data: taken along, and erased."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from advocacy.base.db import Base
from advocacy.base.sealing import Sealer
from advocacy.people import outbox
from advocacy.people.models import User, UserState
from advocacy.people.resets import _letter
from advocacy.sharing.models import Connection, ConnectionState, Share, ShareState
from tests.factories import PASSWORD

SECRET = "Kari-Unmistakable Nordmann"


@pytest.fixture
def kari(make, house) -> User:
    user = make.user(SECRET, email="kari.unmistakable@example.com", password=PASSWORD, job_title="Unmistakable job")
    with house.db.transaction() as session:
        account = Connection(
            user_id=user.id,
            network="bluesky",
            remote_id="did:plc:unmistakable",
            handle="unmistakable.bsky.social",
            display_name=SECRET,
            sealed_credentials=b"sealed",
            connected_at=house.clock.now(),
        )
        session.add(account)
        outbox.put(
            session,
            house.clock,
            house.part(Sealer),
            to=user.email,
            kind="reset",
            letter=_letter(user, "x"),
            locale="en",
            useful_for=timedelta(hours=1),
        )
    return user


def test_a_person_takes_everything_along_but_no_keys(kari, signed_in):
    browser = signed_in(kari)
    answer = browser.submit("/me/data", form="/me/data")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    told = json.loads(answer.data)
    assert told["people"]["person"]["email"] == "kari.unmistakable@example.com"
    assert told["people"]["roles"] == ["advocate"]
    assert told["sharing"]["connected_accounts"][0]["handle"] == "unmistakable.bsky.social"
    assert {"people", "library", "sharing", "reach", "recognition"} <= set(told)
    for secret in ("password_hash", "sealed", "token_hash", "$argon2"):
        assert secret not in answer.text


def test_nobody_elses_rows_are_in_it(kari, signed_in, make):
    ola = make.user("Ola Hansen")
    told = signed_in(ola).submit("/me/data", form="/me/data").text
    assert "nmistakable" not in told


def test_somebody_who_erases_themselves_is_found_nowhere(kari, signed_in, house, db, make):
    team = make.team("Sales")
    with db.transaction() as session:
        session.merge(team).manager_id = kari.id
    browser, elsewhere = signed_in(kari), signed_in(kari)
    make.share(kari, text=f"Hello from {SECRET}", state=ShareState.SCHEDULED)
    make.share(kari, text=f"Hello from {SECRET}", state=ShareState.PUBLISHED, permalink="https://x/unmistakable")
    answer = browser.submit("/me/erase", {"password": PASSWORD})
    assert answer.location == "/sign-in"
    assert "are erased" in browser.get("/sign-in").text
    assert elsewhere.get("/me").location.startswith("/sign-in")
    with db.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                assert "nmistakable" not in str(row), f"{table.name}: {row}"
        gone = session.get(User, kari.id)
        assert (gone.name, gone.state, gone.password_hash) == ("Former colleague", UserState.ERASED, None)
        states = list(session.scalars(select(Share.state).order_by(Share.id)))
        assert states == [ShareState.CANCELLED, ShareState.PUBLISHED], "what was planned is not published"
        account = session.scalars(select(Connection)).one()
        assert (account.state, account.sealed_credentials) == (ConnectionState.DISCONNECTED, None)
        assert session.execute(text("SELECT count(*) FROM event WHERE kind = 'user.erased'")).scalar_one() == 1


def test_the_address_can_be_invited_again_afterwards(kari, signed_in, make):
    signed_in(kari).submit("/me/erase", {"password": PASSWORD})
    admin = signed_in(make.admin())
    assert admin.submit("/admin/invitations/new", {"email": "kari.unmistakable@example.com"}).status_code == 302


def test_erasing_asks_for_the_password(kari, signed_in, db):
    answer = signed_in(kari).submit("/me/erase", {"password": "not this one"})
    assert answer.status_code == 422
    assert "Nothing was erased" in answer.text
    with db.reading() as session:
        assert session.get(User, kari.id).state is UserState.ACTIVE
        assert session.scalars(select(Connection)).one().state is ConnectionState.ACTIVE


def test_the_last_administrator_cannot_leave_the_hub_without_one(make, signed_in, db):
    ada = make.admin("Ada Admin", password=PASSWORD)
    answer = signed_in(ada).submit("/me/erase", {"password": PASSWORD})
    assert answer.status_code == 409
    assert "the only administrator" in answer.text
    with db.reading() as session:
        assert session.get(User, ada.id).state is UserState.ACTIVE


def test_a_share_on_its_way_is_waited_for(kari, make, signed_in, db):
    make.share(kari, text="Hello", state=ShareState.PUBLISHING)
    answer = signed_in(kari).submit("/me/erase", {"password": PASSWORD})
    assert answer.status_code == 409
    assert "being published right now" in answer.text
    with db.reading() as session:
        assert session.get(User, kari.id).state is UserState.ACTIVE
