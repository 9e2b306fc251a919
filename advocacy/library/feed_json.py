"""Reads JSON Feed (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import html
import json
from typing import Any

from advocacy.base import markup
from advocacy.library import feed_dates, feed_entries
from advocacy.library.feed_entries import MOST_ENTRIES, Entry, ParsedFeed


def parse(body: bytes, *, url: str) -> ParsedFeed | None:
    """A feed from a JSON document, or None when it is no feed.

    Args:
        body: the document.
        url: where it was fetched.

    Raises:
        NoFeed: it is one, and none of its entries can be used.
    """
    try:
        found = json.loads(markup.decode(body, "application/json; charset=utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        return None
    if "jsonfeed.org" not in _text(found.get("version")):
        return None
    items = found["items"]
    site = _text(found.get("home_page_url"))
    base = site or url
    return feed_entries.feed(
        title=html.escape(_text(found.get("title"))),
        link=site,
        base=url,
        entries=[_entry(item, base) for item in items[:MOST_ENTRIES]],
        warnings=[],
        total=len(items),
    )


def _entry(item: Any, base: str) -> Entry | None:
    if not isinstance(item, dict):
        return None
    plain = html.escape(_text(item.get("content_text"))).replace("\n", "<br>")
    whole = _text(item.get("content_html")) or plain
    return feed_entries.entry(
        guid=_text(item.get("id")),
        title=html.escape(_text(item.get("title"))),
        link=_text(item.get("url")) or _text(item.get("external_url")),
        published=feed_dates.moment(_text(item.get("date_published")) or _text(item.get("date_modified"))),
        summary=html.escape(_text(item.get("summary"))),
        html=whole,
        image_url=_text(item.get("image")) or _text(item.get("banner_image")) or _attached(item),
        author=html.escape(_author(item)),
        base=base,
    )


def _text(value: Any) -> str:
    """Text, or a number as text (ids are often numbers); nothing else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _attached(item: dict[str, Any]) -> str:
    attachments = item.get("attachments")
    for one in attachments if isinstance(attachments, list) else []:
        if isinstance(one, dict) and _text(one.get("mime_type")).startswith("image/"):
            return _text(one.get("url"))
    return ""


def _author(item: dict[str, Any]) -> str:
    several = item.get("authors")
    people = several if isinstance(several, list) else [item.get("author")]
    return ", ".join(_text(one.get("name")) for one in people if isinstance(one, dict) and one.get("name"))
