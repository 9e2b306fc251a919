"""The feedback card, which other pages take in by its address."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.voice import feedback
from advocacy.web.access import Rule, signed_in
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing
from config import Settings

blueprint = Blueprint("feedback", __name__, url_prefix="/company/feedback")


@blueprint.get("/<about>/card")
@signed_in
def card(about: str) -> ResponseReturnValue:
    """The card alone, for other pages to put in."""
    return render_template("voice/feedback_card.html", **_card(about))


@blueprint.get("/<about>")
@signed_in
def show(about: str) -> ResponseReturnValue:
    """The card on a page of its own, for those without script; editors read the reasons here."""
    reasons = []
    if _may_read():
        smallest = house().part(Settings).smallest_group
        reasons = feedback.reasons(reading(), about=feedback.check(about), smallest=smallest)
    return render_template("voice/feedback.html", reasons=reasons, **_card(about))


@blueprint.post("/<about>")
@signed_in
def give(about: str) -> ResponseReturnValue:
    """Says whether it helped."""
    with writing() as session:
        feedback.give(
            session,
            house().clock,
            about=feedback.check(about),
            user_id=current_user.id,
            is_helpful=request.form.get("helpful") == "1",
            why=request.form.get("why", ""),
        )
    if request.headers.get("HX-Request"):
        return render_template("voice/feedback_card.html", is_thanked=True, **_card(about))
    tell(gettext("Thank you for saying so."))
    return redirect(url_for("feedback.show", about=about))


def _card(about: str) -> dict[str, object]:
    smallest = house().part(Settings).smallest_group
    found = feedback.card(reading(), about=feedback.check(about), user_id=current_user.id, smallest=smallest)
    return {"about": about, "card": found, "smallest": smallest, "may_read": _may_read()}


def _may_read() -> bool:
    return Rule.CURATORS_AND_LEADERS.admits(current_user.roles)
