"""Numbers in a text, in figures and in words: amounts, shares, sums of money, lengths of time."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, replace

from advocacy.library.alignment import number_context
from advocacy.library.alignment.number_words import FRACTIONS, LARGE, YEAR_AND_A_HALF, value_of, word_pattern


class Measure(enum.StrEnum):
    """What a number measures, as far as its words tell."""

    PLAIN = "plain"
    SHARE = "share"
    """Per cent of something."""
    POINTS = "points"
    """Percentage points."""
    MONEY = "money"
    MINUTES = "minutes"
    MONTHS = "months"
    """Lengths of time that are told in months or years; years are twelve of them."""


@dataclass(frozen=True)
class Number:
    """A number in a text.

    Args:
        start: of the quote.
        end: of the quote.
        quote: as it stands there, with what it counts in.
        value: in per cent, minutes or months for such measures.
        measure: what it measures.
        currency: ISO code of a sum of money; "" for other numbers.
        about: "about", "over" or "under" where a word beside it says so; "" for exactly.
        noun: stem of the word after it: what is counted.
        is_fraction: "half", "one in five": a share that is rounded by nature.
        is_list: "3 reasons": the writer counts their own points, not the world.
        rate: how often it counts: "year" for "48 tonnes a year"; "" where nothing is said.
        trend: 1 where it went up by so much, -1 for down, 0 where the words do not tell.
    """

    start: int
    end: int
    quote: str
    value: float
    measure: Measure
    currency: str = ""
    about: str = ""
    noun: str = ""
    is_fraction: bool = False
    is_list: bool = False
    rate: str = ""
    trend: int = 0


_CURRENCIES = {
    **dict.fromkeys(("nok", "kr", "kroner", "krone", "kronor", ",-"), "NOK"),
    **dict.fromkeys(("eur", "€", "euro", "euros"), "EUR"),
    **dict.fromkeys(("usd", "$", "dollar", "dollars", "us$"), "USD"),
    **dict.fromkeys(("gbp", "£", "pound", "pounds", "pund"), "GBP"),
    **dict.fromkeys(("sek", "svenske kroner"), "SEK"),
    **dict.fromkeys(("dkk", "danske kroner"), "DKK"),
    **dict.fromkeys(("chf",), "CHF"),
}
_MINUTES = {"minute": 1, "minutt": 1, "hour": 60, "time": 60, "day": 1440, "dag": 1440, "døgn": 1440, "week": 10080}
_MINUTES |= {"uke": 10080}
_MONTHS = {"month": 1, "måned": 1, "year": 12, "år": 12}
_LIST_OF = frozenset(
    [
        "reason",
        "thing",
        "tip",
        "way",
        "lesson",
        "question",
        "grunn",
        "ting",
        "tips",
        "måte",
        "råd",
        "spørs",
        "lærdo",
        "step",
        "steg",
        "fakta",
        "fact",
    ]
)
_SPACE = "[ \u00a0\u202f]"
_FIGURES = rf"\d{{1,3}}(?:(?:{_SPACE}|[.,'’])\d{{3}})+(?!\d)(?:[.,]\d{{1,2}}(?!\d))?|\d+(?:[.,]\d+)?"
_SCALE = "|".join(sorted((re.escape(one) for one in LARGE), key=len, reverse=True))
_BEFORE = r"nok|eur|usd|gbp|sek|dkk|chf|us\$|kr\.?|[€$£]"
_AFTER = r"svenske kroner|danske kroner|kroner|kronor|krone|kr\b|nok|eur\b|euros?|usd|dollars?|gbp|pounds?|pund|sek|dkk|chf|[€$£]|,-"
_LENGTH = r"minutes?|minutters?|minutt|hours?|timers?|time\b|days?|dager|dag\b|døgn|weeks?|ukers?|uke\b|months?|måneder|måned|years?|år\b"
_UNIT = rf"(?P<points>percentage points?|prosentpoeng)|(?P<share>%|per ?cent|prosent|pst\.?\b)|(?P<currency>{_AFTER})|(?P<length>{_LENGTH})"


def _pattern(*, norwegian: bool) -> re.Pattern[str]:
    said = word_pattern(norwegian=norwegian)
    figures = rf"(?<![\w.,/]){_FIGURES}|\b(?:{said})\b"
    return re.compile(
        rf"(?P<long>\b(?:{YEAR_AND_A_HALF})\b)"
        rf"|(?P<fraction>\b(?:{'|'.join(FRACTIONS)})\b(?:{_SPACE}(?P<fraction_length>{_LENGTH}))?)"
        rf"|(?:(?P<code>{_BEFORE}){_SPACE}?)?(?P<figures>{figures})"
        rf"(?:{_SPACE}?(?P<scale>{_SCALE})(?![^\W\d_])\.?)?(?:(?:{_SPACE}|-)?(?:{_UNIT})(?![^\W\d_]))?",
        re.IGNORECASE,
    )


_PATTERNS = {norwegian: _pattern(norwegian=norwegian) for norwegian in (False, True)}
_RANGE = re.compile(r"[ \u00a0]*(?:to|til|and|og|[-–])[ \u00a0]*(?:(?:now|nå)[ \u00a0])?", re.IGNORECASE)
_AGE = re.compile(r"[ \u00a0](?:old|of age|gammel|gamle)\b", re.IGNORECASE)


def find(text: str, *, norwegian: bool) -> list[Number]:
    """Every number, in its order. Dates and addresses have to be blotted out before.

    Args:
        text: to look through.
        norwegian: in which language numbers in words are looked for; figures and units are read in both.
    """
    found = []
    for match in _PATTERNS[norwegian].finditer(text):
        if match["long"]:
            one: Number | None = Number(*match.span(), match.group(), 18, Measure.MONTHS)
        else:
            one = _fraction(match) if match["fraction"] else _number(match, text)
        if one is not None:
            found.append(_placed(one, text))
    return _ranges(found, text)


def agree(one: Number, other: Number) -> bool:
    """Whether both may say the same: equal, rounded, or what "almost" and "more than" leave open."""
    if one.measure is not other.measure and Measure.PLAIN not in (one.measure, other.measure):
        return False
    if one.currency and other.currency and one.currency != other.currency:
        return False
    if one.measure is not other.measure and (one.measure is Measure.SHARE or other.measure is Measure.SHARE):
        return False
    if (one.rate and other.rate and one.rate != other.rate) or one.trend * other.trend < 0:
        return False
    if one.about and one.about == other.about and one.about != "about":
        return is_rounded(one.value, other.value) or is_rounded(other.value, one.value)
    return _near(one, other) or _near(other, one)


def is_rounded(rough: float, exact: float) -> bool:
    """Whether a figure is an exact one, rounded: 15 for 15.2, 2,000 for 1,983."""
    if rough == exact:
        return True
    apart = abs(rough - exact) / max(abs(exact), 1e-9)
    if rough == int(rough) and exact != int(exact) and rough == round(exact):
        return apart <= 0.06
    return rough >= 100 and rough % 10 == 0 and exact % 10 != 0 and apart <= 0.015


def _near(rough: Number, exact: Number) -> bool:
    if rough.is_fraction and abs(rough.value - exact.value) <= 1:
        return True
    if is_rounded(rough.value, exact.value):
        return True
    if rough.about == "about":
        return abs(rough.value - exact.value) <= 0.06 * abs(exact.value)
    if rough.about == "over":
        return rough.value <= exact.value <= rough.value * 1.45
    if rough.about == "under":
        return exact.value <= rough.value <= exact.value * 1.45
    return False


def _fraction(match: re.Match[str]) -> Number | None:
    words = re.sub(r"\s+", " ", match["fraction"].lower())
    length = match["fraction_length"]
    said = words.removesuffix(f" {length.lower()}") if length else words
    value = next((share for pattern, share in FRACTIONS.items() if re.fullmatch(pattern, said)), None)
    if callable(value):
        value = value(said)
    if value is None:
        return None
    if length:
        measure, size = _length(length)
        return Number(*match.span(), match.group(), value / 100 * size, measure)
    return Number(*match.span(), match.group(), value, Measure.SHARE, is_fraction=True)


def _number(match: re.Match[str], text: str) -> Number | None:
    value = value_of(match["figures"])
    if value is None:
        return None
    if match["scale"]:
        value *= LARGE[match["scale"].lower()]
    currency = _CURRENCIES.get((match["code"] or match["currency"] or "").lower().rstrip("."), "")
    measure = Measure.MONEY if currency else Measure.PLAIN
    if match["share"]:
        measure = Measure.SHARE
    elif match["points"]:
        measure = Measure.POINTS
    elif match["length"] and not currency and not _AGE.match(text, match.end()):
        measure, size = _length(match["length"])
        value *= size
    noun = number_context.noun(text, match.end())
    return Number(
        *match.span(),
        match.group(),
        round(value, 6),
        measure,
        currency,
        noun=noun,
        is_list=measure is Measure.PLAIN and noun in _LIST_OF,
    )


def _length(unit: str) -> tuple[Measure, int]:
    bare = unit.lower()
    for sizes, measure in ((_MINUTES, Measure.MINUTES), (_MONTHS, Measure.MONTHS)):
        for name, size in sizes.items():
            if bare.startswith(name):
                return measure, size
    return Measure.PLAIN, 1


def _placed(one: Number, text: str) -> Number:
    """The number with what the words beside it say."""
    return replace(
        one,
        about=number_context.about(text, one.start),
        rate=number_context.rate(text, one.end),
        trend=number_context.trend(text, one.start, one.end)
        if one.measure in (Measure.SHARE, Measure.POINTS) and not one.is_fraction
        else 0,
    )


def _ranges(found: list[Number], text: str) -> list[Number]:
    """In "from 91 to 96 per cent" the first is per cent too; in "1.1 to 1.4 billion" a billion."""
    whole = list(found)
    for place in range(len(found) - 2, -1, -1):
        one, after = whole[place], whole[place + 1]
        if one.measure is not Measure.PLAIN or after.measure not in (Measure.SHARE, Measure.MONEY):
            continue
        if _RANGE.fullmatch(text, one.end, after.start):
            scale = next((size for size in (1e9, 1e6) if after.value >= size > one.value), 1)
            whole[place] = replace(one, value=one.value * scale, measure=after.measure, currency=after.currency)
    return whole
