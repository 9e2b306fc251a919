"""Connecting accounts: by an app password, by a server's own page and back, again, and letting one go."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select, update

from advocacy.base.sealing import CannotOpen, Sealer
from advocacy.base.text import Text
from advocacy.sharing import connections, credentials
from advocacy.sharing.models import AppRegistration, Connection, ConnectionState, Share, ShareState
from advocacy.sharing.networks import Networks
from tests.connectors.fakes.server import Response

APP_PASSWORD = "abcd-efgh-ijkl-mnop"


@pytest.fixture
def ada(make):
    return make.user("Ada")


@pytest.fixture
def browser(sharing, signed_in, ada):
    return signed_in(ada)


def words(response):
    return " ".join(response.get_data(as_text=True).split())


def kept(house):
    with house.db.reading() as session:
        return list(session.scalars(select(Connection).order_by(Connection.id)))


def connect_bluesky(browser, **typed):
    fields = {"identifier": "ada.test", "app_password": APP_PASSWORD, **typed}
    return browser.submit("/connections/bluesky/app-password", fields)


def go_to_mastodon(browser, mastodon):
    """Types the server, follows the link; returns where Mastodon would send the browser back to."""
    page = browser.submit("/connections/mastodon/new", {"server": mastodon.base_url})
    assert page.status_code == 200, words(page)
    url = page.get_data(as_text=True).split('href="' + mastodon.base_url + "/oauth/authorize?", 1)[1].split('"', 1)[0]
    return {name: values[0] for name, values in parse_qs(url.replace("&amp;", "&")).items()}


def back(answer):
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def test_an_app_password_connects_a_bluesky_account(browser, house):
    answer = connect_bluesky(browser)
    assert answer.status_code == 302
    assert "@ada.test is connected." in words(browser.get("/connections"))
    [connection] = kept(house)
    assert (connection.handle, connection.state) == ("@ada.test", ConnectionState.ACTIVE)
    assert connection.profile_url.endswith(connection.remote_id)


def test_a_wrong_app_password_is_told_beside_its_field(browser, house):
    answer = connect_bluesky(browser, app_password="aaaa-bbbb-cccc-dddd")
    assert answer.status_code == 422
    assert "did not accept this handle with this app password" in words(answer)
    assert kept(house) == []


def test_the_accounts_main_password_is_refused_without_asking_the_network(browser, bluesky):
    answer = connect_bluesky(browser, app_password="the main password")
    assert answer.status_code == 422
    assert "This is not an app password" in words(answer)
    assert bluesky.asked("createSession") == []


def test_a_network_that_is_away_is_told_and_nothing_is_kept(browser, bluesky, house):
    bluesky.fail(Response(503, {"error": "away"}))
    answer = connect_bluesky(browser)
    assert answer.status_code == 409
    assert kept(house) == []


def test_tokens_are_sealed_to_their_row(browser, house, bluesky):
    connect_bluesky(browser)
    [connection] = kept(house)
    token = bluesky.sessions[0].access.encode()
    assert token not in connection.sealed_credentials
    assert APP_PASSWORD.encode() not in connection.sealed_credentials
    assert credentials.unseal(house.part(Sealer), connection).credentials.access_token.encode() == token
    connection.id += 1
    with pytest.raises(CannotOpen):
        credentials.unseal(house.part(Sealer), connection)


def test_one_account_is_not_connected_to_two_people(browser, house, signed_in, make):
    connect_bluesky(browser)
    colleague = signed_in(make.user("Bo"))
    answer = connect_bluesky(colleague)
    assert answer.status_code == 409
    assert "connected by a colleague already" in words(answer)
    assert len(kept(house)) == 1


def test_an_account_that_was_let_go_may_be_connected_by_a_colleague(browser, house, signed_in, make):
    connect_bluesky(browser)
    browser.submit(f"/connections/{kept(house)[0].id}/disconnect")
    assert connect_bluesky(signed_in(make.user("Bo"))).status_code == 302
    assert [one.state for one in kept(house)] == [ConnectionState.DISCONNECTED, ConnectionState.ACTIVE]


def test_a_mastodon_account_is_connected_on_its_servers_own_page(browser, house, mastodon):
    asked = go_to_mastodon(browser, mastodon)
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://localhost/connections/back"
    answer = browser.get(back(mastodon.allow(asked)))
    assert answer.status_code == 302
    [connection] = kept(house)
    assert connection.handle == f"@ada@{urlsplit(mastodon.base_url).netloc}"
    assert connection.server == mastodon.base_url
    assert connection.limits["max_length"] == 500


def test_the_app_is_registered_once_a_server(browser, house, mastodon, signed_in, make):
    go_to_mastodon(browser, mastodon)
    go_to_mastodon(signed_in(make.user("Bo")), mastodon)
    assert len(mastodon.asked("POST /api/v1/apps")) == 1
    with house.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(AppRegistration)) == 1
        [secret] = [app["client_secret"] for app in mastodon.apps.values()]
        assert secret.encode() not in session.scalar(select(AppRegistration.sealed))


def test_an_app_that_the_server_forgot_is_registered_anew(browser, house, mastodon):
    asked = go_to_mastodon(browser, mastodon)
    address = back(mastodon.allow(asked))
    mastodon.apps.clear()
    browser.get(address)
    assert "has forgotten our app" in words(browser.get("/connections"))
    asked = go_to_mastodon(browser, mastodon)
    browser.get(back(mastodon.allow(asked)))
    assert len(kept(house)) == 1


@pytest.mark.parametrize("query", ["", "?code=abc", "?state=&code=abc", "?state=made-up&code=abc"])
def test_an_address_without_a_state_of_ours_connects_nothing(browser, house, query):
    assert browser.get(f"/connections/back{query}").status_code == 302
    assert "nothing was connected" in words(browser.get("/connections"))
    assert kept(house) == []


@pytest.mark.parametrize("typed", ["not a server", "http://10.0.0.1", "127.0.0.1:22", "https://user@mastodon.social"])
def test_what_is_no_public_server_is_refused_beside_its_field(browser, house, typed):
    house.part(Networks).registry.get("mastodon")._http._allow_private_hosts = False
    answer = browser.submit("/connections/mastodon/new", {"server": typed})
    assert answer.status_code == 422
    assert "is not the address of a server" in words(answer)


def test_connecting_again_wakes_what_waited(browser, house, sharing, make, ada):
    connect_bluesky(browser)
    [connection] = kept(house)
    [share] = sharing.share(ada, make.item(), connection)
    with house.db.transaction() as session:
        session.execute(update(Connection).values(state=ConnectionState.NEEDS_SIGN_IN))
        session.execute(update(Share).values(reason=Text("Connect your account again.").to_json()))
    house.clock.move(seconds=11)
    assert sharing.work() == 0
    assert "Connect again" in words(browser.get("/connections"))
    connect_bluesky(browser)
    assert [one.id for one in kept(house)] == [connection.id]
    assert sharing.now(share).reason is None
    assert sharing.work() == 1
    assert sharing.now(share).state is ShareState.PUBLISHED


def test_letting_go_deletes_the_tokens_here_and_takes_them_back_there(browser, house, bluesky, sharing, make, ada):
    connect_bluesky(browser)
    [connection] = kept(house)
    [share] = sharing.share(ada, make.item(), connection)
    page = browser.get(f"/connections/{connection.id}/disconnect")
    assert "One planned share waits" in words(page)
    browser.submit(f"/connections/{connection.id}/disconnect")
    assert "is taken back" in words(browser.get("/connections"))
    [connection] = kept(house)
    assert connection.sealed_credentials is None
    assert bluesky.sessions == []
    assert sharing.now(share).reason["template"].startswith("You disconnected this account")


def test_letting_go_works_while_the_network_is_away_and_says_so(browser, house, mastodon):
    browser.get(back(mastodon.allow(go_to_mastodon(browser, mastodon))))
    mastodon.fail(Response(503, {"error": "away"}))
    browser.submit(f"/connections/{kept(house)[0].id}/disconnect")
    assert "remove our access in its settings as well" in words(browser.get("/connections"))
    assert kept(house)[0].sealed_credentials is None


def test_a_colleagues_account_cannot_be_let_go(browser, house, signed_in, make):
    connect_bluesky(browser)
    stranger = signed_in(make.user("Bo"))
    address = f"/connections/{kept(house)[0].id}/disconnect"
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, data={"csrf_token": stranger.token()}).status_code == 404
    assert kept(house)[0].state is ConnectionState.ACTIVE


def test_who_signed_in_long_ago_shows_again_that_it_is_them(browser, house, clock):
    clock.move(hours=13)
    assert connect_bluesky(browser, password="not mine").status_code == 422
    assert kept(house) == []


def test_the_composer_gets_only_accounts_that_can_publish(browser, house, ada):
    connect_bluesky(browser)
    with house.db.reading() as session:
        assert len(connections.active(session, user_id=ada.id)) == 1
    with house.db.transaction() as session:
        session.execute(update(Connection).values(state=ConnectionState.NEEDS_SIGN_IN))
    with house.db.reading() as session:
        assert connections.active(session, user_id=ada.id) == []
        assert len(connections.mine(session, user_id=ada.id)) == 1
