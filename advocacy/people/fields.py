"""What may stand in a person's fields: each rule once, for forms, files and invitations alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from zoneinfo import available_timezones

from advocacy.base.errors import Invalid
from advocacy.base.text import Text

# Not the whole of RFC 5321: no quoted names, no address literals. Names inside a company (`.local`) are fine.
_EMAIL = re.compile(
    r"(?P<name>[^\s@<>()\[\],;:\\\"]{1,64})@(?P<domain>[^\W_](?:[\w-]{0,61}[^\W_])?(?:\.[^\W_](?:[\w-]{0,61}[^\W_])?)*)"
)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
_LANGUAGE_NAMES = {
    "english": "en",
    "engelsk": "en",
    "norwegian": "nb",
    "norsk": "nb",
    "bokmål": "nb",
    "no": "nb",
    "nynorsk": "nn",
    "swedish": "sv",
    "svenska": "sv",
    "svensk": "sv",
    "danish": "da",
    "dansk": "da",
    "german": "de",
    "deutsch": "de",
    "tysk": "de",
    "french": "fr",
    "fransk": "fr",
    "spanish": "es",
    "spansk": "es",
    "finnish": "fi",
    "finsk": "fi",
    "polish": "pl",
    "polsk": "pl",
}


def email(typed: str) -> str:
    """An address as it is kept: in lower case.

    Raises:
        Invalid: on field `email`.
    """
    kept = unicodedata.normalize("NFC", typed.strip()).lower()
    found = _EMAIL.fullmatch(kept)
    if (
        found is None
        or len(kept) > 254
        or ".." in kept
        or found["name"].startswith(".")
        or found["name"].endswith(".")
    ):
        raise Invalid("email", Text("This does not look like an e-mail address. It should be like name@example.com."))
    if not kept.isprintable():
        raise Invalid("email", Text("The address holds signs that cannot be seen. Please type it anew."))
    return kept


def name(typed: str) -> str:
    """A person's name, blanks tidied.

    Raises:
        Invalid: on field `name`.
    """
    kept = _tidy(typed)
    if not kept:
        raise Invalid("name", Text("Please write the name."))
    if len(kept) > 120:
        raise Invalid("name", Text("Please keep the name below {count} characters.", count=120))
    if kept.startswith(("=", "+", "@")):
        raise Invalid("name", Text("The name begins with “{sign}”, which no name does.", sign=kept[0]))
    return kept


def short(field: str, typed: str, *, most: int) -> str:
    """A short line such as a job title or a location, blanks tidied; may be empty.

    Raises:
        Invalid: on `field`.
    """
    kept = _tidy(typed)
    if len(kept) > most:
        raise Invalid(field, Text("Please keep this below {count} characters.", count=most))
    return kept


def languages(typed: Iterable[str]) -> list[str]:
    """Languages a person posts in, as BCP 47 codes, preferred first; never empty.

    Raises:
        Invalid: on field `languages`.
    """
    kept: list[str] = []
    for word in typed:
        bare = word.strip().replace("_", "-")
        code = _LANGUAGE_NAMES.get(bare.casefold(), bare[:3].lower() + bare[3:])
        if not _LANGUAGE.fullmatch(code):
            raise Invalid(
                "languages",
                Text("“{word}” is not a language we know. Use codes such as en, nb or de.", word=bare[:40]),
            )
        if code not in kept:
            kept.append(code)
    if len(kept) > 10:
        raise Invalid("languages", Text("Please choose at most {count} languages.", count=10))
    return kept or ["en"]


OFFERED_LANGUAGES = (
    *("en", "nb", "nn", "sv", "da", "fi", "is", "de", "nl", "fr", "es", "pt", "it", "pl", "cs"),
    *("lt", "lv", "et", "uk", "ro", "tr", "ar", "hi", "zh", "ja"),
)
"""What forms offer to post in; a list of people may name others."""


@cache
def time_zones() -> tuple[str, ...]:
    """Every time zone a person can choose, in order of the alphabet."""
    regions = ("Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/")
    more = ("Indian/", "Pacific/")
    return ("UTC", *sorted(zone for zone in available_timezones() if zone.startswith(regions + more)))


def time_zone(typed: str) -> str:
    """An IANA time zone; "" stays "" (not chosen).

    Raises:
        Invalid: on field `time_zone`.
    """
    kept = typed.strip().replace(" ", "_")
    if kept and kept not in time_zones():
        raise Invalid(
            "time_zone", Text("“{zone}” is not a time zone we know. Use one such as Europe/Oslo.", zone=typed[:60])
        )
    return kept


def split(cell: str) -> list[str]:
    """The words of a cell or field that lists several, however they are separated."""
    return [word for word in re.split(r"[,;/|\s]+", cell) if word]


def _tidy(typed: str) -> str:
    """Blanks made single, signs that cannot be seen (line breaks, direction marks) left out."""
    seen = "".join(sign if sign.isprintable() else " " for sign in unicodedata.normalize("NFC", typed))
    return " ".join(seen.split())
