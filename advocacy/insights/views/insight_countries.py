"""Where clicks came from."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from advocacy.base import retention
from advocacy.insights import countries
from advocacy.insights.views.question import question
from advocacy.insights.views.words import WORDS
from advocacy.web.access import curators_and_leaders
from advocacy.web.house import house, reading
from config import Settings

blueprint = Blueprint("insight_countries", __name__, url_prefix="/insights")


@blueprint.get("/countries")
@curators_and_leaders
def index() -> ResponseReturnValue:
    """Clicks by people, by country."""
    ask, settings = question(), house().part(Settings)
    kept_from = retention.gone_before(reading(), retention.CLICKS)
    return render_template(
        "insights/countries.html",
        ask=ask,
        lines=countries.by_country(reading(), ask.scope, smallest=settings.smallest_group),
        smallest=settings.smallest_group,
        is_supplied=bool(settings.country_database),
        kept_from=kept_from if kept_from and ask.scope.span.first < kept_from else None,
        **WORDS,
    )
