"""Mastodon: signing in at any server, media in steps, the key that is kept for an hour, and looking a post up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from connectors import (
    AppForgotten,
    AppRegistration,
    Credentials,
    CredentialsExpired,
    Figures,
    OAuthConnector,
    OutcomeUnknown,
    Pkce,
    Progress,
    RateLimited,
    Rejected,
    Transient,
    Visibility,
)
from tests.connectors.fakes.mastodon import FILM_BYTES, FakeMastodon
from tests.connectors.fakes.server import Clock, FakeServer, Fault, Response
from tests.connectors.network import FILM, LINK, PICTURE, registry
from tests.connectors.networks.mastodon import MastodonNetwork

BACK = "https://hub.example.org/connections/mastodon/back"


@pytest.fixture
def server(fake: Callable[..., Any]) -> FakeMastodon:
    started: FakeMastodon = fake(FakeMastodon(Clock()))
    return started


@pytest.fixture
def network() -> Any:
    made = MastodonNetwork()
    made.connector.poll_seconds = 0.001  # type: ignore[attr-defined]
    yield made
    made.close()


def mastodon(server: FakeServer) -> OAuthConnector:
    return registry(server.clock).oauth("mastodon")


def registered(server: FakeServer) -> AppRegistration:
    return mastodon(server).register_app(
        server.base_url, redirect_uri=BACK, client_name="Nordlys", website="https://hub.example.org"
    )


def allowed(server: FakeMastodon, registration: AppRegistration, pkce: Pkce) -> dict[str, str]:
    """What the person comes back with after pressing "Authorize" on the server's page."""
    address = mastodon(server).authorize_url(registration, state="s-1", challenge=pkce.challenge)
    assert address.startswith(f"{server.base_url}/oauth/authorize?")
    response = server.allow(dict(parse_qsl(urlsplit(address).query)))
    back, query = response.headers["Location"].split("?")
    assert back == BACK
    return dict(parse_qsl(query))


# Signing in.


def test_a_person_allows_us_on_their_server_and_can_publish(server: FakeMastodon) -> None:
    registration, pkce = registered(server), Pkce.new()
    back = allowed(server, registration, pkce)
    assert back["state"] == "s-1"
    credentials = mastodon(server).exchange(registration, code=back["code"], verifier=pkce.verifier)
    assert credentials.handle == f"@ada@{server.base_url.removeprefix('http://')}"
    assert credentials.remote_id == server.account("ada").id
    assert (credentials.expires_at, credentials.refresh_token) == (None, None)
    network = MastodonNetwork.__new__(MastodonNetwork)
    network.clock = server.clock
    mastodon(server).publish(network.draft(), credentials)
    assert len(server.statuses) == 1


def test_a_new_server_is_asked_with_pkce_and_refuses_another_verifier(server: FakeMastodon) -> None:
    registration, pkce = registered(server), Pkce.new()
    assert registration.offers_pkce
    code = allowed(server, registration, pkce)["code"]
    with pytest.raises(Rejected, match="did not accept the permission"):
        mastodon(server).exchange(registration, code=code, verifier=Pkce.new().verifier)


def test_a_server_before_4_3_knows_no_pkce_and_takes_one_address_as_text(fake: Callable[..., Any]) -> None:
    server: FakeMastodon = fake(FakeMastodon(Clock(), version="4.2"))
    registration, pkce = registered(server), Pkce.new()
    assert not registration.offers_pkce
    back = allowed(server, registration, pkce)
    assert mastodon(server).exchange(registration, code=back["code"], verifier=pkce.verifier).access_token
    assert b"code_verifier" not in server.asked("/oauth/token")[0].body


def test_a_code_works_once_and_for_ten_minutes(server: FakeMastodon) -> None:
    registration, pkce = registered(server), Pkce.new()
    code = allowed(server, registration, pkce)["code"]
    mastodon(server).exchange(registration, code=code, verifier=pkce.verifier)
    late = allowed(server, registration, pkce)["code"]
    server.clock.tick(minutes=11)
    for used in (code, late):
        with pytest.raises(Rejected, match="used before or is too old"):
            mastodon(server).exchange(registration, code=used, verifier=pkce.verifier)


