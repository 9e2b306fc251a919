"""What every network that takes films promises: whole and once, refused unsent, taken up where a try ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from connectors import Card, Draft, OutcomeUnknown, Progress, Rejected, Transient
from tests.connectors.fakes.server import Fault
from tests.connectors.network import FILM, LINK, PICTURE, Network, called, in_norwegian, networks

FILMING = [one for one in networks() if one.films]
PREPARING = pytest.mark.parametrize(
    "network", [one for one in FILMING if one.prepares_films], indirect=True, ids=called
)


def begun(made: type[Network]) -> Network:
    """The network with its fake, and a connector that does not sleep while it waits."""
    network = made()
    vars(network.connector).update(poll_seconds=0.0)
    return network


@pytest.fixture(params=FILMING, ids=called)
def network(request: pytest.FixtureRequest) -> Iterator[Network]:
    made = begun(request.param)
    yield made
    made.close()


def film(network: Network, progress: Progress | None = None, **changed: Any) -> Draft:
    """A draft that shows a film, where the network can fetch it."""
    return network.draft(video=replace(FILM, **changed), progress=progress or Progress())


def kept(known: dict[str, str]) -> Progress:
    return Progress(known, known.__setitem__)


class Died(BaseException):
    """The process ended."""


def dying(known: dict[str, str], after: int) -> Callable[[str, str], None]:
    """Keeps into `known`, and ends the process once so many steps are kept."""
    steps = iter(range(after))

    def keep(name: str, value: str) -> None:
        known[name] = value
        if next(steps) == after - 1:
            raise Died

    return keep


@pytest.mark.parametrize("made", networks(), ids=called)
def test_a_network_takes_films_or_says_that_it_does_not(made: type[Network]) -> None:
    network = made()
    try:
        assert bool(network.connector.limits.max_videos) == network.films
        if not network.films:
            with pytest.raises(Rejected, match="takes no films from us"):
                network.connector.publish(film(network), network.credentials)
            assert network.fake.asked(network.publishing) == []
    finally:
        network.close()


def test_a_film_arrives_whole_with_its_description(network: Network) -> None:
    if network.prepares_films:
        network.film_takes(2)
    draft = replace(film(network), card=Card(LINK, "The harbour"))
    network.connector.publish(draft, network.credentials)
    bodies = [request.body for request in network.fake.requests]
    # No card is shown beside a film, so that the link has to stand in the words.
    assert any(LINK.encode() in body or quote(LINK, safe="").encode() in body for body in bodies)
    assert not any(b"The harbour" in body or b"The+harbour" in body for body in bodies)
    described = network.connector.limits.video_alt_length is not None
    whole, said = network.film_shown()
    assert whole == FILM.read(0, FILM.size)
    assert said == (FILM.alt_text if described else "")
    assert network.posts() == 1


def test_what_the_network_does_not_take_is_refused_unsent(network: Network) -> None:
    asked, limits = len(network.fake.requests), network.connector.server_limits(network.credentials)
    wrong: list[tuple[dict[str, Any], str]] = [({"mime": "video/webm"}, "of the kind video/webm")]
    if limits.video_bytes is not None:
        wrong.append(({"size": limits.video_bytes + 1}, "larger than"))
    if limits.video_seconds is not None:
        wrong.append(({"seconds": limits.video_seconds + 1}, "longer than"))
    if limits.video_alt_length is not None:
        wrong.append(({"alt_text": "å" * (limits.video_alt_length + 1)}, "description of the film is longer"))
    assert len(wrong) > 1
    for changed, words in wrong:
        with pytest.raises(Rejected, match=words) as caught:
            network.connector.publish(film(network, **changed), network.credentials)
        assert in_norwegian(caught.value.reason)
    with pytest.raises(Rejected, match="not both" if limits.max_images else "takes no pictures"):
        network.connector.check(replace(film(network), images=(PICTURE,)))
    assert len(network.fake.requests) == asked


def test_a_film_goes_on_where_it_stood_when_the_process_died(network: Network) -> None:
    """Killed after each step that is kept: nothing that had arrived is sent again, and one post is made."""
    steps: list[str] = []
    draft = film(network, Progress({}, lambda name, _: steps.append(name)))
    network.connector.publish(draft, network.credentials)
    pieces = len(network.fake.asked(network.filming))
    assert pieces
    assert steps or network.filming_publishes
    for after in range(1, len(steps) + 1):
        known: dict[str, str] = {}
        other = begun(type(network))
        try:
            draft = film(other)
            dies = replace(draft, progress=Progress({}, dying(known, after)))
            with pytest.raises(Died):
                other.connector.publish(dies, other.credentials)
            other.connector.publish(replace(draft, progress=kept(known)), other.credentials)
            assert len(other.fake.asked(other.filming)) == pieces, steps[:after]
            assert other.posts() == 1
            assert other.film_shown()[0] == FILM.read(0, FILM.size)
        finally:
            other.close()


@PREPARING
def test_a_film_that_cannot_be_prepared_is_refused_in_the_networks_words(network: Network) -> None:
    network.film_fails("Invalid codec")
    with pytest.raises(Rejected, match="Invalid codec") as caught:
        network.connector.publish(film(network), network.credentials)
    assert in_norwegian(caught.value.reason)
    assert network.posts() == 0


@PREPARING
def test_a_film_that_takes_long_is_gone_on_with_later_and_not_sent_again(network: Network) -> None:
    known: dict[str, str] = {}
    network.film_takes(4)
    vars(network.connector).update(patience_seconds=-1.0)
    draft = film(network, kept(known))
    with pytest.raises(Transient, match="still preparing") as caught:
        network.connector.publish(draft, network.credentials)
    assert caught.value.until is not None
    assert caught.value.until > network.clock()
    assert in_norwegian(caught.value.reason)
    pieces = len(network.fake.asked(network.filming))
    vars(network.connector).update(patience_seconds=20.0)
    network.connector.publish(draft, network.credentials)
    assert len(network.fake.asked(network.filming)) == pieces
    assert network.posts() == 1


@pytest.mark.parametrize("network", [one for one in FILMING if not one.filming_publishes], indirect=True, ids=called)
@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.LOST], ids=lambda fault: fault.name)
def test_a_film_that_does_not_get_through_means_that_nothing_was_published(network: Network, fault: Fault) -> None:
    network.fake.fail(fault, network.filming, times=1)
    draft = film(network, kept({}))
    with pytest.raises(Transient):
        network.connector.publish(draft, network.credentials)
    assert network.posts() == 0
    network.connector.publish(draft, network.credentials)
    assert network.posts() == 1


@pytest.mark.parametrize("network", [one for one in FILMING if one.filming_publishes], indirect=True, ids=called)
def test_where_sending_a_film_makes_the_post_a_lost_answer_is_unknown(network: Network) -> None:
    network.fake.fail(Fault.LOST, network.filming, times=1)
    draft = film(network, kept({}))
    with pytest.raises(OutcomeUnknown):
        network.connector.publish(draft, network.credentials)
    assert network.posts() == 1
    if network.finds:
        assert network.connector.find(draft, network.credentials, draft.created_at) is not None


@pytest.mark.parametrize("network", [one for one in FILMING if one.has_device], indirect=True, ids=called)
def test_a_repeat_after_an_unknown_outcome_is_the_same_post_and_sends_no_film_again(network: Network) -> None:
    network.fake.fail(Fault.LOST, network.publishing, times=1)
    draft = film(network, kept({}))
    with pytest.raises(OutcomeUnknown):
        network.connector.publish(draft, network.credentials)
    pieces = len(network.fake.asked(network.filming))
    network.connector.publish(draft, network.credentials)
    assert len(network.fake.asked(network.filming)) == pieces
    assert network.posts() == 1
