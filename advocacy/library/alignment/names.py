"""Names of people and firms in a text, and when one looks like another that is written differently."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_CAPITAL = r"[A-ZÆØÅÄÖÜÉ][^\W\d_]*(?:[-’'][^\W\d_]+)*"
_NAME = re.compile(rf"{_CAPITAL}(?:[ \u00a0](?:(?:van|von|de|af|av)[ \u00a0])?{_CAPITAL})+")
_FORMS = frozenset({"as", "asa", "sa", "ltd", "inc", "llc", "plc", "gmbh", "ab", "hf"})
"""Of firms: with or without them it is the same one."""
_TITLES = frozenset({"mr", "mrs", "ms", "dr", "fru", "herr", "prof", "professor"})
_ALIKE = 0.6


@dataclass(frozen=True)
class Name:
    """A name of two words or more.

    Args:
        start: of the quote.
        end: of the quote.
        quote: as it stands there.
        words: in lower case, without titles and the forms of firms.
        opens: whether its first word begins a sentence, and may be no name at all.
    """

    start: int
    end: int
    quote: str
    words: tuple[str, ...]
    opens: bool

    @property
    def readings(self) -> list[Name]:
        """The name, and without its first word where that may only begin the sentence."""
        if not self.opens or len(self.words) < 3:
            return [self]
        gone = len(self.quote.split()[0]) + 1
        return [self, Name(self.start + gone, self.end, self.quote[gone:], self.words[1:], False)]


def find(text: str) -> list[Name]:
    """Every run of two or more words with a capital."""
    found = []
    for match in _NAME.finditer(text):
        words = tuple(_bare(word) for word in match.group().split())
        words = tuple(word for word in words if word not in _FORMS and word not in _TITLES)
        if len(words) > 1:
            before = text[: match.start()].rstrip(' \t"“«*_([\x00')
            opens = not before or before[-1] in ".!?:\n"
            found.append(Name(match.start(), match.end(), match.group(), words, opens))
    return found


def same(one: Name, other: Name) -> bool:
    """Whether both may name the same: one holds every word of the other."""
    return any(
        set(mine.words) <= set(theirs.words) or set(theirs.words) <= set(mine.words)
        for mine in one.readings
        for theirs in other.readings
    )


def alike(one: Name, other: Name) -> tuple[Name, Name] | None:
    """The reading of each by which they are one name written differently; None when they are two names."""
    for mine in one.readings:
        for theirs in other.readings:
            if _is_variant(mine.words, theirs.words):
                return mine, theirs
    return None


def _is_variant(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    if mine[0] == theirs[0] and mine[-1] != theirs[-1]:
        return True  # the same first name with another family name
    if len(mine) != len(theirs):
        return False
    differing = [(a, b) for a, b in zip(mine, theirs, strict=True) if a != b]
    return len(differing) == 1 and SequenceMatcher(None, *differing[0]).ratio() >= _ALIKE


def _bare(word: str) -> str:
    lower = word.lower().replace("’", "'")
    return lower.removesuffix("'s")
