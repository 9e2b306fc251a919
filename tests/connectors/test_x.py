"""What is X's own: one-use refresh tokens, prices, doubles that it refuses without an id, films in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from connectors import (
    Credentials,
    CredentialsExpired,
    Figures,
    Image,
    OperatorNeeded,
    OutcomeUnknown,
    Pkce,
    Progress,
    RateLimited,
    Rejected,
    Transient,
    Video,
)
from connectors.x import X
from tests.connectors.fakes.server import Fault, Response
from tests.connectors.fakes.x import Grant, problem
from tests.connectors.network import LINK, PICTURE, registry
from tests.connectors.networks.x import XNetwork

BACK = "https://hub.example.org/connections/back"
FRAME = b"\x21\xf9\x04\x00\x0a\x00\x00\x00"
STILL_GIF = Image(b"GIF89a" + FRAME, "image/gif", "A dot")
MOVING_GIF = Image(b"GIF89a" + FRAME * 2, "image/gif", "A dot that jumps")


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[XNetwork]:
    monkeypatch.setattr(X, "poll_seconds", 0.0)
    made = XNetwork()
    yield made
    made.close()


def renewable(network: XNetwork) -> tuple[Grant, Credentials]:
    """Credentials that can be refreshed."""
    grant = network.server.grant_for("ada")
    return grant, Credentials(grant.access, grant.refresh, grant.ends, remote_id=grant.account.id, handle="@ada")


def kept(known: dict[str, str]) -> Progress:
    """Progress that writes into ``known``, as the hub keeps it for the tries to come."""
    return Progress(known, known.__setitem__)


def film(size: int, read: Any = None) -> Video:
    data = bytes(number % 251 for number in range(size))
    return Video(read or (lambda start, length: data[start : start + length]), size, "video/mp4", 12.0)


# Signing in.


def allowed(network: XNetwork) -> tuple[Any, str, str]:
    connector, pkce = network.registry.oauth("x"), Pkce.new()
    app = connector.register_app("", redirect_uri=BACK, client_name="hub")
    url = connector.authorize_url(app, state="s", challenge=pkce.challenge)
    back = network.allow(dict(parse_qsl(urlsplit(url).query)))
    return app, dict(parse_qsl(urlsplit(back).query))["code"], pkce.verifier


def test_a_code_gives_both_tokens_and_whose_they_are(network: XNetwork) -> None:
    app, code, verifier = allowed(network)
    found = network.registry.oauth("x").exchange(app, code=code, verifier=verifier)
    assert (found.handle, found.expires_at) == ("@ada", network.clock() + timedelta(hours=2))
    assert found.refresh_token


@pytest.mark.parametrize("seconds", [29, 31])
def test_a_code_lives_thirty_seconds(network: XNetwork, seconds: int) -> None:
    app, code, verifier = allowed(network)
    network.clock.tick(seconds=seconds)
    connector = network.registry.oauth("x")
    if seconds < 30:
        assert connector.exchange(app, code=code, verifier=verifier)
    else:
        with pytest.raises(Rejected, match="Start again"):
            connector.exchange(app, code=code, verifier=verifier)


def test_another_verifier_is_refused(network: XNetwork) -> None:
    app, code, _ = allowed(network)
    with pytest.raises(Rejected, match="Start again"):
        network.registry.oauth("x").exchange(app, code=code, verifier=Pkce.new().verifier)


def test_a_refresh_token_gives_a_new_pair_and_keeps_whose_it_is(network: XNetwork) -> None:
    grant, old = renewable(network)
    network.clock.tick(hours=3)
    new = network.connector.refresh(old)
    assert (new.access_token, new.refresh_token) == (grant.access, grant.refresh)
    assert (new.remote_id, new.handle) == (old.remote_id, old.handle)
    assert new.refresh_token != old.refresh_token
    assert network.connector.identity(new).handle == "@ada"


def test_a_refresh_token_that_was_used_ends_in_plain_words(network: XNetwork) -> None:
    _, old = renewable(network)
    network.connector.refresh(old)
    with pytest.raises(CredentialsExpired, match="Connect your account again") as caught:
        network.connector.refresh(old)
    assert not caught.value.refreshable


def test_an_answer_to_a_refresh_that_is_lost_may_be_asked_for_again_and_then_asks_for_a_sign_in(
    network: XNetwork,
) -> None:
    _, old = renewable(network)
    network.fake.fail(Fault.LOST, "oauth2/token", times=1)
    with pytest.raises(Transient):
        network.connector.refresh(old)
    with pytest.raises(CredentialsExpired, match="Connect your account again"):
        network.connector.refresh(old)


def test_a_token_that_ended_can_be_mended_by_a_refresh(network: XNetwork) -> None:
    _, old = renewable(network)
    network.clock.tick(hours=3)
    with pytest.raises(CredentialsExpired) as caught:
        network.connector.publish(network.draft(), old)
    assert caught.value.refreshable
    network.connector.publish(network.draft(), network.connector.refresh(old))
    assert network.posts() == 1


def test_revoking_forgets_both_tokens_and_may_be_done_twice(network: XNetwork) -> None:
    grant, tokens = renewable(network)
    network.connector.revoke(tokens)
    network.connector.revoke(tokens)
    assert grant.revoked
    assert [one.form["token_type_hint"] for one in network.fake.asked("revoke")] == [
        "refresh_token",
        "access_token",
    ] * 2


# Doubles.


def test_a_duplicate_is_left_for_a_look_and_never_called_published_or_failed(network: XNetwork) -> None:
    """X may have carried our own request out twice, and says neither whether nor where."""
    draft, since = network.draft(), network.clock()
    made = network.connector.publish(draft, network.credentials)
    with pytest.raises(OutcomeUnknown, match="you posted this text before") as caught:
        network.connector.publish(draft, network.credentials)
    assert caught.value.until == network.clock() + timedelta(seconds=30)
    found = network.connector.find(draft, network.credentials, since)
    assert found is not None
    assert found.remote_id == made.remote_id


def test_a_duplicate_that_x_names_by_its_kind_alone_is_one_too(network: XNetwork) -> None:
    network.fake.fail(Response(403, problem("duplicate-rules", "Forbidden", "No.")), "POST /2/tweets")
    with pytest.raises(OutcomeUnknown, match="you posted this text before"):
        network.connector.publish(network.draft(), network.credentials)


def test_an_outcome_that_is_unknown_is_looked_for_half_a_minute_later(network: XNetwork) -> None:
    network.fake.fail(Fault.LOST, "POST /2/tweets")
    with pytest.raises(OutcomeUnknown) as caught:
        network.connector.publish(network.draft(), network.credentials)
    assert caught.value.until == network.clock() + timedelta(seconds=30)


@pytest.mark.parametrize(
    "text", ["Five < six & seven > two", "Café at example.com/menu\nand more 👩‍👩‍👧‍👦", "Only words"]
)
def test_a_post_without_a_link_is_found_by_its_words(network: XNetwork, text: str) -> None:
    since = network.clock()
    draft = network.draft(text, link=None, images=(PICTURE,))
    made = network.connector.publish(draft, network.credentials)
    found = network.connector.find(draft, network.credentials, since)
    assert found is not None
    assert found.remote_id == made.remote_id


def test_another_share_of_the_same_words_is_told_apart_by_its_link(network: XNetwork) -> None:
    since = network.clock()
    network.connector.publish(network.draft("Same words"), network.credentials)
    other = network.draft("Same words", link=f"{LINK}x")
    assert network.connector.find(other, network.credentials, since) is None


def test_more_posts_than_one_answer_holds_cannot_tell(network: XNetwork) -> None:
    since = network.clock()
    for number in range(11):
        network.connector.publish(network.draft(f"Number {number}", link=None), network.credentials)
    with pytest.raises(OutcomeUnknown, match="Look at your profile"):
        network.connector.find(network.draft("Number eleven", link=None), network.credentials, since)


# Refusals.


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (
            Response(402, problem("credits-depleted", "CreditsDepleted", "no credits")),
            OperatorNeeded,
            "credit with X",
        ),
        (Response(402, {"title": "Payment Required"}), OperatorNeeded, "credit with X"),
        (Response(403, problem("usage-capped", "UsageCapExceeded", "cap")), OperatorNeeded, "monthly cap"),
        (Response(429, problem("usage-capped", "UsageCapExceeded", "cap")), OperatorNeeded, "monthly cap"),
        (Response(403, problem("client-forbidden", "Client Forbidden", "no")), OperatorNeeded, "look at the app"),
        (Response(403, problem("user-suspended", "Forbidden", "User")), Rejected, "suspended your account"),
        (Response(403, {"errors": [{"code": 64, "message": "Your account is suspended"}]}), Rejected, "suspended"),
        (
            Response(403, {"errors": [{"code": 326, "message": "this account is temporarily locked"}]}),
            Rejected,
            "locked",
        ),
        (Response(400, problem("invalid-request", "x", "text is too long")), Rejected, "Shorten it"),
        (Response(403, problem("", "Forbidden", "a maximum of one cashtag")), Rejected, "at most one cashtag"),
        (Response(400, problem("", "x", "The Tweet contains an invalid URL.")), Rejected, "accept an address"),
        (
            Response(403, problem("unsupported-authentication", "Unsupported Authentication", "no")),
            CredentialsExpired,
            "again",
        ),
    ],
)
def test_a_refusal_is_told_in_plain_words(
    network: XNetwork, answer: Response, error: type[Exception], words: str
) -> None:
    network.fake.fail(answer, "POST /2/tweets")
    with pytest.raises(error, match=words) as caught:
        network.connector.publish(network.draft(), network.credentials)
    assert type(caught.value) is error


def test_the_days_limit_is_waited_out_to_its_own_end(network: XNetwork) -> None:
    now = int(network.clock().timestamp())
    headers = {
        "x-rate-limit-reset": str(now + 60),
        "x-app-limit-24hour-remaining": "0",
        "x-app-limit-24hour-reset": str(now + 7200),
    }
    network.fake.fail(
        Response(429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, headers), "POST /2/tweets"
    )
    with pytest.raises(RateLimited) as caught:
        network.connector.publish(network.draft(), network.credentials)
    assert caught.value.until == network.clock() + timedelta(hours=2)


# Pictures and films.


def test_four_pictures_go_along_each_with_its_own_description(network: XNetwork) -> None:
    pictures = tuple(replace(PICTURE, alt_text=f"Picture {number}") for number in range(4))
    network.connector.publish(network.draft(images=pictures), network.credentials)
    [post] = network.server.posts.values()
    assert [network.server.media[one].alt_text for one in post.media] == [f"Picture {number}" for number in range(4)]


def test_a_picture_that_an_earlier_try_uploaded_is_not_sent_again(network: XNetwork) -> None:
    known: dict[str, str] = {}
    draft = network.draft(images=(PICTURE,), progress=kept(known))
    network.fake.fail(Response(503, "<h1>Sorry</h1>"), "POST /2/media/metadata", times=1)
    with pytest.raises(Transient):
        network.connector.publish(draft, network.credentials)
    network.connector.publish(replace(draft, progress=kept(known)), network.credentials)
    assert len(network.fake.asked(r"media/upload$")) == 1
    assert [one.alt_text for one in network.server.media.values()] == [PICTURE.alt_text]


def test_a_picture_that_x_has_thrown_away_meanwhile_is_sent_again(network: XNetwork) -> None:
    known: dict[str, str] = {}
    draft = network.draft(images=(PICTURE,), progress=kept(known))
    network.fake.fail(Response(429, {}), "POST /2/tweets", times=1)
    with pytest.raises(RateLimited):
        network.connector.publish(draft, network.credentials)
    network.clock.tick(hours=24)
    grant = network.server.grant_for("ada")
    network.connector.publish(
        replace(draft, progress=kept(known)), replace(network.credentials, access_token=grant.access)
    )
    assert len(network.fake.asked(r"media/upload$")) == 2


def test_a_moving_picture_goes_in_pieces_and_alone(network: XNetwork) -> None:
    network.connector.publish(network.draft(images=(MOVING_GIF,)), network.credentials)
    [media] = network.server.media.values()
    assert (media.kind, media.data, media.alt_text) == ("tweet_gif", MOVING_GIF.data, MOVING_GIF.alt_text)
    with pytest.raises(Rejected, match="by itself"):
        network.connector.check(network.draft(images=(MOVING_GIF, PICTURE)))
    network.connector.check(network.draft(images=(STILL_GIF, PICTURE)))
    network.connector.check(network.draft(images=(replace(MOVING_GIF, data=MOVING_GIF.data + bytes(6_000_000)),)))
    with pytest.raises(Rejected, match="larger"):
        network.connector.check(network.draft(images=(replace(STILL_GIF, data=bytes(6_000_000)),)))


def test_a_film_arrives_whole_in_pieces_and_is_waited_for(network: XNetwork) -> None:
    network.server.polls_needed = 3
    whole = film(9_000_000)
    network.connector.publish(network.draft("A film", link=None, video=whole), network.credentials)
    [media] = network.server.media.values()
    assert media.data == whole.read(0, whole.size)
    assert sorted(media.pieces) == [0, 1, 2]
    [post] = network.server.posts.values()
    assert post.media == [media.id]


# Figures.


@pytest.mark.parametrize("name", ["retweet_count", "repost_count"])
def test_reposts_are_read_under_either_name_and_views_where_they_are_told(network: XNetwork, name: str) -> None:
    network.server.reposts_name = name
    made = network.connector.publish(network.draft(), network.credentials)
    network.server.posts[made.remote_id].metrics |= {"reposts": 4, "impression_count": 120}
    assert network.connector.figures([made.remote_id], network.credentials) == {
        made.remote_id: Figures(likes=0, reposts=4, replies=0, quotes=0, views=120)
    }


def test_a_post_that_may_not_be_seen_is_not_gone(network: XNetwork) -> None:
    hidden = {
        "type": "https://api.twitter.com/2/problems/not-authorized-for-resource",
        "resource_id": "7",
        "title": "x",
    }
    network.fake.fail(Response(200, {"errors": [hidden]}), "GET /2/tweets")
    assert network.connector.figures(["7", "8"], network.credentials) == {"7": Figures(), "8": None}


def test_a_hundred_posts_are_read_at_once(network: XNetwork) -> None:
    ids = [str(number) for number in range(101)]
    assert list(network.connector.figures(ids, network.credentials)) == ids
    assert [len(one.args("ids")[0].split(",")) for one in network.fake.asked("GET /2/tweets")] == [100, 1]


# What it costs.


def test_a_post_costs_more_with_an_address_and_each_description_costs(network: XNetwork) -> None:
    x = network.connector
    assert x.cost_of(network.draft("Words", link=None)) == 15_000
    assert x.cost_of(network.draft("Words")) == 200_000
    assert x.cost_of(network.draft("See example.com", link=None)) == 200_000
    assert x.cost_of(network.draft("Words", link=None, images=(PICTURE, replace(PICTURE, alt_text="")))) == 20_000
    assert (x.cost_of_looking(), x.cost_of_figures(100), x.cost_of_deleting()) == (50_000, 500_000, 10_000)
    assert (x.currency, x.monthly_budget) == ("USD", None)


@pytest.mark.parametrize(
    ("setting", "expected"), [("0.02", 20_000), ("free", 15_000), ("-1", 15_000), ("NaN", 15_000), ("0", 15_000)]
)
def test_a_price_is_a_setting_and_never_nothing(network: XNetwork, setting: str, expected: int) -> None:
    x = registry(network.clock, {**network.settings(), "X_PRICE_POST": setting}).api("x")
    assert x.cost_of(network.draft("Words", link=None)) == expected


@pytest.mark.parametrize(("setting", "expected"), [("40", 40_000_000), ("0", 0), ("a lot", 0), ("1e99", 0)])
def test_a_budget_that_is_no_amount_stops_everything(network: XNetwork, setting: str, expected: int) -> None:
    assert (
        registry(network.clock, {**network.settings(), "X_MONTHLY_BUDGET": setting}).api("x").monthly_budget
        == expected
    )


def test_colleagues_need_words_of_their_own(network: XNetwork) -> None:
    assert network.connector.demands_own_words


# Followers.


def test_followers_are_read_only_when_the_operator_says_so_because_each_reading_costs(network: XNetwork) -> None:
    network.followed(4321)
    asking = registry(network.clock, {**network.settings(), "X_FOLLOWERS": "daily"}).api("x")
    assert (network.connector.cost_of_followers(), asking.cost_of_followers()) == (0, 10_000)
    who = network.credentials.remote_id
    assert "X_FOLLOWERS=daily" in str(network.connector.followers([who], network.credentials)[who])
    assert network.fake.asked("GET /2/users/me") == []
    assert asking.followers([who], network.credentials) == {who: 4321}
    assert len(network.fake.asked("GET /2/users/me")) == 1
