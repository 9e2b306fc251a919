"""The feedback card, which other pages take in by its address."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.base.errors import Invalid, NotFound
from advocacy.base.subjects import Subjects
from advocacy.base.text import Text
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
    _check(about)
    return render_template("voice/feedback_card.html", **_card(about))


@blueprint.get("/<about>")
@signed_in
def show(about: str) -> ResponseReturnValue:
    """The card on a page of its own, for those without script; editors read the reasons here, also of what has ended."""
    may_say = True
    try:
        _check(about)
    except NotFound:
        if not (_may_read() and feedback.is_known(reading(), about=about)):
            raise
        may_say = False
    smallest = house().part(Settings).smallest_group
    reasons = feedback.reasons(reading(), about=about, smallest=smallest) if _may_read() else []
    return render_template("voice/feedback.html", reasons=reasons, may_say=may_say, **_card(about))


@blueprint.post("/<about>")
@signed_in
def give(about: str) -> ResponseReturnValue:
    """Says whether it helped."""
    helpful = request.form.get("helpful")
    if helpful not in ("0", "1"):
        raise Invalid("helpful", Text("Please say whether it helped: yes or no."))
    with writing() as session:
        feedback.give(
            session,
            house().clock,
            house().part(Subjects),
            about=about,
            user=current_user,
            is_helpful=helpful == "1",
            why=request.form.get("why", ""),
        )
    if request.headers.get("HX-Request"):
        return render_template("voice/feedback_card.html", is_thanked=True, **_card(about))
    tell(gettext("Thank you for saying so."))
    return redirect(url_for("feedback.show", about=about))


def _card(about: str) -> dict[str, object]:
    smallest = house().part(Settings).smallest_group
    found = feedback.card(reading(), about=about, user_id=current_user.id, smallest=smallest)
    return {"about": about, "card": found, "smallest": smallest, "may_read": _may_read()}


def _check(about: str) -> None:
    house().part(Subjects).check(reading(), house().clock, about=about, user=current_user)


def _may_read() -> bool:
    return Rule.CURATORS_AND_LEADERS.admits(current_user.roles)
