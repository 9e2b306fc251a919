"""What stands in the top bar and in the phone's dock, for this person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, session, url_for
from flask_babel import lazy_gettext
from flask_login import current_user

from advocacy.web.access import rule_of


@dataclass(frozen=True)
class Entry:
    """A way to a page."""

    label: Any
    endpoint: str
    icon: str
    covers: str = ""
    """The beginning of the addresses that belong here, where that is more than its own."""


BAR = (
    Entry(lazy_gettext("Feed"), "feed.index", "home"),
    Entry(lazy_gettext("My shares"), "my_shares.index", "send"),
    Entry(lazy_gettext("Leaderboard"), "leaderboard.index", "trophy"),
    Entry(lazy_gettext("Company"), "company.index", "building-community"),
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


def _open_to_me(entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
    if not current_user.is_authenticated:
        return []
    shown: list[dict[str, Any]] = []
    places: dict[str, str] = {}
    for entry in entries:
        rule = rule_of(current_app, entry.endpoint) if entry.endpoint in current_app.view_functions else None
        if rule is not None and rule.admits(current_user.roles):
            url = url_for(entry.endpoint)
            places[url] = entry.covers or url
            shown.append({"label": entry.label, "url": url, "icon": entry.icon, "active": False})
    # The place that holds this page: the one whose address is the longest beginning of this one.
    around = [
        entry
        for entry in shown
        if request.path == places[entry["url"]] or request.path.startswith(f"{places[entry['url']]}/")
    ]
    if around:
        max(around, key=lambda entry: len(places[entry["url"]]))["active"] = True
    return shown


def set_up(app: Flask, *, company_name: str) -> None:
    """Gives every template its bars."""

    @app.context_processor
    def bars() -> dict[str, Any]:
        theme = current_user.theme if current_user.is_authenticated else session.get("theme", "system")
        return {
            "navigation": _open_to_me(BAR),
            "dock": _open_to_me(DOCK),
            "account_menu": _open_to_me(MENU),
            "footer_links": _open_to_me(FOOTER),
            "appearance_url": url_for("appearance.choose")
            if "appearance.choose" in current_app.view_functions
            else None,
            "notifications_url": url_for("notifications.index")
            if current_user.is_authenticated and "notifications.index" in current_app.view_functions
            else None,
            "company_name": company_name,
            "theme": theme,
            "has_page": lambda endpoint: endpoint in current_app.view_functions,
        }
