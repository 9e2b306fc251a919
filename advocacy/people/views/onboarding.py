"""The first steps of somebody who just joined."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.base import sanitize
from advocacy.people import onboarding, policies
from advocacy.web.access import signed_in
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("onboarding", __name__, url_prefix="/welcome")


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The policy to accept; after that the feed, where a card shows the steps that are left."""
    policy = policies.must_accept(reading(), current_user)
    if policy is None:
        return redirect("/feed")
    progress = onboarding.progress(reading(), current_user)
    return render_template(
        "people/welcome.html", progress=progress, policy=policy, body=sanitize.markdown(policy.body)
    )


@blueprint.get("/card")
@signed_in
def card() -> ResponseReturnValue:
    """What the feed shows of the first steps; nothing once they are done or skipped."""
    return render_template("people/onboarding_card.html", progress=onboarding.progress(reading(), current_user))


@blueprint.post("/skip")
@signed_in
def skip() -> ResponseReturnValue:
    """Goes to the feed without the first steps."""
    with writing() as session:
        onboarding.skip(session, house().clock, user_id=current_user.id)
    tell(gettext("You can do this any time: your networks are under your name, at the top."), "info")
    return redirect("/feed")
