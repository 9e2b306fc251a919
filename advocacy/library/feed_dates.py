"""Reads the dates of feeds, also those written in the language of the newspaper."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

# First three letters of the months in Danish, Dutch, English, French, German, Italian, Norwegian, Portuguese,
# Spanish and Swedish, without accents. They contradict each other nowhere but in "mai"/"mar", which agree.
_MONTHS = {
    "jan": 1, "ene": 1, "gen": 1, "feb": 2, "fev": 2, "mar": 3, "mrt": 3, "maa": 3, "apr": 4, "abr": 4, "avr": 4,
    "may": 5, "mai": 5, "maj": 5, "mei": 5, "mag": 5, "jun": 6, "giu": 6, "jul": 7, "lug": 7, "aug": 8, "ago": 8,
    "aou": 8, "sep": 9, "set": 9, "oct": 10, "out": 10, "okt": 10, "ott": 10, "nov": 11, "dec": 12, "dez": 12,
    "des": 12, "dic": 12,
}  # fmt: skip
_ACCENTS = str.maketrans("éèêûùúäåç", "eeeuuuaac")
_JUIN_JUILLET = {"juin": 6, "juil": 7}
_DATE = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?(\d{1,2})\.?\s+(?:de\s+)?([^\W\d]{3,12})\.?\s+(?:de\s+)?(\d{4})"
    r"(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*(.*)"
)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2}


def moment(text: str) -> datetime | None:
    """When that is, in UTC, or None when it cannot be told.

    Args:
        text: as in RFC 3339 or RFC 5322, or the latter with the month in one of ten languages. Without a zone it is
            taken for UTC.
    """
    given = text.strip()[:100]
    for read in (_as_iso, _as_mail, _as_newspaper):
        try:
            found = read(given)
            if found is not None:
                return plausible(found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC))
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def plausible(found: datetime) -> datetime | None:
    """That moment if something can have been published then, else None (feeds also say 1970-01-01 or 9999)."""
    return found if 1971 <= found.year <= 2200 else None


def _as_iso(given: str) -> datetime | None:
    return datetime.fromisoformat(given) if re.match(r"\d{4}-\d{2}-\d{2}", given) else None


def _as_mail(given: str) -> datetime | None:
    return parsedate_to_datetime(given)


def _as_newspaper(given: str) -> datetime | None:
    found = _DATE.fullmatch(given)
    if found is None:
        return None
    name = found[2].lower().translate(_ACCENTS)
    month = _JUIN_JUILLET.get(name[:4]) or _MONTHS[name[:3]] if name[:3] in {*_MONTHS, "jui"} else 0
    hour, minute, second = (int(part or 0) for part in found.group(4, 5, 6))
    return datetime(int(found[3]), month, int(found[1]), hour, minute, second, tzinfo=_zone(found[7].strip()))


def _zone(name: str) -> timezone:
    offset = _OFFSET.match(name)
    if offset:
        away = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(-away if offset[1] == "-" else away)
    return timezone(timedelta(hours=_ZONES.get(name.upper(), 0)))
