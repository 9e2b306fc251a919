"""Which of a member's posts is a draft, as LinkedIn lists them to apps that may read.

Facts: learn.microsoft.com, LinkedIn, Posts API, "Find posts by authors": elements with ``id``, ``commentary`` in the
little text format, ``content`` and ``createdAt`` in milliseconds since 1970. The permission is closed to new apps, so
this was never seen against LinkedIn itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from connectors._linkedin_reshares import reshared
from connectors._linkedin_text import plain_text
from connectors._text import holds

URN = re.compile(r"urn:li:(?:share|ugcPost):\d+")
_LATEST = 253_402_214_400_000  # the year 9999, in milliseconds


def own_post(
    elements: Sequence[Any], *, link: str | None, words: str, since: datetime, parent: str = ""
) -> tuple[str, datetime] | None:
    """The URN and the time of the post that was made after ``since`` with this tracked link, or else these words; one that
    passes ``parent`` on, or none.
    """
    for post in elements:
        if not isinstance(post, dict):
            continue
        urn, made = post.get("id"), _moment(post.get("createdAt"))
        if (
            isinstance(urn, str)
            and URN.fullmatch(urn)
            and made
            and made >= since
            and reshared(post) == parent
            and _is_it(post, link, words)
        ):
            return urn, made
    return None


def _is_it(post: dict[str, Any], link: str | None, words: str) -> bool:
    commentary, content = post.get("commentary"), post.get("content")
    said = plain_text(commentary) if isinstance(commentary, str) else ""
    article = content.get("article") if isinstance(content, dict) else None
    source = article.get("source") if isinstance(article, dict) else None
    return source == link or holds(said, link) if link else said.split() == words.split()


def _moment(value: Any) -> datetime | None:
    known = type(value) is int and 0 <= value < _LATEST
    return datetime.fromtimestamp(value / 1000, UTC) if known else None
