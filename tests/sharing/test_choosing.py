"""A person who looks after several Facebook Pages says which one to connect; nothing is kept of the others."""

import html
import re
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import select

from advocacy.sharing import choosing, connecting
from advocacy.sharing.models import ConnectFlow, Connection
from advocacy.sharing.networks import Networks
from connectors import Registry
from tests.connectors.fakes.facebook import FakeFacebook
from tests.connectors.fakes.meta import CLIENT_ID, CLIENT_SECRET


@pytest.fixture
def facebook(clock):
    """Facebook, on which Ada looks after two Pages."""
    with FakeFacebook(clock.now) as server:
        server.bakery, server.books = server.page("Ada's bakery"), server.page("Ada's books")
        yield server


@pytest.fixture
def house(house, facebook):
    """The hub with Facebook awake."""
    settings = {
        "FACEBOOK_CLIENT_ID": CLIENT_ID,
        "FACEBOOK_CLIENT_SECRET": CLIENT_SECRET,
        "FACEBOOK_API_URL": facebook.base_url,
    }
    house._parts[Networks] = Networks(Registry(settings, now=house.clock.now, allow_private_hosts=True))
    return house


@pytest.fixture
def ada(make):
    """Who connects."""
    return make.user("Ada")


@pytest.fixture
def browser(signed_in, ada):
    """Her browser."""
    return signed_in(ada)


def came_back(browser, facebook, *, where="/connections/facebook/new", username="ada"):
    """Ada allows us on Facebook's page. Returns the answer of the page that she comes back to."""
    page = browser.submit(where)
    [address] = re.findall(r'href="(https://www\.facebook\.com/[^"]+)"', page.text)
    asked = dict(parse_qsl(html.unescape(address).split("?", 1)[1]))
    back = facebook.allow(asked, username).headers["Location"]
    return browser.get(back.split("localhost", 1)[1].removesuffix("#_"))


def kept(house):
    """The accounts that are connected, by name."""
    with house.db.reading() as session:
        return [one.display_name for one in session.scalars(select(Connection).order_by(Connection.id))]


def waiting(house):
    """Sealed choices that wait."""
    with house.db.reading() as session:
        return list(session.scalars(select(ConnectFlow.sealed_offers).where(ConnectFlow.sealed_offers.is_not(None))))


def test_who_looks_after_several_is_asked_which_and_gets_that_one(browser, house, facebook):
    which = came_back(browser, facebook).location
    page = browser.get(which)
    assert "Which of these?" in page.text
    assert page.text.count('type="radio"') == 2
    assert kept(house) == []
    answer = browser.submit(which, {"account": facebook.books.id})
    assert answer.location == "/connections"
    assert "Ada&#39;s books is connected" in browser.get("/connections").text
    assert kept(house) == ["Ada's books"]
    assert waiting(house) == []


def test_the_tokens_of_those_that_wait_lie_there_sealed(browser, house, facebook):
    came_back(browser, facebook)
    [sealed] = waiting(house)
    assert not [token for token in facebook.tokens if token.encode() in sealed]


def test_a_choice_that_was_not_made_is_asked_for_in_place(browser, house, facebook):
    which = came_back(browser, facebook).location
    for account in ("", "12345"):
        answer = browser.submit(which, {"account": account})
        assert answer.status_code == 422
        assert kept(house) == []
    assert browser.submit(which, {"account": facebook.bakery.id}).status_code == 302


def test_a_choice_is_made_once(browser, house, facebook):
    which = came_back(browser, facebook).location
    token = browser.token()
    for account in (facebook.bakery, facebook.books):
        browser.post(which, data={"csrf_token": token, "account": account.id})
    assert kept(house) == ["Ada's bakery"]
    assert "made already" in browser.get("/connections").text


def test_a_choice_is_open_for_ten_minutes_and_its_tokens_are_gone_after(browser, house, facebook, clock):
    which = came_back(browser, facebook).location
    clock.move(minutes=10)
    assert browser.get(which).location == "/connections"
    assert "took longer than ten minutes" in browser.get("/connections").text
    assert connecting.forget_old(house) == 1
    assert waiting(house) == []


def test_a_choice_is_open_to_nobody_else_and_in_no_other_browser(browser, house, facebook, signed_in, make, ada):
    which = came_back(browser, facebook).location
    for stranger in (signed_in(make.user("Bo")), signed_in(ada)):
        assert stranger.get(which).location == "/connections"
        stranger.post(which, data={"csrf_token": stranger.token(), "account": facebook.bakery.id})
        assert kept(house) == []
    assert browser.get(which).status_code == 200


def test_who_looks_after_one_is_asked_nothing(browser, house, facebook):
    facebook.page("Bo's boats", owner="bo")
    assert came_back(browser, facebook, username="bo").location == "/connections"
    assert kept(house) == ["Bo's boats"]


def test_who_looks_after_none_is_told_so(browser, house, facebook):
    came_back(browser, facebook, username="cy")
    assert "Nobody can publish to a personal profile" in browser.get("/connections").text
    assert kept(house) == []


def test_connecting_again_takes_the_same_page_without_asking(browser, house, facebook):
    which = came_back(browser, facebook).location
    browser.submit(which, {"account": facebook.books.id})
    with house.db.reading() as session:
        [number] = session.scalars(select(Connection.id))
    came_back(browser, facebook, where=f"/connections/facebook/new?again={number}")
    assert kept(house) == ["Ada's books"]
    assert waiting(house) == []
    del facebook.pages[facebook.books.id]
    came_back(browser, facebook, where=f"/connections/facebook/new?again={number}")
    assert "but this is about Ada&#39;s books, so nothing was changed" in browser.get("/connections").text


def test_what_waits_can_be_opened_only_in_its_own_row(browser, house, facebook):
    came_back(browser, facebook)
    with house.db.reading() as session:
        [flow] = session.scalars(select(ConnectFlow))
    offers = choosing._offers(house, flow)
    assert [offer.credentials.remote_id for offer in offers] == [facebook.bakery.id, facebook.books.id]
    assert all(offer.credentials.expires_at is None for offer in offers)
