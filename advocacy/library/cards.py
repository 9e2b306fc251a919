"""Reads from a web page what it wants to be shown by when somebody shares it.

Pure: bytes in, values out. Open Graph first, then Twitter's cards, then JSON-LD, then what every page has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from advocacy.base import markup, sanitize

KINDS = ("text/html", "application/xhtml")
"""Content types to expect of a page; see `Fetcher.get`."""
ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"

LONGEST_TITLE = 300
LONGEST_DESCRIPTION = 600
LONGEST_SITE_NAME = 120
LONGEST_PAGE = 1_000_000
"""Characters that are looked through; what a page says about itself stands at its beginning."""
_LONGEST_JSON = 300_000
_MOST_JSON = 10

_TITLES = ("og:title", "twitter:title")
_DESCRIPTIONS = ("og:description", "twitter:description", "description")
_IMAGES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
_SITE_NAMES = ("og:site_name", "application-name")


@dataclass(frozen=True, slots=True)
class Card:
    """What a link shows when it is shared. Any text may be empty."""

    title: str
    description: str
    image_url: str
    """http or https, or empty."""
    site_name: str
    """As the page calls its site, else the host without "www."."""
    url: str
    """The address that the page gives itself, if it is on the same host; else where it was fetched."""


def parse(body: bytes, *, url: str, content_type: str = "") -> Card:
    """The card of a page; never fails.

    Args:
        body: the page.
        url: where it was, redirects followed.
        content_type: the header, for the encoding.
    """
    page = _Page(markup.decode(body, content_type)[:LONGEST_PAGE])
    linked = page.linked_data()
    title = page.first(_TITLES) or _said(linked, "headline", "name") or page.title
    description = page.first(_DESCRIPTIONS) or _said(linked, "description")
    return Card(
        title=sanitize.one_line(title, longest=LONGEST_TITLE),
        description=sanitize.one_line(description, longest=LONGEST_DESCRIPTION),
        image_url=_image(page, linked, url),
        site_name=sanitize.one_line(page.first(_SITE_NAMES) or _publisher(linked), longest=LONGEST_SITE_NAME)
        or _host(url),
        url=_own_address(page, url),
    )


class _Page:
    """The parts of a page that speak about it."""

    def __init__(self, text: str) -> None:
        self.title = ""
        self.metas: dict[str, list[str]] = {}
        self.links: dict[str, str] = {}
        self._json: list[str] = []
        for tag in markup.tags(text):
            if tag.is_closing:
                continue
            if tag.name == "meta":
                self._note(tag.attributes)
            elif tag.name == "link":
                given = tag.attributes
                for relation in given.get("rel", "").lower().split():
                    self.links.setdefault(relation, given.get("href", ""))
            elif tag.name == "title":
                self.title = self.title or tag.content
            elif tag.name == "script" and len(self._json) < _MOST_JSON and "ld+json" in tag.source.lower():
                self._json.append(tag.content[:_LONGEST_JSON])

    def _note(self, given: dict[str, str]) -> None:
        # Sites write property for name and name for property; both are read by all who make cards.
        name = (given.get("property") or given.get("name") or given.get("itemprop") or "").strip().lower()
        if name and given.get("content", "").strip():
            self.metas.setdefault(name, []).append(given["content"])

    def first(self, names: tuple[str, ...]) -> str:
        """The first that is given of these, as HTML: attributes hold text, and some sites encode it twice."""
        return next((self.metas[name][0] for name in names if name in self.metas), "")

    def linked_data(self) -> list[dict[str, Any]]:
        """The JSON-LD objects of the page, those inside `@graph` too."""
        return [thing for text in self._json for thing in _things(text)]


def _things(text: str) -> Iterator[dict[str, Any]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, dict):
            yield one
            graph = one.get("@graph")
            yield from (inner for inner in (graph if isinstance(graph, list) else []) if isinstance(inner, dict))


def _said(linked: list[dict[str, Any]], *names: str) -> str:
    """What the first object that is about the page's content says of itself."""
    about = [
        one for one in linked if _kind(one).endswith(("article", "posting", "product", "event", "object", "page"))
    ]
    found = (one.get(name) for name in names for one in about)
    return next((value for value in found if isinstance(value, str) and value.strip()), "")


def _kind(thing: dict[str, Any]) -> str:
    kind = thing.get("@type")
    return str(kind[0] if isinstance(kind, list) and kind else kind).lower()


def _publisher(linked: list[dict[str, Any]]) -> str:
    names = (one["publisher"].get("name") for one in linked if isinstance(one.get("publisher"), dict))
    return next((name for name in names if isinstance(name, str)), "")


def _image(page: _Page, linked: list[dict[str, Any]], url: str) -> str:
    given = [value for name in _IMAGES for value in page.metas.get(name, [])]
    given += [address for one in linked for address in _addresses(one.get("image"))]
    given.append(page.links.get("image_src", ""))
    return next((address for one in given if (address := sanitize.web_url(one, base=url))), "")


def _addresses(image: Any) -> list[str]:
    """JSON-LD gives a picture as an address, as an object with one, or as a list of either."""
    found = []
    for one in (image if isinstance(image, list) else [image])[:10]:
        address = one.get("url") if isinstance(one, dict) else one
        if isinstance(address, str):
            found.append(address)
    return found


def _own_address(page: _Page, url: str) -> str:
    """A page may name its address, but not send the people who share it to another site."""
    for given in (page.links.get("canonical", ""), page.first(("og:url",))):
        address = sanitize.web_url(given, base=url)
        if address and _host(address) == _host(url):
            return address
    return url


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
