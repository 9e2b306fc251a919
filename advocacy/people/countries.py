"""The countries people work in: by ISO 3166-1 code, and by what a list of people or a form calls them."""

from __future__ import annotations

from functools import cache

from babel import Locale

from advocacy.base.errors import Invalid
from advocacy.base.text import Text

_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
_ALSO = {"uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "usa": "US", "america": "US"}
_LANGUAGES = ("en", "nb")


def country(typed: str) -> str:
    """A country's two letters, from them or from its name in English or Norwegian; "" stays "" (not known).

    Raises:
        Invalid: on field `country`.
    """
    kept = " ".join(typed.split())
    code = kept.upper()
    if not kept or code in names("en"):
        return code
    found = _codes().get(kept.casefold())
    if found is None:
        raise Invalid(
            "country",
            Text(
                "“{country}” is not a country we know. Use its two letters, such as NO, or its name.",
                country=kept[:40],
            ),
        )
    return found


@cache
def names(language: str) -> dict[str, str]:
    """Every country by its code, in order of their names.

    Args:
        language: "en" or "nb".
    """
    told = Locale.parse(language).territories
    known = {
        code: name for code, name in told.items() if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    }
    return dict(sorted(known.items(), key=lambda pair: pair[1].casefold()))


@cache
def _codes() -> dict[str, str]:
    return {**{name.casefold(): code for one in _LANGUAGES for code, name in names(one).items()}, **_ALSO}
