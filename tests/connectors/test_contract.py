"""What every network that we publish to promises: each way it can fail ends in the right class, and nothing doubles."""

from __future__ import annotations

import re
import socket
import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote_plus

import pytest

from connectors import (
    ConnectorError,
    CredentialsExpired,
    Draft,
    Figures,
    Idempotency,
    OutcomeUnknown,
    Progress,
    RateLimited,
    Reason,
    Receipt,
    Registry,
    Rejected,
    Transient,
)
from connectors._registry import connector_classes
from tests.connectors.fakes.server import Fault, Response
from tests.connectors.network import LINK, PICTURE, SECOND, Network, in_norwegian, networks, only, registry

BUSY = (
    '{"17841": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 20},'
    ' {"type": "messenger", "call_count": 90, "estimated_time_to_regain_access": 5}]}'
)


@pytest.fixture(params=networks(), ids=lambda network: f"{network.name} {network.sign_in_by}".strip())
def network(request: pytest.FixtureRequest) -> Iterator[Network]:
    made: Network = request.param()
    yield made
    made.close()


def refused(network: Network, error: type[ConnectorError], **parts: object) -> ConnectorError:
    """Publish, and return the error it ends in: of exactly this class, after one try, in words for both languages."""
    tried = len(network.fake.asked(network.publishing))
    with pytest.raises(ConnectorError) as caught:
        network.connector.publish(network.draft(**parts), network.credentials)  # type: ignore[arg-type]
    assert type(caught.value) is error, f"{type(caught.value).__name__}: {caught.value.network_said}"
    assert len(network.fake.asked(network.publishing)) - tried <= 1
    plain_words(caught.value)
    return caught.value


def plain_words(error: ConnectorError) -> None:
    """The reason is a sentence with all its places filled, and the Norwegian catalogue has it."""
    reason = error.reason
    places = {name for _, name, _, _ in string.Formatter().parse(reason.template) if name}
    assert places == set(reason.params)
    assert reason.template[0].isupper() or reason.template.startswith("{")
    assert str(reason).rstrip().endswith((".", "…")) or "says:" in reason.template
    told = in_norwegian(reason)
    assert told, f"not in the Norwegian catalogue: {reason.template}"
    assert told.format(**reason.params)


def test_the_contract_covers_every_network_that_publishes() -> None:
    published = {one.name for one in Registry() if one.kind == "api"}
    published |= {one.name for one in Registry().asleep() if one.kind == "api"}
    assert published == {network.name for network in networks()}
    assert (
        len(list(connector_classes())) == len({network.name for network in networks()}) + 1
    )  # and the one class of all share pages


def test_what_a_network_offers_against_doubles_is_what_its_connector_says(network: Network) -> None:
    assert network.connector.device(is_boost=False).kind == network.device
    boost = network.connector.device(is_boost=True)
    assert boost.covers(timedelta(days=9)) == (network.passes_on and network.boosts_once)
    assert bool(network.connector.limits.max_images) == network.pictures


# The good case.


def test_a_published_draft_has_a_receipt_that_leads_to_the_post(network: Network) -> None:
    receipt = network.connector.publish(network.draft(), network.credentials)
    assert network.posts() == 1
    assert receipt.remote_id
    if network.has_permalinks:
        assert receipt.permalink.startswith(network.permalinks)
        assert receipt.remote_id.rsplit("/", 1)[-1] in receipt.permalink
    else:
        assert receipt.permalink == ""
    assert receipt.published_at.tzinfo is not None


@only(has_device=True)
def test_the_same_draft_twice_is_one_post(network: Network) -> None:
    draft = network.draft(images=(PICTURE,) if network.pictures else ())
    first = network.connector.publish(draft, network.credentials)
    network.clock.tick(minutes=59)
    assert network.connector.publish(draft, network.credentials).remote_id == first.remote_id
    assert network.posts() == 1


@only(takes_same_words=True)
def test_two_drafts_with_the_same_words_are_two_posts(network: Network) -> None:
    network.connector.publish(network.draft(), network.credentials)
    network.clock.tick(seconds=1)
    network.connector.publish(network.draft(), network.credentials)
    assert network.posts() == 2


