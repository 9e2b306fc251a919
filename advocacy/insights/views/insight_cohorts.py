"""Who comes back, by the month of the first share."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from advocacy.insights import about_files, cohorts, files
from advocacy.insights.cohorts import Cohort
from advocacy.insights.periods import Span
from advocacy.insights.views.insight_files import send, send_workbook
from advocacy.insights.views.question import question
from advocacy.insights.views.words import WORDS
from advocacy.web.access import curators_and_leaders
from advocacy.web.house import house, reading
from config import Settings

blueprint = Blueprint("insight_cohorts", __name__, url_prefix="/insights")


@blueprint.get("/cohorts")
@curators_and_leaders
def index() -> ResponseReturnValue:
    """Groups of people, never single ones."""
    lines = _lines()
    width = max((sum(one.is_over for one in line.again) for line in lines), default=0)
    newest = next((line for line in lines if line.again and line.share(0) is not None), None)
    return render_template(
        "insights/cohorts.html",
        ask=question(),
        lines=lines,
        width=width,
        newest=newest,
        smallest=_smallest(),
        **WORDS,
    )


@blueprint.get("/files/cohorts.csv")
@curators_and_leaders
def file() -> ResponseReturnValue:
    """The same as a file."""
    return send(files.cohorts(_lines()), name="insights-cohorts.csv")


@blueprint.get("/files/cohorts.xlsx")
@curators_and_leaders
def workbook() -> ResponseReturnValue:
    """The same as a workbook."""
    lines, now = _lines(), house().clock.now()
    today = now.date()
    span = Span(lines[-1].month.first, lines[0].month.last) if lines else Span(today, today)
    facts = about_files.of_days(span, company=house().part(Settings).company_name, now=now)
    title = about_files.TITLES["cohorts"]
    return send_workbook(files.cohorts(lines), title=title, facts=facts, name="insights-cohorts.xlsx")


def _smallest() -> int:
    return house().part(Settings).smallest_group


def _lines() -> list[Cohort]:
    return cohorts.cohorts(reading(), now=house().clock.now(), smallest=_smallest())
