"""What a feed gives, whatever it is written in, and what is said when it gives nothing."""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from advocacy.base import markup, sanitize
from advocacy.base.errors import HubError
from advocacy.base.text import Text

MOST_ENTRIES = 500
"""Of one feed, the first ones; feeds put the newest first."""
LONGEST_TITLE = 300
LONGEST_SUMMARY = 600
LONGEST_AUTHOR = 120
LONGEST_GUID = 2000

_ENCODED_TWICE = re.compile(r"</(?:p|div|span|table)>")
_COUNTER = re.compile(
    r"https?://(feeds\.feedburner\.com/~|feedproxy\.google\.com/~|feeds\.wordpress\.com/1\.0/|pixel\.wp\.com/"
    r"|stats\.wordpress\.com/|[^/]*\.doubleclick\.net/)",
    re.IGNORECASE,
)


class NoFeed(HubError):
    """What was fetched cannot be used as a feed.

    Args:
        text: why not, and what to do.
        found: addresses of feeds that the page points to, best first.
    """

    def __init__(self, text: Text, *, found: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.found = found


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a feed tells of."""

    guid: str
    """By which it is known again: what the feed says, else its link, else its title."""
    title: str
    """Plain text, never empty."""
    link: str
    """http or https, or empty."""
    published: datetime | None
    """In UTC, as the feed says: it may lie in the future."""
    summary: str
    """Plain text on one line, at most `LONGEST_SUMMARY`."""
    image_url: str
    """http or https, or empty."""
    author: str
    markup: str = field(default="", repr=False)
    """The whole text as the feed gives it. Hostile: show `html` instead."""

    @property
    def html(self) -> str:
        """The whole text, cleaned; worked out when asked for."""
        return sanitize.rich(self.markup, base=self.link)


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed."""

    title: str
    """Plain text; may be empty."""
    link: str
    """The site that it belongs to, or empty."""
    entries: tuple[Entry, ...]
    """In the feed's order, none twice."""
    warnings: tuple[Text, ...] = ()
    """What the curator may want to know although the feed works."""


def entry(
    *,
    guid: str,
    title: str,
    link: str,
    published: datetime | None,
    summary: str,
    html: str,
    image_url: str,
    author: str,
    base: str,
) -> Entry | None:
    """An entry from what a feed says about it, or None when there is nothing to share in it.

    Args:
        guid: as given; may be empty.
        title: HTML or text whose entities count.
        link: as given; may be relative.
        published: aware.
        summary: HTML.
        html: the whole text, or empty when there is but the summary.
        image_url: as given; when empty, the first picture in the text serves.
        author: HTML or text.
        base: what relative addresses are meant from.
    """
    address = sanitize.web_url(link, base=base) or ""
    told = _told(summary or html)
    name = sanitize.one_line(title, longest=LONGEST_TITLE) or sanitize.one_line(told, longest=80)
    if not name and not address:
        return None
    whole = html or summary
    return Entry(
        guid=(guid.strip() or address or name)[:LONGEST_GUID],
        title=name or address,
        link=address,
        published=published,
        summary=told,
        image_url=sanitize.web_url(image_url, base=base) or first_picture(whole, base=address or base),
        author=sanitize.one_line(author, longest=LONGEST_AUTHOR),
        markup=whole,
    )


def _told(html: str) -> str:
    text = sanitize.plain(html)
    if _ENCODED_TWICE.search(text):
        text = sanitize.plain(text)
    return sanitize.one_line(entities.escape(text, quote=False), longest=LONGEST_SUMMARY)


def feed(
    *, title: str, link: str, base: str, entries: list[Entry | None], warnings: list[Text], total: int
) -> ParsedFeed:
    """A feed from its entries, each once.

    Args:
        title: HTML or text whose entities count.
        link: the site, as given.
        base: where the feed was fetched.
        entries: those that were read; None for each with nothing to share in it.
        warnings: what was noticed so far.
        total: how many the feed holds.

    Raises:
        NoFeed: it has entries, and none can be used.
    """
    usable = [one for one in entries if one is not None]
    if entries and not usable:
        raise NoFeed(
            Text("This feed has entries, but none of them has a title or a link, so there is nothing to share.")
        )
    told = list(warnings)
    if not entries:
        told.append(Text("The feed is empty at the moment."))
    if len(usable) < len(entries):
        count = len(entries) - len(usable)
        told.append(Text("Entries left out because they have neither a title nor a link: {count}.", count=count))
    if total > len(entries):
        told.append(
            Text("The feed holds {total} entries; the first {taken} are read.", total=total, taken=len(entries))
        )
    by_guid: dict[str, Entry] = {}
    for one in usable:
        first = by_guid.setdefault(one.guid, one)
        if first.title != one.title:  # two things under one name, by the publisher's mistake
            own = replace(one, guid=f"{one.guid} {one.title}"[:LONGEST_GUID])
            by_guid.setdefault(own.guid, own)
    return ParsedFeed(
        title=sanitize.one_line(title, longest=200),
        link=sanitize.web_url(link, base=base) or "",
        entries=tuple(by_guid.values()),
        warnings=tuple(told),
    )


def first_picture(html: str, *, base: str) -> str:
    """The address of the first picture in a text that is for looking at, or empty.

    Counting pixels (one or two pixels wide or high, or from a service that counts) and share buttons are not.
    """
    for tag in markup.tags(html):
        if tag.name != "img" or tag.is_closing:
            continue
        given = tag.attributes
        if any(given.get(side, "").strip().removesuffix("px") in ("0", "1", "2") for side in ("width", "height")):
            continue
        address = sanitize.web_url(given.get("src", ""), base=base)
        if address and not _COUNTER.match(address):
            return address
    return ""
