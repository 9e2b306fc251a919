"""Makes entries of what a feed's address gave, or says in a curator's words why that cannot be done.

Pure: bytes in, values out. Fetching is `base.fetch`, keeping is the source's business.
"""

from __future__ import annotations

import re

from advocacy.base import markup, sanitize
from advocacy.base.text import Text
from advocacy.library import feed_json, feed_xml
from advocacy.library.feed_entries import Entry, NoFeed, ParsedFeed

__all__ = ["ACCEPT", "Entry", "NoFeed", "ParsedFeed", "feeds_of_page", "parse"]

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
)
"""What to ask a server for. Pages too, since they may point to their feed."""

_FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/json",
}
_MOST_FOUND = 5
_FILES = (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"ID3", b"OggS")
"""How files begin that are surely neither XML nor JSON."""


def parse(body: bytes, *, url: str = "", content_type: str = "") -> ParsedFeed:
    """The feed in `body`.

    Args:
        body: what the address gave.
        url: the address, for relative links.
        content_type: the header, for the encoding; its type is not trusted.

    Returns:
        The feed. Its entries are the first `MOST_ENTRIES`.

    Raises:
        NoFeed: it is none, or none that anything can be shared from. The text says what it is instead, and `found`
            lists the feeds that a web page points to.
    """
    if not body.strip():
        raise NoFeed(Text("This address gives nothing at all. Check it, or ask the site for its feed."))
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if start[:1] in (b"{", b"["):
        found = feed_json.parse(body, url=url)
        if found is None:
            raise NoFeed(Text("This address gives data for programs, but not a feed. Ask the site for its feed."))
        return found
    if start.startswith(_FILES) or (b"\0" in start and b"<" not in start):
        raise NoFeed(Text("This address gives a file, not a feed. Check it, or ask the site for its feed."))
    text = feed_xml.text_of(body, content_type)
    if "<" not in text[:10_000]:
        raise NoFeed(Text("This address gives plain text, not a feed. Check it, or ask the site for its feed."))
    if not _is_page(text):
        found = feed_xml.parse(text, url=url)
        if found is not None:
            return found
    raise _refusal(text, url)


def feeds_of_page(html: str, *, url: str) -> tuple[str, ...]:
    """The addresses of the feeds that a web page points to (`link rel=alternate`), in its order.

    Args:
        html: the page.
        url: where it was fetched.
    """
    found: dict[str, None] = {}
    for tag in markup.tags(html):
        if tag.name != "link":
            continue
        given = tag.attributes
        is_feed = given.get("type", "").partition(";")[0].strip().lower() in _FEED_TYPES
        if is_feed and "alternate" in given.get("rel", "").lower().split():
            address = sanitize.web_url(given.get("href", ""), base=url)
            if address:
                found[address] = None
        if len(found) == _MOST_FOUND:
            break
    return tuple(found)


def _is_page(text: str) -> bool:
    """Whether the first element is one of a web page's."""
    first = next(markup.tags(text[:20_000]), None)
    return first is not None and first.name in ("html", "head", "body", "title", "meta", "div", "p", "script", "h1")


def _refusal(text: str, url: str) -> NoFeed:
    first = next(markup.tags(text), None)
    name = first.name.rpartition(":")[2] if first else ""
    if name == "opml":
        return NoFeed(Text("This is a list of feeds (OPML), not a feed. Add the feeds in it one by one."))
    if name in ("urlset", "sitemapindex"):
        return NoFeed(Text("This is a site map for search engines, not a feed. Ask the site for its feed."))
    if first is None or not (_is_page(text) or re.search(r"</?(a|p|body|html)[\s>]", text[:50_000], re.IGNORECASE)):
        return NoFeed(Text("This is no feed that we can read. RSS, Atom, RDF and JSON Feed can be read."))
    found = feeds_of_page(text, url=url)
    if found:
        return NoFeed(
            Text("This address gives a web page, not a feed. The page says that its feed is {feed}.", feed=found[0]),
            found=found,
        )
    return NoFeed(
        Text(
            "This address gives a web page, not a feed. Look on the page for a link called RSS, Atom or feed, "
            "and use its address."
        )
    )
