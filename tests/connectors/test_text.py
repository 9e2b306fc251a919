"""Counting: what a text's length is by each network's own rule, against oracles that count in another way."""

from __future__ import annotations

import pytest
import pyuegc
from hypothesis import example, given
from hypothesis import strategies as st

from connectors import Limits, Registry, Unit
from connectors._text import graphemes, holds, length, wording

MASTODON = Limits(500, url_length=23, short_mentions=True)
X = Limits(280, unit=Unit.WEIGHTED, url_length=23)
UTF16 = Limits(3000, unit=Unit.UTF16)

clusters = st.sampled_from(
    ["a", "Z", "å", "e\u0301", "👩‍👩‍👧‍👦", "🇳🇴", "👍🏽", "한", "語", "ก็", "#️⃣", "❤️", " ", ".", "!", "\n"]
)
words = st.lists(clusters, min_size=1, max_size=8).map("".join)
urls = st.builds(
    lambda host, path: f"https://{host}{path}",
    st.sampled_from(["example.com", "go.sub.example.no", "x.io", "xn--troms-zua.no"]),
    st.sampled_from(
        ["", "/", "/r/AbC12", "/a/very/long/path/that/goes/on?utm_source=x&utm_medium=y", "/a_(b)_", "/#part"]
    ),
)
mentions = st.sampled_from([("@ada@mastodon.social", "@ada"), ("@b_2@sub.example.org", "@b_2")])


def by_oracle(text: str) -> int:
    return len(pyuegc.EGC(text))


@given(st.text(max_size=200))
@example("🇳🇴🇸🇪🇩🇰")
@example("👨🏿‍❤️‍💋‍👨🏻")
@example("क्षि\r\n\u0000\u200d")
def test_graphemes_are_what_another_library_counts(text: str) -> None:
    assert graphemes(text) == by_oracle(text)


@given(st.lists(st.one_of(words.map(lambda one: (one, None)), urls.map(lambda one: (one, 23))), max_size=8))
def test_mastodon_counts_every_url_as_23_whatever_stands_around_it(pieces: list[tuple[str, int | None]]) -> None:
    text = " ".join(piece for piece, _ in pieces)
    expected = by_oracle(" ".join("x" * fixed if fixed else piece for piece, fixed in pieces))
    if any(piece.endswith(")_") for piece, _ in pieces):  # an end that servers may see differently
        assert length(text, MASTODON) >= expected
    else:
        assert length(text, MASTODON) == expected


@given(st.lists(st.one_of(words.map(lambda one: (one, one)), mentions), max_size=6))
def test_mastodon_counts_a_mention_without_its_server(pieces: list[tuple[str, str]]) -> None:
    text, counted = (" ".join(piece[side] for piece in pieces) for side in (0, 1))
    assert length(text, MASTODON) == by_oracle(counted)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.com/", 23),
        ("(https://example.com/a)", 25),
        ("See https://example.com/a.", 28),
        ("https://example.com/a, https://example.com/b", 48),
        ("https://intranet.local/some/quite/long/path", 43),  # no public name: not a URL to the server
        ("https://localhost/some/quite/long/path/x", 40),
        ("http://127.0.0.1:8000/r/abcdefghijklmnop", 40),
        ("xhttps://example.com/aaaaaaaaaaaaaaaaaaaaaaaaaaa", 48),  # glued to a word: not a URL
        ("ftp://example.com/aaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 47),
        ("https://example.com/é", 24),
        ("mail ada@example.com", 20),
    ],
)
def test_what_mastodon_takes_for_a_url(text: str, expected: int) -> None:
    assert length(text, MASTODON) == expected


@given(st.text(max_size=120), urls)
def test_a_text_with_a_url_is_never_called_shorter_than_it_could_be(text: str, url: str) -> None:
    """The server may see a shorter URL than we do, never a longer one: so at least the words around are counted."""
    assert length(f"{text} {url} {text}", MASTODON) >= min(23, len(url)) + 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("abc", 3),
        ("åäö", 3),
        ("e\u0301", 1),  # composed before it is counted
        ("語", 2),
        ("한국", 4),
        ("😀", 2),
        ("👩‍👩‍👧‍👦", 2),
        ("👍🏽", 2),
        ("🇳🇴", 2),
        ("1️⃣", 2),
        ("“quoted” – dash…", 15 + 2),  # the ellipsis is a heavy one
        ("https://example.com/a/very/long/address/that/goes/on", 23),
        ("example.com", 23),
        ("see example.com/path and https://a.no", 4 + 23 + 5 + 23),
        ("version 1.2 of node.js", 22),
        ("it.is", 23),
        ("1\ufe0f", 3),  # no keycap, so no emoji
        ("ada@example.com", 15),
        ("www.example.no", 23),
        ("example.no/x", 23),
    ],
)
def test_x_counts_by_weight(text: str, expected: int) -> None:
    assert length(text, X) == expected


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=100))
def test_utf16_is_counted_as_a_browser_counts(text: str) -> None:
    assert length(text, UTF16) == sum(2 if ord(char) > 0xFFFF else 1 for char in text)


@given(words, urls)
def test_the_link_stands_in_the_text_exactly_once(text: str, link: str) -> None:
    sent = wording(text, link)
    assert sent.count(link) == 1
    assert wording(sent, link) == sent
    assert sent.startswith(text.rstrip())


def test_a_line_end_counts_once_however_the_form_sent_it() -> None:
    mastodon = Registry().get("mastodon")
    assert mastodon.wording("One\r\n\r\ntwo", None) == "One\n\ntwo"
    assert mastodon.count("One\r\n\r\ntwo").used == 8


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("Read https://a.no/r/x1 now", True),
        ("Read https://a.no/r/x1.", True),
        ("Read (https://a.no/r/x1)", True),
        ("Read https://a.no/r/x12", False),
        ("Read https://a.no/r/x1/more", False),
        ("Read https://a.no/r/x1?a=b", False),
    ],
)
def test_a_longer_address_is_not_the_link(text: str, there: bool) -> None:
    assert holds(text, "https://a.no/r/x1") is there


def test_the_counter_tells_what_is_left_of_what_will_be_sent() -> None:
    mastodon = Registry().get("mastodon")
    count = mastodon.count("Hello", "https://example.com/a/long/address/for/tracking")
    assert (count.used, count.limit, count.left, count.fits) == (5 + 2 + 23, 500, 470, True)
    small = Limits(20, url_length=23)
    assert not mastodon.count("Hello", "https://example.com/", limits=small).fits


def test_on_bluesky_the_card_carries_the_link() -> None:
    bluesky = Registry().get("bluesky")
    link = "https://go.example.com/r/AbC12"
    assert bluesky.wording("Hello", link, has_card=True) == "Hello"
    assert bluesky.wording("Hello", link) == f"Hello\n\n{link}"
    assert bluesky.count("Hello", link).used == 7 + len(link)
    assert Registry().get("mastodon").wording("Hello", link, has_card=True) == f"Hello\n\n{link}"
