"""How figures, days and networks are said to this reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import format_date, format_decimal, format_percent, get_locale, gettext

from advocacy.base.text import Text
from advocacy.insights import saved_views
from advocacy.insights.periods import Bucket, Period, Span, Step, step_of
from advocacy.people import countries
from advocacy.sharing.networks import Networks
from advocacy.web.house import house
from advocacy.web.i18n import say

PERIODS = {
    Period.WEEK: Text("Last 7 days"),
    Period.MONTH: Text("Last 30 days"),
    Period.SEASON: Text("Last 90 days"),
    Period.THIS_MONTH: Text("This month"),
    Period.THIS_QUARTER: Text("This quarter"),
    Period.THIS_YEAR: Text("This year"),
    Period.OWN: Text("Days of my choice"),
}
DAY, SHORT = "d MMM y", "d MMM"
"""As days stand on every page, and without their year."""
MANY = 20
"""From this many on a change is told in per cent; below that a per cent sounds like more than it is."""


@dataclass(frozen=True)
class Change:
    """How a figure moved since the period before.

    Args:
        text: such as "+18%".
        tone: of its badge.
    """

    text: str
    tone: str


def change(now: int | None, before: int | None) -> Change | None:
    """How a figure moved; None where one of the two is not known or both are 0."""
    if now is None or before is None or not (now or before):
        return None
    if now == before:
        return Change(gettext("no change"), "neutral")
    sign = "+" if now > before else "−"
    if before >= MANY:
        share = abs(now - before) / before
        if share < 0.005:
            return Change(gettext("no change"), "neutral")
        text = format_percent(share)
    else:
        text = format_decimal(abs(now - before))
    return Change(sign + text, "success" if now > before else "warning")


def days(span: Span) -> str:
    """Days as a reader says them, such as "1 Mar – 15 Mar 2026"."""
    last = format_date(span.last, DAY)
    if span.first == span.last:
        return str(last)
    return f"{format_date(span.first, SHORT if span.first.year == span.last.year else DAY)} – {last}"


def point(bucket: Bucket, span: Span) -> str:
    """What stands under a point of a chart."""
    return str(format_date(bucket.first, "MMM y" if step_of(span) is Step.MONTH else SHORT))


def month_name(month: Span) -> str:
    """A month as a reader says it, such as "March 2026"."""
    return str(format_date(month.first, "LLLL y"))


def step(span: Span) -> str:
    """What a point of a chart is."""
    names = {Step.DAY: gettext("Day"), Step.WEEK: gettext("Week from"), Step.MONTH: gettext("Month")}
    return str(names[step_of(span)])


def network(name: str) -> str:
    """A way out, as people call it."""
    return say(house().part(Networks).label(name))


def network_key(name: str) -> str:
    """What its symbol is called; its bare name for a network that has gone to sleep since."""
    return next((one.icon for one in house().part(Networks).all() if one.name == name), name.removesuffix("_link"))


def network_choices() -> list[tuple[str, str]]:
    """Every way out that is awake."""
    return [(one.name, say(one.label)) for one in house().part(Networks).all()]


def period_choices() -> list[tuple[str, str]]:
    """Every period."""
    return [(period.value, say(text)) for period, text in PERIODS.items()]


def country_name(code: str) -> str:
    """A country in this reader's language; its two letters where it has no name there."""
    return countries.names("nb" if str(get_locale()) == "nb" else "en").get(code, code)


SAVED_PAGES = {
    "overview": "insights.index",
    "summary": "insights.summary",
    "items": "insight_items.index",
    "sources": "insight_items.sources",
    "posts": "insight_rows.posts",
    "clicks": "insight_rows.clicks",
    "readings": "insight_rows.readings",
    "teams": "insight_teams.index",
}
"""Where each page of `saved_views.PAGES` is."""


def save_this() -> str:
    """Where the filters of the page that is shown are given a name; "" on pages without any."""
    page = next((name for name, endpoint in SAVED_PAGES.items() if endpoint == request.endpoint), None)
    if page is None:
        return ""
    kept: dict[str, Any] = {name: request.args[name] for name in saved_views.PAGES[page] if request.args.get(name)}
    return url_for("insight_views.new", page=page, **kept)


WORDS = {
    "country_name": country_name,
    "save_this": save_this,
    "change": change,
    "days": days,
    "point": point,
    "step": step,
    "month_name": month_name,
    "network": network,
    "network_key": network_key,
    "network_choices": network_choices,
    "period_choices": period_choices,
}
"""What templates of this area are given."""
