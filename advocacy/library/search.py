"""Finding items by words: every word must occur, whatever its case and accents, on any database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import Select

from advocacy.library.models import ContentItem

MOST_WORDS = 8
"""More words in one search than this are not looked for."""
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "œ": "oe", "ı": "i"})
_WORD = re.compile(r"[^\W_]+")
Selected = TypeVar("Selected", bound=Select[*tuple[object, ...]])


def fold(text: str) -> str:
    """A text without case, accents and signs: its bare words with one blank between them."""
    bare = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    kept = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return " ".join(_WORD.findall(kept))


def words_of(texts: Iterable[str]) -> str:
    """What search looks through for an item made of these texts."""
    return " ".join(folded for folded in map(fold, texts) if folded)


def refresh(item: ContentItem) -> None:
    """Brings what search looks through up to date with the item, its topics and captions."""
    item.search_words = words_of(
        [
            item.title,
            item.summary,
            item.body,
            item.internal_brief,
            *(topic.name for topic in item.topics),
            *(caption.text for caption in item.captions),
        ]
    )


def matching(query: Selected, words: str) -> Selected:
    """Narrows a select of items to those that hold every word, each as a part of a word.

    A part of a word will do, since Norwegian and German write compounds as one ("rapport" finds "årsrapport").

    Args:
        query: selects from `ContentItem`.
        words: as typed; nothing typed narrows nothing.
    """
    for word in fold(words).split()[:MOST_WORDS]:
        query = query.where(ContentItem.search_words.contains(word, autoescape=True))
    return query