@only(pictures=True)
def test_a_picture_goes_along_with_its_description(network: Network) -> None:
    network.connector.publish(network.draft(images=(PICTURE,)), network.credentials)
    (upload,) = network.fake.asked(network.uploading)
    assert PICTURE.data in network.arrived(upload)
    said = unquote_plus(b"".join(one.body for one in network.fake.requests).decode("utf-8", "replace"))
    assert PICTURE.alt_text in said


@only(pictures=True)
def test_several_pictures_go_along_in_their_order_each_with_its_description(network: Network) -> None:
    assert network.connector.limits.max_images > 1
    network.connector.publish(network.draft(images=(PICTURE, SECOND)), network.credentials)
    assert network.shown() == [(one.data, one.alt_text) for one in (PICTURE, SECOND)]
    assert network.posts() == 1


def test_that_the_post_is_about_to_be_made_is_told_just_before_it(network: Network) -> None:
    started, told = len(network.fake.requests), []
    progress = Progress(post=lambda: told.append(len(network.fake.requests)))
    images = (PICTURE,) if network.pictures else ()
    network.connector.publish(network.draft(images=images, progress=progress), network.credentials)
    assert len(told) == (1 if network.connector.announces else 0)
    post = network.fake.requests[told[0] if told else started]
    assert re.search(network.publishing, f"{post.method} {post.path}")
    assert network.fake.asked(network.publishing)[0] is post


# Answers that do not come.


def test_nobody_listening_means_that_nothing_was_taken(network: Network) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: the connection is refused
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
        settings = {name: value.replace(network.fake.base_url, nowhere) for name, value in network.settings().items()}
        moved = registry(network.clock, settings).api(network.name)
        with pytest.raises(Transient):
            moved.publish(network.draft(), replace(network.credentials, server=nowhere))


def test_a_server_that_cannot_be_found_means_that_nothing_was_taken(network: Network) -> None:
    def nobody_knows(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    lost = Registry(network.settings(), now=network.clock, allow_private_hosts=True, resolve=nobody_knows)
    with pytest.raises(Transient):
        lost.api(network.name).publish(network.draft(), network.credentials)


@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name)
def test_a_publish_without_a_clear_answer_is_unknown_and_a_repeat_makes_no_second_post(
    network: Network, fault: Fault
) -> None:
    network.fake.fail(fault, network.publishing, times=1)
    draft = network.draft()
    if fault not in network.faults:
        assert network.connector.publish(draft, network.credentials).remote_id
        return
    with pytest.raises(OutcomeUnknown) as caught:
        network.meeting(fault).publish(draft, network.credentials)
    plain_words(caught.value)
    assert len(network.fake.asked(network.publishing)) == 1
    carried_out = network.posts()
    assert carried_out == (0 if fault in (Fault.HANG_BEFORE, Fault.RESET_BEFORE) else 1)
    if network.has_device:
        network.connector.publish(draft, network.credentials)
        assert network.posts() == 1


@only(finds=True)
@pytest.mark.parametrize("fault", [Fault.LOST, Fault.RESET_BEFORE], ids=lambda fault: fault.name)
def test_after_an_unknown_outcome_the_post_can_be_looked_up_without_writing(network: Network, fault: Fault) -> None:
    before = network.clock()
    network.connector.publish(network.draft("Another one"), network.credentials)
    network.fake.fail(fault, network.publishing, times=1)
    draft = network.draft(link=f"{LINK}x")
    with pytest.raises(OutcomeUnknown):
        network.connector.publish(draft, network.credentials)
    asked = len(network.fake.requests)
    found = network.connector.find(draft, network.credentials, before)
    assert all(one.method == "GET" for one in network.fake.requests[asked:])
    if fault is Fault.RESET_BEFORE:
        assert found is None
    else:
        assert isinstance(found, Receipt)
        assert network.posts() == 2
        if network.has_device:
            assert found.remote_id == network.connector.publish(draft, network.credentials).remote_id


@only(finds=False)
def test_where_we_may_not_look_the_person_is_asked_to(network: Network) -> None:
    asked = len(network.fake.requests)
    with pytest.raises(OutcomeUnknown) as caught:
        network.connector.find(network.draft(), network.credentials, network.clock())
    assert len(network.fake.requests) == asked
    assert network.look in str(caught.value)
    plain_words(caught.value)


