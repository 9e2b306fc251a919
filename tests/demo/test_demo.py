"""The demo fills an empty hub with something to look at, and never touches a hub with people in it."""

import pytest

from advocacy.base.errors import Conflict
from advocacy.demo import company, seeding
from advocacy.library.source_models import Source
from advocacy.people import passwords
from advocacy.people.models import User
from advocacy.programme.models import Programme
from advocacy.reach import followers as reading_followers
from advocacy.reach.models import Click, FigureReading, ReadBack
from advocacy.recognition import points
from advocacy.sharing.models import Proof, Share


@pytest.mark.usefixtures("sums_agree")
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


def test_the_networks_figures_grow_and_say_that_they_are_made_up(house, signed_in):
    seeding.seed(house)
    with house.db.reading() as session:
        kari = session.query(User).filter_by(name="Kari Nordmann").one()
        share = session.query(Share).filter(Share.user_id == kari.id, Share.proof == Proof.NETWORK).first()
        readings = session.query(FigureReading).filter_by(share_id=share.id).order_by(FigureReading.at).all()
        assert len(readings) > 2
        likes = [reading.likes for reading in readings]
        assert likes == sorted(likes)
        assert likes[-1] > likes[0]
        assert session.query(ReadBack).filter(ReadBack.next_at.is_not(None)).count() == 0
    page = signed_in(kari).get(f"/shares/{share.id}/reach").text
    assert "Demo data: this figure is made up." in page


def test_the_demo_has_something_for_every_list(house, signed_in):
    seeding.seed(house)
    with house.db.reading() as session:
        people = {user.name: user for user in session.query(User)}
        source = session.query(Source).one()
    assert "Nothing planned" not in signed_in(people["Kari Nordmann"]).get("/my-shares").text
    assert "Grid operators agree" in signed_in(people["Mia Lund"]).get(f"/library/sources/{source.id}").text
    insights = signed_in(people["Lars Berg"]).get("/insights").text
    assert "Has at least one account linked that we can post to." in insights
    browser = signed_in(people["Ingrid Solberg"])
    listed = browser.get("/leaderboard/challenges").text
    assert all(words in listed for words in ("Running", "Coming", "Over"))
    assert "Waits for an answer" in browser.get("/rewards/mine").text
    assert "None left" in browser.get("/rewards").text
    assert "A day off" in signed_in(people["Lars Berg"]).get("/rewards/asked").text


def test_the_demo_has_a_programme_with_a_story(house, signed_in):
    seeding.seed(house)
    with house.db.reading() as session:
        people = {user.name: user for user in session.query(User)}
        programmes = {one.title: one.id for one in session.query(Programme)}
    browser = signed_in(people["Kari Nordmann"])
    sales = browser.get(f"/company/plan/{programmes['Sales knows the promise first']}/evaluation").text
    assert "From 40 % to 80 % in 2 rounds." in sales
    company = browser.get(f"/company/plan/{programmes['Green power at all hours']}").text
    assert "Waits for: Put the promise on the invoice" in company
    assert "foremen" in browser.get(f"/company/plan/{programmes['Safe home from every site']}/evaluation").text
    assert ">Gap<" in browser.get("/company/touchpoints").text.replace("</svg>", ">")


def test_followers_are_made_up_too_and_no_network_is_asked(house, signed_in):
    seeding.seed(house)
    assert reading_followers.take_in(house) == 0
    reading_followers.keep_up(house)
    house.clock.move(days=2)
    assert reading_followers.claim_due(house, batches=9) == []
    house.clock.move(days=-2)
    with house.db.reading() as session:
        kari = session.query(User).filter_by(name="Kari Nordmann").one()
        lars = session.query(User).filter_by(name="Lars Berg").one()
    browser = signed_in(kari)
    assert "Demo data: this figure is made up." in browser.get("/connections/followers").text
    leader = signed_in(lars)
    assert "Followers of connected accounts" in leader.get("/insights/audience").text
