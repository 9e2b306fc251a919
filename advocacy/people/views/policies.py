"""The company's policy, read and accepted."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.base import sanitize
from advocacy.people import policies
from advocacy.web.access import signed_in
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing
from advocacy.web.security import safe_path

blueprint = Blueprint("policies", __name__, url_prefix="/policy")


@blueprint.get("")
@signed_in
def current() -> ResponseReturnValue:
    """The version in force; with a button as long as the person has not accepted it."""
    policy = policies.current(reading())
    return render_template(
        "people/policy.html",
        policy=policy,
        body=sanitize.markdown(policy.body) if policy else "",
        must_accept=policies.must_accept(reading(), current_user) is not None,
        next=safe_path(request.args.get("next"), otherwise=""),
    )


@blueprint.post("")
@signed_in
def accept() -> ResponseReturnValue:
    """Writes down that the person accepted what they read, and goes on to what they wanted."""
    shown = request.form.get("policy", "")
    with writing() as session:
        policies.accept(
            session,
            house().clock,
            user_id=current_user.id,
            policy_id=int(shown) if shown.isdecimal() and len(shown) < 10 else 0,
        )
    tell(gettext("Thank you. You have accepted the policy."))
    return redirect(safe_path(request.form.get("next"), otherwise=url_for("policies.current")))
