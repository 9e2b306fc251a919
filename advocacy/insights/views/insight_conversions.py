"""Conversions: how many followed from what was shared, and the single ones behind each figure."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from advocacy.insights import conversions
from advocacy.insights.conversions import By, Which
from advocacy.insights.views.question import number, question, word
from advocacy.insights.views.words import WORDS
from advocacy.web.access import curators_and_leaders
from advocacy.web.house import reading

blueprint = Blueprint("insight_conversions", __name__, url_prefix="/insights/conversions")


@blueprint.get("")
@curators_and_leaders
def index() -> ResponseReturnValue:
    """The sums."""
    ask, session, by = question(), reading(), word("by", By, By.KIND)
    return render_template(
        "insights/conversions.html",
        ask=ask,
        by=by,
        total=conversions.total(session, ask.scope),
        before=conversions.total(session, ask.scope.during(ask.asked.before)),
        lines=conversions.lines(session, ask.scope, by=by),
        are_used=conversions.are_used(session),
        **WORDS,
    )


@blueprint.get("/rows")
@curators_and_leaders
def rows() -> ResponseReturnValue:
    """One by one."""
    ask, which, kind_id = question(), word("which", Which, Which.ALL), number("kind")
    page = conversions.page(reading(), ask.scope, which=which, kind_id=kind_id, after=request.args.get("after", ""))
    return render_template("insights/conversion_rows.html", ask=ask, which=which, kind_id=kind_id, page=page, **WORDS)
