"""What the words beside a number say of it: how exactly it is meant, how often it counts, up or down."""

from __future__ import annotations

import re

from advocacy.library.alignment.words import stem

ABOUT = re.compile(
    r"(?:(?P<about>about|around|almost|nearly|close to|some|roughly|approximately|circa|ca\.?|om lag|omtrent|omkring|rundt|nesten|nærmere|cirka|bortimot|drøyt)"
    r"|(?P<over>over|more than|at least|well over|mer enn|minst|flere enn|godt over)"
    r"|(?P<under>under|below|less than|fewer than|up to|at most|mindre enn|færre enn|inntil|opptil|opp til|maks))"
    r"[ \u00a0]+(?:the |de |en |a )?$",
    re.IGNORECASE,
)
_NEXT_WORD = re.compile(r"[\s*_]*(?:(?:new|nye|of our|of the|av våre|av|of)\s+)?([^\W\d_]{2,})")
_PERIODS = {
    **dict.fromkeys(("minute", "minutt", "minuttet"), "minute"),
    **dict.fromkeys(("hour", "time", "timen"), "hour"),
    **dict.fromkeys(("day", "dag", "dagen", "døgn", "døgnet"), "day"),
    **dict.fromkeys(("week", "uke", "uka", "uken"), "week"),
    **dict.fromkeys(("month", "måned", "måneden"), "month"),
    **dict.fromkeys(("year", "år", "året"), "year"),
}
_RATE = re.compile(
    rf"[^.!?;,\d\n]{{0,40}}?\b(?:a|an|per|each|every|i|hver|hvert|om)[ \u00a0](?:eneste )?(?P<period>{'|'.join(_PERIODS)})\b",
    re.IGNORECASE,
)
_UP = (
    "rose rise rises risen grew grow grows grown up increase increases increased higher more gained "
    "økte øker økt opp steg stiger vokste vokser høyere økning mer flere"
)
_DOWN = (
    "fell fall falls fallen down cut cuts reduce reduces reduced decrease decreased dropped drop less lower fewer saves saved "
    "ned falt faller sank synker kutter kuttet kutt reduserer redusert reduserte lavere mindre færre"
)
_TRENDS = {**dict.fromkeys(_UP.split(), 1), **dict.fromkeys(_DOWN.split(), -1)}
_CLAUSE = re.compile(r"[.!?;:,\n]|\b(?:and|while|but|og|mens|men)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


def about(text: str, start: int) -> str:
    """ "about", "over" or "under" where a word before the number says so; "" for exactly."""
    found = ABOUT.search(text[max(0, start - 24) : start])
    return str(found.lastgroup) if found else ""


def noun(text: str, end: int) -> str:
    """Stem of the word after the number: what is counted; "" where none follows."""
    found = _NEXT_WORD.match(text, end)
    return stem(found[1]) if found else ""


def rate(text: str, end: int) -> str:
    """How often a number counts: "year" for "48 tonnes a year"; "" where nothing is said."""
    found = _RATE.match(text, end)
    return _PERIODS[found["period"].lower()] if found else ""


def trend(text: str, start: int, end: int) -> int:
    """1 where the words of its clause say that it went up by so much, -1 for down, 0 where they do not tell."""
    before = text[max(0, start - 80) : start]
    cuts = [cut.end() for cut in _CLAUSE.finditer(before)]
    said = [word.lower() for word in _WORD.findall(before[cuts[-1] :] if cuts else before)]
    told = [_TRENDS[word] for word in said if word in _TRENDS]
    if told:
        return told[-1]
    after = _WORD.findall(_CLAUSE.split(text[end : end + 40], maxsplit=1)[0])[:2]
    return next((_TRENDS[word.lower()] for word in after if word.lower() in _TRENDS), 0)
