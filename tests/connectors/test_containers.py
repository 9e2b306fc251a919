"""Threads and Instagram: wherever a try is interrupted, the next one goes on with the same container, and one post stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connectors import (
    AppRegistration,
    Credentials,
    CredentialsExpired,
    Draft,
    OutcomeUnknown,
    Progress,
    RateLimited,
    Rejected,
    Transient,
    Video,
)
from connectors._containers import ContainerConnector
from tests.connectors.fakes.containers import FakeContainers
from tests.connectors.fakes.meta import CLIENT_ID, HOUR, graph
from tests.connectors.fakes.server import Fault, Refuse, Request, Response
from tests.connectors.network import LINK, PICTURE, SECOND
from tests.connectors.networks.instagram import InstagramNetwork
from tests.connectors.networks.threads import PICTURE_URL, ThreadsNetwork

ContainerNetwork = ThreadsNetwork | InstagramNetwork


@pytest.fixture(params=[ThreadsNetwork, InstagramNetwork], ids=["threads", "instagram"])
def network(request: pytest.FixtureRequest) -> Iterator[ContainerNetwork]:
    made: ContainerNetwork = request.param()
    yield made
    made.close()


def connector(network: ContainerNetwork) -> ContainerConnector:
    assert isinstance(network.connector, ContainerConnector)
    return network.connector


class Kept:
    """What the app keeps of a draft's progress, whatever becomes of the process."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def of(self, draft: Draft) -> Draft:
        """The draft as a worker that starts anew gets it."""
        return replace(draft, progress=Progress(self.values, self.values.__setitem__))


def making(network: ContainerNetwork) -> list[Request]:
    return network.fake.asked(network.uploading)


def server(network: ContainerNetwork) -> FakeContainers:
    return network.server


STEPS = {"make": "uploading", "state": r"GET /v\d+\.0/\d+$", "publish": "publishing"}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.LOST, Fault.HALF_JSON], ids=lambda fault: fault.name)
def test_a_try_that_breaks_off_anywhere_is_gone_on_with_and_makes_one_post(
    network: ContainerNetwork, step: str, fault: Fault
) -> None:
    kept, draft = Kept(), network.draft()
    network.fake.fail(fault, getattr(network, STEPS[step], STEPS[step]), times=1)
    with pytest.raises(OutcomeUnknown if step == "publish" else Transient):
        network.connector.publish(kept.of(draft), network.credentials)
    receipt = network.connector.publish(kept.of(draft), network.credentials)
    assert list(server(network).posts) == [receipt.remote_id]
    assert receipt.permalink == server(network).permalink(server(network).posts[receipt.remote_id])
    assert len(making(network)) == (2 if step == "make" else 1)
    assert len(kept.values) == 1


def test_a_post_whose_address_cannot_be_read_is_published_all_the_same(network: ContainerNetwork) -> None:
    carried_out = server(network).publish

    def then_fall_silent(request: Request, user: str) -> Response:
        answer = carried_out(request, user)
        network.fake.fail(Response(500, ""), "GET ")
        return answer

    server(network).publish = then_fall_silent  # type: ignore[method-assign]
    receipt = network.connector.publish(network.draft(), network.credentials)
    assert receipt.remote_id in server(network).posts
    assert receipt.permalink.rstrip("/").endswith("ada")


def test_a_container_that_is_not_finished_is_published_by_a_later_try(network: ContainerNetwork) -> None:
    kept, draft = Kept(), network.draft()
    connector(network).patience_seconds = 0.0
    connector(network).poll_seconds = 0.0
    server(network).polls_needed = 1_000_000
    with pytest.raises(Transient, match="still preparing") as caught:
        network.connector.publish(kept.of(draft), network.credentials)
    assert caught.value.until == network.clock() + timedelta(seconds=30)
    for container in server(network).containers.values():
        container.polls_left = 0
    network.connector.publish(kept.of(draft), network.credentials)
    assert (len(making(network)), network.posts()) == (1, 1)


def test_the_pictures_of_a_carousel_are_prepared_once_however_often_it_is_tried(network: ContainerNetwork) -> None:
    kept, draft = Kept(), network.draft(images=(PICTURE, SECOND))
    connector(network).patience_seconds = 0.0
    connector(network).poll_seconds = 0.0
    server(network).polls_needed = 1_000_000
    with pytest.raises(Transient, match="still preparing"):
        network.connector.publish(kept.of(draft), network.credentials)
    server(network).polls_needed = 0
    for container in server(network).containers.values():
        container.polls_left = 0
    network.connector.publish(kept.of(draft), network.credentials)
    assert (len(making(network)), network.posts()) == (3, 1)  # the two and what holds them