@only(pictures=True)
@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name)
def test_a_picture_that_does_not_get_through_means_that_nothing_was_published(network: Network, fault: Fault) -> None:
    if fault not in network.upload_faults:
        return
    network.fake.fail(fault, network.uploading, times=1)
    with pytest.raises(Transient):
        network.meeting(fault).publish(network.draft(images=(PICTURE,)), network.credentials)
    assert network.fake.asked(network.publishing) == []


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_that_fails_on_a_publish_leaves_it_unknown(network: Network, status: int) -> None:
    network.fake.fail(Response(status, "<h1>Sorry</h1>"), network.publishing)
    refused(network, OutcomeUnknown)


@only(pictures=True)
@pytest.mark.parametrize("status", [500, 503])
def test_a_server_that_fails_on_a_picture_has_taken_nothing(network: Network, status: int) -> None:
    network.fake.fail(Response(status, {"error": "Down"}), network.uploading)
    refused(network, Transient, images=(PICTURE,))


def test_a_success_with_an_error_inside_is_no_receipt(network: Network) -> None:
    network.fake.fail(Response(200, {"error": "Something went wrong"}), network.publishing)
    assert "Something went wrong" in refused(network, OutcomeUnknown).network_said


@pytest.mark.parametrize(
    ("status", "error"),
    [(301, Transient), (307, Transient), (308, Transient), (302, OutcomeUnknown), (303, OutcomeUnknown)],
)
def test_a_redirect_is_never_followed(network: Network, status: int, error: type[ConnectorError]) -> None:
    network.fake.fail(Response(status, "", {"Location": f"{network.fake.base_url}/elsewhere"}), network.publishing)
    refused(network, error)
    assert network.fake.asked("/elsewhere") == []


# Refusals.


@pytest.mark.parametrize("case", ["revoked", "scope"])
def test_a_permission_that_is_gone_asks_the_person_to_connect_again(network: Network, case: str) -> None:
    network.fake.fail(network.refusals()[case], network.publishing)
    error = refused(network, CredentialsExpired)
    assert isinstance(error, CredentialsExpired)
    assert error.refreshable == (case == "revoked" and network.told_alike)
    assert network.again in str(error)


@pytest.mark.parametrize("case", ["forbidden", "too large", "invalid"])
def test_a_refusal_for_good_is_told_as_one(network: Network, case: str) -> None:
    network.fake.fail(network.refusals()[case], network.publishing)
    error = refused(network, Rejected)
    assert error.network_said
    assert network.posts() == 0


@pytest.mark.parametrize("status", [400, 404, 410, 413, 422])
def test_a_refusal_in_no_words_that_we_know_is_one_for_good(network: Network, status: int) -> None:
    network.fake.fail(Response(status, {"error": "No", "message": "No"}), network.publishing)
    refused(network, Rejected)


def test_a_bare_401_asks_the_person_to_connect_again(network: Network) -> None:
    network.fake.fail(Response(401, {}), network.publishing)
    refused(network, CredentialsExpired)


def test_a_refusal_by_something_in_front_of_the_network_may_be_tried_again(network: Network) -> None:
    network.fake.fail(Response(403, "<h1>Checking your browser</h1>"), network.publishing)
    refused(network, Transient)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0.65", 0.65),
        ("Thu, 01 Oct 2026 09:02:00 GMT", 120),
        ("2026-10-01T09:05:00.000000Z", 300),
        ("1790845500", 300),
        ("1999-01-01T00:00:00Z", 0),
        ("9999-01-01T00:00:00Z", 86_400),
        ("soon", None),
    ],
)
def test_a_limit_is_waited_out_as_long_as_the_network_says(
    network: Network, value: str, seconds: float | None
) -> None:
    for header in network.rate_headers:
        network.fake.heal()
        network.fake.fail(network.rate_limited(header, value), network.publishing)
        error = refused(network, RateLimited)
        said = network.bare_wait() if seconds is None else network.clock() + timedelta(seconds=seconds)
        assert error.until == said, header


