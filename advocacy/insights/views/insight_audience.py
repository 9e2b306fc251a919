"""The potential audience: who could see what is shared, by network and over time."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from advocacy.insights import audience_points
from advocacy.insights.views.question import question
from advocacy.insights.views.words import WORDS
from advocacy.reach import audience
from advocacy.sharing.networks import Networks
from advocacy.web.access import curators_and_leaders
from advocacy.web.house import house, reading
from config import Settings

blueprint = Blueprint("insight_audience", __name__, url_prefix="/insights")


@blueprint.get("/audience")
@curators_and_leaders
def index() -> ResponseReturnValue:
    """Sums over many people; nobody's own figure, and none that could be had by subtraction."""
    ask = question()
    span, network = ask.asked.span, ask.scope.network
    sums = audience.days(reading(), first=span.first, last=span.last, network=network)
    lines = audience.lines(reading(), sums, network=network, channels=house().part(Networks).channels)
    return render_template(
        "insights/audience.html",
        ask=ask,
        lines=lines,
        total=audience.together(lines),
        points=audience_points.over_time(sums, span=span, networks=[line.network for line in lines if line.newest]),
        smallest=house().part(Settings).smallest_group,
        **WORDS,
    )
