"""Disclosures: that a post itself says who speaks, once, in the words that are asked for."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_WORD = re.compile(r"(?:(?<!\w)#)?\w+")


class Place(StrEnum):
    """Where a disclosure goes that is not in the words yet."""

    END = "end"
    BEGINNING = "beginning"


@dataclass(frozen=True)
class Disclosure:
    """Something that a post has to say.

    Args:
        text: what is put in where it is missing.
        place: where.
        also: other wordings that say the same, such as the text in another language; one of them is enough.
        optional: whether the person may leave it out.
    """

    text: str
    place: Place = Place.END
    also: tuple[str, ...] = ()
    optional: bool = False


def disclose(text: str, wanted: Sequence[Disclosure]) -> str:
    """A text with each disclosure in it: what the person said in their own words already is not said twice.

    A hashtag goes on with the words, a sentence stands on its own.
    """
    whole = text
    for one in wanted:
        if says(whole, one):
            continue
        gap = " " if all(word.startswith("#") for word in _WORD.findall(one.text)) else "\n\n"
        parts = (one.text, whole) if one.place is Place.BEGINNING else (whole, one.text)
        whole = gap.join(parts).strip()
    return whole


def spoken(text: str, wanted: Sequence[Disclosure]) -> str:
    """What of the disclosures stands in a text, a line each, in the wording in which it stands there."""
    said = (next((wording for wording in _wordings(one) if _holds(text, wording)), "") for one in wanted)
    return "\n".join(wording for wording in said if wording)


def says(text: str, disclosure: Disclosure) -> bool:
    """Whether a text discloses it: the words in their order, whatever their case, commas and hash signs.

    A hashtag is only said by that hashtag: "employees" or "#employees" is not "#employee". A sentence may also be written
    as one hashtag, "#IWorkAtNordlys".
    """
    return any(_holds(text, wording) for wording in _wordings(disclosure))


def to_json(wanted: Sequence[Disclosure]) -> str:
    """What the script in the browser counts and draws with; "" for nothing."""
    if not wanted:
        return ""
    return json.dumps(
        [{"text": one.text, "place": one.place, "also": one.also, "optional": one.optional} for one in wanted]
    )


def _wordings(disclosure: Disclosure) -> tuple[str, ...]:
    return (disclosure.text, *disclosure.also)


def _holds(text: str, wording: str) -> bool:
    said, sought = _words(text), _words(wording)
    if not sought:
        return wording in text
    if len(sought) > 1 and "#" + "".join(word.lstrip("#") for word in sought) in said:
        return True
    size = len(sought)
    return any(
        all(_same(here, word) for here, word in zip(said[start : start + size], sought, strict=True))
        for start in range(len(said) - size + 1)
    )


def _same(here: str, sought: str) -> bool:
    return here == sought if sought.startswith("#") else here.lstrip("#") == sought


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", _ADDRESS.sub(" ", text)).lower())
