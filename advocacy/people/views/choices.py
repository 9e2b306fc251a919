"""What the forms about people offer to choose from, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale, gettext

from advocacy.people import countries as known_countries
from advocacy.people import fields, roles, teams
from advocacy.web.house import reading
from advocacy.web.i18n import LANGUAGES, say


def locales() -> dict[str, str]:
    """Languages of the pages, each in its own words."""
    return dict(LANGUAGES)


def languages(also: Iterable[str] = ()) -> dict[str, str]:
    """Languages to post in, by name.

    Args:
        also: codes that must be among them, such as those a person has already.
    """
    codes = [*fields.OFFERED_LANGUAGES, *(code for code in also if code not in fields.OFFERED_LANGUAGES)]
    return {code: _language(code) for code in codes}


def time_zones() -> dict[str, str]:
    """Time zones, by name."""
    return {zone: zone.replace("_", " ").replace("/", " / ") for zone in fields.time_zones()}


def countries() -> dict[str, str]:
    """Countries by name, with "not known" first."""
    return {"": gettext("Not known"), **known_countries.names("nb" if str(get_locale()) == "nb" else "en")}


def team_options() -> dict[str, str]:
    """Teams by their path, with "no team" first; ids are words, as forms send them."""
    return {"": gettext("No team"), **{str(team_id): path for team_id, path in teams.options(reading())}}


def special_roles() -> dict[str, str]:
    """The roles beside advocate, each with what it means."""
    return {role.value: f"{say(roles.LABELS[role])}: {say(meaning)}" for role, meaning in roles.MEANINGS.items()}


def role_filter() -> dict[str, str]:
    """The roles beside advocate, for a filter."""
    return {"": gettext("Any role"), **{role.value: say(roles.LABELS[role]) for role in roles.MEANINGS}}


def team_id(chosen: str | None) -> int | None:
    """The team that a form names; None for none. What is no number counts as a team that is not there."""
    if not chosen:
        return None
    return int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0


def zone_guess(locale: str) -> str:
    """A first guess at a time zone where the browser's script does not tell."""
    return {"nb": "Europe/Oslo"}.get(locale, "UTC")


def _language(code: str) -> str:
    try:
        name = Locale.parse(code, sep="-").get_display_name(str(get_locale() or "en"))
    except (UnknownLocaleError, ValueError):
        return code
    return f"{name[:1].upper()}{name[1:]}" if name else code
