"""What a page is shown by when it is shared: what it says itself, and nothing that could harm."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy.library import cards

URL = "https://www.fjord.example/2026/ferry?utm_source=x"


def card(head: str, url: str = URL, content_type: str = "text/html; charset=utf-8") -> cards.Card:
    return cards.parse(
        f"<!doctype html><html><head>{head}</head><body></body></html>".encode(), url=url, content_type=content_type
    )


def test_open_graph_comes_first() -> None:
    made = card(
        """
        <title>Ferry | Fjord &amp; Sons</title>
        <meta name="description" content="Plain">
        <meta name="twitter:title" content="Tweet">
        <meta property="og:title" content="The ferry that saves 4,000 tonnes &#8211; every year">
        <meta property="og:description" content="Electric &amp; quiet.">
        <meta property="og:image" content="/ferry.jpg?w=1200&amp;h=630">
        <meta property="og:image" content="/second.jpg">
        <meta property="og:site_name" content="Fjord &amp; Sons">
        <link rel="canonical" href="/2026/ferry">
        """
    )
    assert made == cards.Card(
        title="The ferry that saves 4,000 tonnes – every year",
        description="Electric & quiet.",
        image_url="https://www.fjord.example/ferry.jpg?w=1200&h=630",
        site_name="Fjord & Sons",
        url="https://www.fjord.example/2026/ferry",
    )


def test_names_and_properties_may_be_mixed_up_and_badly_written() -> None:
    made = card(
        "<META NAME=og:title CONTENT='It&#39;s on'><meta property=' TWITTER:image ' content=//cdn.example/a.png />"
    )
    assert (made.title, made.image_url) == ("It's on", "https://cdn.example/a.png")


def test_twitter_comes_next() -> None:
    made = card(
        '<title>T</title><meta name="twitter:title" content="Tweet"><meta name="twitter:image:src" content="/t.png">'
    )
    assert (made.title, made.image_url) == ("Tweet", "https://www.fjord.example/t.png")


@pytest.mark.parametrize(
    "image",
    ["/ld.png", {"@type": "ImageObject", "url": "/ld.png"}, ["/ld.png", "/other.png"], [{"url": "/ld.png"}]],
)
def test_linked_data_comes_after_that(image: object) -> None:
    article = {
        "@type": ["NewsArticle"],
        "headline": "From linked data",
        "description": "Said there",
        "image": image,
        "publisher": {"@type": "Organization", "name": "Fjord News"},
    }
    for data in (
        article,
        [article],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "No"}, article]},
    ):
        made = card(f'<title>T</title><script type="application/ld+json">{json.dumps(data)}</script>')
        assert (made.title, made.description) == ("From linked data", "Said there")
        assert (made.image_url, made.site_name) == ("https://www.fjord.example/ld.png", "Fjord News")


def test_every_page_has_at_least_a_title_and_a_host() -> None:
    made = card("<title>\n  Only a\n title </title><meta name=description content='And a line'>")
    assert made == cards.Card("Only a title", "And a line", "", "fjord.example", URL)
    assert card("") == cards.Card("", "", "", "fjord.example", URL)


def test_a_page_is_read_in_its_own_encoding() -> None:
    page = "<title>Blåbær – «nå»</title>"
    for body, content_type in (
        (page.encode(), "text/html"),
        (page.encode("cp1252"), "text/html; charset=iso-8859-1"),
        (b"<meta charset=windows-1252>" + page.encode("cp1252"), "text/html"),
    ):
        assert cards.parse(body, url=URL, content_type=content_type).title == "Blåbær – «nå»"


def test_a_page_cannot_send_those_who_share_it_elsewhere() -> None:
    for address in ("https://evil.example/", "javascript:alert(1)", "http://", "//evil.example/x"):
        assert card(f'<link rel=canonical href="{address}"><meta property=og:url content="{address}">').url == URL
    assert card('<meta property="og:url" content="https://fjord.example/clean">').url == "https://fjord.example/clean"


@pytest.mark.parametrize(
    "image", ["javascript:alert(1)", "data:image/png;base64,AAAA", "file:///x.png", "http://u:p@x/", ""]
)
def test_a_picture_that_is_no_web_address_is_passed_over(image: str) -> None:
    assert card(f'<meta property="og:image" content="{image}">').image_url == ""
    made = card(f'<meta property="og:image" content="{image}"><meta name="twitter:image" content="/good.png">')
    assert made.image_url == "https://www.fjord.example/good.png"


def test_markup_in_what_a_page_says_becomes_text() -> None:
    made = card(
        '<meta property="og:title" content="&lt;script&gt;alert(1)&lt;/script&gt;A &lt;b&gt;bold&lt;/b&gt; move">'
        f'<meta property="og:description" content="{"word " * 500}">'
    )
    assert made.title == "A bold move"
    assert len(made.description) <= 600
    assert made.description.endswith("word…")


def test_what_only_looks_like_a_title_is_not_one() -> None:
    made = card(
        "<!-- <title>Comment</title> --><script>'<title>Script</title>'</script><title>Real</title><title>2</title>"
    )
    assert made.title == "Real"


@pytest.mark.parametrize(
    "hostile",
    [
        "<meta " * 200_000,
        "<meta property=og:title content='" * 100_000,
        "<title>" * 200_000,
        '<script type="application/ld+json">' + "[" * 300_000,
        '<script type="application/ld+json">{"@graph":' * 20_000,
        "<link rel=canonical href=x>" * 50_000,
        "<div>" * 200_000,
        '<meta property="og:image" content="javascript:x">' * 20_000,
    ],
    ids=lambda hostile: hostile[:30],
)
def test_a_hostile_page_is_done_in_bounded_time(hostile: str) -> None:
    began = time.process_time()
    card(hostile)
    assert time.process_time() - began < 30


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet="<>/=\"' metaogil:n{}[]@typscrh+jd", max_size=200).map(str.encode))
def test_no_bytes_break_the_reading_of_pages(body: bytes) -> None:
    made = cards.parse(body, url=URL)
    assert made.image_url == "" or made.image_url.startswith(("http://", "https://"))
