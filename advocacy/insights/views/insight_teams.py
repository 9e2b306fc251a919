"""Who takes part, by team and month, and how many people there were over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from advocacy.base.text import Text
from advocacy.insights import about_files, files, headcounts, periods, team_lines
from advocacy.insights.headcounts import Heads
from advocacy.insights.periods import Span
from advocacy.insights.team_lines import TeamLine
from advocacy.insights.views.insight_files import send, send_workbook
from advocacy.insights.views.question import number, teams
from advocacy.insights.views.words import WORDS
from advocacy.people import groups
from advocacy.people.groups import Tree
from advocacy.web.access import curators_and_leaders
from advocacy.web.house import house, reading
from config import Settings

blueprint = Blueprint("insight_teams", __name__, url_prefix="/insights")

CHART_DAYS = 90


@dataclass(frozen=True)
class Groups:
    """What the page of teams is asked for.

    Args:
        tree: all teams.
        team_id: the team whose parts are shown; None for the company.
        month: the whole month.
        is_over: whether it is: else nothing is shown of what people did, since it would grow from day to day.
        heads: people at its end, or today.
        months: those one can choose.
    """

    tree: Tree
    team_id: int | None
    month: Span
    is_over: bool
    heads: Mapping[int, Heads] | None
    months: Sequence[Span]

    @property
    def filters(self) -> dict[str, Any]:
        """What an address says to ask the same again."""
        said = {"month": f"{self.month.first:%Y-%m}", "team": self.team_id}
        return {name: value for name, value in said.items() if value is not None}

    def url(self, endpoint: str, **values: Any) -> str:
        """Another page; the month and the team are for this one alone."""
        return url_for(endpoint, **values)

    def here(self, endpoint: str, **values: Any) -> str:
        """A page that asks for the same, but for `values`."""
        return url_for(endpoint, **{**self.filters, **values})


@blueprint.get("/teams")
@curators_and_leaders
def index() -> ResponseReturnValue:
    """Groups of people, never single ones."""
    ask = _groups()
    chart = Span(ask.month.last - timedelta(days=CHART_DAYS - 1), ask.month.last)
    return render_template(
        "insights/teams.html",
        ask=ask,
        lines=_lines(ask),
        chart=chart,
        daily=headcounts.over_time(reading(), span=chart, team_ids=None) if ask.team_id is None else [],
        **WORDS,
    )


@blueprint.get("/files/teams.csv")
@curators_and_leaders
def file() -> ResponseReturnValue:
    """The same as a file."""
    ask = _groups()
    return send(files.teams(_lines(ask)), name=f"insights-teams-{ask.month.first:%Y-%m}.csv")


@blueprint.get("/files/teams.xlsx")
@curators_and_leaders
def workbook() -> ResponseReturnValue:
    """The same as a workbook."""
    ask = _groups()
    company = house().part(Settings).company_name
    facts = about_files.of_days(ask.month, company=company, now=house().clock.now())
    if ask.team_id is not None:
        facts.append((Text("Team"), ask.tree.name(ask.team_id)))
    name = f"insights-teams-{ask.month.first:%Y-%m}.xlsx"
    return send_workbook(files.teams(_lines(ask)), title=about_files.TITLES["teams"], facts=facts, name=name)


def _lines(ask: Groups) -> list[TeamLine]:
    if not ask.is_over:
        return team_lines.people_only(tree=ask.tree, team_id=ask.team_id, heads=ask.heads)
    found = team_lines.lines(reading(), ask.month, tree=ask.tree, team_id=ask.team_id, heads=ask.heads)
    return [line for line in found if line.size or line.posts is None or line.sharers]


def _groups() -> Groups:
    """Reads the address.

    Raises:
        NotFound: the team is not there, or too small to be shown on its own.
    """
    tree, team_id, now = teams(), number("team"), house().clock.now()
    groups.check(tree, team_id)
    months = periods.months(now)
    wanted = next((one for one in months if f"{one.first:%Y-%m}" == request.args.get("month", "")), None)
    month = wanted or months[1]
    heads = headcounts.by_team(reading(), span=month, now=now)
    if wanted is None and heads is None:  # nobody counted then: the hub is new, and has only its people to show
        month = months[0]
        heads = headcounts.by_team(reading(), span=month, now=now)
    return Groups(tree, team_id, month, month is not months[0], heads, months)
