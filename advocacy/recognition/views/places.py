"""The pages about rewards beside one another, as tabs."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for
from flask_babel import lazy_gettext
from flask_login import current_user

from advocacy.web.access import rule_of

REWARDS = (
    (lazy_gettext("Rewards"), "rewards.index", "gift"),
    (lazy_gettext("My rewards"), "rewards.mine", "list-details"),
    (lazy_gettext("Asked for"), "reward_requests.index", "list-check"),
    (lazy_gettext("Edit rewards"), "reward_editor.index", "pencil"),
)
"""(label, endpoint, icon) of every place about rewards."""


def rewards() -> list[dict[str, Any]]:
    """The tabs that this person may open; the one that holds this page is marked."""
    shown = []
    for label, endpoint, icon in REWARDS:
        rule = rule_of(current_app, endpoint)
        if rule is not None and rule.admits(current_user.roles):
            shown.append({"label": label, "url": url_for(endpoint), "icon": icon, "active": False})
    around = [tab for tab in shown if request.path == tab["url"] or request.path.startswith(f"{tab['url']}/")]
    if around:
        max(around, key=lambda tab: len(tab["url"]))["active"] = True
    return shown
