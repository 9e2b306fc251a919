"""The signed-in browser's cookie. Its token is random; who it belongs to stands in our own table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Request, Response, current_app, g, request
from flask_login import LoginManager

from advocacy.base.own_marks import COOKIE, SECURE_COOKIE, OwnMarks
from advocacy.people import sessions
from advocacy.people.models import User
from advocacy.web.house import house, reading, writing

View = TypeVar("View", bound=Callable[..., Any])

MARK_SECONDS = 400 * 24 * 3600
"""How long a browser carries its person's mark; browsers keep no cookie for longer."""


def cookie_name() -> str:
    """The `__Host-` prefix binds the cookie to this very host; browsers want HTTPS for it."""
    return "__Host-hub" if current_app.config["SESSION_COOKIE_SECURE"] else "hub"


def keep(response: Response, token: str) -> Response:
    """Gives the browser its cookie after a sign-in."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=int(sessions.ABSOLUTE_LIMIT.total_seconds()),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def drop(response: Response) -> Response:
    """Takes the cookie away after a sign-out."""
    response.delete_cookie(
        cookie_name(),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def token() -> str:
    """The browser's token; "" when it has none."""
    return request.cookies.get(cookie_name(), "")


def token_hash() -> str:
    """What stands in the table for this browser: other rows bind themselves to it."""
    return sessions.hash_token(token())


def unattended(view: View) -> View:
    """Marks a view that pages ask by themselves, so that an open page does not pass for a person who is there."""
    view.is_unattended = True  # type: ignore[attr-defined]
    return view


def _is_unattended() -> bool:
    return hasattr(current_app.view_functions.get(request.endpoint or ""), "is_unattended")


def _load(_request: Request) -> User | None:
    if not token():
        return None
    found = sessions.find(reading(), house().clock, token=token())
    if found is None:
        return None
    if not _is_unattended() and sessions.is_stale(found, house().clock):
        with writing() as session:
            sessions.seen(session, house().clock, token_hash=found.token_hash)
    g.user_id = found.user.id
    return found.user


def set_up(app: Flask, own_marks: OwnMarks) -> None:
    """Lets Flask-Login find the person behind a request, and has their browser carry their mark.

    Args:
        app: the application.
        own_marks: what tells a person's visits to links of their own, also after they signed out.
    """
    login = LoginManager()
    login.session_protection = None
    login.init_app(app)
    login.request_loader(_load)

    @app.after_request
    def _mark(response: Response) -> Response:
        user_id = g.get("user_id")
        if user_id is None or _is_unattended() or response.mimetype != "text/html":
            return response
        is_secure = current_app.config["SESSION_COOKIE_SECURE"]
        name = SECURE_COOKIE if is_secure else COOKIE
        if not own_marks.is_of(request.cookies.get(name, ""), user_id):
            response.set_cookie(
                name,
                own_marks.of(user_id),
                max_age=MARK_SECONDS,
                secure=is_secure,
                httponly=True,
                samesite="Lax",
                path="/",
            )
        return response
