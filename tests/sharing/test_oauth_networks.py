"""What every network whose own page people allow us on must survive: foreign, old and stolen answers connect nothing."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from sqlalchemy import select, update

from advocacy.sharing.models import ConnectFlow, Connection, ConnectionState, ShareState
from advocacy.sharing.networks import Networks
from connectors import OAuthConnector, Registry
from tests.connectors.fakes.server import Response
from tests.connectors.network import OAuthNetwork, networks

OAUTH = [one for one in networks() if issubclass(one, OAuthNetwork) and not one.sign_in_by]


ELSEWHERE = {"bluesky"}
"""Bluesky's sign-in is begun at the network: test_bluesky_sign_in.py and test_bluesky_oauth.py."""


def test_every_network_with_a_page_of_its_own_is_held_to_this():
    known = [*Registry(), *Registry().asleep()]
    assert {one.name for one in known if isinstance(one, OAuthConnector)} - ELSEWHERE == {one.name for one in OAUTH}


@pytest.fixture(params=OAUTH, ids=lambda one: one.name)
def network(request, house, sharing, clock):
    """The network, and it alone in the hub."""
    made = request.param(clock.now)
    made.credentials = None
    house._parts[Networks] = sharing.networks = Networks(made.registry)
    yield made
    made.close()


@pytest.fixture
def ada(make):
    return make.user("Ada")


@pytest.fixture
def browser(network, signed_in, ada):
    return signed_in(ada)


def words(response):
    return " ".join(response.get_data(as_text=True).split())


def kept(house):
    with house.db.reading() as session:
        return list(session.scalars(select(Connection).order_by(Connection.id)))


def asked_at(address):
    return dict(parse_qsl(urlsplit(address).query))


def go(browser, network, **fields):
    """Sets out; returns what the network's page is asked."""
    page = browser.submit(f"/connections/{network.name}/new", {"server": network.typed_server, **fields})
    assert page.status_code == 200, words(page)
    [address] = re.findall(r'href="([^"]*response_type=code[^"]*)"', page.get_data(as_text=True))
    return asked_at(unescape(address))


def come_back(browser, address, **changed):
    """Follows the network's answer home, with these parts of it changed (None: left out); returns what is told."""
    parts = urlsplit(address)
    query = {**dict(parse_qsl(parts.query)), **changed}
    query = {name: value for name, value in query.items() if value is not None}
    answer = browser.get(f"{parts.path}?{urlencode(query)}")
    assert answer.status_code == 302
    return words(browser.get("/connections"))


def connect(browser, network, who="ada"):
    return come_back(browser, network.allow(go(browser, network), who))


def test_a_person_comes_back_with_an_account(browser, house, network):
    asked = go(browser, network)
    assert asked["redirect_uri"] == "http://localhost/connections/back"
    assert "is connected." in come_back(browser, network.allow(asked))
    [connection] = kept(house)
    assert connection.state is ConnectionState.ACTIVE
    assert "ada" in connection.handle.lower()


def test_every_sign_in_has_a_state_of_its_own_that_cannot_be_guessed(browser, house, network):
    first, second = go(browser, network)["state"], go(browser, network)["state"]
    assert first != second
    assert len(first) >= 43
    with house.db.reading() as session:
        assert first not in set(session.scalars(select(ConnectFlow.state_hash)))


def test_a_state_is_good_once(browser, house, network):
    address = network.allow(go(browser, network))
    come_back(browser, address)
    assert "was used already" in come_back(browser, address)
    assert len(kept(house)) == 1


def test_a_state_is_good_for_ten_minutes(browser, house, network, clock):
    address = network.allow(go(browser, network))
    clock.move(minutes=10)
    assert "longer than ten minutes" in come_back(browser, address)
    assert kept(house) == []


def test_a_state_of_somebody_else_connects_nothing_and_is_not_spent(browser, house, network, signed_in, make):
    address = network.allow(go(browser, network))
    stranger = signed_in(make.user("Bo"))
    assert "not begun in this browser by you" in come_back(stranger, address)
    assert kept(house) == []
    assert "is connected" in come_back(browser, address)


def test_a_state_of_the_same_person_in_another_browser_connects_nothing(browser, house, network, signed_in, ada):
    address = network.allow(go(browser, network))
    assert "not begun in this browser by you" in come_back(signed_in(ada), address)
    assert kept(house) == []


@pytest.mark.parametrize("state", [None, "", "made-up"])
def test_an_answer_without_a_state_of_ours_connects_nothing(browser, house, network, state):
    address = network.allow(go(browser, network))
    assert "nothing was connected" in come_back(browser, address, state=state)
    assert kept(house) == []


def test_who_says_no_on_the_networks_page_is_told_that_nothing_was_connected(browser, house, network):
    for error in network.connector.cancelled:
        address = network.allow(go(browser, network))
        assert "You did not allow it" in come_back(browser, address, code=None, error=error)
    assert kept(house) == []


def test_a_permission_that_the_app_lacks_is_told_as_the_administrators_affair(browser, house, network):
    for error in ("invalid_scope", "unauthorized_scope_error"):
        address = network.allow(go(browser, network))
        assert "Tell an administrator" in come_back(browser, address, code=None, error=error)


def test_any_other_refusal_and_an_answer_without_a_code_connect_nothing(browser, house, network):
    for changed in ({"code": None, "error": "server_error"}, {"code": None}, {"error": "server_error"}):
        address = network.allow(go(browser, network))
        assert "a problem of its own" in come_back(browser, address, **changed)
    assert kept(house) == []