@pytest.mark.parametrize(
    ("header", "value", "seconds"),
    [
        ("Retry-After", "90", 90),
        ("Retry-After", "Thu, 01 Oct 2026 09:02:00 GMT", 120),
        ("RateLimit-Reset", "1790845500", 300),  # Bluesky: since 1970
        ("X-Rate-Limit-Reset", "1790845500", 300),  # X
        ("X-RateLimit-Reset", "2026-10-01T09:05:00.000000Z", 300),  # Mastodon
        ("X-RateLimit-Reset", "1790845500.25", 300.25),  # GoToSocial, Discord
        ("X-RateLimit-Reset-After", "0.65", 0.65),  # Discord
        ("X-App-Limit-24hour-Reset", "1790874000", 28_800),  # X, by the day
        ("X-User-Limit-24hour-Reset", "1790874000", 28_800),
        ("X-Business-Use-Case-Usage", BUSY, 1200),  # Meta: in minutes
    ],
)
def test_every_networks_way_to_name_a_time_is_understood(
    network: Network, header: str, value: str, seconds: float
) -> None:
    network.fake.fail(network.rate_limited(header, value), network.publishing)
    assert refused(network, RateLimited).until == network.clock() + timedelta(seconds=seconds)


def test_a_limit_without_a_time_is_waited_out_for_a_while(network: Network) -> None:
    network.fake.fail(Response(429, "slow down"), network.publishing)
    assert refused(network, RateLimited).until == network.bare_wait()


# Before anything is sent.


def test_a_text_that_just_fits_is_published_and_one_more_is_refused_unsent(network: Network) -> None:
    left = network.connector.count("", LINK).left
    assert left is not None
    fits = "å" * (left - 2)  # two line ends stand between text and link
    network.connector.publish(network.draft(fits), network.credentials)
    asked = len(network.fake.requests)
    error = refused(network, Rejected, text=fits + "å")
    assert "by 1:" in str(error)
    assert len(network.fake.requests) == asked


def test_an_empty_post_is_refused_unsent(network: Network) -> None:
    asked = len(network.fake.requests)
    refused(network, Rejected, text=" \n ", link=None)
    assert len(network.fake.requests) == asked


def test_pictures_that_the_network_does_not_take_are_refused_unsent(network: Network) -> None:
    asked = len(network.fake.requests)
    limits = network.connector.limits
    refused(network, Rejected, images=(PICTURE,) * (limits.max_images + 1))
    assert len(network.fake.requests) == asked


@only(pictures=True)
def test_a_picture_of_another_kind_or_too_large_is_refused_unsent(network: Network) -> None:
    asked = len(network.fake.requests)
    limits = network.connector.limits
    refused(network, Rejected, images=(replace(PICTURE, mime="image/tiff"),))
    refused(network, Rejected, images=(replace(PICTURE, data=bytes((limits.image_bytes or 0) + 1)),))
    assert len(network.fake.requests) == asked


# Reading back.


@only(reads_figures=True)
def test_figures_are_what_the_network_counts_and_the_rest_is_not_available(network: Network) -> None:
    receipt = network.connector.publish(network.draft(), network.credentials)
    network.liked(receipt.remote_id)
    found = network.connector.figures([receipt.remote_id], network.credentials)
    assert found == {receipt.remote_id: network.figures}


@only(figures=Figures())
def test_where_we_may_not_read_figures_are_not_available_and_nothing_is_asked(network: Network) -> None:
    receipt = network.connector.publish(network.draft(), network.credentials)
    asked = len(network.fake.requests)
    assert network.connector.figures([receipt.remote_id], network.credentials) == {receipt.remote_id: Figures()}
    assert len(network.fake.requests) == asked


def test_any_number_of_posts_can_be_read_at_once_and_a_deleted_one_is_gone(network: Network) -> None:
    ids = []
    for number in range(27):
        network.clock.tick(seconds=1)
        ids.append(network.connector.publish(network.draft(f"Number {number}"), network.credentials).remote_id)
    if network.deletes:
        network.connector.delete(ids[13], network.credentials)
    asked = len(network.fake.requests)
    found = network.connector.figures(ids, network.credentials)
    gone = [ids[13]] if network.deletes and network.shows_deletion else []
    assert [one for one in ids if found[one] is None] == gone
    assert list(found) == ids
    assert len(network.fake.requests) - asked <= network.reads_27_in


