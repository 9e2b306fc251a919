"""The notice board."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import BooleanField, StringField, TextAreaField

from advocacy.base.errors import Invalid
from advocacy.library.views.audience_form import AudienceForm
from advocacy.voice import notices
from advocacy.voice.notices import LONGEST_BODY, Written
from advocacy.web.access import Rule, curators_and_leaders, signed_in
from advocacy.web.forms import at_most, required, tell
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("notices", __name__, url_prefix="/company/notices")


class NoticeForm(AudienceForm):
    """A notice."""

    title = StringField(lazy_gettext("Title"), [required(), at_most(160)])
    body = TextAreaField(lazy_gettext("What people should know"), [required(), at_most(LONGEST_BODY)])
    asks_confirmation = BooleanField(lazy_gettext("Ask readers to confirm that they have read it"))


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The board, newest first."""
    page = notices.page(reading(), user=current_user, after=request.args.get("after", ""))
    return render_template(
        "voice/notices.html",
        page=page,
        may_write=_may_write(),
        next_url=url_for("notices.index", after=page.next_cursor) if page.next_cursor else None,
    )


@blueprint.get("/waiting")
@signed_in
def waiting() -> ResponseReturnValue:
    """How many wait for a confirmation, for other pages to put in."""
    return render_template("voice/notices_waiting.html", count=notices.waiting(reading(), user=current_user))


@blueprint.get("/<int:notice_id>")
@signed_in
def show(notice_id: int) -> ResponseReturnValue:
    """One notice."""
    line = notices.get(reading(), user=current_user, notice_id=notice_id)
    readers = notices.readers(reading(), line.notice) if _may_write() else None
    return render_template("voice/notice.html", line=line, readers=readers, may_write=_may_write())


@blueprint.post("/<int:notice_id>/read")
@signed_in
def confirm(notice_id: int) -> ResponseReturnValue:
    """The reader has read it."""
    with writing() as session:
        notices.confirm(session, house().clock, user=current_user, notice_id=notice_id)
    tell(gettext("Thank you. We have noted that you have read it."))
    return redirect(url_for("notices.show", notice_id=notice_id))


@blueprint.get("/new")
@curators_and_leaders
def new() -> ResponseReturnValue:
    """A new notice."""
    form = NoticeForm(formdata=None)
    form.offer()
    return render_template("voice/notice_form.html", form=form)


@blueprint.post("/new")
@curators_and_leaders
def publish() -> ResponseReturnValue:
    """Puts it on the board."""
    form = NoticeForm()
    form.offer()
    if form.validate():
        written = Written(form.title.data, form.body.data, form.asks_confirmation.data, form.audience())
        try:
            with writing() as session:
                notice = notices.publish(session, house().clock, written=written, by=current_user.id)
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("The notice is on the board."))
            return redirect(url_for("notices.show", notice_id=notice.id))
    return make_response(render_template("voice/notice_form.html", form=form), 422)


@blueprint.post("/<int:notice_id>/withdraw")
@curators_and_leaders
def withdraw(notice_id: int) -> ResponseReturnValue:
    """Takes it off the board."""
    with writing() as session:
        notices.withdraw(session, house().clock, notice_id=notice_id, by=current_user.id)
    tell(gettext("The notice is off the board."))
    return redirect(url_for("notices.index"))


def _may_write() -> bool:
    return Rule.CURATORS_AND_LEADERS.admits(current_user.roles)
