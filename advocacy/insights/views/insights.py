"""The first page of figures, and a summary for print."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from advocacy.insights import click_rows, items, overview
from advocacy.insights.items import Order
from advocacy.insights.views.question import Question, question
from advocacy.insights.views.words import WORDS
from advocacy.web.access import curators_and_leaders
from advocacy.web.house import house, reading

blueprint = Blueprint("insights", __name__, url_prefix="/insights")

TOP = 10


@blueprint.get("")
@curators_and_leaders
def index() -> ResponseReturnValue:
    """What sharing achieved."""
    return _page("insights/index.html", question(), top=TOP)


@blueprint.get("/summary")
@curators_and_leaders
def summary() -> ResponseReturnValue:
    """The same on one sheet of paper."""
    return _page("insights/summary.html", question(), top=5)


def _page(template: str, ask: Question, *, top: int) -> str:
    session, now = reading(), house().clock.now()
    return render_template(
        template,
        ask=ask,
        shown=overview.overview(session, ask.scope, ask.asked, now=now),
        top=items.page(session, ask.scope, order=Order.HUMAN, size=top),
        rule_title=click_rows.rule_title,
        rule_why=click_rows.rule_why,
        now=now,
        **WORDS,
    )
