"""The demo fills an empty hub with something to look at, and never touches a hub with people in it."""

import pytest

from advocacy.base.errors import Conflict
from advocacy.demo import company, seeding
from advocacy.people import passwords
from advocacy.reach.models import Click
from advocacy.recognition import points


def test_the_demo_signs_in_shares_and_is_clicked(house, signed_in):
    seeding.seed(house)
    with house.db.reading() as session:
        kari = passwords.person_with(session, email="kari@nordlys.example", password=company.PASSWORD)
        assert kari is not None
    assert "40 000 homes" in signed_in(kari).get("/feed").text
    with house.db.reading() as session:
        clicks = session.query(Click).all()
        assert {click.is_human for click in clicks} == {True, False}
        assert points.total(session, user_id=kari.id) > 0


def test_the_demo_never_mixes_with_people(house, make):
    make.user()
    with pytest.raises(Conflict, match="empty hub only"):
        seeding.seed(house)
