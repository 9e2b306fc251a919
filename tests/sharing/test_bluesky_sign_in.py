"""Connecting Bluesky on the account's own server's page, and how that lives beside app passwords."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from advocacy.base.sealing import Sealer
from advocacy.people.models import SignInSession
from advocacy.sharing import connecting, credentials
from advocacy.sharing.models import AppRegistration, ConnectFlow, Connection, ConnectionState, ShareState
from advocacy.sharing.networks import Networks
from config import Settings
from connectors import CredentialsExpired
from tests.connectors.fakes.server import Response

HUB = "https://hub.example.com"


@pytest.fixture
def ada(make):
    return make.user("Ada")


@pytest.fixture
def browser(sharing, signed_in, ada):
    return signed_in(ada)


def words(response):
    return " ".join(unescape(response.get_data(as_text=True)).split())


def kept(house):
    with house.db.reading() as session:
        return list(session.scalars(select(Connection).order_by(Connection.id)))


def go(browser, bluesky, handle="ada.test"):
    """Sends the form; returns the address of the page at the server."""
    page = browser.submit("/connections/bluesky/new", {"server": handle})
    assert page.status_code == 200, words(page)
    [url] = re.findall(rf'href="({bluesky.base_url}/oauth/authorize[^"]+)"', page.get_data(as_text=True))
    return unescape(url)


def come(browser, query):
    return browser.get(f"/connections/back?{urlencode(query)}")


def connect(browser, bluesky, handle="ada.test"):
    return come(browser, bluesky.allow(go(browser, bluesky, handle), handle))


def by_app_password(browser):
    return browser.submit(
        "/connections/bluesky/app-password", {"identifier": "ada.test", "app_password": "abcd-efgh-ijkl-mnop"}
    )


def tokens_of(house, connection):
    return credentials.unseal(house.part(Sealer), connection).credentials


def test_signing_in_comes_first_and_an_app_password_is_the_second_way(browser):
    page = words(browser.get("/connections/bluesky/new"))
    assert "Sign in with Bluesky" in page
    assert page.index("Sign in with Bluesky") < page.index("Use an app password")
    assert "App password" in words(browser.get("/connections/bluesky/app-password"))


@pytest.mark.parametrize("handle", ["ada.test", "@ada.test", ""])
def test_a_person_signs_in_on_their_servers_page_and_shares(browser, house, bluesky, sharing, make, ada, handle):
    answer = come(browser, bluesky.allow(go(browser, bluesky, handle), "ada.test"))
    assert answer.status_code == 302
    assert "@ada.test is connected." in words(browser.get("/connections"))
    [connection] = kept(house)
    assert (connection.network, connection.server, connection.handle) == ("bluesky", "", "@ada.test")
    [share] = sharing.share(ada, make.item(), connection)
    house.clock.move(seconds=11)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert len(bluesky.posts_of("ada.test")) == 1


def test_who_comes_back_by_number_is_led_on_to_where_they_are_signed_in(browser, bluesky, client):
    asked = bluesky.pushed
    go(browser, bluesky)
    [pushed] = asked.values()
    assert pushed.form["redirect_uri"] == "http://127.0.0.1/connections/way-back"
    answer = client.get("/connections/way-back?iss=a&state=b&code=c%20d")
    assert answer.headers["Location"] == "http://localhost/connections/back?iss=a&state=b&code=c%20d"


def test_keys_and_tokens_are_sealed(browser, house, bluesky):
    go(browser, bluesky)
    with house.db.reading() as session:
        [flow] = session.scalars(select(ConnectFlow))
        assert b"dpop_key" not in flow.sealed_verifier
    connect(browser, bluesky)
    [connection] = kept(house)
    held = tokens_of(house, connection)
    for secret in (held.access_token, held.refresh_token, held.extra["dpop_key"]):
        assert secret.encode() not in connection.sealed_credentials


def test_who_had_an_app_password_and_signs_in_keeps_one_account(browser, house, bluesky, sharing, make, ada):
    by_app_password(browser)
    [before] = kept(house)
    [share] = sharing.share(ada, make.item(), before)
    connect(browser, bluesky)
    [after] = kept(house)
    assert after.id == before.id
    assert tokens_of(house, after).extra["dpop_key"]
    assert bluesky.sessions == []  # the session of the app password was given back
    house.clock.move(seconds=11)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    by_app_password(browser)
    [again] = kept(house)
    assert again.id == before.id
    assert not tokens_of(house, again).extra
    assert bluesky.grants == []


def test_what_replaces_a_sign_in_counts_even_if_the_old_one_cannot_be_given_back(browser, house, bluesky):
    by_app_password(browser)
    bluesky.fail(Response(503, {"error": "away"}), "deleteSession")
    connect(browser, bluesky)
    assert "@ada.test is connected." in words(browser.get("/connections"))
    assert tokens_of(house, kept(house)[0]).extra["dpop_key"]


def test_a_colleagues_account_is_refused_and_the_new_permission_given_back(browser, house, bluesky, signed_in, make):
    connect(browser, bluesky)
    colleague = signed_in(make.user("Bo"))
    connect(colleague, bluesky)
    assert "connected by a colleague already" in words(colleague.get("/connections"))
    assert len(kept(house)) == 1
    assert len(bluesky.grants) == 1


def test_who_says_no_is_told_that_nothing_was_connected(browser, house, bluesky):
    come(browser, bluesky.deny(go(browser, bluesky)))
    assert "You did not allow it" in words(browser.get("/connections"))
    assert kept(house) == []


@pytest.mark.parametrize("wrong", [{"iss": "https://evil.example"}, {"iss": ""}, {"code": "made-up"}, {"state": "x"}])
def test_who_comes_back_with_something_else_connects_nothing(browser, house, bluesky, wrong):
    query = bluesky.allow(go(browser, bluesky), "ada.test")
    come(browser, {**query, **wrong})
    assert kept(house) == []
    assert bluesky.grants == []


def test_a_way_back_is_good_once(browser, house, bluesky):
    query = bluesky.allow(go(browser, bluesky), "ada.test")
    come(browser, query)
    browser.get("/connections")
    come(browser, query)
    assert "was used already" in words(browser.get("/connections"))
    assert len(bluesky.grants) == 1  # the code was not sent twice: that would have ended the grant


def test_a_way_back_of_somebody_else_connects_nothing(browser, house, bluesky, signed_in, make):
    query = bluesky.allow(go(browser, bluesky), "ada.test")
    stranger = signed_in(make.user("Bo"))
    come(stranger, query)
    assert "not begun in this browser by you" in words(stranger.get("/connections"))
    assert kept(house) == []


def test_who_signs_in_as_somebody_else_is_told(browser, house, bluesky):
    bluesky.person("bo.test")
    come(browser, bluesky.allow(go(browser, bluesky), "bo.test"))
    assert "another account than the one you named" in words(browser.get("/connections"))
    assert kept(house) == []


def test_a_handle_that_nobody_has_is_told_beside_its_field(browser):
    answer = browser.submit("/connections/bluesky/new", {"server": "nobody.test"})
    assert answer.status_code == 422
    assert "Nobody on Bluesky has the handle nobody.test" in words(answer)


def test_the_sign_in_is_renewed_by_one_worker_at_a_time(browser, house, bluesky):
    connect(browser, bluesky)
    [connection] = kept(house)
    first = credentials.usable(house, connection_id=connection.id)
    house.clock.move(minutes=59)
    second = credentials.usable(house, connection_id=connection.id)
    assert second.credentials.refresh_token != first.credentials.refresh_token
    assert second.credentials.extra["dpop_key"] == first.credentials.extra["dpop_key"]
    # Whoever still holds what was replaced gets what stands there now, and the old token is not sent again.
    third = credentials.refresh(house, connection_id=connection.id, instead_of=first)
    assert third.credentials == second.credentials
    assert len(bluesky.grants) == 1


def test_a_sign_in_that_somebody_renewed_behind_our_back_asks_to_connect_again(
    browser, house, bluesky, sharing, make, ada
):
    connect(browser, bluesky)
    [connection] = kept(house)
    house.part(Networks).api("bluesky").refresh(tokens_of(house, connection))  # a stolen copy, or a lost answer
    house.clock.move(minutes=61)
    with pytest.raises(CredentialsExpired):
        credentials.usable(house, connection_id=connection.id)
    [share] = sharing.share(ada, make.item(), connection)
    house.clock.move(seconds=11)
    sharing.work()
    assert kept(house)[0].state is ConnectionState.NEEDS_SIGN_IN
    assert sharing.now(share).state is ShareState.SCHEDULED
    assert "Connect again" in words(browser.get("/connections"))
    url = browser.get(f"/connections/{connection.id}/again").headers["Location"]
    come(browser, bluesky.allow(url, "ada.test"))
    assert kept(house)[0].state is ConnectionState.ACTIVE
    assert sharing.work() == 1
    assert sharing.now(share).state is ShareState.PUBLISHED


def test_letting_go_gives_the_permission_back(browser, house, bluesky):
    connect(browser, bluesky)
    browser.submit(f"/connections/{kept(house)[0].id}/disconnect")
    assert "is taken back" in words(browser.get("/connections"))
    assert bluesky.grants == []
    assert kept(house)[0].sealed_credentials is None


def test_who_connects_again_comes_back_as_the_same_account_or_nothing_changes(browser, house, bluesky):
    bluesky.person("bo.test")
    connect(browser, bluesky)
    [connection] = kept(house)
    url = browser.get(f"/connections/{connection.id}/again").headers["Location"]
    come(browser, bluesky.allow(url, "bo.test"))
    assert [one.remote_id for one in kept(house)] == [connection.remote_id]
    assert tokens_of(house, kept(house)[0]) == tokens_of(house, connection)


# The hub's description.


def at(house, address):
    house._parts[Settings] = house.part(Settings).model_copy(update={"public_url": address})


def test_a_hub_at_a_public_address_describes_itself(house, client):
    at(house, HUB)
    first = client.get("/oauth/client-metadata.json")
    assert first.status_code == 200
    assert first.mimetype == "application/json"
    assert first.json["client_id"] == f"{HUB}/oauth/client-metadata.json"
    assert first.json["redirect_uris"] == [f"{HUB}/connections/back"]
    assert first.json["client_name"] == house.part(Settings).company_name
    assert "Set-Cookie" not in first.headers
    assert client.get("/oauth/client-metadata.json").json == first.json
    with house.db.reading() as session:
        [registration] = session.scalars(select(AppRegistration))
    assert b"client_secret" not in registration.sealed


def test_the_description_is_what_servers_check_our_word_against(browser, house, bluesky, ada):
    at(house, HUB)
    document = browser.get("/oauth/client-metadata.json").json
    bluesky.documents[document["client_id"]] = document
    with house.db.reading() as session:
        [signed_in_by] = session.scalars(select(SignInSession.token_hash).where(SignInSession.user_id == ada.id))
    begun = connecting.begin(
        house,
        user_id=ada.id,
        session_hash=signed_in_by,
        network="bluesky",
        server="ada.test",
        redirect_uri=document["redirect_uris"][0],
        client_name="Nordlys",
        website=HUB,
    )
    come(browser, bluesky.allow(begun.url, "ada.test"))
    [connection] = kept(house)
    house.clock.move(minutes=59)
    assert credentials.usable(house, connection_id=connection.id).credentials.extra["client_key"]
    assert [grant.auth for grant in bluesky.grants] == [document["jwks"]["keys"][0]["kid"]]


@pytest.mark.parametrize(
    "address", ["http://localhost:8000", "http://hub.example.com", "https://hub.example.com:8443"]
)
def test_a_hub_elsewhere_has_no_description(house, client, address):
    at(house, address)
    assert client.get("/oauth/client-metadata.json").status_code == 404


def test_where_nobody_can_be_sent_back_the_page_says_so_and_offers_the_app_password(browser, house):
    at(house, "http://hub.example.com")
    page = words(browser.get("/connections/bluesky/new"))
    assert "at an address that begins with https://" in page
    assert "Sign in with Bluesky" not in page
    assert "Use an app password" in page
    form = {"csrf_token": browser.token(), "server": "ada.test"}
    assert browser.post("/connections/bluesky/new", data=form).status_code == 422
