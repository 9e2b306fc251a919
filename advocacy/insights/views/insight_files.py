"""Every table of figures as a CSV file, sent while it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime

from flask import Blueprint, Response, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from advocacy.base import spreadsheets
from advocacy.base.text import Text
from advocacy.insights import files
from advocacy.insights.files import Table, Wanted
from advocacy.insights.views.question import question
from advocacy.sharing.networks import Networks
from advocacy.web.access import curators_and_leaders
from advocacy.web.house import house
from advocacy.web.i18n import say

blueprint = Blueprint("insight_files", __name__, url_prefix="/insights")


@blueprint.get("/files/<table>.csv")
@curators_and_leaders
def file(table: str) -> ResponseReturnValue:
    """A table by its name: for Excel, or with `form=plain` as any other program likes it."""
    ask = question()
    if ask.refused is not None:
        raise ask.refused
    made = files.table(
        table,
        Wanted(
            db=house().db,
            scope=ask.scope,
            tree=ask.tree,
            label=house().part(Networks).label,
            choices=request.args,
        ),
    )
    return send(made, name=f"insights-{table}-{ask.asked.span.first}-{ask.asked.span.last}.csv")


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
