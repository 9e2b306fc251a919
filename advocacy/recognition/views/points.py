"""How points are earned, and one's own."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from advocacy.recognition import balance, points
from advocacy.recognition.rules import GUARDS, RULES
from advocacy.web.access import signed_in
from advocacy.web.house import reading

blueprint = Blueprint("points", __name__)


@blueprint.get("/points")
@signed_in
def rules() -> ResponseReturnValue:
    """The published rules."""
    return render_template("recognition/rules.html", rules=RULES, guards=GUARDS)


@blueprint.get("/me/points")
@signed_in
def mine() -> ResponseReturnValue:
    """My ledger, newest first."""
    page = points.ledger(reading(), user_id=current_user.id, after=request.args.get("after"))
    return render_template(
        "recognition/my_points.html",
        page=page,
        total=points.total(reading(), user_id=current_user.id),
        balance=balance.of(reading(), user_id=current_user.id),
    )
