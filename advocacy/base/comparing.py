"""Two texts as one, word by word: what stayed, what was removed, what was added."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_PIECE = re.compile(r"\s+|[^\s]+")
_LONGEST_BY_WORDS = 3_000
"""Pieces; longer texts are compared line by line, since the work grows with the square."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text in a difference: `same`, `removed` or `added`."""

    change: str
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """Two texts as one: what stayed, what was removed, what was added, word by word."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    if len(old) + len(new) > _LONGEST_BY_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found = []
    for change, a1, a2, b1, b2 in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if change == "equal":
            found.append(Piece("same", "".join(old[a1:a2])))
            continue
        if a2 > a1:
            found.append(Piece("removed", "".join(old[a1:a2])))
        if b2 > b1:
            found.append(Piece("added", "".join(new[b1:b2])))
    return found
