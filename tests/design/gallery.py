"""A small app that shows every component with sample content, for looking at and for the tests of the looks.

python -m tests.design.gallery 8123        serves it on http://127.0.0.1:8123
"""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, Response, flash, g, redirect, render_template, request
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from advocacy.web import fragments

PROJECT = Path(__file__).resolve().parents[2]
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ERRORS = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)


@dataclass(frozen=True)
class Entry:
    """A line of the navigation."""

    label: str
    url: str
    icon: str
    active: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    name: str = "Kari Nordmann"
    initials: str = "KN"
    is_authenticated: bool = True


class SampleForm(FlaskForm):  # type: ignore[misc]
    """One field of each kind."""

    title = StringField(
        "Title", [InputRequired("Give it a title."), Length(max=80)], description="People see this first."
    )
    email = EmailField("E-mail")
    password = PasswordField("Password", [InputRequired()])
    day = DateField("Publish on")
    team = SelectField("Department", choices={"": "All departments", "1": "Sales Nordics", "2": "Engineering"})
    policy = RadioField(
        "Who may change the text",
        choices={"free": "Everybody, freely", "locked": "Nobody"},
        default="free",
    )
    topics = SelectMultipleField("Topics", choices={"news": "Company news", "hiring": "Hiring", "tech": "Technology"})
    pinned = BooleanField("Keep at the top of the feed")
    text = TextAreaField("Text", [InputRequired()])


def create_gallery() -> Flask:
    """The app with the project's own templates and the values that every page may count on."""
    app = Flask("gallery", template_folder=str(PROJECT / "templates"), static_folder=str(PROJECT / "static"))
    app.config.update(SECRET_KEY="gallery", WTF_CSRF_TIME_LIMIT=None)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(say=str, moment=lambda value: f"{value:%d %b %Y, %H:%M}")
    Babel(app, locale_selector=lambda: request.args.get("lang", "en"))
    CSRFProtect(app)

    def nonce() -> str:
        if "nonce" not in g:
            g.nonce = secrets.token_urlsafe(16)
        return str(g.nonce)

    app.jinja_env.globals.update(csp_nonce=nonce, languages={"en": "English", "nb": "Norsk bokmål"})
    fragments.set_up(app)

    @app.context_processor
    def values() -> dict[str, object]:
        return {
            "current_user": Person(),
            "locale": request.args.get("lang", "en"),
            "theme": request.args.get("theme", "system"),
            "company_name": "Nordlys Voices",
            "home_url": "/",
            "appearance_url": "/appearance",
            "sign_out_url": "/sign-out",
            "navigation": tuple(navigation(request.path)),
            "dock": tuple(dock(request.path)),
            "account_menu": (
                Entry("Profile", "/profile", "user"),
                Entry("Connected networks", "/connections", "plug-connected"),
                Entry("My data", "/my-data", "shield-lock"),
            ),
            "footer_links": (
                Entry("Social media policy", "/policy", ""),
                Entry("How points work", "/points", ""),
                Entry("What the figures mean", "/definitions", ""),
            ),
        }

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY.format(nonce=g.get("nonce", ""))
        return response

    add_pages(app)
    return app


def navigation(path: str) -> list[Entry]:
    """The entries of the top bar."""
    return [
        Entry("Feed", "/feed", "home", path == "/feed"),
        Entry("Library", "/library", "books", path == "/"),
        Entry("My shares", "/shares", "calendar-event", path == "/composer"),
        Entry("Ranking", "/ranking", "trophy", path == "/ranking"),
        Entry("Insights", "/insights", "chart-bar", path == "/insights"),
        Entry("Admin", "/admin", "settings"),
    ]


def dock(path: str) -> list[Entry]:
    """The entries at the bottom of a phone."""
    return [
        Entry("Feed", "/feed", "home", path == "/feed"),
        Entry("Saved", "/saved", "bookmark"),
        Entry("My shares", "/shares", "send", path == "/composer"),
        Entry("Ranking", "/ranking", "trophy", path == "/ranking"),
        Entry("Me", "/profile", "user"),
    ]


def add_pages(app: Flask) -> None:
    """The pages of the gallery."""

    @app.route("/", methods=["GET", "POST"])
    def gallery() -> str:
        form = SampleForm()
        form.validate_on_submit()
        broken = SampleForm(meta={"csrf": False}, prefix="bad")
        broken.title.errors = ["Give it a title."]
        broken.form_errors = []
        if request.args.get("flash"):
            flash("Saved.", "success")
            flash({"text": "Your share goes out in 10 seconds.", "action": "/undo"}, "undo")  # type: ignore[arg-type]
        moment = datetime(2026, 11, 24, 8, 10, tzinfo=UTC)
        return render_template("gallery.html", form=form, broken=broken, moment=moment)

    @app.get("/error/<int:code>")
    def error(code: int) -> tuple[str, int]:
        return render_template(f"errors/{code}.html", request_id="01HZX4"), code

    @app.get("/composer")
    def composer() -> str:
        return render_template("gallery_composer.html")

    @app.post("/autosave")
    def autosave() -> tuple[str, int]:
        return "", 204

    @app.get("/confirm")
    def confirm() -> str:
        return render_template("gallery_confirm.html")

    @app.post("/<path:anything>")
    def taken(anything: str) -> BaseResponse:
        return redirect("/?flash=1")


if __name__ == "__main__":
    create_gallery().run(port=int(sys.argv[1]) if len(sys.argv) > 1 else 8123)
