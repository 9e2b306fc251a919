"""The pages of the library beside one another, as tabs."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for
from flask_babel import lazy_gettext

PLACES = (
    (lazy_gettext("Items"), "items.index", "books"),
    (lazy_gettext("Review"), "item_review.index", "eye"),
    (lazy_gettext("Sources"), "sources.index", "rss"),
    (lazy_gettext("Campaigns"), "campaigns.index", "speakerphone"),
    (lazy_gettext("Topics"), "topics.index", "tag"),
)
"""(label, endpoint, icon) of every place in the library that has a page."""


def tabs() -> list[dict[str, Any]]:
    """The tabs; the one that holds this page is marked."""
    shown = [
        {"label": label, "url": url_for(endpoint), "icon": icon, "active": False}
        for label, endpoint, icon in PLACES
        if endpoint in current_app.view_functions
    ]
    around = [tab for tab in shown if request.path == tab["url"] or request.path.startswith(f"{tab['url']}/")]
    max(around, key=lambda tab: len(tab["url"]))["active"] = True
    return shown
