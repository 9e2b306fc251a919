"""Language and theme of the pages, also for people who are not signed in."""

from __future__ import annotations

from flask import Blueprint, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from advocacy.people import account
from advocacy.web.access import anyone
from advocacy.web.house import writing
from advocacy.web.security import safe_path

blueprint = Blueprint("appearance", __name__)


@blueprint.post("/appearance")
@anyone
def choose() -> ResponseReturnValue:
    """Keeps the choice with the person, or with this browser while nobody is signed in."""
    locale = request.form.get("locale", "")
    theme = request.form.get("theme", "")
    if current_user.is_authenticated:
        with writing() as db:
            account.choose_look(db, user_id=current_user.id, locale=locale, theme=theme)
    else:
        account.check_look(locale=locale, theme=theme)
        session.update({name: value for name, value in (("locale", locale), ("theme", theme)) if value})
    return redirect(safe_path(request.form.get("next"), otherwise="/"))