@only(tells_followers=True)
def test_followers_are_what_the_network_counts_of_the_account(network: Network) -> None:
    who = network.credentials.remote_id
    nobody = network.connector.followers([who], network.credentials)
    network.followed(1234)
    asked = len(network.fake.requests)
    assert nobody == {who: 0}, "nobody is a number, and not the same as not told"
    assert network.connector.followers([who], network.credentials) == {who: 1234}
    assert [one.method for one in network.fake.requests[asked:]] == ["GET"]


@only(tells_followers=False)
def test_where_followers_are_not_told_the_reason_is_and_nothing_is_asked(network: Network) -> None:
    asked = len(network.fake.requests)
    found = network.connector.followers([network.credentials.remote_id], network.credentials)
    [reason] = found.values()
    assert isinstance(reason, Reason)
    assert network.connector.label in str(reason)
    assert in_norwegian(reason), f"not in the Norwegian catalogue: {reason.template}"
    assert len(network.fake.requests) == asked
    assert network.connector.cost_of_followers() == 0


@only(tells_followers=True)
@pytest.mark.parametrize("fault", [Fault.HANG_BEFORE, Fault.LOST, Fault.HALF_JSON, Fault.NOT_JSON])
def test_followers_that_do_not_arrive_can_be_asked_for_again(network: Network, fault: Fault) -> None:
    network.followed(7)
    network.fake.fail(fault, "GET ")
    who = network.credentials.remote_id
    with pytest.raises(Transient):
        network.meeting(fault).followers([who], network.credentials)
    network.fake.heal()
    assert network.connector.followers([who], network.credentials) == {who: 7}


@only(tells_followers=True)
def test_a_limit_on_reading_followers_says_until_when(network: Network) -> None:
    header = network.rate_headers[-1]
    network.fake.fail(network.rate_limited(header, "120"), "GET ")
    with pytest.raises(RateLimited) as caught:
        network.connector.followers([network.credentials.remote_id], network.credentials)
    assert caught.value.until == network.clock() + timedelta(seconds=120)


@only(tells_followers=True)
def test_an_answer_without_the_number_is_not_taken_for_zero(network: Network) -> None:
    """Each network's answer with the number left out, and with one that is none."""
    network.followed(987_654)
    who = network.credentials.remote_id
    before = len(network.fake.requests)
    network.connector.followers([who], network.credentials)
    assert len(network.fake.requests) == before + 1
    told, _ = network.fake.carry_out(network.fake.requests[-1]).encoded()
    assert told.count(b"987654") == 1
    for broken in (b"null", b'"987654"', b"-987654"):
        network.fake.fail(Response(200, told.replace(b"987654", broken)), "GET ")
        found = network.connector.followers([who], network.credentials)[who]
        network.fake.heal()
        assert isinstance(found, Reason), broken
        assert in_norwegian(found)


@only(deletes=False)
def test_where_we_may_not_delete_the_person_is_told_to(network: Network) -> None:
    receipt = network.connector.publish(network.draft(), network.credentials)
    with pytest.raises(Rejected) as caught:
        network.connector.delete(receipt.remote_id, network.credentials)
    assert "Delete it there yourself" in str(caught.value)
    plain_words(caught.value)
    assert network.posts() == 1


@only(deletes=True)
def test_a_post_can_be_deleted_twice(network: Network) -> None:
    receipt = network.connector.publish(network.draft(), network.credentials)
    network.connector.delete(receipt.remote_id, network.credentials)
    network.connector.delete(receipt.remote_id, network.credentials)
    assert network.posts() == 0


@only(reads_figures=True)
@pytest.mark.parametrize("fault", [Fault.HANG_BEFORE, Fault.LOST, Fault.HALF_JSON, Fault.NOT_JSON])
def test_figures_that_do_not_arrive_can_be_asked_for_again(network: Network, fault: Fault) -> None:
    receipt = network.connector.publish(network.draft(), network.credentials)
    network.fake.fail(fault, "GET ")
    with pytest.raises(Transient):
        network.meeting(fault).figures([receipt.remote_id], network.credentials)