def test_it_is_waited_for_a_container_that_is_soon_finished(network: ContainerNetwork) -> None:
    connector(network).poll_seconds = 0.0
    server(network).polls_needed = 3
    network.connector.publish(network.draft(), network.credentials)
    assert network.posts() == 1


def test_a_container_that_the_network_calls_unready_is_tried_again_later(network: ContainerNetwork) -> None:
    network.fake.fail(Response(400, graph(9007, "Media ID is not available", 2_207_027)), network.publishing)
    with pytest.raises(Transient, match="still preparing"):
        network.connector.publish(network.draft(), network.credentials)


def test_a_refusal_of_a_post_that_is_there_after_all_is_a_receipt(network: ContainerNetwork) -> None:
    """As seen: "action is blocked" for posts that were published (gitroomhq/postiz-app, pull request 1681)."""
    carried_out = server(network).publish

    def refuse(request: Request, user: str) -> Response:
        carried_out(request, user)
        raise Refuse(403, graph(4, "Application request limit reached", 2_207_051))

    server(network).publish = refuse  # type: ignore[method-assign]
    receipt = network.connector.publish(network.draft(), network.credentials)
    assert list(server(network).posts) == [receipt.remote_id]


def test_a_refusal_that_cannot_be_looked_into_is_unknown(network: ContainerNetwork) -> None:
    def refuse(request: Request, user: str) -> Response:
        network.fake.fail(Response(500, ""), "GET ")
        raise Refuse(403, graph(4, "Application request limit reached", 2_207_051))

    server(network).publish = refuse  # type: ignore[method-assign]
    with pytest.raises(OutcomeUnknown):
        network.connector.publish(network.draft(), network.credentials)


def test_a_post_that_is_there_and_cannot_be_found_is_never_called_unpublished(network: ContainerNetwork) -> None:
    kept, draft = Kept(), network.draft()
    network.connector.publish(kept.of(draft), network.credentials)
    listing = r"GET /v\d+\.0/\d+/(threads|media)$"
    for answer in (Response(500, ""), Response(429, {}), Response(400, graph(190, "expired", 463))):
        network.fake.heal()
        network.fake.fail(answer, listing)
        for ask in (network.connector.publish, lambda one, who: network.connector.find(one, who, network.clock())):
            with pytest.raises(OutcomeUnknown):
                ask(kept.of(draft), network.credentials)
    network.fake.heal()
    server(network).posts.clear()
    with pytest.raises(OutcomeUnknown, match="Look at your profile"):
        network.connector.publish(kept.of(draft), network.credentials)
    assert len(network.fake.asked(network.publishing)) == 1


# A container's life.


def test_a_container_that_expired_unpublished_is_made_anew(network: ContainerNetwork) -> None:
    kept, draft = Kept(), network.draft()
    network.fake.fail(Fault.RESET_BEFORE, network.publishing, times=1)
    with pytest.raises(OutcomeUnknown):
        network.connector.publish(kept.of(draft), network.credentials)
    network.clock.tick(hours=25)
    assert network.connector.find(kept.of(draft), network.credentials, draft.created_at) is None
    network.connector.publish(kept.of(draft), network.credentials)
    assert (len(making(network)), network.posts()) == (2, 1)


def test_a_container_that_was_published_stays_so_after_its_day(network: ContainerNetwork) -> None:
    kept, draft = Kept(), network.draft()
    first = network.connector.publish(kept.of(draft), network.credentials)
    network.clock.tick(hours=25)
    assert network.connector.publish(kept.of(draft), network.credentials).remote_id == first.remote_id
    assert network.posts() == 1


def test_a_container_that_the_network_denies_is_waited_for_while_it_may_live(network: ContainerNetwork) -> None:
    kept, draft = Kept(), network.draft()
    network.fake.fail(Fault.LOST, network.publishing, times=1)
    with pytest.raises(OutcomeUnknown):
        network.connector.publish(kept.of(draft), network.credentials)
    server(network).hidden.update(server(network).containers)
    for ask in (network.connector.publish, lambda one, who: network.connector.find(one, who, network.clock())):
        with pytest.raises(Transient):
            ask(kept.of(draft), network.credentials)
    network.clock.tick(hours=25)
    assert network.connector.find(kept.of(draft), network.credentials, network.clock())
    assert network.connector.publish(kept.of(draft), network.credentials).remote_id in server(network).posts
    server(network).posts.clear()
    network.connector.publish(kept.of(draft), network.credentials)
    assert network.posts() == 1


