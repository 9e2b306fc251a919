"""The summary of any days as a PDF."""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_datetime, format_decimal, get_locale

from advocacy.base.text import Text
from advocacy.insights import about_files, items, overview, report
from advocacy.insights.items import Order
from advocacy.insights.periods import Asked
from advocacy.insights.report import Voice
from advocacy.insights.views import words
from advocacy.insights.views.insight_files import asked, name_of
from advocacy.sharing.networks import Networks
from advocacy.web.access import curators_and_leaders
from advocacy.web.house import house, reading
from advocacy.web.i18n import say
from config import Settings

blueprint = Blueprint("insight_report", __name__, url_prefix="/insights")

TOP = 10


@blueprint.get("/report.pdf")
@curators_and_leaders
def printed() -> ResponseReturnValue:
    """The figures of the summary, to print and to pass on."""
    ask, session, now = asked(), reading(), house().clock.now()
    narrowed = about_files.filters(session, "", scope=ask.scope, choices={}, label=house().part(Networks).label)
    paper = report.printed(
        overview.overview(session, ask.scope, ask.asked, now=now),
        items.page(session, ask.scope, order=Order.HUMAN, size=TOP).items,
        asked=ask.asked,
        narrowed=[f"{say(name)}: {say(value) if isinstance(value, Text) else value}" for name, value in narrowed],
        is_about_people=ask.is_about_people,
        company=house().part(Settings).company_name,
        made_on=str(format_datetime(now, "d MMM y, HH:mm")),
        voice=_voice(ask.asked),
    )
    answer = Response(paper, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=f"{name_of('summary', ask.scope.span)}.pdf")
    return answer


def _voice(days: Asked) -> Voice:
    def change(now: int | None, before: int | None) -> str:
        moved = words.change(now, before)
        return moved.text if moved else ""

    return Voice(
        say=say,
        number=lambda value: str(format_decimal(value)),
        day=lambda day: str(format_date(day, words.DAY)),
        now=words.days(days.span),
        before=words.days(days.before),
        change=change,
        point=lambda bucket: words.point(bucket, days.span),
        network=words.network,
        locale=str(get_locale() or "en"),
    )
