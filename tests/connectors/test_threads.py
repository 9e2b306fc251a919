"""What is particular to Threads: how it counts, and how many links it takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors import Figures, Limits, Rejected, Unit
from connectors._text import length
from tests.connectors.fakes.threads import counted
from tests.connectors.networks.threads import ThreadsNetwork

RULE = Limits(500, unit=Unit.EMOJI_BYTES)
EMOJI = {"👩‍👩‍👧‍👦": 25, "🇳🇴": 8, "👍🏽": 8, "🚀": 4, "❤️": 6, "1️⃣": 7, "🏴󠁧󠁢󠁳󠁣󠁴󠁿": 28}
PLAIN = ["a", "å", "語", "한", "ก็", "e\u0301", "𝐁", " ", "\n", "#", "7"]


@pytest.fixture
def network() -> Iterator[ThreadsNetwork]:
    made = ThreadsNetwork()
    yield made
    made.close()


@given(st.lists(st.sampled_from([*EMOJI, *PLAIN]), max_size=60))
def test_emoji_count_as_their_bytes_and_everything_else_as_it_is(pieces: list[str]) -> None:
    text = " ".join(pieces)
    expected = sum(EMOJI.get(piece, len(piece)) for piece in pieces) + max(len(pieces) - 1, 0)
    assert length(text, RULE) == expected == counted(text)


@given(st.text(max_size=200))
@example("©™‼↔☎❤")
@example("👨🏿‍❤️‍💋‍👨🏻")
def test_a_text_is_never_called_shorter_than_threads_counts_it(text: str) -> None:
    assert length(text, RULE) >= counted(text)


@pytest.mark.parametrize("piece", ["å", "🚀", "👩‍👩‍👧‍👦", "語", "ก็"])
def test_a_text_counts_here_as_it_counts_there(network: ThreadsNetwork, piece: str) -> None:
    text = piece * (500 // EMOJI.get(piece, len(piece)))
    network.connector.publish(network.draft(text, link=None), network.credentials)
    with pytest.raises(Rejected, match="too long for Threads"):
        network.connector.publish(network.draft(text + piece, link=None), network.credentials)
    asked = {"media_type": "TEXT", "text": text + piece}
    path = f"{network.fake.base_url}/v1.0/{network.credentials.remote_id}/threads"
    answer = network.connector._http.send("POST", path, token=network.credentials.access_token, data=asked)
    assert answer.status == 400
    assert b"at most 500 characters" in answer.body


def test_five_different_links_are_taken_and_six_are_not(network: ThreadsNetwork) -> None:
    links = [f"https://example.com/{number}" for number in range(6)]
    network.connector.publish(network.draft(" ".join([*links[:5], links[0]]), link=None), network.credentials)
    with pytest.raises(Rejected, match="at most 5 different links"):
        network.connector.publish(network.draft(" ".join(links), link=None), network.credentials)
    assert network.posts() == 1


def test_quotes_and_views_are_told_where_threads_tells_them(network: ThreadsNetwork) -> None:
    receipt = network.connector.publish(network.draft(), network.credentials)
    network.server.numbers[receipt.remote_id] = {"views": 70, "quotes": 0, "shares": 9}
    found = network.connector.figures([receipt.remote_id, "17840"], network.credentials)
    assert found == {receipt.remote_id: Figures(quotes=0, views=70), "17840": None}
