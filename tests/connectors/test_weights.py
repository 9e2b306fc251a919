"""X's counting, beside X's own reference implementation."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import hypothesis
import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors import Limits, Unit
from connectors._text import cut, length, shortened
from connectors._weights import addresses, weight
from tests.peers.twitter_text import Said

X = Limits(280, unit=Unit.WEIGHTED, url_length=23)
Ask = Callable[[Sequence[str]], list[Said]]

# The reference knows emoji up to Unicode 11, and takes an emoji apart where it touches an address; so ours stand apart.
EMOJI = [
    "😀",
    "👍🏽",
    "👩\u200d👩\u200d👧\u200d👦",
    "👨\u200d💻",
    "👩🏿\u200d🎤",
    "🏃🏽\u200d♀️",
    "🕵️\u200d♂️",
    "🇳🇴",
    "🇽🇽",
    "1️⃣",
    "#⃣",
    "❤️",
    "❤",
    "⚡️",
    "☺️",
    "©",
    "©️",
    "🏳️\u200d🌈",
    "🏴\u200d☠️",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "👩\u200d❤️\u200d💋\u200d👨",
    "👩\u200d👩",
    "😀\u200d😀",
    "✊🏿",
    "☝🏽",
    "☝️🏽",
    "😀️",
]
WORDS = [
    "a",
    "word",
    "åäö",
    "e\u0301",
    "語",
    "한국",
    "ก็",
    "Русские",
    "“quoted”",
    "–",
    "…",
    "\u200f",
    "\u202a",
    "٣",
    "عربي",
    "﷽",
]
PIECES = [
    *(
        "a",
        "b-",
        "é",
        "www.",
        "example",
        ".com",
        ".no",
        ".みんな",
        ".рус",
        "co.uk",
        "t.co",
        "xn--p1ai",
        "xn--",
        ".off",
        ".x",
    ),
    *(
        "http://",
        "https://",
        "HTTPS://",
        "ftp://",
        "/",
        "/path",
        "?q=1",
        "&",
        "#",
        ".",
        "-",
        "_",
        ":8080",
        ":",
        "@",
        "$",
        "=",
    ),
    *(
        "日本",
        "。",
        "(",
        ")",
        "[",
        "]",
        "!",
        "'",
        "~",
        "|",
        "*",
        "+",
        "%20",
        "1",
        " ",
        "\n",
        "–",
        "…",
        "”",
        "\u200f",
        "Русские",
    ),
]
words = st.one_of(
    st.sampled_from([*EMOJI, *WORDS]), st.text(st.characters(max_codepoint=0x2FFF, codec="utf-8"), max_size=6)
)
glued = st.lists(st.sampled_from(PIECES), max_size=10).map("".join)
texts = st.lists(st.one_of(words, glued), max_size=8).map(" ".join)


def assigned(text: str) -> bool:
    """Whether every sign is old enough that both sides normalise it alike."""
    return all(unicodedata.category(sign) != "Cn" for sign in text)


@settings(max_examples=60)
@given(st.lists(texts.filter(assigned), min_size=30, max_size=60))
@example(EMOJI)
@example(
    ["http://twitter.com/これは日本語です。example.com中国語http://t.co/abcde한국twitter.comテストhttp://a.no/b"]
)
@example(["it.is and node.js and t.co/abc's and co.uk?q=1 and co.uk/?q=1 and foo_bar.com and sub_a.foo.com"])
@example([f"https://t.co/{'a' * 41} https://{'a' * 64}.com https://a.no/{'b' * 4090} {'語' * 30}.com"])
@example(["http://en.wikipedia.org/wiki/Primer_(film) (http://a.no/(b)) http://a.no/((b)) http://a.no/b(c"])
@example(["ada@example.com #a.no $a.no @a.no/b ELPAÍS.com https://user:pw@example.com http://192.168.0.1/a"])
def test_a_text_weighs_what_it_weighs_at_x(twitter_text: Ask, many: list[str]) -> None:
    said = twitter_text(many)
    assert dict(zip(many, map(weight, many), strict=True)) == dict(
        zip(many, [one.weight for one in said], strict=True)
    )


@pytest.mark.parametrize("behind", ["", "\ufe0f", "\ufe0e", "🏽"])
def test_every_emoji_that_the_reference_knows_weighs_the_same(twitter_text: Ask, behind: str) -> None:
    newer = r"[♾⛷⚧🤌🤏🤝🤼🥷🦻🧍🧎🧏👪👫👬👭👯💏💑🫃-🫅🫰-🫺]"  # X's own pages know these, the reference does not yet
    signs = [chr(point) for point in range(0x20, 0x1FB00) if regex.match(r"\p{Emoji}", chr(point))]
    many = [sign + behind for sign in signs if not regex.match(newer, sign)]
    assert [weight(one) for one in many] == [one.weight for one in twitter_text(many)]


def test_every_name_at_the_root_of_the_internet_makes_an_address(twitter_text: Ask) -> None:
    names = [
        name.removeprefix(".") for name in Path("connectors/_tlds.txt").read_text().split("\n") if name[:1] not in "#"
    ]
    latin = [name for name in names if not name.startswith("xn--")]
    assert len(latin) > 1300
    assert [name for name in latin if addresses(f"see example.{name}") != [(4, 12 + len(name))]] == []
    known = [said.addresses for said in twitter_text([f"see example.{name}" for name in latin])]
    assert sum(bool(one) for one in known) > 1250


def test_the_list_of_names_is_not_older_than_the_one_the_tests_bring_along() -> None:
    newest = Path(hypothesis.__file__).with_name("vendor") / "tlds-alpha-by-domain.txt"
    names = {name.lower() for name in newest.read_text().split("\n") if name and not name.startswith("#")}
    assert names - set(Path("connectors/_tlds.txt").read_text().split("\n")) == set()


@pytest.mark.parametrize(
    "text",
    [
        "あ" * 20_000 + ".",
        "a." * 10_000,
        "あ." * 10_000,
        "a.com/" + "(a" * 10_000,
        "a.com/" + "," * 20_000,
        "_a" * 9000 + ".",
    ],
)
def test_a_hostile_text_is_counted_in_a_moment(text: str) -> None:
    started = time.process_time()
    weight(text)
    assert time.process_time() - started < 5


limits = st.sampled_from(
    [
        X,
        Limits(40, unit=Unit.WEIGHTED, url_length=23),
        Limits(30),
        Limits(25, url_length=23),
        Limits(20, unit=Unit.UTF16),
    ]
)


@given(texts.filter(assigned), limits)
@example("語" * 300, X)
@example("a" * 270 + " https://example.com/long", X)
@example("👩‍👩‍👧‍👦" * 100, Limits(20, unit=Unit.UTF16))
def test_a_cut_text_fits_and_tears_nothing(text: str, limit: Limits) -> None:
    limit_of = limit.max_length or 0
    left = cut(text, limit)
    assert length(left, limit) <= limit_of
    plain = text if left == text else unicodedata.normalize("NFC", text)
    assert plain.startswith(left)
    clusters = [match.end() for match in regex.finditer(r"\X", plain)]
    assert len(left) in {0, *clusters}
    if limit.unit is Unit.WEIGHTED:
        assert not [span for span in addresses(plain) if span[0] < len(left) < span[1]]
    assert (
        left == text
        or length(plain[: next((end for end in clusters if end > len(left)), 0)], limit) > limit_of
        or addresses(plain)
    )


@given(texts.filter(assigned), st.integers(2, 40))
def test_a_shortened_text_fits_and_says_that_it_was_shortened(text: str, most: int) -> None:
    left = shortened(text, most)
    assert len(left.encode("utf-16-le")) // 2 <= most
    if left != text:
        assert len(text.encode("utf-16-le")) // 2 > most
        assert left.endswith("…")
        plain = unicodedata.normalize("NFC", text)
        body = left.removesuffix("…")
        assert plain.startswith(body)
        ends = {0, *(match.end() for match in regex.finditer(r"\X", plain))}
        blank = len(plain[len(body) :]) - len(plain[len(body) :].lstrip())
        assert any(len(body) + more in ends for more in range(blank + 1))


def test_an_address_is_left_out_whole_where_it_does_not_fit() -> None:
    assert cut("a" * 260 + " https://example.com/long and more", X) == "a" * 260 + " "
    assert cut("a" * 256 + " https://example.com/long and more", X) == "a" * 256 + " https://example.com/long"
