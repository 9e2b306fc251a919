"""The rows behind a figure: posts, clicks with why each was counted or not, and what networks said."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from advocacy.base import retention
from advocacy.insights import click_rows, countries, post_rows, reading_rows
from advocacy.insights.views.question import number, question
from advocacy.insights.views.words import WORDS
from advocacy.web.access import curators_and_leaders
from advocacy.web.house import reading

blueprint = Blueprint("insight_rows", __name__, url_prefix="/insights")


@blueprint.get("/posts")
@curators_and_leaders
def posts() -> ResponseReturnValue:
    """Posts that went out, or did not."""
    ask, (which, state) = question(), post_rows.which_of(request.args)
    page = post_rows.page(
        reading(), ask.scope, tree=ask.tree, which=which, state=state, after=request.args.get("after", "")
    )
    return render_template("insights/posts.html", ask=ask, which=which, state=state, page=page, **WORDS)


@blueprint.get("/clicks")
@curators_and_leaders
def clicks() -> ResponseReturnValue:
    """Clicks, each with the rule that filtered it."""
    ask, (which, rule, share_id) = question(), click_rows.which_of(request.args)
    page = click_rows.page(
        reading(), ask.scope, which=which, rule=rule, share_id=share_id, after=request.args.get("after", "")
    )
    kept_from = retention.gone_before(reading(), retention.CLICKS)
    return render_template(
        "insights/clicks.html",
        ask=ask,
        kept_from=kept_from if kept_from and ask.scope.span.first < kept_from else None,
        which=which,
        rule=rule,
        share_id=share_id,
        page=page,
        countries=countries.told(reading(), ask.scope, smallest=ask.tree.smallest),
        rule_title=click_rows.rule_title,
        **WORDS,
    )


@blueprint.get("/readings")
@curators_and_leaders
def readings() -> ResponseReturnValue:
    """What networks said about each post; with `post`, every time they were asked about that one."""
    ask, share_id, after = question(), number("post"), request.args.get("after", "")
    kind, known = reading_rows.which_of(request.args)
    if share_id is not None:
        page = reading_rows.history(reading(), share_id=share_id, after=after)
    else:
        page = reading_rows.page(reading(), ask.scope, kind=kind, is_known=known, after=after)
    return render_template(
        "insights/readings.html", ask=ask, share_id=share_id, kind=kind, known=known, page=page, **WORDS
    )
