"""Reads HTML and its like as a row of tags and texts, in time that grows only with its length.

A parser that builds a tree needs quadratic time for a hundred thousand nested tags. What only looks for a few
tags, or asks whether a tree may be built at all, reads the row instead. It is a reader, never a guard: what it
gives is text, and markup that leaves the product goes through `sanitize`.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import webencodings

# A name, then anything but angle brackets outside quotes; else (a stray quote) anything up to the next bracket.
# Each scan ends at the next "<", so that no input makes it quadratic. Possessive: nothing is tried twice.
_MARKUP = re.compile(
    r"<!--.*?(?:--!?>|\Z)"
    r"|<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)"
    r"|<[!?][^<>]*+>?"
    r"|<(?P<slash>/?)(?P<name>[a-zA-Z][^\s/<>]*+)"
    r"(?:(?P<quoted>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>|(?P<loose>[^<>]*+)>)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s=<>\"'/]++)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s\"'<>][^\s<>]*+))?")
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes")
}
_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag or an end tag."""

    name: str
    """In lower case."""
    is_closing: bool
    source: str
    """What stands between the name and the bracket."""
    start: int
    end: int
    content: str = ""
    """For elements that hold no tags (`title`, `script`, ...): the text up to their end tag, as written."""

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes, names in lower case, values without quotes and with their entities resolved."""
        found: dict[str, str] = {}
        for name, value in _ATTRIBUTE.findall(self.source):
            bare = value[1:-1] if value[:1] in ('"', "'") else value
            found.setdefault(name.lower(), html.unescape(bare))
        return found


@dataclass(frozen=True, slots=True)
class Words:
    """What stands between tags, with its entities resolved."""

    text: str


def read(source: str) -> Iterator[Tag | Words]:
    """The tags and the texts of `source` in their order; comments and declarations are left out.

    The content of `script`, `title` and other elements without tags inside is in their start tag.
    """
    at = 0
    while True:
        found = _MARKUP.search(source, at)
        if found is None:
            break
        if found.start() > at:
            yield Words(html.unescape(source[at : found.start()]))
        at = found.end()
        if found["cdata"] is not None:
            yield Words(found["cdata"])
        if found["name"] is None:
            continue
        name, is_closing = found["name"].lower(), bool(found["slash"])
        attributes = found["quoted"] if found["quoted"] is not None else found["loose"]
        content = ""
        if name in _RAW and not is_closing:
            end = _RAW[name].search(source, at)
            stop = end.start() if end else len(source)
            content, at = source[at:stop], stop
        yield Tag(name, is_closing, attributes, found.start(), at, content)
    if at < len(source):
        yield Words(html.unescape(source[at:]))


def tags(source: str) -> Iterator[Tag]:
    """The tags of `source` in their order."""
    return (part for part in read(source) if isinstance(part, Tag))


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a page, whatever it says about its encoding; never fails.

    Args:
        body: the page.
        content_type: the header it came with, or "".

    Returns:
        The text by the byte order mark, the header, the page's own `meta`, UTF-8 or Windows-1252, whichever comes
        first and fits. (The order of the HTML standard, "determining the character encoding".)
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    declared = re.search(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", content_type, re.IGNORECASE)
    meta = _CHARSET.search(body[:2048])
    by_header = declared.group(1) if declared else ""
    by_page = meta.group(1).decode("ascii", "replace") if meta else ""
    for label in (by_header, by_page, "utf-8"):
        encoding = webencodings.lookup(label)
        if encoding is None:
            continue
        try:
            return encoding.codec_info.decode(body)[0]
        except UnicodeDecodeError:
            continue
    return body.decode("cp1252", "replace")
