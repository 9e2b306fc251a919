"""What a post is called at Bluesky: by its address in the browser, and by the URI and the content that it has below it.

Facts: atproto.com/specs/at-uri-scheme, the lexicons app.bsky.feed.post, app.bsky.feed.repost and app.bsky.embed.record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"
_PAGE = re.compile(r"https?://[^/]+/profile/(?P<who>[^/?#]+)/post/(?P<key>[A-Za-z0-9._:~-]{1,512})/?(?:[?#].*)?")
_URI = re.compile(rf"at://(?P<who>[^/?#]+)/{re.escape(POST)}/(?P<key>[A-Za-z0-9._:~-]{{1,512}})")


@dataclass(frozen=True, slots=True)
class PostName:
    """Who wrote a post (a DID or a handle), and its record key."""

    who: str
    key: str


def named_by(address: str) -> PostName | None:
    """The post behind the address of its page, or behind its URI; ``None`` when it is neither."""
    found = _PAGE.fullmatch(address.strip()) or _URI.fullmatch(address.strip())
    return PostName(found["who"], found["key"]) if found else None


def collection_of(uri: str) -> str:
    """Which kind of record a URI names: a post, or a repost."""
    return REPOST if f"/{REPOST}/" in uri else POST
