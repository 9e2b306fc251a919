"""Many people at once, from a list: brought, looked at row by row, invited."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext, ngettext
from flask_login import current_user
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField

from advocacy.base.errors import Conflict, Invalid
from advocacy.base.sealing import Sealer
from advocacy.people import invitations, people_files, people_rows
from advocacy.people.views import choices
from advocacy.web.access import admins
from advocacy.web.forms import Form, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from config import Settings

blueprint = Blueprint("admin_people_files", __name__, url_prefix="/admin/people-lists")

ROWS_A_PAGE = 100


class FileForm(Form):
    """The list."""

    file = FileField(
        lazy_gettext("List (CSV)"),
        [FileRequired(lazy_gettext("Please choose a file."))],
        render_kw={"accept": ".csv,text/csv,.txt"},
    )
    makes_teams = BooleanField(lazy_gettext("Make teams that are not there yet"))


@blueprint.get("")
@admins
def new() -> ResponseReturnValue:
    """Asks for the file, and says what must stand in it."""
    return _page(FileForm(formdata=None, makes_teams=True), 200)


@blueprint.post("")
@admins
def bring() -> ResponseReturnValue:
    """Reads the file and shows it. Nobody is invited yet."""
    filled = FileForm()
    if filled.validate():
        try:
            with writing() as session:
                kept = people_files.keep(
                    session,
                    house().clock,
                    data=filled.file.data.read(),
                    file_name=filled.file.data.filename or "",
                    makes_teams=filled.makes_teams.data,
                    by=current_user.id,
                )
        except Invalid as error:
            filled.take(error)
        else:
            return redirect(url_for("admin_people_files.show", file_id=kept.id))
    return _page(filled, 422)


@blueprint.get("/template.csv")
@admins
def template() -> ResponseReturnValue:
    """An empty list to begin with."""
    return _download(people_files.template_file(), "people.csv")


@blueprint.get("/<int:file_id>")
@admins
def show(file_id: int) -> ResponseReturnValue:
    """The list, row by row: what would happen, and what is wrong."""
    kept = people_files.get(reading(), house().clock, file_id=file_id)
    report = people_rows.judge(reading(), house().clock, kept)
    wants_wrong = request.args.get("show") != "right" if report.wrong else False
    rows = report.wrong if wants_wrong else report.right
    pages = max(1, -(-len(rows) // ROWS_A_PAGE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    return render_template(
        "people/admin_people_file.html",
        kept=kept,
        report=report,
        wants_wrong=wants_wrong,
        rows=rows[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE],
        number=number,
        pages=pages,
        columns=people_rows.COLUMNS,
        locales=list(choices.locales().items()),
        days=14,
    )


@blueprint.get("/<int:file_id>/problems.csv")
@admins
def problems(file_id: int) -> ResponseReturnValue:
    """The rows with problems, to mend and bring again."""
    kept = people_files.get(reading(), house().clock, file_id=file_id)
    report = people_rows.judge(reading(), house().clock, kept)
    return _download(people_files.problems_file(report, say=say), "people-to-mend.csv")


@blueprint.post("/<int:file_id>")
@admins
def invite(file_id: int) -> ResponseReturnValue:
    """Invites everybody in the list, all of them or nobody."""
    days = request.form.get("days", 14, type=int)
    locale = request.form.get("locale", "")
    try:
        with writing() as session:
            count = people_files.invite_all(
                session,
                house().clock,
                house().part(Sealer),
                file_id=file_id,
                leaves_out_wrong=request.form.get("leave_out") == "yes",
                days=days,
                locale=locale if locale in choices.locales() else current_user.locale,
                address=house().part(Settings).address,
                by=current_user,
            )
    except (Conflict, Invalid) as error:
        tell(say(error.text), "error")
        return redirect(url_for("admin_people_files.show", file_id=file_id))
    tell(ngettext("%(num)s person is invited.", "%(num)s people are invited.", count))
    return redirect(url_for("admin_invitations.index"))


def _page(filled: FileForm, status: int) -> Response:
    page = render_template(
        "people/admin_people_files.html",
        form=filled,
        most=people_files.MOST_ROWS,
        columns=people_rows.COLUMNS,
        longest=invitations.LONGEST,
    )
    return make_response(page, status)


def _download(data: bytes, name: str) -> Response:
    response = make_response(data)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
