"""LinkedIn's "little text format": what a post's words must look like so that they are shown as they were written.

Facts: learn.microsoft.com, LinkedIn, little text format. One reserved character too few, and LinkedIn cuts the post off
there without a word.
"""

from __future__ import annotations

import regex

# A hashtag that is meant as one: at the beginning of a word, and begun by a letter or digit. It stays as it is; of what
# follows, an underscore is escaped like anywhere else: the text is then right, whatever LinkedIn makes of the tag.
_PIECE = regex.compile(r"(?P<tag>(?<![^\s(\[{\"'«“„])#(?=[\p{L}\p{N}]))|(?P<reserved>[|{}@\[\]()<>#\\*_~])")


def little_text(text: str) -> str:
    """``text`` with every reserved character escaped, and hashtags left to be hashtags."""
    return str(_PIECE.sub(lambda found: found[0] if found["tag"] else f"\\{found[0]}", text))


def plain_text(little: str) -> str:
    """What a member wrote, from the little text format that LinkedIn gives it back in."""
    return regex.sub(r"\\(.)", r"\1", little, flags=regex.S)
