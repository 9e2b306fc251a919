"""People's Markdown in templates: `{{ item.body|markdown }}` is the one way that their words become HTML."""

from __future__ import annotations

from flask import Flask
from markupsafe import Markup

from advocacy.base import sanitize


def markdown(text: str | None) -> Markup:
    """Clean HTML from Markdown; "" for nothing."""
    return Markup(sanitize.markdown(text)) if text else Markup("")  # noqa: S704 - cleaned by two sanitisers just before


def set_up(app: Flask) -> None:
    """Gives templates the filter."""
    app.jinja_env.filters["markdown"] = markdown