def test_a_server_that_purged_our_app_has_it_registered_anew(server: FakeMastodon) -> None:
    registration, pkce = registered(server), Pkce.new()
    code = allowed(server, registration, pkce)["code"]
    server.apps.clear()
    with pytest.raises(AppForgotten, match="Start again"):
        mastodon(server).exchange(registration, code=code, verifier=pkce.verifier)


def test_what_is_no_mastodon_server_is_named_so(fake: Callable[..., Any]) -> None:
    other = fake(FakeServer())
    with pytest.raises(Rejected, match="does not answer like a Mastodon server"):
        registered(other)
    other.fail(Response(200, "<h1>Welcome</h1>"))
    with pytest.raises(Rejected, match="does not answer like a Mastodon server"):
        registered(other)


def test_a_server_that_is_away_can_be_tried_again(server: FakeMastodon) -> None:
    server.fail(Fault.RESET_BEFORE)
    with pytest.raises(Transient):
        registered(server)


def test_disconnecting_takes_the_permission_back_at_the_server(server: FakeMastodon) -> None:
    registration, pkce = registered(server), Pkce.new()
    back = allowed(server, registration, pkce)
    credentials = mastodon(server).exchange(registration, code=back["code"], verifier=pkce.verifier)
    mastodon(server).revoke(credentials, registration)
    mastodon(server).revoke(credentials, registration)
    with pytest.raises(CredentialsExpired):
        mastodon(server).identity(credentials)
    with pytest.raises(CredentialsExpired):
        mastodon(server).refresh(credentials)


def test_secrets_of_the_registration_are_not_shown(server: FakeMastodon) -> None:
    registration = registered(server)
    assert registration.client_secret not in repr(registration)
    assert "verifier" not in repr(Pkce.new())


# What the server accepts.


def test_each_server_has_its_own_limits(fake: Callable[..., Any]) -> None:
    server: FakeMastodon = fake(FakeMastodon(Clock(), max_characters=5000))
    registration, pkce = registered(server), Pkce.new()
    back = allowed(server, registration, pkce)
    connector = mastodon(server)
    credentials = connector.exchange(registration, code=back["code"], verifier=pkce.verifier)
    limits = connector.server_limits(credentials)
    assert limits.max_length == 5000
    assert limits == registration.limits
    assert connector.count("x" * 4000, limits=limits).left == 1000
    network = MastodonNetwork.__new__(MastodonNetwork)
    network.clock = server.clock
    connector.publish(network.draft("x" * 4000), credentials)
    with pytest.raises(Rejected, match="too long for Mastodon, by 25"):
        connector.publish(network.draft("x" * 5000), credentials)


def test_a_text_counts_here_as_it_counts_there(network: MastodonNetwork) -> None:
    """Where our counter says that it just fits, the server takes it; one more, and the server refuses it too."""
    for piece in ("å", "👩‍👩‍👧‍👦", "語", "e\u0301", f"{LINK} ", "@ada@mastodon.social "):
        text = piece
        while network.connector.count(text + piece).fits:
            text += piece
        network.connector.publish(network.draft(text, link=None), network.credentials)
        unlimited = Credentials(
            network.credentials.access_token,
            server=network.credentials.server,
            extra={"limits": replace(network.connector.limits, max_length=None).to_json()},
        )
        rest = text + "x" * ((network.connector.count(text).left or 0) + 1)
        with pytest.raises(Rejected, match="character limit"):
            network.connector.publish(network.draft(rest, link=None), unlimited)


@pytest.mark.parametrize(
    ("visibility", "sent"),
    [(Visibility.PUBLIC, "public"), (Visibility.UNLISTED, "unlisted"), (Visibility.FOLLOWERS, "private")],
)
def test_the_author_chooses_who_sees_it(network: MastodonNetwork, visibility: Visibility, sent: str) -> None:
    receipt = network.connector.publish(network.draft(visibility=visibility, language="nb-NO"), network.credentials)
    status = network.server.statuses[receipt.remote_id]
    assert (status.visibility, status.language) == (sent, "nb")


# Media.


