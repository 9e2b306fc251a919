"""Long files of figures: asked for, followed, cancelled and fetched, each by who asked alone."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_login import current_user

from advocacy.base.errors import Conflict
from advocacy.base.text import Text
from advocacy.insights import about_files, file_lengths, files, long_files, written
from advocacy.insights.views.insight_files import asked, further, name_of
from advocacy.insights.views.words import WORDS
from advocacy.sharing.networks import Networks
from advocacy.web.access import curators_and_leaders
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("insight_long_files", __name__, url_prefix="/insights/long-files")

FORMS = {written.XLSX: Text("Excel"), written.CSV: Text("CSV for Excel"), written.PLAIN: Text("Plain CSV (UTF-8)")}


@blueprint.get("")
@curators_and_leaders
def index() -> ResponseReturnValue:
    """One's own files, and what an address with `table` offers to make."""
    mine = long_files.of(reading(), user_id=current_user.id)
    name, form = request.args.get("table", ""), request.args.get("form", "")
    offer = None
    if name in files.TABLES and form in written.FORMS:
        ask = asked()
        offer = {
            "title": about_files.TITLES[name],
            "form": FORMS[form],
            "span": ask.scope.span,
            "rows": file_lengths.rows(reading(), name, ask.scope, request.args),
            "action": ask.url("insight_long_files.make", table=name, form=form, **further(request.args)),
        }
    return render_template(
        "insights/long_files.html",
        offer=offer,
        mine=mine,
        is_open=any(one.is_open for one in mine),
        titles=about_files.TITLES,
        forms=FORMS,
        scope_of=long_files.scope_of,
        told=_told,
        **WORDS,
    )


@blueprint.post("")
@curators_and_leaders
def make() -> ResponseReturnValue:
    """Has the file made that the address asks for."""
    ask = asked()
    try:
        with writing() as session:
            long_files.ask(
                session,
                house().clock,
                by=current_user.id,
                name=request.args.get("table", ""),
                form=request.args.get("form", ""),
                scope=ask.scope,
                choices=request.args,
                locale=str(get_locale() or "en"),
            )
    except Conflict as error:
        tell(say(error.text), "warning")
    else:
        tell(gettext("It is being made. You can leave this page and come back."))
    return redirect(url_for("insight_long_files.index"), code=303)


@blueprint.get("/<int:file_id>")
@curators_and_leaders
def fetch(file_id: int) -> ResponseReturnValue:
    """One's own file."""
    file, place = long_files.fetch(
        reading(), by=current_user.id, file_id=file_id, folder=long_files.folder_of(house())
    )
    name = name_of(file.name, long_files.scope_of(file.choices).span) + written.ending(file.form)
    return send_file(place, mimetype=written.TYPES[file.form], as_attachment=True, download_name=name)


@blueprint.post("/<int:file_id>/cancel")
@curators_and_leaders
def cancel(file_id: int) -> ResponseReturnValue:
    """Ends the making."""
    with writing() as session:
        long_files.cancel(session, house().clock, by=current_user.id, file_id=file_id)
    return redirect(url_for("insight_long_files.index"), code=303)


def _told(name: str, choices: dict[str, str]) -> list[str]:
    """Which filters a file is of, beside its days."""
    scope, label = long_files.scope_of(choices), house().part(Networks).label
    found = about_files.filters(reading(), name, scope=scope, choices=choices, label=label)
    return [f"{say(label)}: {say(value) if isinstance(value, Text) else value}" for label, value in found if value]
