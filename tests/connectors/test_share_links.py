"""The share pages: what a person finds filled in when the network opens."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from connectors import Card, Draft, Kind, Registry, Rejected, ShareLinkConnector

LINK = "https://go.example.org/r/AbC12?x=1&y=å"
TEXT = "100% of us & you: ærlig talt 🚀\nSecond + line #work"


def draft(text: str = TEXT, link: str | None = LINK, card: Card | None = None) -> Draft:
    return Draft(text, key="k", record_key="r", created_at=datetime(2026, 10, 1, tzinfo=UTC), link=link, card=card)


def pages() -> list[ShareLinkConnector]:
    return [one for one in Registry() if isinstance(one, ShareLinkConnector)]


def open_page(name: str, what: Draft, server: str | None = None) -> tuple[str, dict[str, str]]:
    address = Registry().share_link(name).share_url(what, server)
    query = address.split("?", 1)[1].removeprefix("&")
    return address.split("?")[0], dict(parse_qsl(query, strict_parsing=True))


@pytest.mark.parametrize(
    ("name", "address", "filled"),
    [
        ("linkedin_link", "https://www.linkedin.com/sharing/share-offsite/", {"url": LINK}),
        ("x_link", "https://x.com/intent/tweet", {"text": TEXT, "url": LINK}),
        ("facebook_link", "https://www.facebook.com/sharer/sharer.php", {"u": LINK}),
        ("threads_link", "https://www.threads.com/intent/post", {"text": TEXT, "url": LINK}),
        ("bluesky_link", "https://bsky.app/intent/compose", {"text": f"{TEXT}\n\n{LINK}"}),
        ("whatsapp_link", "https://wa.me/", {"text": f"{TEXT}\n\n{LINK}"}),
        ("telegram_link", "https://t.me/share/url", {"url": LINK, "text": TEXT}),
        (
            "reddit_link",
            "https://www.reddit.com/submit",
            {"url": LINK, "title": "100% of us & you: ærlig talt 🚀"},
        ),
        ("xing_link", "https://www.xing.com/spi/shares/new", {"url": LINK}),
        (
            "hackernews_link",
            "https://news.ycombinator.com/submitlink",
            {"u": LINK, "t": "100% of us & you: ærlig talt 🚀"},
        ),
        ("sms_link", "sms:", {"body": f"{TEXT}\n\n{LINK}"}),
    ],
)
def test_every_page_opens_with_exactly_the_approved_words(name: str, address: str, filled: dict[str, str]) -> None:
    assert open_page(name, draft()) == (address, filled)


def test_mastodon_opens_on_the_server_the_person_named() -> None:
    address, filled = open_page("mastodon_link", draft(), "@ada@mastodon.social")
    assert address == "https://mastodon.social/share"
    assert filled == {"text": f"{TEXT}\n\n{LINK}"}


def test_mastodon_asks_for_the_server_when_it_is_not_known() -> None:
    with pytest.raises(Rejected, match="Which Mastodon server"):
        Registry().share_link("mastodon_link").share_url(draft())


def test_a_mail_has_a_subject_and_the_line_ends_that_mail_wants() -> None:
    address, filled = open_page("email_link", draft(card=Card(LINK, "A day & a half")))
    assert address == "mailto:"
    assert filled["subject"] == "A day & a half"
    assert filled["body"] == f"{TEXT}\n\n{LINK}".replace("\n", "\r\n")


def test_a_text_message_opens_with_its_words_on_iphones_and_on_android() -> None:
    address = Registry().share_link("sms_link").share_url(draft("Hello there", link=None))
    assert address.startswith("sms:")
    assert "&body=Hello%20there" in address  # an iPhone looks for this
    assert parse_qs(urlsplit(address).query)["body"] == ["Hello there"]  # Android reads a query, as RFC 5724 has it


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_values_are_encoded_once_and_a_blank_is_never_a_plus(page: ShareLinkConnector) -> None:
    query = page.share_url(draft("a b+c%20d"), "mastodon.social" if page.many_servers else None).split("?")[1]
    assert "+" not in query
    assert " " not in query
    whole = "a b+c%20d"
    expected = {whole, LINK, f"{whole}\n\n{LINK}", f"{whole}\r\n\r\n{LINK}"}
    assert {value for found in parse_qs(query).values() for value in found} <= expected


@pytest.mark.parametrize("name", ["linkedin_link", "facebook_link", "xing_link"])
def test_a_page_that_only_takes_links_refuses_a_post_without_one(name: str) -> None:
    with pytest.raises(Rejected, match="only shares links"):
        Registry().share_link(name).share_url(draft(link=None))


def test_a_link_within_the_text_is_not_shown_twice() -> None:
    within = f"Read {LINK} today"
    assert open_page("x_link", draft(within))[1] == {"text": within}
    assert open_page("bluesky_link", draft(within))[1] == {"text": within}
    assert open_page("telegram_link", draft(f"Read this: {LINK}"))[1] == {"url": LINK, "text": "Read this:"}


def test_share_links_need_no_account_and_no_setting() -> None:
    assert len(pages()) == 13
    for page in pages():
        assert (page.kind, page.reads, page.sign_in_kind) == (Kind.SHARE_LINK, (), "none")
