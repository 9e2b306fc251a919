"""Who may open a page: every view says so in one word, and the app does not start if one forgets."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from advocacy.base.errors import NotAllowed
from advocacy.base.text import Text
from advocacy.people.models import Role

View = TypeVar("View", bound=Callable[..., Any])


class Rule(enum.Enum):
    """Who may open a page."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    CURATORS = "curators"
    LEADERS = "leaders"
    CURATORS_AND_LEADERS = "curators and leaders"
    ADMINS = "admins"

    def admits(self, roles: frozenset[Role]) -> bool:
        """Whether a signed-in person with these roles may. An admin may all that curators and leaders may."""
        wanted = {
            Rule.CURATORS: {Role.CURATOR, Role.ADMIN},
            Rule.LEADERS: {Role.LEADER, Role.ADMIN},
            Rule.CURATORS_AND_LEADERS: {Role.CURATOR, Role.LEADER, Role.ADMIN},
            Rule.ADMINS: {Role.ADMIN},
        }.get(self)
        return wanted is None or bool(wanted & roles)


def _rule(rule: Rule) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return mark


anyone = _rule(Rule.ANYONE)
signed_in = _rule(Rule.SIGNED_IN)
curators = _rule(Rule.CURATORS)
leaders = _rule(Rule.LEADERS)
curators_and_leaders = _rule(Rule.CURATORS_AND_LEADERS)
admins = _rule(Rule.ADMINS)


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """The rule of a view; None when it has none."""
    return getattr(app.view_functions[endpoint], "access_rule", None)


def _enforce() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such page: the router's 404 follows
    rule = rule_of(current_app, request.endpoint)
    if rule is Rule.ANYONE:
        return None
    if not current_user.is_authenticated:
        if request.method in ("GET", "HEAD"):
            return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")))
        return redirect(url_for("sign_in.form"))
    if rule is None or not rule.admits(current_user.roles):
        raise NotAllowed(Text("This page is for other roles. Ask an administrator if you need it."))
    return None


def set_up(app: Flask) -> None:
    """Enforces the rules before every view, after CSRF has been checked."""
    app.before_request(_enforce)


def check_every_view(app: Flask) -> None:
    """Stops the start when a view has no rule.

    Raises:
        RuntimeError: naming the views.
    """
    missing = sorted(name for name in app.view_functions if rule_of(app, name) is None)
    if missing:
        raise RuntimeError(f"these views have no access rule (advocacy/web/access.py): {', '.join(missing)}")
