"""Languages: which one this person reads, and how words, moments and numbers are put into it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask, request, session
from flask_babel import (
    Babel,
    format_currency,
    format_date,
    format_datetime,
    format_decimal,
    format_percent,
    format_timedelta,
    get_locale,
    gettext,
)
from flask_login import current_user

from advocacy.web.house import house

JUST_NOW = 10
"""Seconds that nobody needs counted."""
MONEY = "¤¤\xa0#,##0.00"
"""The currency by its three letters, whatever the language."""
LANGUAGES = {"en": "English", "nb": "Norsk bokmål"}


class Sayable(Protocol):
    """A template with named places: `base.text.Text`, or a connector's own."""

    @property
    def template(self) -> str: ...
    @property
    def params(self) -> Any: ...


def say(text: Sayable | None) -> str:
    """A sentence in this person's language; "" for None."""
    if text is None:
        return ""
    params = {name: say(value) if hasattr(value, "template") else value for name, value in dict(text.params).items()}
    return str(gettext(text.template)).format(**params)


def say_kept(kept: dict[str, Any] | None) -> str:
    """A sentence that was kept as JSON, in this person's language; "" for None."""
    if not kept:
        return ""
    return str(gettext(kept["template"])).format(**kept["params"])


def choose_locale() -> str:
    """The person's own choice, else this browser's, else its Accept-Language header, else English."""
    if current_user and current_user.is_authenticated:
        return current_user.locale if current_user.locale in LANGUAGES else "en"
    chosen = session.get("locale")
    if chosen in LANGUAGES:
        return str(chosen)
    for wanted in request.accept_languages.values():
        short = wanted.replace("_", "-").split("-")[0].lower()
        if short in ("nb", "no", "nn"):
            return "nb"
        if short in LANGUAGES:
            return short
    return "en"


def choose_zone() -> str:
    """The person's own time zone."""
    if current_user and current_user.is_authenticated:
        try:
            ZoneInfo(current_user.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return "UTC"
        return str(current_user.time_zone)
    return "UTC"


PATTERNS = {"en": "d MMM y, HH:mm", "nb": "d. MMM y, HH:mm"}
"""Moments without seconds, with the day before the month and 24 hours in both languages."""


def moment(value: datetime | None) -> str:
    """A date and time in the person's zone, such as "23 Nov 2026, 14:05"; "" for None."""
    return "" if value is None else str(format_datetime(value, PATTERNS.get(str(get_locale()), PATTERNS["en"])))


NEAR_PATTERNS = {"en": "EEE d MMM, HH:mm", "nb": "EEE d. MMM, HH:mm"}
"""Moments of the next days: the weekday says more than the year."""


def weekday_time(value: datetime) -> str:
    """A near moment in the person's zone, such as "Tue 24 Nov, 09:15"."""
    return str(format_datetime(value, NEAR_PATTERNS.get(str(get_locale()), NEAR_PATTERNS["en"])))


def ago(value: datetime | None) -> str:
    """How long ago or ahead a moment is, in words."""
    if value is None:
        return ""
    away = value - house().clock.now()
    if abs(away.total_seconds()) < JUST_NOW:
        return str(gettext("just now"))
    return str(format_timedelta(away, granularity="second", add_direction=True))


def set_up(app: Flask) -> None:
    """Sets the languages up and gives templates their filters."""
    Babel(
        app,
        default_locale="en",
        default_translation_directories=str(app.config["TRANSLATIONS"]),
        locale_selector=choose_locale,
        timezone_selector=choose_zone,
    )
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.filters.update(
        say=say,
        say_kept=say_kept,
        moment=moment,
        weekday_time=weekday_time,
        ago=ago,
        day=lambda value: "" if value is None else format_date(value, "d MMM y"),
        number=lambda value: "" if value is None else format_decimal(value),
        money=lambda hundredths, currency: format_currency(Decimal(hundredths) / 100, currency, MONEY),
        percent=lambda value: "" if value is None else format_percent(value),
    )
    app.jinja_env.globals.update(languages=LANGUAGES)

    @app.context_processor
    def locale() -> dict[str, str]:
        return {"locale": str(get_locale() or "en").replace("_", "-")}
