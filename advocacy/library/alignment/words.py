"""Words of a text as the rules of alignment compare them, in English and in Norwegian."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

REMEMBERED = 256
"""Texts whose sentences and stems are kept: a check asks for the same ones many times."""
_ENGLISH_WORDS = """
a about after all also an and are as at be because been before but by can come could do for from had has have he
her here his how if in into is it its just like make many more most much my new no not now of on one only or our
out over own she so some than that the their them then there these they this those to up us was we were what
when where which who will with would you your
"""
_NORWEGIAN_WORDS = """
alle alt at av bare begge ble bli blir da de deg dem den denne der deres det dette din du en enn er et ett etter
for fordi fra før ha hadde han har hele her hos hun hva hvem hver hvis hvor i igjen ikke inn jeg kan kom kommer
man med meg men mer mot mye må ned noe noen nye nå når og også om opp oss over på sa se seg selv si sin skal
slik som så til ut var ved vi vil vår våre vårt være å
"""
ENGLISH, NORWEGIAN = frozenset(_ENGLISH_WORDS.split()), frozenset(_NORWEGIAN_WORDS.split())
"""Words that carry no meaning of their own."""
_ONLY_ENGLISH, _ONLY_NORWEGIAN = ENGLISH - NORWEGIAN, NORWEGIAN - ENGLISH
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?:])[ \t]+(?=[^\W\d_a-zæøå]|[\"“«(\d])|\n+")
_SHORTENED = re.compile(r"(?:\b(?:kl|ca|mill|mrd|bl|nr|f\.eks|dr|mr|ms|mrs|st|inkl|pr)|\b\d{1,2})\.$", re.IGNORECASE)


@dataclass(frozen=True)
class Sentence:
    """A sentence with its place in the text."""

    start: int
    end: int
    text: str


@lru_cache(maxsize=REMEMBERED)
def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text in their order; those without a letter or figure are left out."""
    found: list[Sentence] = []
    begin = 0
    for cut in [*_SENTENCE_END.finditer(text), None]:
        end = cut.start() if cut else len(text)
        if cut and "\n" not in cut.group() and _SHORTENED.search(text[max(0, end - 8) : end]):
            continue
        piece = text[begin:end]
        lead = len(piece) - len(piece.lstrip())
        if any(letter.isalnum() for letter in piece):
            found.append(Sentence(begin + lead, begin + len(piece.rstrip()), piece.strip()))
        begin = cut.end() if cut else len(text)
    return tuple(found)


def sentence_at(text: str, place: int) -> str:
    """The sentence in which a character stands."""
    return next((one.text for one in sentences(text) if one.start <= place < one.end), text.strip())


def is_norwegian(text: str, *, otherwise: str = "") -> bool:
    """Whether a text is rather Norwegian than English; the language it was declared as decides where it does not tell."""
    found = [word.lower() for word in _WORD.findall(text)]
    ours = sum(word in _ONLY_NORWEGIAN or any(letter in "æøå" for letter in word) for word in found)
    theirs = sum(word in _ONLY_ENGLISH for word in found)
    return otherwise[:2] in ("nb", "nn", "no", "da") if ours == theirs else ours > theirs


def stem(word: str) -> str:
    """What is left of a word when it is bent: enough to know it again, not a dictionary's stem."""
    bare = word.lower().replace("’", "'").removesuffix("'s")
    return bare[:5] if len(bare) > 5 else bare


def telling(text: str) -> Iterator[tuple[int, str]]:
    """(place, stem) of the words that carry meaning, in their order."""
    for match in _WORD.finditer(text):
        word = match.group().lower()
        if word not in ENGLISH and word not in NORWEGIAN and len(word) > 1:
            yield match.start(), stem(word)


@lru_cache(maxsize=REMEMBERED)
def stems(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning."""
    return frozenset(one for _, one in telling(text))
