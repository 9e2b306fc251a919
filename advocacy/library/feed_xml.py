"""Reads feeds written in XML: RSS 0.9 to 2.0, RDF and Atom, as they are found rather than as they should be."""

from __future__ import annotations

import calendar
import html
import html.entities
import io
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from advocacy.base import markup
from advocacy.base.text import Text
from advocacy.library import feed_dates, feed_entries
from advocacy.library.feed_entries import MOST_ENTRIES, Entry, ParsedFeed

_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_DECLARATION = re.compile(r"<![a-zA-Z][^<>]*+>?")
_ENTITY = re.compile(r"&(#?\w{1,32};)?")
_OVERLONG_TAG = re.compile(r"<[^<>]{3000,}")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_END_OF_ENTRY = re.compile(r"</(?:\w{1,20}:)?(?:item|entry)\s{0,9}>", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})[\"']")
_XML_OWN = {"amp", "lt", "gt", "quot", "apos"}
_PICTURE_NAMES = (".jpg", ".jpeg", ".png", ".webp", ".gif")


def text_of(body: bytes, content_type: str) -> str:
    """The text of an XML document by what its bytes say first, and what it says about itself second.

    What reads as UTF-8 is UTF-8: hardly anything else does by chance, and feeds are often declared wrongly.
    """
    declared = _DECLARED.search(body[:300])
    name = declared.group(1).decode("ascii").lower() if declared else ""
    if not name.startswith(("iso-2022", "utf-16", "ucs", "hz")):
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    return markup.decode(body, f"text/xml; charset={name}" if name else content_type)


def parse(text: str, *, url: str) -> ParsedFeed | None:
    """A feed from the text of an XML document, or None when it is no feed.

    Args:
        text: the document.
        url: where it was fetched.

    Raises:
        NoFeed: it is one, and none of its entries can be used.
    """
    import feedparser  # thirty modules that only whoever reads feeds needs

    document, total = _shortened(_readable(text))
    # As a stream: given a string, feedparser would fetch what looks like an address. Its own sanitiser is off,
    # since ours follows and its quick look at links is no guard.
    found = feedparser.parse(
        io.BytesIO(document.encode("utf-8")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    version = str(found.get("version") or "")
    if not version and not found.entries:
        return None
    warnings = []
    if found.bozo:
        warnings.append(Text("The feed is not well-formed XML. What could be read is shown; parts may be missing."))
    site = str(found.feed.get("link") or "")
    base = urljoin(url, site) if url else site
    is_rss = not version.startswith("atom")
    entries = [_entry(one, base, is_rss=is_rss) for one in found.entries[:MOST_ENTRIES]]
    title = _words(found.feed, "title", is_rss=is_rss)
    return feed_entries.feed(
        title=title, link=site, base=url, entries=entries, warnings=warnings, total=max(total, len(found.entries))
    )


def _readable(text: str) -> str:
    """What a strict parser can read, of what people write as XML.

    Document types go altogether, and with them entities that unfold into gigabytes or read files. HTML's named
    characters become numbers, a lone ampersand becomes an entity, control characters go.
    """
    root = next(markup.tags(text), None)
    parts = _CDATA.split(_UNPRINTABLE.sub("", text[root.start :] if root else ""))
    for n in range(0, len(parts), 2):
        parts[n] = _ENTITY.sub(_mended, _OVERLONG_TAG.sub("", _DECLARATION.sub("", parts[n])))
    return "".join(parts)


def _mended(found: re.Match[str]) -> str:
    name = (found[1] or "").rstrip(";")
    if name.startswith("#"):
        # A reference to what XML does not allow (&#0; &#x1F;) makes the whole document unreadable.
        shown = html.unescape(found[0])
        return "" if len(shown) != 1 or shown == "\ufffd" or _UNPRINTABLE.match(shown) else f"&#{ord(shown)};"
    if name in _XML_OWN:
        return found[0]
    character = html.entities.html5.get(f"{name};")
    if character is None:
        return "&amp;" + found[0][1:]
    return "".join(f"&#{ord(one)};" for one in character)


def _shortened(document: str) -> tuple[str, int]:
    """The document with its first entries only, and how many there were: parsing takes time for each."""
    ends = [found.end() for found in _END_OF_ENTRY.finditer(document)]
    if len(ends) <= MOST_ENTRIES:
        return document, len(ends)
    return document[: ends[MOST_ENTRIES - 1]] + document[ends[-1] :], len(ends)


def _entry(given: Any, base: str, *, is_rss: bool) -> Entry | None:
    contents = [str(part.get("value") or "") for part in given.get("content", [])]
    summary = str(given.get("summary") or "")
    return feed_entries.entry(
        guid=str(given.get("id") or ""),
        title=_words(given, "title", is_rss=is_rss),
        link=str(given.get("link") or "").strip(),
        published=_moment(given, "published") or _moment(given, "updated") or _moment(given, "created"),
        summary=summary,
        html=max(contents, key=len, default=""),
        image_url=_picture(given),
        author=_author(given),
        base=base,
    )


def _words(given: Any, name: str, *, is_rss: bool) -> str:
    """A title as HTML, so that text and HTML can be read in one way.

    RSS does not say which of the two a title is; Atom does.
    """
    value = str(given.get(name) or "")
    kind = str(given.get(f"{name}_detail", {}).get("type") or "")
    if "html" in kind:
        return value
    return html.escape(html.unescape(value) if is_rss else value, quote=False)


def _author(given: Any) -> str:
    """The author's name; an address alone is left out, since it is somebody's mail."""
    name = str(given.get("author_detail", {}).get("name") or given.get("author") or "")
    return "" if re.fullmatch(r"\S+@\S+", name.strip()) else name


def _moment(given: Any, name: str) -> datetime | None:
    parsed = given.get(f"{name}_parsed")
    if parsed is not None:
        try:
            return feed_dates.plausible(datetime.fromtimestamp(calendar.timegm(parsed), UTC))
        except (ValueError, OverflowError, OSError):
            return None
    return feed_dates.moment(str(given.get(name) or ""))


def _picture(given: Any) -> str:
    """The picture that the feed names for an entry: the largest of its media, else a thumbnail, enclosure or cover."""
    media = [one for one in given.get("media_content", []) if one.get("url") and _is_picture(one)]
    if media:
        return str(max(media, key=_width)["url"])
    thumbnails = [one for one in given.get("media_thumbnail", []) if one.get("url")]
    if thumbnails:
        return str(max(thumbnails, key=_width)["url"])
    rdf = given.get("enc_enclosure", {})
    for one in [*given.get("enclosures", []), {"href": rdf.get("resource"), "type": rdf.get("type")}]:
        if _is_picture(one):
            return str(one.get("href") or "")
    return str(given.get("image", {}).get("href") or "")


def _is_picture(media: Any) -> bool:
    kind = str(media.get("medium") or "") or str(media.get("type") or "").partition("/")[0]
    if kind:
        return kind == "image"
    try:
        path = urlsplit(str(media.get("url") or media.get("href") or "")).path
    except ValueError:
        return False
    return path.lower().endswith(_PICTURE_NAMES)


def _width(media: Any) -> int:
    digits = re.match(r"\d{1,6}", str(media.get("width") or ""))
    return int(digits[0]) if digits else 0