def test_without_a_container_nothing_was_published_and_nobody_need_be_asked(network: ContainerNetwork) -> None:
    assert network.connector.find(network.draft(), network.credentials, network.clock()) is None
    assert network.fake.requests == []


def test_words_that_were_changed_since_are_what_is_published(network: ContainerNetwork) -> None:
    kept, draft = Kept(), network.draft("The first words")
    network.fake.fail(graph_limit(), network.publishing, times=1)
    with pytest.raises(RateLimited):
        network.connector.publish(kept.of(draft), network.credentials)
    network.connector.publish(kept.of(replace(draft, text="The second words")), network.credentials)
    [post] = server(network).posts.values()
    assert post.words == f"The second words\n\n{LINK}"


def graph_limit() -> Response:
    return Response(403, graph(4, "Application request limit reached"))


def test_a_full_day_is_waited_out_by_the_hour(network: ContainerNetwork) -> None:
    server(network).quota = 0  # type: ignore[misc]
    with pytest.raises(RateLimited) as caught:
        network.connector.publish(network.draft(), network.credentials)
    assert caught.value.until == network.clock() + timedelta(hours=1)


def test_a_post_without_a_link_is_found_by_its_words_and_an_older_one_is_not_taken_for_it(
    network: ContainerNetwork,
) -> None:
    network.connector.publish(network.draft("Good morning", link=None), network.credentials)
    network.clock.tick(hours=2)
    kept, draft = Kept(), network.draft("Good morning", link=None)
    network.fake.fail(Fault.LOST, network.publishing, times=1)
    with pytest.raises(OutcomeUnknown):
        network.connector.publish(kept.of(draft), network.credentials)
    found = network.connector.find(kept.of(draft), network.credentials, draft.created_at)
    assert found
    assert found.published_at == network.clock()
    del server(network).posts[found.remote_id]  # its person took it down
    with pytest.raises(OutcomeUnknown, match="Look at your profile"):
        network.connector.find(kept.of(draft), network.credentials, draft.created_at)


# Pictures.


def test_a_picture_that_the_network_cannot_fetch_is_told_and_fetched_anew_by_the_next_try(
    network: ContainerNetwork,
) -> None:
    kept, draft = Kept(), network.draft(images=(PICTURE,))
    picture = server(network).web.pop(PICTURE_URL)
    with pytest.raises(Rejected, match="could not prepare the post and says: FAILED_DOWNLOADING_IMAGE"):
        network.connector.publish(kept.of(draft), network.credentials)
    assert network.fake.asked(network.publishing) == []
    server(network).web[PICTURE_URL] = picture
    network.connector.publish(kept.of(draft), network.credentials)
    [post] = server(network).posts.values()
    assert (post.picture, post.alt_text) == (PICTURE.data, PICTURE.alt_text)


def test_a_picture_that_nobody_outside_can_fetch_is_refused_unsent(network: ContainerNetwork) -> None:
    draft = replace(network.draft(), images=(PICTURE,))
    with pytest.raises(Rejected, match="cannot be reached from the internet"):
        network.connector.publish(draft, network.credentials)
    assert network.fake.requests == []


# Signing in.


def registered(network: ContainerNetwork) -> AppRegistration:
    return connector(network).register_app(
        "", redirect_uri="https://hub.example.com/connections/back", client_name="Hub"
    )


def signed_in(network: ContainerNetwork, **parts: Any) -> Credentials:
    registration = registered(network)
    asked = {
        "client_id": CLIENT_ID,
        "response_type": "code",
        "redirect_uri": registration.redirect_uri,
        "scope": registration.scopes,
    }
    back = server(network).allow(asked, **parts).headers["Location"]
    code = back.split("code=")[1].split("&")[0] + "#_"  # as a careless parser leaves it
    return connector(network).exchange(registration, code=code, verifier="")


def test_a_person_signs_in_for_sixty_days(network: ContainerNetwork) -> None:
    credentials = signed_in(network)
    assert credentials.expires_at == network.clock() + timedelta(days=60)
    assert credentials.remote_id == server(network).account("ada").id
    assert credentials.handle == "@ada"
    assert server(network).tokens[credentials.access_token].ends == credentials.expires_at