def test_the_account_says_who_it_is(network: Network) -> None:
    who = network.connector.identity(network.credentials)
    assert who.remote_id == network.credentials.remote_id
    assert "ada" in who.handle.lower()


# Passing on what somebody else posted.


def boost(network: Network, text: str = "") -> Draft:
    return network.draft(text, link=None, reposts=network.original())


@only(passes_on=True, boosts_once=True)
def test_a_post_is_passed_on_once_however_often_it_is_sent(network: Network) -> None:
    draft = boost(network)
    first = network.connector.publish(draft, network.credentials)
    network.clock.tick(minutes=59)
    again = network.connector.publish(draft, network.credentials)
    assert again.remote_id == first.remote_id
    assert network.boosts() == 1
    assert first.permalink == draft.reposts


@only(passes_on=True, boosts_once=True)
@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name)
def test_a_boost_without_a_clear_answer_can_be_looked_up_and_sent_again(network: Network, fault: Fault) -> None:
    network.fake.fail(fault, network.boosting, times=1)
    draft = boost(network)
    with pytest.raises(OutcomeUnknown):
        network.meeting(fault).publish(draft, network.credentials)
    found = network.connector.find(draft, network.credentials, draft.created_at)
    assert (found is not None) == bool(network.boosts())
    receipt = network.connector.publish(draft, network.credentials)
    assert network.boosts() == 1
    assert found is None or found.remote_id == receipt.remote_id


@only(passes_on=True, boosts_once=False)
@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name)
def test_a_boost_without_a_clear_answer_is_asked_about_where_a_second_would_be_another(
    network: Network, fault: Fault
) -> None:
    network.fake.fail(fault, network.boosting, times=1)
    draft = boost(network)
    if fault not in network.faults:
        assert network.connector.publish(draft, network.credentials).remote_id
        return
    with pytest.raises(OutcomeUnknown):
        network.meeting(fault).publish(draft, network.credentials)
    if network.finds:
        found = network.connector.find(draft, network.credentials, draft.created_at)
        assert (found is not None) == bool(network.boosts())
    else:
        with pytest.raises(OutcomeUnknown):
            network.connector.find(draft, network.credentials, draft.created_at)
    assert network.boosts() <= 1


@only(passes_on=True, boosts_once=True)
def test_a_boost_is_taken_back_without_touching_the_post(network: Network) -> None:
    draft = boost(network)
    receipt = network.connector.publish(draft, network.credentials)
    network.connector.delete(receipt.remote_id, network.credentials)
    network.connector.delete(receipt.remote_id, network.credentials)
    assert network.boosts() == 0
    assert network.connector.find(draft, network.credentials, draft.created_at) is None
    network.connector.publish(replace(draft, record_key=network.draft().record_key), network.credentials)
    assert network.boosts() == 1


@only(passes_on=True, boosts_once=True)
def test_what_is_counted_for_the_post_is_not_counted_for_who_passed_it_on(network: Network) -> None:
    receipt = network.connector.publish(boost(network), network.credentials)
    network.liked(receipt.remote_id)
    assert network.connector.figures([receipt.remote_id], network.credentials) == {receipt.remote_id: Figures()}


@only(passes_on=True, quotes=False)
def test_words_of_ones_own_are_refused_unsent_where_a_post_cannot_be_quoted(network: Network) -> None:
    address, asked = network.original(), len(network.fake.requests)
    told = refused(network, Rejected, text="I work there. Ask me!", link=None, reposts=address)
    assert "only as it is" in str(told)
    assert len(network.fake.requests) == asked


@only(passes_on=True, quotes=True)
def test_words_of_ones_own_quote_the_post(network: Network) -> None:
    draft = boost(network, "I work there. Ask me!")
    receipt = network.connector.publish(draft, network.credentials)
    assert network.boosts() == 0
    assert receipt.permalink != draft.reposts
    assert network.connector.publish(draft, network.credentials).remote_id == receipt.remote_id


@only(passes_on=True)
@pytest.mark.parametrize("text", ["", "Look at this"])
def test_a_post_that_is_not_there_is_told_and_nothing_is_published(network: Network, text: str) -> None:
    before = network.posts()
    for address in ("https://bsky.app/profile/ada.test/post/3nobody", "https://social.example/@nobody/1", "nonsense"):
        refused(network, Rejected, text=text, link=None, reposts=address)
    assert (network.boosts(), network.posts()) == (0, before)


