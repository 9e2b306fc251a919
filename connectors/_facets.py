"""Where links, hashtags and mentions stand in a Bluesky text. Nothing is linked there unless we say so, in
bytes.

Rules of what is a tag or a mention: the detection of Bluesky's own app (atproto, packages/api, rich-text).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import regex

_URL = regex.compile(r"(?<=^|[\s(])https?://\S+", regex.IGNORECASE)
_MENTION = regex.compile(
    r"(?<=^|[\s(])@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)(?![a-z0-9-])",
    regex.IGNORECASE,
)
_INVISIBLE = "\u00ad\u2060\u200a\u200b\u200c\u200d\u20e2"
_TAG = regex.compile(rf"(?<=^|\s)[#＃](?!\ufe0f)([^\s{_INVISIBLE}]*[^\d\s\p{{P}}{_INVISIBLE}]+[^\s{_INVISIBLE}]*)")
_LONGEST_TAG = 64
_FACET = "app.bsky.richtext.facet"


def facets_of(text: str, resolve: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """The facets of ``text``, in order and without overlap.

    ``resolve`` turns a handle into the account's DID, or ``None`` when there is no such account: then the
    mention stays plain text, as in Bluesky's own app.
    """
    found = [(start, end, {"$type": f"{_FACET}#link", "uri": text[start:end]}) for start, end in _links(text)]
    found += [(start, end, {"$type": f"{_FACET}#tag", "tag": text[start + 1 : end]}) for start, end in _tags(text)]
    for match in _MENTION.finditer(text):
        did = resolve(match[1].lower())
        if did:
            found.append((match.start(), match.end(), {"$type": f"{_FACET}#mention", "did": did}))
    facets, last = [], 0
    for start, end, feature in sorted(found, key=lambda one: one[0]):
        if start >= last:
            facets.append({"index": _bytes(text, start, end), "features": [feature]})
            last = end
    return facets


def _bytes(text: str, start: int, end: int) -> dict[str, int]:
    first = len(text[:start].encode())
    return {"byteStart": first, "byteEnd": first + len(text[start:end].encode())}


def _links(text: str) -> list[tuple[int, int]]:
    spans = []
    for match in _URL.finditer(text):
        url = match[0].rstrip(".,;:!?\"'»”’")
        if url.endswith(")") and "(" not in url:
            url = url[:-1]
        if len(url) > len("https://"):
            spans.append((match.start(), match.start() + len(url)))
    return spans


def _tags(text: str) -> list[tuple[int, int]]:
    spans = []
    for match in _TAG.finditer(text):
        tag = regex.sub(r"\p{P}+$", "", match[1])
        if tag and len(tag) <= _LONGEST_TAG:
            spans.append((match.start(), match.start() + 1 + len(tag)))
    return spans
