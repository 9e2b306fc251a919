"""Facets: exactly the links, hashtags and mentions of a text, at exactly their bytes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors._facets import facets_of

KNOWN = {"ada.bsky.social": "did:plc:ada", "b-2.example.no": "did:plc:b2"}
KIND = "app.bsky.richtext.facet#"

plain = st.lists(
    st.sampled_from(
        [
            "a",
            "word",
            "å",
            "👩‍👩‍👧‍👦",
            "🇳🇴",
            "語",
            "e\u0301",
            "-",
            "1.5",
            "a@b",
            "x#y",
            "http",
            "@",
            "#",
            "#1",
            "@nobody.example",
            "مرحبا",
            "שלום",
            "\u200fעברית\u200e",
            "می\u200cخواهم",
            "क्ष\u200dि",
            "n\u0303\u0323",
            "﷽",
        ]
    ),
    min_size=1,
    max_size=4,
).map(lambda parts: ("-".join(parts) if parts[0][0] not in "@#" else parts[0], None))
links = st.sampled_from(
    ["https://example.com", "https://go.example.no/r/AbC12?a=b&c=d#e", "http://example.com/å", "https://a.no/(x)"]
).map(lambda url: (url, {"$type": f"{KIND}link", "uri": url}))
tags = st.sampled_from(
    ["jobs", "وظائف", "משרות", "e\u0301te\u0301", "Tromsø", "日本", "a1", "1a", "🚀", "women_in_tech"]
).map(lambda tag: (f"#{tag}", {"$type": f"{KIND}tag", "tag": tag}))
mentions = st.sampled_from(sorted(KNOWN)).map(
    lambda handle: (f"@{handle}", {"$type": f"{KIND}mention", "did": KNOWN[handle]})
)
blanks = st.sampled_from([" ", "\n", "  ", "\n\n"])
after = st.sampled_from(["", "", ".", ",", "!", "?", ";"])


def pointed_at(text: str) -> list[tuple[str, dict[str, Any]]]:
    """What each facet's bytes hold, with what it says it is."""
    raw = text.encode()
    return [
        (raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(), *facet["features"])
        for facet in facets_of(text, KNOWN.get)
    ]


@given(st.lists(st.tuples(st.one_of(plain, links, tags, mentions), after, blanks), max_size=8))
def test_every_piece_is_found_where_it_was_put_and_nothing_else(
    pieces: list[tuple[tuple[str, dict[str, Any] | None], str, str]],
) -> None:
    text = "".join(word + end + blank for (word, _), end, blank in pieces)
    assert pointed_at(text) == [(word, feature) for (word, feature), _, _ in pieces if feature]


@given(st.text(max_size=120))
@example("#️⃣ #\u200b #!!! @. https:// https://)")
def test_any_text_gives_facets_that_a_server_can_take(text: str) -> None:
    raw, last = text.encode(), 0
    for facet in facets_of(text, lambda handle: f"did:plc:{handle}"):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        assert last <= start < end <= len(raw)
        raw[start:end].decode()
        last = end


@pytest.mark.parametrize(
    "before", ["👩‍👩‍👧‍👦", "e\u0301", "مرحبا", "\u202eשלום\u202c", "می\u200cخواهم", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "\ufeff", "𐍈"]
)
def test_a_facet_stands_at_its_bytes_whatever_the_signs_before_it_are_made_of(before: str) -> None:
    """The offset is counted here piece by piece, as the network does: two, three or four bytes a code point."""
    text = f"{before} #jobs {before} https://example.com/r {before}"
    size = sum(
        1 if ord(sign) < 0x80 else 2 if ord(sign) < 0x800 else 3 if ord(sign) < 0x10000 else 4 for sign in before
    )
    spans = [(facet["index"]["byteStart"], facet["index"]["byteEnd"]) for facet in facets_of(text, KNOWN.get)]
    link = size + 1 + 5 + 1 + size + 1
    assert spans == [(size + 1, size + 6), (link, link + 21)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(https://example.com/a)", ["https://example.com/a"]),
        ("(see https://example.com/a).", ["https://example.com/a"]),
        ("https://en.wikipedia.org/wiki/A_(b)", ["https://en.wikipedia.org/wiki/A_(b)"]),
        ("“https://example.com”", []),  # as in Bluesky's own app: only a blank or a parenthesis begins a link
        ("see:https://example.com", []),
        ("https://example.com/(@ada.bsky.social)", ["https://example.com/(@ada.bsky.social)"]),
        ("#jobs.", ["#jobs"]),
        ("#2026", []),
        ("#", []),
        ("##double", ["##double"]),
        ("C# and F#", []),
        ("#" + "a" * 64, ["#" + "a" * 64]),
        ("#" + "a" * 65, []),
        ("＃全角", ["＃全角"]),
        ("#one\u200dtwo", ["#one"]),  # an invisible sign ends it, as in Bluesky's own app
        ("@ada.bsky.social!", ["@ada.bsky.social"]),
        ("@Ada.Bsky.Social", ["@Ada.Bsky.Social"]),
        ("@ada.bsky.social.", ["@ada.bsky.social"]),
        ("@ada", []),
        ("mail@ada.bsky.social", []),
        ("@unknown.bsky.social", []),
    ],
)
def test_what_counts_as_a_link_a_tag_and_a_mention(text: str, found: list[str]) -> None:
    assert [piece for piece, _ in pointed_at(text)] == found