def test_a_code_that_is_used_is_refused(network: ContainerNetwork) -> None:
    for code in server(network).codes.values():
        code.used = True
    registration = registered(network)
    for code in ("made up", *server(network).codes):
        with pytest.raises(Rejected, match="used before or is too old"):
            connector(network).exchange(registration, code=code, verifier="")


def test_a_sign_in_is_extended_after_its_first_day(network: ContainerNetwork) -> None:
    credentials = signed_in(network)
    with pytest.raises(Rejected, match="at least 24 hours old"):
        network.connector.refresh(credentials)
    network.clock.tick(days=31)
    newer = network.connector.refresh(credentials)
    assert newer.expires_at == network.clock() + timedelta(days=60)
    assert newer.access_token != credentials.access_token
    assert newer.remote_id == credentials.remote_id


def test_a_sign_in_that_has_ended_cannot_be_extended(network: ContainerNetwork) -> None:
    credentials = signed_in(network)
    network.clock.tick(days=60)
    with pytest.raises(CredentialsExpired) as caught:
        network.connector.refresh(credentials)
    assert not caught.value.refreshable


def test_a_permission_that_was_not_given_is_named(network: ContainerNetwork) -> None:
    token = server(network).token_for("ada", {server(network).basic_scope}, HOUR)
    with pytest.raises(CredentialsExpired, match="leave all boxes on"):
        network.connector.publish(network.draft(), replace(network.credentials, access_token=token))


def test_letting_go_is_left_to_the_person(network: ContainerNetwork) -> None:
    with pytest.raises(Rejected, match="lets only you take our access back"):
        network.connector.revoke(network.credentials)


def test_no_address_that_a_person_is_sent_to_or_that_is_logged_holds_a_secret(network: ContainerNetwork) -> None:
    registration = registered(network)
    page = connector(network).authorize_url(registration, state="s", challenge="c")
    assert registration.client_secret not in page
    network.fake.fail(Fault.LOST, "GET /access_token")
    with pytest.raises(Transient) as caught:
        signed_in(network)
    shown = f"{caught.value.network_said} {caught.value.__cause__!r}"
    assert not [token for token in server(network).tokens if token in shown]
    assert registration.client_secret not in shown
    assert registration.client_secret.replace(" ", "+") not in shown


FILM_URL = "https://hub.example.com/media/lent/film"
FILM = Video(lambda _start, _size: b"", 4_000_000, "video/mp4", 12.5, "A crane lifts a turbine", 1280, 720, FILM_URL)


def film_post(network: ContainerNetwork, **facts: Any) -> Draft:
    server(network).web[FILM_URL] = (b"film", "video/mp4")
    draft = network.draft()
    return replace(draft, images=(), video=replace(FILM, **facts))


def test_a_film_is_fetched_by_the_network_and_published_when_it_is_ready(network: ContainerNetwork) -> None:
    server(network).polls_needed = 2
    connector(network).poll_seconds = 0.0
    network.connector.publish(film_post(network), network.credentials)
    [post] = server(network).posts.values()
    assert post.picture == b"film"
    described = FILM.alt_text if network.name == "threads" else ""  # a reel cannot be described by API
    assert post.alt_text == described


def test_a_film_that_is_prepared_for_long_is_taken_up_with_the_same_container(network: ContainerNetwork) -> None:
    server(network).polls_needed = 10_000
    connector(network).patience_seconds = 0.0
    kept, draft = Kept(), film_post(network)
    with pytest.raises(Transient, match="still preparing"):
        network.connector.publish(kept.of(draft), network.credentials)
    for container in server(network).containers.values():
        container.polls_left = 0
    network.connector.publish(kept.of(draft), network.credentials)
    assert len(server(network).posts) == len(server(network).containers) == 1


def test_a_film_that_the_network_cannot_use_is_told_in_its_words(network: ContainerNetwork) -> None:
    draft = film_post(network)
    server(network).web.clear()
    with pytest.raises(Rejected, match="FAILED_DOWNLOADING_VIDEO"):
        network.connector.publish(draft, network.credentials)
    assert not server(network).posts


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"public_url": None}, "fetches films from this hub"),
        ({"size": 1_000_000_001}, "larger than"),
        ({"seconds": 901.0}, "longer than"),
        ({"mime": "video/webm"}, "of the kind video/webm"),
    ],
)
def test_a_film_that_would_be_refused_is_refused_unsent(
    network: ContainerNetwork, facts: dict[str, Any], says: str
) -> None:
    with pytest.raises(Rejected, match=says):
        network.connector.check(film_post(network, **facts))
    assert not server(network).containers
