"""Numbers as words say them, in English and in Norwegian."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_UNITS = {
    False: "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    True: "to tre fire fem seks sju åtte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten",
}
_TENS = {
    False: "twenty thirty forty fifty sixty seventy eighty ninety",
    True: "tjue tretti førti femti seksti sytti åtti nitti",
}
_ONES = {False: "one", True: "en"}
_HUNDRED = {False: "hundred", True: "hundre"}
_THOUSAND = {False: "thousand", True: "tusen"}
LARGE: Mapping[str, float] = {
    **dict.fromkeys(("thousand", "tusen"), 1e3),
    **dict.fromkeys(("million", "millions", "millioner", "mill", "mln", "m"), 1e6),
    **dict.fromkeys(("billion", "billions", "milliard", "milliarder", "mrd", "bn"), 1e9),
}
"""What a number is multiplied by when the word stands behind it."""


def _vocabulary(*, norwegian: bool) -> dict[str, int]:
    """Every number below a hundred by its word, without "one", which is an article too."""
    units = {word: number for number, word in enumerate(_UNITS[norwegian].split(), start=2)}
    tens = {word: number * 10 for number, word in enumerate(_TENS[norwegian].split(), start=2)}
    known = {**units, **tens}
    for ten, value in tens.items():
        for one, number in {_ONES[norwegian]: 1, **units}.items():
            if number < 10:
                known[f"{ten}{one}" if norwegian else f"{ten}-{one}"] = value + number
    return known | ({"syv": 7, "tyve": 20, "tredve": 30, "null": 0} if norwegian else {"zero": 0})


_WORDS = {norwegian: _vocabulary(norwegian=norwegian) for norwegian in (False, True)}
_ALL = {**_WORDS[False], **_WORDS[True]}


def word_pattern(*, norwegian: bool) -> str:
    """A pattern for a number in words: "twelve", "two hundred", "tusen"."""
    small = "|".join(sorted(_WORDS[norwegian], key=len, reverse=True))
    hundred, thousand = _HUNDRED[norwegian], _THOUSAND[norwegian]
    a = "(?:ett |et |en )?" if norwegian else "(?:a |one )?"
    return rf"(?:{small}) {hundred}|{a}{hundred}|{a}{thousand}|{small}"


def value_of(said: str) -> float | None:
    """The number that figures or words stand for; None for what is none.

    Groups of three figures are thousands in both languages ("1,200", "1.200", "1 200"); any other comma or point is
    the decimal one.
    """
    if said[0].isdecimal():
        bare = re.sub(r"[ \u00a0\u202f'’]", "", said)
        if re.fullmatch(r"[1-9]\d{0,2}(?:[.,]\d{3})+(?:[.,]\d{1,2})?", bare):
            tail = re.search(r"[.,]\d{1,2}$", bare)
            whole = bare[: tail.start()] if tail else bare
            bare = re.sub(r"[.,]", "", whole) + (tail.group().replace(",", ".") if tail else "")
        bare = bare.replace(",", ".")
        return float(bare) if bare.count(".") < 2 else None
    words = said.lower().split()
    value = float(_ALL.get(words[0], 1))
    if words[-1] in _HUNDRED.values():
        return value * 100
    if words[-1] in _THOUSAND.values():
        return value * 1000
    return float(_ALL[words[0]]) if words[0] in _ALL else None


_COUNTS = {
    **{word: number for word, number in _ALL.items() if 0 < number <= 20},
    **dict.fromkeys(("one", "a", "an", "en", "ett", "et"), 1),
    **dict.fromkeys(("every", "hver", "hvert"), 1),
}
_ORDINALS = {
    **dict.fromkeys(("half", "other", "second", "andre", "annen", "annenhver"), 2),
    **dict.fromkeys(("third", "thirds", "tredje", "tredel", "tredeler", "tredjedel", "tredjedeler"), 3),
    **dict.fromkeys(("quarter", "quarters", "fourth", "fjerde", "fjerdedel", "fjerdedeler", "firedel"), 4),
    **dict.fromkeys(("fifth", "fifths", "femte", "femtedel", "femtedeler", "femdel"), 5),
    **dict.fromkeys(("tenth", "tenths", "tiende", "tidel", "tidels", "tiendedel", "tideler"), 10),
}
_COUNT = r"(?:\d{1,2}|" + "|".join(sorted(_COUNTS, key=len, reverse=True)) + ")"
_PART = (
    r"(?:thirds?|quarters?|fifths?|tenths?|tredeler|tredel|tredjedeler|tredjedel|fjerdedeler|fjerdedel|femtedeler|femtedel|"
    r"tideler|tidel)"
)


def _of_words(said: str) -> float | None:
    """Per cent of "9 out of 10", "tre av fire", "two thirds", "hver tredje"."""
    words = said.split()
    count, of = words[0], words[-1]
    above = float(count) if count.isdecimal() else float(_COUNTS.get(count, 0))
    below = float(of) if of.isdecimal() else float(_ORDINALS.get(of, 0) or _COUNTS.get(of, 0))
    return 100 * above / below if below and above <= below else None


FRACTIONS: Mapping[str, float | Callable[[str], float | None]] = {
    rf"{_COUNT} (?:out of|in|av|of) (?!the\b)(?:{_COUNT})": _of_words,
    rf"(?:a|one|two|three|four|en|to|tre|fire) {_PART}": _of_words,
    r"(?:every|hver|hvert) (?:other|second|third|fourth|fifth|tenth|andre|annen|tredje|fjerde|femte|tiende)": _of_words,
    r"halvparten|half|halve|halvt|en halv|half an|half a": 50,
}
"""Shares in words, by pattern: per cent, or what works it out. A share before a length of time is one of it."""

YEAR_AND_A_HALF = r"a year and a half|one and a half years|halvannet år|et og et halvt år|ett og et halvt år"
