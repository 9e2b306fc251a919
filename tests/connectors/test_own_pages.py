"""A company's own network: only an address that a browser can open safely is taken, and all is filled in once."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import Card, Draft, OwnPage, Rejected

LINK = "https://go.example.org/r/AbC12?x=1&y=å"
TEXT = "100% of us & you: ærlig talt 🚀\nSecond + line #work {url}"


def draft(text: str = TEXT, link: str | None = LINK, card: Card | None = None) -> Draft:
    return Draft(text, key="k", record_key="r", created_at=datetime(2026, 10, 1, tzinfo=UTC), link=link, card=card)


def page(template: str) -> OwnPage:
    return OwnPage(name="own_1", label="Intranet", template=template)


def opened(template: str, what: Draft) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page(template).share_url(what)).query, strict_parsing=True))


def test_link_words_and_headline_go_where_the_template_has_their_places() -> None:
    template = "https://intranet.example.com/share?link={url}&body={text}&head={title}"
    found = opened(template, draft(card=Card(LINK, "A day & a half")))
    assert found == {"link": LINK, "body": TEXT, "head": "A day & a half"}


def test_without_a_place_for_the_link_it_goes_with_the_words() -> None:
    assert opened("https://intranet.example.com/share?body={text}", draft()) == {"body": f"{TEXT}\n\n{LINK}"}


def test_a_place_may_stand_in_the_path_and_cannot_leave_it() -> None:
    address = page("https://intranet.example.com/new/{text}/now?l={url}").share_url(draft("../../admin?x=1#y"))
    assert urlsplit(address).path == "/new/..%2F..%2Fadmin%3Fx%3D1%23y/now"


@given(st.text(max_size=60))
def test_any_words_arrive_as_they_are(words: str) -> None:
    what = draft(words.encode("utf-8", "ignore").decode())
    address = page("https://intranet.example.com/share?l={url}&body={text}").share_url(what)
    assert address.isascii()
    assert dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))["body"] == what.text


def test_a_page_for_links_refuses_a_post_without_one() -> None:
    with pytest.raises(Rejected, match="Intranet only shares links"):
        page("https://intranet.example.com/share?l={url}").share_url(draft(link=None))


@pytest.mark.parametrize(
    "template",
    [
        "http://intranet.example.com/share?l={url}",
        "javascript:alert(1)//{url}",
        "//intranet.example.com/?l={url}",
        "https://{url}/share",
        "https://ada:secret@intranet.example.com/?l={url}",
        "https://intranet.example.com@evil.example/?l={url}",
        "https://intranet.example.com/sh are?l={url}",
        "https://intranet.example.com\\share?l={url}",
        "https://intranet.example.com/share?l={url}&t={name}",
        "https://intranet.example.com/share?l={url}&t={text",
        "https://intranet.example.com/share?l={url}}",
        "https://intranet.example.com/share",
        "https://intranet.example.com/share?t={title}",
        "https://intranet.example.com:port/?l={url}",
        "https:///share?l={url}",
        'https://intranet.example.com/"onclick="x?l={url}',
        "https://intranet.example.com/?l={url}" + "x" * 1000,
        "",
    ],
)
def test_a_template_that_cannot_be_opened_safely_is_refused(template: str) -> None:
    with pytest.raises(Rejected) as caught:
        page(template)
    assert str(caught.value)


def test_a_server_inside_the_company_may_be_named_with_its_port() -> None:
    assert page(" https://intra:8443/share?l={url} ").share_url(draft(link="https://a.example/")) == (
        "https://intra:8443/share?l=https%3A%2F%2Fa.example%2F"
    )
