"""Every table of figures as a file: CSV, sent while it is read, or a workbook that says beside it what each figure means."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime

from flask import Blueprint, Response, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from advocacy.base import spreadsheets, workbooks
from advocacy.base.text import Text
from advocacy.insights import about_files, files
from advocacy.insights.files import Table, Wanted
from advocacy.insights.views.question import Question, question
from advocacy.sharing.networks import Networks
from advocacy.web.access import curators_and_leaders
from advocacy.web.house import house, reading
from advocacy.web.i18n import say
from config import Settings

blueprint = Blueprint("insight_files", __name__, url_prefix="/insights")


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/files/<table>.csv")
@curators_and_leaders
def file(table: str) -> ResponseReturnValue:
    """A table by its name: for Excel, or with `form=plain` as any other program likes it."""
    ask = _asked()
    return send(files.table(table, _wanted(ask)), name=f"{_name(table, ask)}.csv")


@blueprint.get("/files/<table>.xlsx")
@curators_and_leaders
def workbook(table: str) -> ResponseReturnValue:
    """The same as a workbook."""
    ask = _asked()
    made = files.table(table, _wanted(ask))
    facts = about_files.facts(
        reading(),
        table,
        scope=ask.scope,
        choices=request.args,
        label=house().part(Networks).label,
        company=house().part(Settings).company_name,
        now=house().clock.now(),
    )
    return send_workbook(made, title=about_files.TITLES[table], facts=facts, name=f"{_name(table, ask)}.xlsx")


def _asked() -> Question:
    ask = question()
    if ask.refused is not None:
        raise ask.refused
    return ask


def _wanted(ask: Question) -> Wanted:
    return Wanted(
        db=house().db,
        scope=ask.scope,
        tree=ask.tree,
        label=house().part(Networks).label,
        choices=request.args,
    )


def _name(table: str, ask: Question) -> str:
    return f"insights-{table}-{ask.asked.span.first}-{ask.asked.span.last}"


def send_workbook(made: Table, *, title: Text, facts: Sequence[tuple[Text, object]], name: str) -> Response:
    """A table as a workbook.

    Args:
        made: the table.
        title: what it is called.
        facts: what stands beside it, as `about_files.facts` gives it.
        name: of the file.
    """
    book = io.BytesIO()
    workbooks.write(book, about_files.sheets(made, title=title, facts=facts, say=say))
    response = Response(book.getvalue(), mimetype=WORKBOOK)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def send(made: Table, *, name: str) -> Response:
    """A table as a file, in the form the address asks for.

    Args:
        made: the table.
        name: of the file.
    """
    is_plain = request.args.get("form") == "plain"
    comma_is_for_decimals = str(get_locale() or "en").startswith("nb")
    rows = _said([made.columns]), _said(made.rows)
    pieces = spreadsheets.stream(
        (row for part in rows for row in part),
        separator=";" if comma_is_for_decimals and not is_plain else ",",
        has_mark=not is_plain,
    )
    response = Response(stream_with_context(pieces), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _said(rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    for row in rows:
        yield [_cell(value) for value in row]


def _cell(value: object) -> object:
    if isinstance(value, Text):
        return say(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else value
