"""What stands in the top bar and in the phone's dock, for this person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, request, session, url_for
from flask_babel import get_locale, lazy_gettext
from flask_login import current_user

from advocacy.people.models import Role
from advocacy.web.access import rule_of


@dataclass(frozen=True)
class Entry:
    """A way to a page."""

    label: Any
    endpoint: str
    icon: str
    covers: str = ""
    """The beginning of the addresses that belong here, where that is more than its own."""
    also: tuple[str, ...] = ()
    """Other beginnings that belong here too."""


BAR = (
    Entry(lazy_gettext("Feed"), "feed.index", "home"),
    Entry(lazy_gettext("My shares"), "my_shares.index", "send"),
    Entry(lazy_gettext("Leaderboard"), "leaderboard.index", "trophy"),
    Entry(lazy_gettext("Company"), "company.index", "building-community", also=("/learning",)),
    Entry(lazy_gettext("Library"), "items.index", "books"),
    Entry(lazy_gettext("Insights"), "insights.index", "chart-bar"),
    Entry(lazy_gettext("Admin"), "admin_people.index", "settings", covers="/admin"),
)
DOCK = (
    Entry(lazy_gettext("Feed"), "feed.index", "home"),
    Entry(lazy_gettext("Saved"), "feed.saved", "bookmark"),
    Entry(lazy_gettext("My shares"), "my_shares.index", "send"),
    Entry(lazy_gettext("Leaderboard"), "leaderboard.index", "trophy"),
    Entry(lazy_gettext("Me"), "profile.index", "user"),
)
MENU = (
    Entry(lazy_gettext("My profile"), "profile.index", "user"),
    Entry(lazy_gettext("My networks"), "connections.index", "plug-connected"),
    Entry(lazy_gettext("My recognition"), "achievements.mine", "medal"),
    Entry(lazy_gettext("My points"), "points.mine", "list-details"),
    Entry(lazy_gettext("Rewards"), "rewards.index", "gift"),
    Entry(lazy_gettext("Messages"), "preferences.form", "mail"),
    Entry(lazy_gettext("Company"), "company.index", "building-community"),
)
FOOTER = (
    Entry(lazy_gettext("Social media policy"), "policies.current", "file-text"),
    Entry(lazy_gettext("How points work"), "points.rules", "info-circle"),
    Entry(lazy_gettext("What the figures mean"), "definitions.index", "info-circle"),
)


@dataclass(frozen=True)
class Way:
    """An entry as a page shows it to one person.

    Args:
        label: in their language.
        url: where it leads.
        icon: its sign.
        active: whether it is the place that holds this page.
    """

    label: str
    url: str
    icon: str
    active: bool


BARS = {"navigation": BAR, "dock": DOCK, "account_menu": MENU, "footer_links": FOOTER}


class _Ways:
    """The bars of an application: the same for all who hold the same roles and read the same language."""

    def __init__(self) -> None:
        self.shown = lru_cache(maxsize=1024)(self._shown)
        self._places = lru_cache(maxsize=64)(self._places_of)

    def to_me(self) -> dict[str, tuple[Way, ...]]:
        """Each bar for the person who asks."""
        if not current_user.is_authenticated:
            return dict.fromkeys(BARS, ())
        who = (current_user.roles, str(get_locale()))
        return {
            name: self.shown(name, *who, _around(self._places(name, current_user.roles), request.path))
            for name in BARS
        }

    def _places_of(self, name: str, roles: frozenset[Role]) -> tuple[tuple[str, ...], ...]:
        return tuple((entry.covers or url_for(entry.endpoint), *entry.also) for entry in _open(BARS[name], roles))

    def _shown(self, name: str, roles: frozenset[Role], _locale: str, around: int | None) -> tuple[Way, ...]:
        return tuple(
            Way(str(entry.label), url_for(entry.endpoint), entry.icon, active=number == around)
            for number, entry in enumerate(_open(BARS[name], roles))
        )


def _open(entries: tuple[Entry, ...], roles: frozenset[Role]) -> list[Entry]:
    rules = [
        (entry, rule_of(current_app, entry.endpoint))
        for entry in entries
        if entry.endpoint in current_app.view_functions
    ]
    return [entry for entry, rule in rules if rule is not None and rule.admits(roles)]


def _around(places: tuple[tuple[str, ...], ...], path: str) -> int | None:
    """Which place holds this page: the one of whose addresses one is the longest beginning of this one."""
    holding = [
        (len(begins), number)
        for number, place in enumerate(places)
        for begins in place
        if path == begins or path.startswith(f"{begins}/")
    ]
    return max(holding)[1] if holding else None


def set_up(app: Flask, *, company_name: str) -> None:
    """Gives every template its bars."""
    ways = _Ways()

    @app.context_processor
    def bars() -> dict[str, Any]:
        is_known = current_user.is_authenticated
        return {
            **ways.to_me(),
            "appearance_url": _url("appearance.choose"),
            "notifications_url": _url("notifications.index") if is_known else None,
            "company_name": company_name,
            "theme": current_user.theme if is_known else session.get("theme", "system"),
            "has_page": app.view_functions.__contains__,
        }

    @lru_cache
    def _url(endpoint: str) -> str | None:
        return url_for(endpoint) if endpoint in app.view_functions else None
