"""What is particular to Instagram: a picture of the right shape, hashtags, and numbers that go by other names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import Figures, Rejected
from tests.connectors.network import PICTURE
from tests.connectors.networks.instagram import InstagramNetwork

CAPTION = st.lists(st.sampled_from(["a", "å", "🚀", "語", "👩‍👩‍👧‍👦", "\n", "e\u0301"]), max_size=60).map("".join)


@pytest.fixture
def network() -> Iterator[InstagramNetwork]:
    made = InstagramNetwork()
    yield made
    made.close()


@pytest.fixture(scope="module")
def connector() -> Iterator[InstagramNetwork]:
    made = InstagramNetwork()
    yield made
    made.close()


@given(text=CAPTION)
def test_a_caption_is_counted_in_halves_of_utf_16(connector: InstagramNetwork, text: str) -> None:
    expected = sum(2 if ord(sign) > 0xFFFF else 1 for sign in text)
    assert connector.connector.count(text).used == expected


def test_thirty_hashtags_are_taken_and_one_more_is_not(network: InstagramNetwork) -> None:
    tags = [f"#tag{number}" for number in range(31)]
    network.connector.publish(network.draft(" ".join(tags[:30])), network.credentials)
    with pytest.raises(Rejected, match="at most 30 hashtags"):
        network.connector.publish(network.draft(" ".join(tags)), network.credentials)
    assert network.posts() == 1


def test_a_post_without_a_picture_is_refused_unsent(network: InstagramNetwork) -> None:
    with pytest.raises(Rejected, match="only takes posts with a picture"):
        network.connector.publish(network.draft(images=()), network.credentials)
    assert network.fake.requests == []


@pytest.mark.parametrize(
    ("width", "height", "fits"),
    [(1080, 1350, True), (1910, 1000, True), (1200, 630, True), (1080, 1400, False), (2000, 1000, False)],
)
def test_a_picture_is_neither_too_tall_nor_too_wide(
    network: InstagramNetwork, width: int, height: int, fits: bool
) -> None:
    draft = network.draft(images=(replace(PICTURE, width=width, height=height),))
    if fits:
        network.connector.publish(draft, network.credentials)
    else:
        with pytest.raises(Rejected, match=f"this one is {width} × {height}"):
            network.connector.publish(draft, network.credentials)
    assert network.posts() == fits


def test_what_is_sent_in_private_is_no_repost(network: InstagramNetwork) -> None:
    receipt = network.connector.publish(network.draft(), network.credentials)
    network.server.numbers[receipt.remote_id] = {"views": 70, "likes": 0, "shares": 9, "reach": 60}
    found = network.connector.figures([receipt.remote_id], network.credentials)
    assert found == {receipt.remote_id: Figures(likes=0, views=70)}


def test_writers_are_told_that_links_cannot_be_clicked(network: InstagramNetwork) -> None:
    assert "Nobody can click a link" in str(network.connector.hint)
