"""Every table of figures as a file: CSV, sent while it is read, or a workbook that says beside it what each figure means."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, redirect, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from advocacy.base import workbooks
from advocacy.base.text import Text
from advocacy.insights import about_files, file_lengths, files, long_files, written
from advocacy.insights.files import Table, Wanted
from advocacy.insights.periods import Span
from advocacy.insights.views.question import Question, question
from advocacy.sharing.networks import Networks
from advocacy.web.access import curators_and_leaders
from advocacy.web.house import house, reading
from advocacy.web.i18n import say
from config import Settings

blueprint = Blueprint("insight_files", __name__, url_prefix="/insights")


@blueprint.get("/files/<table>.csv")
@curators_and_leaders
def file(table: str) -> ResponseReturnValue:
    """A table by its name: for Excel, or with `form=plain` as any other program likes it."""
    ask = asked()
    if is_long(table, ask):
        return redirect(_instead(table, _form(), ask), code=303)
    return send(files.table(table, _wanted(ask)), name=f"{name_of(table, ask.scope.span)}.csv")


@blueprint.get("/files/<table>.xlsx")
@curators_and_leaders
def workbook(table: str) -> ResponseReturnValue:
    """The same as a workbook."""
    ask = asked()
    if is_long(table, ask):
        return redirect(_instead(table, written.XLSX, ask), code=303)
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
    return send_workbook(
        made, title=about_files.TITLES[table], facts=facts, name=f"{name_of(table, ask.scope.span)}.xlsx"
    )


def asked() -> Question:
    """What the address asks for.

    Raises:
        Invalid: the days make no sense; for a file nothing is guessed.
    """
    ask = question()
    if ask.refused is not None:
        raise ask.refused
    return ask


def is_long(table: str, ask: Question) -> bool:
    """Whether nobody should be kept waiting for this table's file."""
    most = long_files.LONG + 1
    return file_lengths.rows(reading(), table, ask.scope, request.args, most=most) >= most


def _instead(table: str, form: str, ask: Question) -> str:
    return ask.url("insight_long_files.index", table=table, form=form, **further(request.args))


def further(choices: Mapping[str, str]) -> dict[str, str]:
    """The words of an address that a table understands beside days, network and item."""
    return {one: choices[one] for one in long_files.CHOICES if choices.get(one)}


def _wanted(ask: Question) -> Wanted:
    return Wanted(
        db=house().db,
        scope=ask.scope,
        tree=ask.tree,
        label=house().part(Networks).label,
        choices=request.args,
    )


def name_of(table: str, span: Span) -> str:
    """What a file is called, its ending apart."""
    return f"insights-{table}-{span.first}-{span.last}"


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
    return _attached(Response(book.getvalue(), mimetype=written.TYPES[written.XLSX]), name)


def send(made: Table, *, name: str) -> Response:
    """A table as CSV, in the form the address asks for.

    Args:
        made: the table.
        name: of the file.
    """
    pieces = written.pieces(made, form=_form(), locale=str(get_locale() or "en"), say=say)
    return _attached(Response(stream_with_context(pieces), mimetype=written.TYPES[written.CSV]), name)


def _form() -> str:
    return written.PLAIN if request.args.get("form") == "plain" else written.CSV


def _attached(response: Response, name: str) -> Response:
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
