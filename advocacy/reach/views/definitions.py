"""What each figure means, and which rules tell people from programs: open to everybody who is measured by them."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from advocacy.reach import data_centres, judging, rejudging, totals
from advocacy.reach.definitions import DEFINITIONS, NEVER_ADDED
from advocacy.reach.totals import Scope
from advocacy.web.access import signed_in
from advocacy.web.house import house, reading
from config import Settings

blueprint = Blueprint("definitions", __name__)

DAYS = 30


@blueprint.get("/definitions")
@signed_in
def index() -> ResponseReturnValue:
    """Every figure with its formula, unit, source and label."""
    return render_template(
        "reach/definitions.html",
        definitions=DEFINITIONS,
        never_added=NEVER_ADDED,
        smallest=house().part(Settings).smallest_group,
    )


@blueprint.get("/definitions/clicks")
@signed_in
def rules() -> ResponseReturnValue:
    """Every rule by which a click does not count as a person's, and how many it filtered lately."""
    scope = Scope(first=house().clock.now().date() - timedelta(days=DAYS - 1))
    session = reading()
    return render_template(
        "reach/rules.html",
        rules=judging.RULES,
        version=judging.VERSION,
        days=DAYS,
        counts={rule.name: count for rule, count in totals.filtered_by_rule(session, scope)},
        clicks=totals.clicks(session, scope),
        ranges=data_centres.table(),
        runs=rejudging.runs(session),
    )
