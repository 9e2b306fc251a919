"""Days, months, years and times of day in a text, and when two of them agree."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar jan",
            "february februar feb",
            "march mars mar",
            "april apr",
            "may mai",
            "june juni jun",
            "july juli jul",
            "august aug",
            "september sept sep",
            "october oktober oct okt",
            "november nov",
            "december desember dec des",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mandag",
            "tuesday tirsdag",
            "wednesday onsdag",
            "thursday torsdag",
            "friday fredag",
            "saturday lørdag",
            "sunday søndag",
        )
    )
    for name in names.split()
}
_HOURS = {
    word: number
    for number, words in enumerate(
        ("ett one", "to two", "tre three", "fire four", "fem five", "seks six", "sju syv seven", "åtte eight"),
        start=1,
    )
    for word in words.split()
} | {"ni": 9, "nine": 9, "ti": 10, "ten": 10, "elleve": 11, "eleven": 11, "tolv": 12, "twelve": 12}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_LONG_MONTH = "|".join(sorted((name for name in _MONTHS if len(name) > 3 and name != "mars"), key=len, reverse=True))
_DAY_NAME = "|".join(_WEEKDAYS)


def _lead(number: int) -> str:
    """The weekday before a date, if any."""
    return rf"(?:(?P<weekday{number}>{_DAY_NAME})s?,?[ ](?:(?:the|den)[ ])?)?"


_DATE = re.compile(
    rf"""\b(?:
    (?P<iso>\d{{4}}-\d{{2}}-\d{{2}})
    |{_lead(1)}(?P<dotted>\d{{1,2}}\.\d{{1,2}}\.(?:\d{{4}}|\d{{2}}))(?!\d)
    |{_lead(2)}(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[ ](?:of[ ])?(?P<month>{_MONTH})\b\.?(?:,?[ ](?P<year>\d{{4}})\b)?
    |{_lead(3)}(?P<month2>{_MONTH})[ ](?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,:]\d)(?:,?[ ](?P<year2>\d{{4}})\b)?
    |(?P<month3>{_LONG_MONTH}|mars|may|mai)[ ](?P<year3>\d{{4}})\b
    |(?<![\d/.,])(?P<slashed>\d{{1,2}}/\d{{1,2}})(?![\d/%])
    |(?P<month4>{_LONG_MONTH})\b
    |(?:i|in|fra|from|til|until|by|innen|since|siden)[ ](?P<month5>mars|mai|may)\b
    |(?P<weekday4>{_DAY_NAME})s?\b
    |(?<![\d.,/-])(?P<only_year>(?:19|20)\d{{2}})(?![\d/]|[.,]\d|[ \u00a0]?(?:%|kr\b|nok\b|per[ ]?cent|prosent|million|mill\b|people|employees|ansatte|kunder|customers))
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_TIME = re.compile(
    rf"""(?<![\d.,])(?:
    (?P<hour>\d{{1,2}})(?:[:.](?P<minute>\d{{2}}))?[ \u00a0]?(?P<half>[ap])\.?m\b\.?
    |\b(?:kl\.?|klokka|klokken)[ \u00a0]?(?P<hour2>\d{{1,2}}|{"|".join(_HOURS)})(?:[:.](?P<minute2>\d{{2}}))?\b
    |(?P<hour3>\d{{1,2}}):(?P<minute3>\d{{2}})(?![\d:])
    |(?P<hour4>\d{{1,2}}|{"|".join(_HOURS)})[ ]o['’]clock\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class Date:
    """A moment as far as the text says it; what it leaves open is None.

    Args:
        start: of the quote.
        end: of the quote.
        quote: as it stands there.
        year: with four digits.
        month: 1 to 12.
        day: 1 to 31.
        weekday: 0 is Monday.
        minute: of the day, of a time.
        by_twelve: whether the time may as well mean twelve hours later.
    """

    start: int
    end: int
    quote: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    minute: int | None = None
    by_twelve: bool = False

    @property
    def parts(self) -> tuple[int | None, ...]:
        """Year, month, day and weekday."""
        return self.year, self.month, self.day, self.weekday

    @property
    def is_time(self) -> bool:
        """Whether it is a time of day."""
        return self.minute is not None

    @property
    def is_year(self) -> bool:
        """Whether it is a year and no more."""
        return self.year is not None and self.month is None


def find(text: str, *, norwegian: bool) -> list[Date]:
    """Every date and time of day, in its order.

    Args:
        text: to look through.
        norwegian: whether "to" is a number, and 3/7 the third of July.
    """
    found = [one for match in _TIME.finditer(text) if (one := _time(match)) is not None]
    taken = [(one.start, one.end) for one in found]
    for match in _DATE.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        one = _date(match, norwegian=norwegian)
        if one is not None:
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def agree(one: Date, other: Date) -> bool:
    """Whether both may be the same moment: nothing that both say differs, and they have something in common."""
    if one.minute is not None and other.minute is not None:
        apart = abs(one.minute - other.minute)
        return apart == 0 or (apart == 720 and (one.by_twelve or other.by_twelve))
    shared = [(a, b) for a, b in zip(one.parts, other.parts, strict=True) if a is not None and b is not None]
    return bool(shared) and all(a == b for a, b in shared)


def common(one: Date, other: Date) -> int:
    """How many parts both say and say alike."""
    return sum(a is not None and a == b for a, b in zip(one.parts, other.parts, strict=True))


def comparable(one: Date, other: Date) -> bool:
    """Whether one could stand in the other's place: times with times, years with years, days with days."""
    return (one.is_time, one.is_year) == (other.is_time, other.is_year)


def _time(match: re.Match[str]) -> Date | None:
    said = match.groupdict()
    word = said["hour"] or said["hour2"] or said["hour3"] or said["hour4"]
    hour = _HOURS.get(word.lower(), 0) if not word.isdecimal() else int(word)
    minute = int(said["minute"] or said["minute2"] or said["minute3"] or 0)
    if hour > 24 or minute > 59:
        return None
    by_twelve = not word.isdecimal() or said["hour4"] is not None
    if said["half"]:
        hour = hour % 12 + (12 if said["half"].lower() == "p" else 0)
    return Date(match.start(), match.end(), match.group(), minute=hour * 60 + minute, by_twelve=by_twelve)


def _date(match: re.Match[str], *, norwegian: bool) -> Date | None:
    said = {name: value for name, value in match.groupdict().items() if value}
    year = month = day = None
    if "iso" in said:
        year, month, day = (int(part) for part in said["iso"].split("-"))
    elif "dotted" in said:
        day, month, year = (int(part) for part in said["dotted"].split("."))
        year += 2000 if year < 100 else 0
    elif "slashed" in said:
        first, second = (int(part) for part in said["slashed"].split("/"))
        if not norwegian or said["slashed"] == "24/7":
            return None  # a fraction, or which way round nobody can say
        day, month = first, second
    else:
        names = ("month", "month2", "month3", "month4", "month5")
        month = next((_MONTHS[said[one].lower()] for one in names if one in said), None)
        day = next((int(said[one]) for one in ("day", "day2") if one in said), None)
        year = next((int(said[one]) for one in ("year", "year2", "year3", "only_year") if one in said), None)
    weekday = next(
        (_WEEKDAYS[said[one].lower()] for one in ("weekday1", "weekday2", "weekday3", "weekday4") if one in said),
        None,
    )
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return None
    return Date(match.start(), match.end(), match.group(), year, month, day, weekday)
