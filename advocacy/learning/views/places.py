"""The pages of learning beside one another, as tabs."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for
from flask_babel import lazy_gettext
from flask_login import current_user

from advocacy.web.access import rule_of

PLACES = (
    (lazy_gettext("Courses"), "courses.index", "school"),
    (lazy_gettext("Sessions"), "meetings.index", "calendar-event"),
    (lazy_gettext("Edit courses"), "course_editor.index", "pencil"),
)
"""(label, endpoint, icon) of every place in learning that has a page."""


def tabs() -> list[dict[str, Any]]:
    """The tabs that this person may open; the one that holds this page is marked."""
    shown = []
    for label, endpoint, icon in PLACES:
        rule = rule_of(current_app, endpoint) if endpoint in current_app.view_functions else None
        if rule is not None and rule.admits(current_user.roles):
            shown.append({"label": label, "url": url_for(endpoint), "icon": icon, "active": False})
    around = [tab for tab in shown if request.path == tab["url"] or request.path.startswith(f"{tab['url']}/")]
    if around:
        max(around, key=lambda tab: len(tab["url"]))["active"] = True
    return shown
