"""Reading markup as a row: what is seen, and that no input makes it slow."""

import time

import pytest

from advocacy.base import markup


def seen(source: str) -> list[tuple[str, bool]]:
    return [(tag.name, tag.is_closing) for tag in markup.tags(source)]


def test_tags_are_seen_in_their_order_with_their_attributes() -> None:
    link, image, end = markup.tags("<A HREF=\"/x?a=1&amp;b=2\" title='a > b'>x<img src=/y.png alt=Ærlig></a>")
    assert link.attributes == {"href": "/x?a=1&b=2", "title": "a > b"}
    assert image.attributes == {"src": "/y.png", "alt": "Ærlig"}
    assert (end.name, end.is_closing) == ("a", True)


def test_the_first_of_two_equal_attributes_counts_as_in_a_browser() -> None:
    (tag,) = markup.tags('<a href="/first" href="/second">')
    assert tag.attributes["href"] == "/first"


def test_what_a_comment_or_a_script_holds_is_no_tag() -> None:
    assert seen('<!-- <b> --><script>"<i>"</script><u>') == [("script", False), ("script", True), ("u", False)]


def test_an_apostrophe_in_a_bare_value_does_not_hide_the_tag() -> None:
    assert seen("<a href=/it's><b>") == [("a", False), ("b", False)]


def test_texts_have_their_entities_resolved() -> None:
    assert [part.text for part in markup.read("a &amp; b<br>c &lt; d") if isinstance(part, markup.Words)] == [
        "a & b",
        "c < d",
    ]


def test_a_less_than_sign_in_a_text_is_text() -> None:
    assert "".join(p.text for p in markup.read("1 < 2 and 3 <4") if isinstance(p, markup.Words)) == "1 < 2 and 3 <4"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("Blåbær – «nå»".encode(), "text/html"),
        ("Blåbær – «nå»".encode(), "text/html; charset=utf-8"),
        ("Blåbær – «nå»".encode("utf-16"), "text/html; charset=iso-8859-1"),
        ("Blåbær – «nå»".encode("cp1252"), "text/html; charset=ISO-8859-1"),
        ("Blåbær – «nå»".encode("cp1252"), "text/html"),
        ('<meta charset="windows-1252">Blåbær – «nå»'.encode("cp1252"), "text/html; charset=nonsense"),
        ("Blåbær – «nå»".encode(), "text/html; charset=punycode"),
        ("Blåbær – «nå»".encode(), "text/html; charset=ascii-armour"),
    ],
)
def test_a_page_is_read_in_its_own_encoding(body: bytes, content_type: str) -> None:
    assert markup.decode(body, content_type).endswith("Blåbær – «nå»")


def test_broken_bytes_still_give_a_text() -> None:
    assert markup.decode(b"ok \xff\x81 ok", "text/html; charset=utf-8").startswith("ok ")


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 100_000,
        "<" * 500_000,
        '<a "' * 100_000,
        "<a \"'" * 100_000,
        "<!--" * 100_000,
        "<!" * 200_000,
        "<![CDATA[" * 50_000,
        "<script></scrip" * 50_000,
        "<title>" * 100_000,
        "<a " + "b " * 200_000 + ">",
        "<a b" + " " * 400_000 + ">",
        "<a " + "b=" * 200_000 + ">",
        '<a x="' + "<b " * 100_000 + '"',
        "<meta " * 100_000,
        "&" * 300_000,
    ],
    ids=lambda hostile: hostile[:12],
)
def test_hostile_markup_is_read_in_time_that_grows_with_its_length(hostile: str) -> None:
    def seconds(source: str) -> float:
        began = time.process_time()
        for tag in markup.tags(source):
            _ = tag.attributes
        markup.decode(source.encode())
        return time.process_time() - began

    whole, half = seconds(hostile), seconds(hostile[: len(hostile) // 2])
    assert whole < max(half * 3.4, 0.4)
