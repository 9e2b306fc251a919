"""The handbook."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import Optional

from advocacy.base.errors import Invalid
from advocacy.voice import handbook
from advocacy.voice.handbook import LONGEST, HandbookPage, Written
from advocacy.web.access import Rule, curators, signed_in
from advocacy.web.editing import ChangedMeanwhile, SharedForm, check
from advocacy.web.forms import at_most, required, tell
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("handbook", __name__, url_prefix="/company/handbook")


class PageForm(SharedForm):
    """A page of the handbook."""

    title = StringField(lazy_gettext("Title"), [required(), at_most(160)])
    body = TextAreaField(lazy_gettext("Text"), [required(), at_most(LONGEST)])
    reviewed_until = DateField(lazy_gettext("Reviewed until"), [Optional()])
    note = StringField(lazy_gettext("What did you change?"), [at_most(300)])


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Every page by title, or those that hold some words."""
    words = request.args.get("q", "")[:200]
    page = handbook.page(reading(), words=words, after=request.args.get("after", ""))
    return render_template(
        "voice/handbook.html",
        page=page,
        words=words,
        today=house().clock.now().date(),
        may_write=_may_write(),
        next_url=url_for("handbook.index", q=words or None, after=page.next_cursor) if page.next_cursor else None,
    )


@blueprint.get("/<int:page_id>")
@signed_in
def show(page_id: int) -> ResponseReturnValue:
    """A page."""
    found = handbook.get(reading(), page_id=page_id)
    return render_template(
        "voice/handbook_page.html",
        found=found,
        owner=handbook.owner_name(reading(), found),
        today=house().clock.now().date(),
        may_write=_may_write(),
    )


@blueprint.get("/<int:page_id>/history")
@signed_in
def history(page_id: int) -> ResponseReturnValue:
    """Every version of a page."""
    page = handbook.history(reading(), page_id=page_id, after=request.args.get("after", ""))
    return render_template(
        "voice/handbook_history.html",
        found=handbook.get(reading(), page_id=page_id),
        page=page,
        next_url=url_for("handbook.history", page_id=page_id, after=page.next_cursor) if page.next_cursor else None,
    )


@blueprint.get("/<int:page_id>/history/<int:number>")
@signed_in
def version(page_id: int, number: int) -> ResponseReturnValue:
    """What a version changed."""
    found = handbook.get(reading(), page_id=page_id)
    shown, pieces = handbook.changes(reading(), page_id=page_id, number=number)
    return render_template("voice/handbook_version.html", found=found, version=shown, pieces=pieces)


@blueprint.get("/new")
@curators
def new() -> ResponseReturnValue:
    """A new page."""
    return render_template("voice/handbook_form.html", form=PageForm(formdata=None), found=None)


@blueprint.post("/new")
@curators
def create() -> ResponseReturnValue:
    """Writes it."""
    return _save(None)


@blueprint.get("/<int:page_id>/edit")
@curators
def edit(page_id: int) -> ResponseReturnValue:
    """A page, to be changed."""
    found = handbook.get(reading(), page_id=page_id)
    form = PageForm(formdata=None, data=_values(found))
    form.open(_values(found))
    return render_template("voice/handbook_form.html", form=form, found=found)


@blueprint.post("/<int:page_id>/edit")
@curators
def save(page_id: int) -> ResponseReturnValue:
    """Writes a new version of it."""
    return _save(handbook.get(reading(), page_id=page_id))


def _values(found: HandbookPage) -> dict[str, Any]:
    return {"title": found.title, "body": found.body, "reviewed_until": found.reviewed_until}


def _save(found: HandbookPage | None) -> ResponseReturnValue:
    form = PageForm()
    status, page_id = 422, found.id if found else None
    if form.validate():
        written = Written(form.title.data, form.body.data, form.reviewed_until.data, form.note.data or "")
        try:
            with writing() as session:
                if page_id is not None:
                    check(
                        session,
                        house().clock,
                        form,
                        thing=("handbook_page", page_id),
                        values=lambda: _values(handbook.get(session, page_id=page_id)),
                    )
                saved = handbook.save(
                    session,
                    house().clock,
                    written=written,
                    by=current_user.id,
                    page_id=page_id,
                )
        except Invalid as error:
            form.take(error)
        except ChangedMeanwhile:
            status = 409
        else:
            tell(gettext("The page is saved."))
            return redirect(url_for("handbook.show", page_id=saved.id))
    return make_response(render_template("voice/handbook_form.html", form=form, found=found), status)


def _may_write() -> bool:
    return Rule.CURATORS.admits(current_user.roles)