def test_an_answer_that_another_server_signs_connects_nothing(browser, house, network):
    for issuer in ("https://evil.example", f"{network.fake.base_url}.evil.example", "http://[", "https://"):
        address = network.allow(go(browser, network))
        assert "does not come from" in come_back(browser, address, iss=issuer)
    assert [one for one in network.fake.requests if "token" in one.path.lower()] == []
    assert kept(house) == []


def test_an_answer_that_the_network_signs_is_taken(browser, house, network):
    name = network.names_itself()
    address = network.allow(go(browser, network))
    assert asked_at(address).get("iss", name) == name
    assert "is connected" in come_back(browser, address, iss=name)


def test_where_a_network_promises_to_sign_its_answers_one_without_is_refused(browser, house, network):
    network.names_itself()
    address = network.allow(go(browser, network))
    promised = network.connector.register_app(
        network.typed_server, redirect_uri="http://localhost/connections/back", client_name="hub"
    )
    told = come_back(browser, address, iss=None)
    assert ("does not come from" in told) == promised.names_issuer


def test_a_code_that_was_used_is_worth_nothing_with_a_fresh_state(browser, house, network, signed_in, make):
    address = network.allow(go(browser, network))
    come_back(browser, address)
    stranger = signed_in(make.user("Bo"))
    told = come_back(stranger, address, state=go(stranger, network)["state"])
    assert "Start again" in told
    assert len(kept(house)) == 1


def test_a_code_that_the_network_refuses_connects_nothing_and_says_so(browser, house, network):
    address = network.allow(go(browser, network))
    told = come_back(browser, address, code="made-up")
    assert "Start again" in told
    assert kept(house) == []


def test_a_network_that_is_away_connects_nothing_and_says_so(browser, house, network):
    address = network.allow(go(browser, network))
    network.fake.fail(Response(503, {"error": "away"}))
    assert "We will try again" in come_back(browser, address)
    assert kept(house) == []


def test_one_account_is_not_connected_to_two_people(browser, house, network, signed_in, make):
    connect(browser, network)
    assert "connected by a colleague already" in connect(signed_in(make.user("Bo")), network)
    assert len(kept(house)) == 1


def set_out_again(browser, connection):
    """One click on "Connect again"; returns what the network's page is asked."""
    answer = browser.get(f"/connections/{connection.id}/again")
    assert answer.status_code == 302
    return asked_at(answer.headers["Location"])


def test_one_click_connects_an_account_again(browser, house, network):
    connect(browser, network)
    [connection] = kept(house)
    with house.db.transaction() as session:
        session.execute(update(Connection).values(state=ConnectionState.NEEDS_SIGN_IN))
    assert "Connect again" in words(browser.get("/connections"))
    come_back(browser, network.allow(set_out_again(browser, connection)))
    assert [(one.id, one.state) for one in kept(house)] == [(connection.id, ConnectionState.ACTIVE)]


@pytest.mark.parametrize("network", [one for one in OAUTH if one.takes_words_alone], indirect=True)
def test_an_account_that_is_connected_again_wakes_what_waited(browser, house, network, sharing, make, ada):
    connect(browser, network)
    [connection] = kept(house)
    [share] = sharing.share(ada, make.item(), connection)
    with house.db.transaction() as session:
        session.execute(update(Connection).values(state=ConnectionState.NEEDS_SIGN_IN))
    house.clock.move(seconds=11)
    assert sharing.work() == 0
    come_back(browser, network.allow(set_out_again(browser, connection)))
    assert sharing.work() == 1
    assert sharing.now(share).state is ShareState.PUBLISHED


def test_another_account_never_takes_the_place_of_one_that_is_connected_again(browser, house, network):
    connect(browser, network)
    [connection] = kept(house)
    with house.db.transaction() as session:
        session.execute(update(Connection).values(state=ConnectionState.NEEDS_SIGN_IN))
    told = come_back(browser, network.allow(set_out_again(browser, connection), "bo"))
    assert "so nothing was changed" in told
    assert connection.handle in unescape(told)
    [still] = kept(house)
    assert (still.remote_id, still.state) == (connection.remote_id, ConnectionState.NEEDS_SIGN_IN)
    assert still.sealed_credentials == connection.sealed_credentials


def test_a_colleagues_account_cannot_be_connected_again(browser, house, network, signed_in, make):
    connect(browser, network)
    [connection] = kept(house)
    stranger = signed_in(make.user("Bo"))
    assert stranger.get(f"/connections/{connection.id}/again").status_code == 404
    fields = {"server": network.typed_server, "again": str(connection.id)}
    assert stranger.submit(f"/connections/{network.name}/new", fields).status_code == 404


def test_who_signed_in_long_ago_shows_first_that_it_is_them(browser, house, network, clock):
    connect(browser, network)
    clock.move(hours=13)
    answer = browser.get(f"/connections/{kept(house)[0].id}/again")
    assert urlsplit(answer.headers["Location"]).path == f"/connections/{network.name}/new"
    page = browser.get(answer.headers["Location"])
    assert "please show that it is you" in words(page)


def test_letting_go_takes_the_permission_back_at_the_network(browser, house, network):
    connect(browser, network)
    browser.submit(f"/connections/{kept(house)[0].id}/disconnect")
    told = words(browser.get("/connections"))
    assert kept(house)[0].sealed_credentials is None
    if network.revokes:
        assert "is taken back" in told
        assert network.allowed() == 0
    else:
        assert "remove our access in its settings as well" in told