def test_a_picture_is_attached_when_the_server_has_prepared_it(network: MastodonNetwork) -> None:
    network.server.polls_needed = 3
    receipt = network.connector.publish(network.draft(images=(PICTURE, PICTURE)), network.credentials)
    assert len(network.server.statuses[receipt.remote_id].media_ids) == 2
    assert {media.description for media in network.server.media.values()} == {PICTURE.alt_text}
    assert len(network.fake.asked("GET /api/v1/media/")) == 6


def test_a_picture_that_takes_too_long_is_tried_again_later(network: MastodonNetwork) -> None:
    network.connector.patience_seconds = 0.0  # type: ignore[attr-defined]
    network.server.polls_needed = 5
    draft = network.draft(images=(PICTURE,))
    with pytest.raises(Transient, match="still preparing"):
        network.connector.publish(draft, network.credentials)
    network.server.polls_needed = 0
    network.connector.publish(draft, network.credentials)
    assert network.posts() == 1


def test_a_picture_that_the_server_cannot_read_is_refused(network: MastodonNetwork) -> None:
    network.server.breaks, network.server.polls_needed = "There was a problem processing the media file", 2
    with pytest.raises(Rejected, match="problem processing the media"):
        network.connector.publish(network.draft(images=(PICTURE,)), network.credentials)


# Films.


def test_a_film_may_be_as_large_as_the_server_says_also_for_accounts_connected_before_there_were_films(
    network: MastodonNetwork,
) -> None:
    told = network.registry.oauth("mastodon").register_app(
        network.server.base_url, redirect_uri="https://hub.example.com/back", client_name="Hub"
    )
    assert told.limits is not None
    assert (told.limits.max_videos, told.limits.video_bytes) == (1, FILM_BYTES)
    old = {name: value for name, value in told.limits.to_json().items() if not name.startswith("video_")}
    earlier = replace(network.credentials, extra={"limits": {**old, "max_videos": 0}})
    network.connector.publish(network.draft(video=FILM), earlier)
    too_large = network.draft(video=replace(FILM, size=FILM_BYTES))
    with pytest.raises(Rejected, match="larger than Mastodon"):
        network.connector.check(too_large, network.connector.server_limits(earlier))


def test_a_server_that_takes_no_films_says_so_when_an_account_connects(network: MastodonNetwork) -> None:
    network.server.mimes.remove("video/mp4")
    told = network.registry.oauth("mastodon").register_app(
        network.server.base_url, redirect_uri="https://hub.example.com/back", client_name="Hub"
    )
    with pytest.raises(Rejected, match="takes no films"):
        network.connector.check(network.draft(video=FILM), told.limits)


def test_a_film_that_the_server_has_cleared_away_is_sent_again(network: MastodonNetwork) -> None:
    known: dict[str, str] = {}
    draft = network.draft(video=FILM, progress=Progress(known, known.__setitem__))
    network.fake.fail(Fault.RESET_BEFORE, network.publishing, times=1)
    with pytest.raises(OutcomeUnknown):
        network.connector.publish(draft, network.credentials)
    network.clock.tick(hours=21)
    network.server.media.clear()
    network.connector.publish(draft, network.credentials)
    assert len(network.fake.asked(network.filming)) == 2
    assert network.film_shown() == (FILM.read(0, FILM.size), FILM.alt_text)


# The key.


def test_after_an_hour_the_key_is_forgotten_and_a_repeat_would_be_a_second_post(network: MastodonNetwork) -> None:
    draft = network.draft()
    network.connector.publish(draft, network.credentials)
    network.clock.tick(minutes=61)
    age = network.clock() - draft.created_at
    assert not network.connector.idempotency.covers(age)  # so the publisher looks it up instead:
    assert network.connector.find(draft, network.credentials, draft.created_at) is not None
    network.connector.publish(draft, network.credentials)
    assert network.posts() == 2


def test_the_limit_of_posts_is_waited_out_until_the_servers_own_time(network: MastodonNetwork) -> None:
    network.server.posted = [network.clock()] * 300
    network.clock.tick(minutes=10)
    with pytest.raises(RateLimited) as caught:
        network.connector.publish(network.draft(), network.credentials)
    assert caught.value.until == network.clock() + timedelta(hours=2, minutes=50)


# Looking a post up.


