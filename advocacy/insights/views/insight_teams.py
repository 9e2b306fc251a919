"""Who takes part, by team, and how many people there were over time."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from advocacy.insights import headcounts, team_lines
from advocacy.insights.groups import SMALLEST
from advocacy.insights.views.question import question
from advocacy.insights.views.words import WORDS
from advocacy.web.access import curators_and_leaders
from advocacy.web.house import house, reading

blueprint = Blueprint("insight_teams", __name__, url_prefix="/insights")


@blueprint.get("/teams")
@curators_and_leaders
def index() -> ResponseReturnValue:
    """Groups of people, never single ones."""
    ask, session = question(), reading()
    heads = headcounts.by_team(session, span=ask.asked.span, now=house().clock.now())
    return render_template(
        "insights/teams.html",
        ask=ask,
        has_headcount=heads is not None,
        lines=team_lines.lines(session, ask.scope, tree=ask.tree, team_id=ask.team_id, heads=heads),
        daily=headcounts.over_time(session, span=ask.asked.span, team_ids=ask.scope.team_ids),
        smallest=SMALLEST,
        **WORDS,
    )