@only(answers=True)
@pytest.mark.parametrize("fault", [None, Fault.LOST, Fault.RESET_BEFORE], ids=str)
def test_words_are_put_below_a_post_once_whatever_becomes_of_the_answer(
    network: Network, fault: Fault | None
) -> None:
    draft = replace(boost(network, "I work there. Ask me!"), below=True)
    if fault:
        network.fake.fail(fault, network.publishing, times=1)
        with pytest.raises(OutcomeUnknown):
            network.connector.publish(draft, network.credentials)
        found = network.connector.find(draft, network.credentials, draft.created_at)
        assert (found is not None) == (len(network.below()) == 1)
    receipt = network.connector.publish(draft, network.credentials)
    assert network.connector.publish(draft, network.credentials).remote_id == receipt.remote_id
    assert network.below() == ["I work there. Ask me!"]
    assert network.boosts() == 0
    assert receipt.permalink != draft.reposts


@only(answers=True)
def test_words_below_a_post_that_is_not_there_are_told_and_not_published(network: Network) -> None:
    before = network.posts()
    for address in ("https://bsky.app/profile/ada.test/post/3nobody", "https://social.example/@nobody/1", "nonsense"):
        refused(network, Rejected, text="Look at this", link=None, reposts=address, below=True)
    assert network.posts() == before


@only(passes_on=True, answers=False)
def test_words_below_a_post_are_refused_unsent_where_we_cannot_put_them_there(network: Network) -> None:
    address, asked = network.original(), len(network.fake.requests)
    told = refused(network, Rejected, text="Look at this", link=None, reposts=address, below=True)
    assert "comment yourself" in str(told)
    assert len(network.fake.requests) == asked


@only(passes_on=False)
@pytest.mark.parametrize("text", ["", "Look at this"])
def test_a_network_that_passes_nothing_on_says_so_unsent(network: Network, text: str) -> None:
    asked = len(network.fake.requests)
    assert "pass it on yourself" in str(
        refused(network, Rejected, text=text, link=None, reposts="https://a.example/1")
    )
    assert len(network.fake.requests) == asked


# Secrets and words.


def test_nothing_that_is_shown_or_logged_holds_a_secret(network: Network) -> None:
    credentials = network.credentials
    secrets = [one for one in (credentials.access_token, credentials.refresh_token) if one]
    echo = {"error": f"Bad token {credentials.access_token}", "message": f"Bearer {credentials.access_token} is bad"}
    shown = [repr(credentials), str(credentials)]
    for status in (200, 400, 403, 422, 429, 500):
        network.fake.heal()
        network.fake.fail(Response(status, echo), network.publishing)
        with pytest.raises(ConnectorError) as caught:
            network.connector.publish(network.draft(), credentials)
        error = caught.value
        shown += [str(error), repr(error), error.network_said, str(error.reason), repr(error.__cause__)]
    assert not [text for text in shown for secret in secrets if secret in text]


def test_every_request_says_who_asks_and_keeps_tokens_out_of_addresses(network: Network) -> None:
    network.connector.publish(network.draft(images=(PICTURE,) if network.pictures else ()), network.credentials)
    for request in network.fake.requests:
        assert request.headers["user-agent"] == "advocacy"
        assert network.address_is_secret or network.credentials.access_token not in request.target


def test_every_reason_can_be_translated(network: Network) -> None:
    answers = [*network.refusals().values(), Response(429, {}), Response(500, ""), Response(301, "")]
    for answer in answers:
        network.fake.heal()
        network.fake.fail(answer, network.publishing)
        with pytest.raises(ConnectorError) as caught:
            network.connector.publish(network.draft(), network.credentials)
        plain_words(caught.value)


def test_idempotency_says_how_long_a_repeat_is_safe() -> None:
    assert not Idempotency("none").covers(timedelta(0))
    hour = Idempotency("key", timedelta(hours=1))
    assert hour.covers(timedelta(minutes=59))
    assert not hour.covers(timedelta(hours=1))
    assert Idempotency("record").covers(timedelta(days=365))