def published(network: MastodonNetwork, **parts: Any) -> tuple[Any, str]:
    draft = network.draft(**parts)
    return draft, network.connector.publish(draft, network.credentials).remote_id


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"text": f"Read {LINK} & tell <us>", "link": LINK},
        {"text": "No link, two\n\nparagraphs & a\nbreak", "link": None},
        {"text": "Hello @ada@mastodon.social!", "link": None},
        {"text": "Hello @ada@unknown.example", "link": None},
        {"text": "", "link": "https://go.example.com/r/a_very_long_one?with=parameters&and=more"},
    ],
    ids=["link below", "link within", "no link", "mention", "unknown mention", "only a link"],
)
def test_a_post_is_found_by_its_link_or_its_words(network: MastodonNetwork, parts: dict[str, Any]) -> None:
    published(network, text="Before", link=None)
    network.clock.tick(seconds=30)
    draft, remote_id = published(network, **parts)
    network.clock.tick(seconds=30)
    published(network, text="After", link=None)
    found = network.connector.find(draft, network.credentials, draft.created_at)
    assert found
    assert (found.remote_id, found.published_at) == (remote_id, draft.created_at)


def test_a_post_is_found_however_many_came_after_it(network: MastodonNetwork) -> None:
    draft, remote_id = published(network)
    for number in range(100):
        published(network, text=f"Number {number}", link=None)
    found = network.connector.find(draft, network.credentials, draft.created_at)
    assert found
    assert found.remote_id == remote_id


def test_an_older_post_with_the_same_link_is_not_the_one(network: MastodonNetwork) -> None:
    draft, _ = published(network)
    network.clock.tick(hours=2)
    assert network.connector.find(draft, network.credentials, network.clock()) is None


def test_a_server_whose_clock_is_behind_does_not_hide_the_post(network: MastodonNetwork) -> None:
    draft, remote_id = published(network)
    found = network.connector.find(draft, network.credentials, draft.created_at + timedelta(minutes=5))
    assert found
    assert found.remote_id == remote_id


def test_where_it_cannot_be_told_nobody_guesses(network: MastodonNetwork) -> None:
    with pytest.raises(OutcomeUnknown, match="Look at your profile"):
        network.connector.find(network.draft("", link=None), network.credentials, network.clock())
    for number in range(201):
        published(network, text=f"Number {number}", link=None)
    with pytest.raises(OutcomeUnknown, match="Look at your profile"):
        network.connector.find(network.draft(), network.credentials, network.clock())


# Figures.


def test_an_old_server_is_asked_for_one_post_at_a_time_and_counts_no_quotes(fake: Callable[..., Any]) -> None:
    network = MastodonNetwork()
    network.server.version = "4.2"
    ids = [published(network, text=f"Number {number}")[1] for number in range(3)]
    network.liked(ids[0])
    network.connector.delete(ids[1], network.credentials)
    found = network.connector.figures(ids, network.credentials)
    assert found == {
        ids[0]: Figures(likes=3, reposts=2, replies=1, quotes=None),
        ids[1]: None,
        ids[2]: Figures(likes=0, reposts=0, replies=0, quotes=None),
    }
    network.close()


def test_figures_are_read_on_when_the_permission_was_taken_back(network: MastodonNetwork) -> None:
    _, remote_id = published(network)
    network.server.tokens[network.credentials.access_token].revoked = True
    assert network.connector.figures([remote_id], network.credentials) == {
        remote_id: Figures(likes=0, reposts=0, replies=0, quotes=0)
    }


def test_a_page_of_something_in_front_does_not_make_a_post_gone(network: MastodonNetwork) -> None:
    network.server.version = "4.2"
    _, remote_id = published(network)
    network.fake.fail(Response(404, "<h1>Not here</h1>"), "GET /api/v1/statuses/")
    with pytest.raises(Transient):
        network.connector.figures([remote_id], network.credentials)


def test_a_status_without_an_address_gets_one_from_its_number(network: MastodonNetwork) -> None:
    status = {"id": "77", "url": None, "created_at": "2026-10-01T09:00:01.000Z"}
    network.fake.fail(Response(200, status), network.publishing)
    receipt = network.connector.publish(network.draft(), network.credentials)
    assert receipt.permalink == f"{network.fake.base_url}/@ada/77"
    assert receipt.published_at == datetime(2026, 10, 1, 9, 0, 1, tzinfo=UTC)
