"""How hard a text is to read: LIX, the läsbarhetsindex of Björnsson (1968), made for the Nordic languages and used for English.

LIX = words / sentences + 100 * words of more than six letters / words. C. H. Björnsson, Läsbarhet, Stockholm: Liber,
1968; for English: J. Anderson, "Lix and Rix", Journal of Reading 26(6), 1983. Their bands: below 30 very easy, below 40
easy, below 50 of middling difficulty, below 60 difficult, from 60 on very difficult.
"""

from __future__ import annotations

import re

from advocacy.library.alignment.words import sentences

LONG = 6
"""Letters; a word of more counts as a long one."""
DIFFICULT = 50
FEWEST_WORDS = 20
"""Below this a text is too short for the index to mean anything."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NO_WORDS = re.compile(r"https?://\S+|\{[^{}\n]{0,40}\}|[#@]\w+")


def lix(text: str) -> int | None:
    """The index of a text, rounded; None for one that is too short. Addresses, hashtags and placeholders are left out."""
    bare = _NO_WORDS.sub(" ", text)
    found = _WORD.findall(bare)
    if len(found) < FEWEST_WORDS:
        return None
    long = sum(len(word) > LONG for word in found)
    return round(len(found) / max(1, len(sentences(bare))) + 100 * long / len(found))
