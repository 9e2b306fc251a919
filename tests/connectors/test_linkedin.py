"""What is particular to LinkedIn: escaped words, pictures sent first, no device against doubles, no reading back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import (
    Card,
    ConnectorError,
    CredentialsExpired,
    Draft,
    Figures,
    OutcomeUnknown,
    Progress,
    RateLimited,
    Registry,
    Rejected,
    Transient,
)
from connectors._linkedin_text import little_text
from tests.connectors.fakes.linkedin import APP, RESERVED, FakeLinkedIn, Post, read_little
from tests.connectors.fakes.server import Fault, Response
from tests.connectors.network import FILM, LINK, PICTURE, in_norwegian, registry
from tests.connectors.networks.linkedin import LinkedInNetwork
from tests.connectors.networks.linkedin_reading import LinkedInReadingNetwork

CARD = Card(
    "https://example.com/a", "Life at Nordlys", "Three people, three stories", replace(PICTURE, data=b"thumb")
)
BACK = "https://hub.example.org/connections/back"


@pytest.fixture
def network() -> Iterator[LinkedInNetwork]:
    made = LinkedInNetwork()
    made.connector.poll_seconds = 0.0  # type: ignore[attr-defined]
    yield made
    made.close()


@pytest.fixture
def linkedin(network: LinkedInNetwork) -> FakeLinkedIn:
    return network.server


def publish(network: LinkedInNetwork, draft: Draft | None = None, **parts: Any) -> Post:
    receipt = network.connector.publish(draft or network.draft(**parts), network.credentials)
    return network.server.posts[receipt.remote_id]


def refused(network: LinkedInNetwork, draft: Draft | None = None) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        network.connector.publish(draft or network.draft(), network.credentials)
    assert in_norwegian(caught.value.reason)
    return caught.value


def with_settings(network: LinkedInNetwork, **settings: str) -> Registry:
    return registry(network.clock, {**network.settings(), **settings})


# Words.


@pytest.mark.parametrize(
    "text",
    [
        "We are hiring (hybrid) in Tromsø",
        "C# & F#, a_b_c, ~50 %, 2 * 3 < 7, {curly} [square] | pipe \\ backslash",
        "Write to @ada or ada@example.org",
        "https://example.com/a_b~c?x=[1]#top",
        "@[Ada Berg](urn:li:person:1) is not a mention unless LinkedIn's own form says so",
        "{hashtag|\\#|jobs}",
        "\\(",
        "#",
        "# #",
    ],
)
def test_what_is_written_is_what_is_shown(network: LinkedInNetwork, text: str) -> None:
    assert publish(network, text=text, link=None).text == text


@given(st.text(alphabet=st.one_of(st.sampled_from(RESERVED + "ab1 \n(#"), st.characters(exclude_categories=["Cs"]))))
def test_any_text_comes_through_whole(text: str) -> None:
    assert read_little(little_text(text))[0] == text


@given(st.text(alphabet=RESERVED + "ab #"))
def test_no_reserved_character_stands_bare_unless_it_begins_a_hashtag(text: str) -> None:
    bare = re.sub(r"\\.", "", little_text(text), flags=re.DOTALL)
    assert set(re.sub(r"#(?=[ab])", "", bare)) <= set("ab ")


@given(st.lists(st.sampled_from(["#jobs", "#Tromsø", "#2026", "words", "C#", "a#b", "(#team)", "#_", "#", "##x"])))
def test_hashtags_stay_hashtags_and_nothing_else_becomes_one(words: list[str]) -> None:
    _, tags = read_little(little_text(" ".join(words)))
    meant = {"#jobs": "jobs", "#Tromsø": "Tromsø", "#2026": "2026", "(#team)": "team"}
    assert tags == [meant[word] for word in words if word in meant]


def test_an_emoji_counts_as_two_and_escapes_do_not_count(network: LinkedInNetwork) -> None:
    assert network.connector.count("🚀(").used == 3
    assert publish(network, text="(" * 3000, link=None).text == "(" * 3000
    with pytest.raises(Rejected, match="by 1:"):
        network.connector.publish(network.draft("🚀" * 1500 + "a", link=None), network.credentials)


# Articles and pictures.


def test_an_article_carries_the_tracked_link_and_everything_that_is_shown_of_it(network: LinkedInNetwork) -> None:
    post = publish(network, card=CARD)
    article = post.sent["content"]["article"]
    thumb = article.pop("thumbnail")
    assert article == {
        "source": LINK,
        "title": "Life at Nordlys",
        "description": "Three people, three stories",
        "thumbnailAltText": PICTURE.alt_text,
    }
    assert network.server.pictures[thumb].data == b"thumb"
    assert LINK not in post.text


def test_an_articles_picture_is_sent_before_the_post(network: LinkedInNetwork) -> None:
    publish(network, card=CARD)
    assert [one.path.split("/")[1:3] for one in network.fake.requests] == [
        ["rest", "images"],
        ["dms-uploads", "urn:li:image:C4E10AQ0000"],
        ["rest", "posts"],
    ]


def test_an_article_without_a_picture_or_description_is_an_article(network: LinkedInNetwork) -> None:
    post = publish(network, card=Card("https://example.com/a", "Title"), link=None)
    assert post.sent["content"] == {"article": {"source": "https://example.com/a", "title": "Title"}}


def test_words_alone_have_no_content_and_the_link_below(network: LinkedInNetwork) -> None:
    post = publish(network, text="Words")
    assert "content" not in post.sent
    assert post.text == f"Words\n\n{LINK}"


def test_one_picture_is_media_and_several_are_a_set_in_their_order(network: LinkedInNetwork) -> None:
    one = publish(network, images=(PICTURE,)).sent["content"]
    assert one == {"media": {"id": "urn:li:image:C4E10AQ0000", "altText": PICTURE.alt_text}}
    several = tuple(replace(PICTURE, data=bytes([number]), alt_text="") for number in range(3))
    shown = publish(network, text="Three", images=several).sent["content"]["multiImage"]["images"]
    assert [network.server.pictures[image["id"]].data for image in shown] == [b"\0", b"\1", b"\2"]
    assert all("altText" not in image for image in shown)


def test_a_picture_that_is_still_prepared_is_waited_for(network: LinkedInNetwork, linkedin: FakeLinkedIn) -> None:
    linkedin.preparing = 2
    publish(network, images=(PICTURE,))
    assert len(linkedin.asked("POST /rest/posts")) == 3


def test_a_picture_that_is_never_ready_is_tried_again_later(network: LinkedInNetwork, linkedin: FakeLinkedIn) -> None:
    linkedin.preparing = 1_000_000
    network.connector.patience_seconds = 0.05  # type: ignore[attr-defined]
    assert type(refused(network, network.draft(images=(PICTURE,)))) is Transient
    assert linkedin.posts == {}


def test_a_picture_that_an_earlier_try_sent_is_not_sent_again(
    network: LinkedInNetwork, linkedin: FakeLinkedIn
) -> None:
    kept: dict[str, str] = {}
    draft = network.draft(images=(PICTURE,), progress=Progress({}, kept.__setitem__))
    linkedin.fail(Response(400, {"code": "MEDIA_ASSET_PROCESSING_FAILED", "message": "no"}), "/rest/posts", times=1)
    linkedin.fail(Response(429, {}), "/rest/posts", times=1)
    refused(network, draft)
    assert len(linkedin.asked("PUT /dms-uploads")) == 1
    again = replace(draft, progress=Progress(kept, kept.__setitem__))
    assert type(refused(network, again)) is RateLimited
    publish(network, replace(draft, progress=Progress(kept, kept.__setitem__)))
    assert len(linkedin.asked("PUT /dms-uploads")) == 2  # anew once, since the first was broken; then never again


def test_the_token_goes_only_to_linkedin(network: LinkedInNetwork, linkedin: FakeLinkedIn) -> None:
    elsewhere = FakeLinkedIn(network.clock).start()
    value = {"uploadUrl": f"http://localhost:{elsewhere.base_url.rsplit(':', 1)[1]}/up", "image": "urn:li:image:1"}
    linkedin.fail(Response(200, {"value": value}), "/rest/images")
    try:
        refused(network, network.draft(images=(PICTURE,)))
        assert [one.token for one in elsewhere.requests] == [""]
    finally:
        elsewhere.stop()


# Versions, quotas and refusals.


def test_every_request_names_the_version_and_the_protocol(network: LinkedInNetwork) -> None:
    publish(network, images=(PICTURE,))
    for request in network.fake.asked("/rest/"):
        assert request.headers["linkedin-version"] == "202609"
        assert request.headers["x-restli-protocol-version"] == "2.0.0"


def test_a_version_that_has_ended_is_the_administrators_to_change(network: LinkedInNetwork) -> None:
    network.server.versions = {"202711"}
    error = refused(network)
    assert type(error) is Rejected
    assert "(202609)" in str(error)
    assert "set LINKEDIN_VERSION to a newer month" in str(error)
    newer = with_settings(network, LINKEDIN_VERSION="202711").api("linkedin")
    assert newer.publish(network.draft(), network.credentials).remote_id


def test_a_member_has_150_requests_a_day_and_the_rest_waits_for_midnight_utc(network: LinkedInNetwork) -> None:
    network.clock.time = datetime(2026, 10, 1, 21, 30, tzinfo=UTC)
    for number in range(150):
        publish(network, text=f"Number {number}")
    error = refused(network)
    assert isinstance(error, RateLimited)
    assert error.until == datetime(2026, 10, 2, tzinfo=UTC)
    assert "throttle limit" in error.network_said
    network.clock.time = error.until
    publish(network)


def test_who_is_taken_for_a_robot_stops(network: LinkedInNetwork) -> None:
    network.fake.fail(Response(999, "<html>Request denied</html>"), network.publishing)
    error = refused(network)
    assert type(error) is Rejected
    assert "post it yourself" in str(error)
    assert len(network.fake.asked(network.publishing)) == 1


def test_a_conflict_leaves_the_outcome_unknown(network: LinkedInNetwork) -> None:
    network.fake.fail(Response(409, {"status": 409, "code": "CONFLICT", "message": "write conflict"}), "/rest/posts")
    assert type(refused(network)) is OutcomeUnknown


def test_an_id_that_is_none_leaves_the_outcome_unknown(network: LinkedInNetwork) -> None:
    for urn in ("", "7001", "urn:li:activity:1", "urn:li:share:1/../2"):
        network.fake.heal()
        network.fake.fail(Response(201, "", {"x-restli-id": urn}), "/rest/posts")
        assert type(refused(network)) is OutcomeUnknown


# Doubles.


def test_the_same_words_again_are_refused_with_what_to_do(network: LinkedInNetwork) -> None:
    publish(network)
    error = refused(network)
    assert type(error) is Rejected
    assert "Change them a little" in str(error)
    assert len(network.server.posts) == 1


@pytest.mark.parametrize("ghosts", [False, True])
def test_sent_again_after_an_unknown_outcome_a_refused_repeat_is_probably_published(
    network: LinkedInNetwork, linkedin: FakeLinkedIn, ghosts: bool
) -> None:
    kept: dict[str, str] = {}
    draft = network.draft(card=CARD, progress=Progress({}, kept.__setitem__))
    linkedin.fail(Fault.LOST, "POST /rest/posts", times=1)
    assert type(refused(network, draft)) is OutcomeUnknown
    linkedin.ghosts = ghosts
    again = replace(draft, progress=Progress(kept, kept.__setitem__))
    receipt = network.connector.publish(again, network.credentials)
    assert not receipt.is_verified
    assert (receipt.remote_id in linkedin.posts) is not ghosts
    first, second = linkedin.asked("POST /rest/posts")
    assert first.body == second.body
    assert len(linkedin.posts) == 1


def test_sent_again_when_the_first_never_arrived_it_is_simply_published(network: LinkedInNetwork) -> None:
    kept: dict[str, str] = {}
    draft = network.draft(progress=Progress({}, kept.__setitem__))
    network.fake.fail(Fault.RESET_BEFORE, "POST /rest/posts", times=1)
    assert type(refused(network, draft)) is OutcomeUnknown
    receipt = network.connector.publish(
        replace(draft, progress=Progress(kept, kept.__setitem__)), network.credentials
    )
    assert receipt.is_verified


def test_a_clear_refusal_is_no_reason_to_take_a_later_double_for_our_own(network: LinkedInNetwork) -> None:
    kept: dict[str, str] = {}
    publish(network)
    draft = network.draft(progress=Progress({}, kept.__setitem__))
    network.fake.fail(Response(429, {}), "POST /rest/posts", times=1)
    assert type(refused(network, draft)) is RateLimited
    assert type(refused(network, replace(draft, progress=Progress(kept, kept.__setitem__)))) is Rejected


def test_a_limit_in_between_does_not_make_the_unknown_one_forgotten(network: LinkedInNetwork) -> None:
    kept: dict[str, str] = {}
    draft = network.draft(progress=Progress({}, kept.__setitem__))
    network.fake.fail(Fault.LOST, "POST /rest/posts", times=1)
    network.fake.fail(Response(429, {}), "POST /rest/posts", times=1)
    for error in (OutcomeUnknown, RateLimited):
        assert type(refused(network, replace(draft, progress=Progress(kept, kept.__setitem__)))) is error
    receipt = network.connector.publish(
        replace(draft, progress=Progress(kept, kept.__setitem__)), network.credentials
    )
    assert not receipt.is_verified


def test_a_refused_repeat_that_names_no_post_is_still_probably_published(network: LinkedInNetwork) -> None:
    draft = network.draft(progress=Progress({"sent": "yes"}))
    body = {"errorDetails": {"inputErrors": [{"code": "DUPLICATE_POST"}]}, "message": "Duplicate", "status": 422}
    network.fake.fail(Response(422, body), "POST /rest/posts")
    receipt = network.connector.publish(draft, network.credentials)
    assert (receipt.remote_id, receipt.permalink, receipt.is_verified) == ("", "", False)


# Deleting and figures.


@pytest.mark.parametrize("parts", [{}, {"card": CARD}, {"link": None}], ids=["link", "article", "words"])
def test_an_app_that_may_read_tells_a_post_from_others(parts: dict[str, Any]) -> None:
    network = LinkedInReadingNetwork()
    try:
        draft = network.draft("We are *hiring* (in Tromsø) #jobs", **parts)
        before = network.clock()
        network.connector.publish(network.draft("Another one", link=f"{LINK}x"), network.credentials)
        assert network.connector.find(draft, network.credentials, before) is None
        made = network.connector.publish(draft, network.credentials)
        found = network.connector.find(draft, network.credentials, before)
        assert found == made
        assert network.connector.find(draft, network.credentials, before + timedelta(seconds=1)) is None
        for number in range(20):
            network.connector.publish(network.draft(f"Number {number}", link=None), network.credentials)
        with pytest.raises(OutcomeUnknown):  # more than it looks through
            network.connector.find(draft, network.credentials, before)
    finally:
        network.close()


def test_a_permission_to_read_that_was_taken_back_leaves_the_looking_to_the_person(network: LinkedInNetwork) -> None:
    said = {**network.credentials.extra, "scope": "w_member_social r_member_social"}
    with pytest.raises(OutcomeUnknown, match="Look at your profile"):
        network.connector.find(network.draft(), replace(network.credentials, extra=said), network.clock())


def test_where_the_app_may_not_delete_the_person_is_told_to(network: LinkedInNetwork) -> None:
    post = publish(network)
    for said in ("Not enough permissions to access: posts.DELETE", "Only the author may delete"):
        network.fake.heal()
        network.fake.fail(Response(403, {"status": 403, "code": "ACCESS_DENIED", "message": said}), "DELETE ")
        with pytest.raises(Rejected, match="Delete it there yourself"):
            network.connector.delete(post.urn, network.credentials)
    network.fake.heal()
    network.server.tokens[network.credentials.access_token].revoked = True
    with pytest.raises(CredentialsExpired):
        network.connector.delete(post.urn, network.credentials)


@pytest.fixture
def analyst(network: LinkedInNetwork) -> LinkedInNetwork:
    """A member of a company whose app may read figures."""
    scopes = "openid profile w_member_social r_member_postAnalytics"
    network.credentials = replace(
        network.credentials, access_token=network.server.token_for("ada", scopes), extra={"scope": scopes}
    )
    return network


def test_figures_are_read_where_linkedin_allowed_it(analyst: LinkedInNetwork) -> None:
    post = publish(analyst)
    post.figures = {"IMPRESSION": 420, "REACTION": 3, "RESHARE": 2, "COMMENT": 0}
    found = analyst.connector.figures([post.urn], analyst.credentials)
    assert found == {post.urn: Figures(likes=3, reposts=2, replies=0, quotes=None, views=420)}


def test_what_linkedin_does_not_count_is_not_available(analyst: LinkedInNetwork) -> None:
    post = publish(analyst)
    assert analyst.connector.figures([post.urn], analyst.credentials) == {post.urn: Figures()}
    odd = "urn:li:ugcPost:12"
    assert analyst.connector.figures([odd], analyst.credentials) == {odd: Figures()}


def test_a_permission_to_read_that_was_taken_back_makes_figures_unavailable(analyst: LinkedInNetwork) -> None:
    post = publish(analyst)
    analyst.server.tokens[analyst.credentials.access_token].scopes -= {"r_member_postAnalytics"}
    assert analyst.connector.figures([post.urn], analyst.credentials) == {post.urn: Figures()}
    analyst.server.tokens[analyst.credentials.access_token].revoked = True
    with pytest.raises(CredentialsExpired):
        analyst.connector.figures([post.urn], analyst.credentials)


# Signing in.


def sign_in(network: LinkedInNetwork, **settings: str) -> Any:
    connector = with_settings(network, **settings).oauth("linkedin")
    app = connector.register_app("", redirect_uri=BACK, client_name="Hub")
    asked = dict(parse_qsl(urlsplit(connector.authorize_url(app, state="s", challenge="c")).query))
    answer = dict(parse_qsl(urlsplit(network.server.allow(asked).headers["Location"]).query))
    assert answer["state"] == "s"
    if "error" in answer:
        return answer["error"]
    return connector.exchange(app, code=answer["code"], verifier="v")


def test_a_sign_in_lasts_sixty_days_and_cannot_be_refreshed(network: LinkedInNetwork) -> None:
    credentials = sign_in(network)
    ends = network.clock() + timedelta(days=60)
    assert (credentials.expires_at, credentials.refresh_token) == (ends, None)
    assert (credentials.remote_id, credentials.handle) == ("ada-7f3kQ", "Ada")
    assert network.connector.sign_in_ends(credentials) == ends
    with pytest.raises(CredentialsExpired) as caught:
        network.connector.refresh(credentials)
    assert not caught.value.refreshable
    network.clock.tick(days=60)
    with pytest.raises(CredentialsExpired):
        network.connector.publish(network.draft(), credentials)


def test_an_app_with_refresh_tokens_lasts_a_year_from_the_first_day(network: LinkedInNetwork) -> None:
    network.server.refreshes = True
    credentials = sign_in(network)
    last = network.clock() + timedelta(days=365)
    for _ in range(6):
        assert network.connector.sign_in_ends(credentials) == last
        network.clock.tick(days=59)
        newer = network.connector.refresh(credentials)
        assert newer.access_token != credentials.access_token
        assert (newer.remote_id, newer.handle) == (credentials.remote_id, credentials.handle)
        credentials = newer
    network.clock.tick(days=20)
    with pytest.raises(CredentialsExpired) as caught:
        network.connector.refresh(credentials)
    assert not caught.value.refreshable


def test_one_permission_that_the_app_lacks_refuses_the_whole_question(network: LinkedInNetwork) -> None:
    assert (
        sign_in(network, LINKEDIN_SCOPES="openid w_member_social r_member_postAnalytics")
        == "unauthorized_scope_error"
    )


def test_an_app_with_the_community_management_api_signs_in_without_openid(network: LinkedInNetwork) -> None:
    network.server.granted = {"r_basicprofile", "w_member_social", "r_member_postAnalytics"}
    scopes = "r_basicprofile w_member_social r_member_postAnalytics"
    credentials = sign_in(network, LINKEDIN_SCOPES=scopes)
    assert credentials.handle == "Ada Berg"
    assert set(credentials.extra["scope"].split()) == set(scopes.split())


def test_a_wrong_secret_is_the_administrators_affair(network: LinkedInNetwork) -> None:
    with pytest.raises(Rejected, match="id or secret in the settings is wrong") as caught:
        sign_in(network, LINKEDIN_CLIENT_SECRET="old")
    assert "old" not in caught.value.network_said


def test_the_secret_is_sent_in_the_body_and_nowhere_else(network: LinkedInNetwork) -> None:
    network.connector.revoke(sign_in(network))
    for request in network.fake.requests:
        assert APP["client_secret"] not in request.target
        assert APP["client_secret"] not in json.dumps(dict(request.headers))


# Films.


def interrupted(network: LinkedInNetwork, known: dict[str, str]) -> Draft:
    """A draft whose first try sent one piece of its film and then broke."""
    draft = network.draft(video=FILM, progress=Progress(known, known.__setitem__))
    network.fake.fail(Fault.LOST, "PUT /film-uploads/.*/1")
    with pytest.raises(Transient):
        network.connector.publish(draft, network.credentials)
    network.fake.heal()
    return draft


def test_a_film_goes_on_with_the_piece_that_did_not_arrive(network: LinkedInNetwork) -> None:
    draft = interrupted(network, {})
    network.connector.publish(draft, network.credentials)
    assert [len(network.fake.asked(f"PUT /film-uploads/.*/{piece}")) for piece in range(3)] == [1, 2, 1]
    assert network.film_shown()[0] == FILM.read(0, FILM.size)


def test_a_film_is_begun_anew_when_the_addresses_of_its_pieces_have_ended(network: LinkedInNetwork) -> None:
    draft = interrupted(network, {})
    network.clock.tick(minutes=55)
    network.connector.publish(draft, network.credentials)
    assert len(network.fake.asked("POST /rest/videos")) == 3  # begun, begun anew, finalized
    assert network.film_shown() == (FILM.read(0, FILM.size), FILM.alt_text)


def test_a_film_is_begun_anew_when_linkedin_no_longer_knows_its_upload(network: LinkedInNetwork) -> None:
    draft = interrupted(network, {})
    network.server.films.clear()
    with pytest.raises(Transient, match="send it anew"):
        network.connector.publish(draft, network.credentials)
    network.connector.publish(draft, network.credentials)
    assert network.film_shown()[0] == FILM.read(0, FILM.size)


@pytest.mark.parametrize("first", [1, None])
def test_pieces_that_are_not_the_film_from_end_to_end_are_not_sent(
    network: LinkedInNetwork, first: int | None
) -> None:
    piece = {"uploadUrl": f"{network.fake.base_url}/film-uploads/a/0", "firstByte": first, "lastByte": FILM.size - 1}
    value = {"video": "urn:li:video:1", "uploadToken": "", "uploadInstructions": [piece]}
    network.fake.fail(Response(200, {"value": value}), "POST /rest/videos")
    with pytest.raises(Transient):
        network.connector.publish(network.draft(video=FILM), network.credentials)
    assert network.fake.asked("PUT ") == []
