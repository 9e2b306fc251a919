"""The wall of kudos, and thanking somebody."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, lazy_gettext
from flask_login import current_user
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, StringField, TextAreaField

from advocacy.base.errors import Invalid
from advocacy.people import teams
from advocacy.recognition import achievements, kudos, receivers, reports, values, wall
from advocacy.recognition.receivers import Colleague
from advocacy.web.access import Rule, curators, signed_in
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.requests import row_id

blueprint = Blueprint("kudos", __name__, url_prefix="/company/kudos")

UNDO = 10
"""Seconds for which the way back is offered right after giving; it can be taken back later too."""
FOUND = 12
"""Colleagues shown for the words that were typed."""


class KudosForm(Form):
    """A thank you."""

    key = HiddenField()
    find = StringField(lazy_gettext("Whom do you want to thank?"), [at_most(120)])
    value = RadioField(lazy_gettext("What did they show?"), validate_choice=False)
    message = TextAreaField(lazy_gettext("What are you thankful for?"), [required(), at_most(kudos.LONGEST)])


class HideForm(Form):
    """Why it comes off the wall."""

    reason = StringField(lazy_gettext("Reason, which the giver reads"), [required(), at_most(300)])


class ReportForm(Form):
    """What is wrong with it."""

    what = TextAreaField(lazy_gettext("What is wrong with it?"), [required(), at_most(reports.LONGEST)])


class ChoiceForm(Form):
    """What colleagues see."""

    kudos_public = BooleanField(lazy_gettext("Kudos for me stand on the wall with my name"))
    page_public = BooleanField(lazy_gettext("Colleagues may see my badges, my level and my weeks in a row"))


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The wall, newest first."""
    team_id, value_id = request.args.get("team", type=row_id), request.args.get("value", type=row_id)
    page = wall.page(
        reading(),
        reader=current_user,
        value_id=value_id,
        team_ids=teams.subtree(reading(), team_id) if team_id else None,
        after=request.args.get("after", ""),
    )
    asked = {"team": team_id, "value": value_id}
    return render_template(
        "recognition/kudos.html",
        page=page,
        asked=asked,
        team_options=teams.options(reading()),
        value_options=[(one.id, in_language(one.name)) for one in values.everything(reading())],
        is_chosen=kudos.choices(reading(), user_id=current_user.id).kudos_public,
        may_set_values=Rule.ADMINS.admits(current_user.roles),
        may_hide=_may_hide(),
        reported=reports.count(reading(), reader=current_user) if _may_hide() else 0,
        next_url=_next("kudos.index", page.next_cursor, **{k: v for k, v in asked.items() if v}),
        **words(),
    )


@blueprint.get("/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """What I was thanked for, or what I thanked for, and who may read it."""
    which = "given" if request.args.get("which") == "given" else "received"
    listed = wall.given if which == "given" else wall.received
    page = listed(reading(), user=current_user, after=request.args.get("after", ""))
    chosen = kudos.choices(reading(), user_id=current_user.id)
    form = ChoiceForm(formdata=None, kudos_public=chosen.kudos_public, page_public=chosen.page_public)
    return render_template(
        "recognition/my_kudos.html",
        page=page,
        which=which,
        form=form,
        next_url=_next("kudos.mine", page.next_cursor, which=which),
        **words(),
    )


@blueprint.post("/mine")
@signed_in
def choose_for_all() -> ResponseReturnValue:
    """I choose what colleagues see."""
    form = ChoiceForm()
    with writing() as session:
        kudos.choose_for_all(
            session,
            house().clock,
            user=current_user,
            kudos_public=form.kudos_public.data,
            page_public=form.page_public.data,
        )
    tell(gettext("Your choice is kept."))
    return redirect(url_for("kudos.mine"))


@blueprint.get("/hidden")
@curators
def hidden() -> ResponseReturnValue:
    """What was taken off the wall, and why."""
    page = wall.hidden(reading(), reader=current_user, after=request.args.get("after", ""))
    return render_template(
        "recognition/hidden_kudos.html", page=page, next_url=_next("kudos.hidden", page.next_cursor), **words()
    )


@blueprint.get("/new")
@signed_in
def new() -> ResponseReturnValue:
    """Somebody is to be thanked."""
    form = _offer(KudosForm(formdata=None, key=secrets.token_urlsafe(24)))
    return _form_page(form, _chosen(request.args.getlist("to")))


@blueprint.post("/new")
@signed_in
def give() -> ResponseReturnValue:
    """Thanks them; or looks for colleagues, with everything typed so far kept."""
    form = _offer(KudosForm())
    chosen = _chosen(request.form.getlist("to"))
    if "search" in request.form:
        return _form_page(form, chosen)
    if form.validate():
        try:
            with writing() as session:
                given = kudos.give(
                    session,
                    house().clock,
                    giver=current_user,
                    to=[one.id for one in chosen],
                    words=form.message.data,
                    value_id=_number(form.value.data),
                    key=(form.key.data or secrets.token_urlsafe(24))[:60],
                )
        except Invalid as error:
            form.take(Invalid("find", error.text) if error.field == "to" else error)
        else:
            undoing: Any = {
                "text": gettext("Your thank you is on its way."),
                "action": url_for("kudos.remove", kudos_id=given.id),
                "seconds": UNDO,
            }
            tell(undoing, "undo")
            return redirect(url_for("kudos.show", kudos_id=given.id))
    return make_response(_form_page(form, chosen), 422)


@blueprint.get("/<int:kudos_id>")
@signed_in
def show(kudos_id: int) -> ResponseReturnValue:
    """One of them."""
    found = kudos.get(reading(), kudos_id=kudos_id, reader=current_user, is_moderator=_may_hide())
    return _one(found, HideForm(formdata=None), ReportForm(formdata=None))


@blueprint.get("/reported")
@curators
def reported() -> ResponseReturnValue:
    """What colleagues find unkind, for a curator who is not concerned."""
    waiting = reports.waiting(reading(), reader=current_user)
    return render_template("recognition/reported_kudos.html", waiting=waiting, **words())


@blueprint.post("/<int:kudos_id>/report")
@signed_in
def report(kudos_id: int) -> ResponseReturnValue:
    """I show it to the curators."""
    form = ReportForm()
    if form.validate():
        try:
            with writing() as session:
                reports.report(session, house().clock, kudos_id=kudos_id, by=current_user, reason=form.what.data)
        except Invalid as error:
            form.take(Invalid("what", error.text))
        else:
            tell(gettext("The curators look at it. You hear what became of it."))
            return redirect(url_for("kudos.show", kudos_id=kudos_id))
    found = kudos.get(reading(), kudos_id=kudos_id, reader=current_user, is_moderator=_may_hide())
    return make_response(_one(found, HideForm(formdata=None), form), 422)


@blueprint.post("/<int:kudos_id>/leave")
@curators
def leave(kudos_id: int) -> ResponseReturnValue:
    """A moderator finds nothing wrong with what was reported."""
    with writing() as session:
        reports.leave_it(session, house().clock, kudos_id=kudos_id, by=current_user)
    tell(gettext("It stays as it is. Whoever reported it is told."))
    return redirect(url_for("kudos.reported"))


@blueprint.post("/<int:kudos_id>/remove")
@signed_in
def remove(kudos_id: int) -> ResponseReturnValue:
    """Its giver takes it back, or I do not want it."""
    with writing() as session:
        kudos.remove(session, house().clock, kudos_id=kudos_id, by=current_user)
    tell(gettext("It is gone."))
    return redirect(url_for("kudos.index"))


@blueprint.post("/<int:kudos_id>/choice")
@signed_in
def choose(kudos_id: int) -> ResponseReturnValue:
    """I say whether this one stands on the wall with my name."""
    is_public = request.form.get("public") == "1"
    with writing() as session:
        kudos.choose(session, house().clock, kudos_id=kudos_id, user=current_user, is_public=is_public)
    tell(gettext("Your name stands with it.") if is_public else gettext("Your name does not stand with it."))
    return redirect(url_for("kudos.show", kudos_id=kudos_id))


@blueprint.post("/<int:kudos_id>/names-me")
@signed_in
def names_me(kudos_id: int) -> ResponseReturnValue:
    """I say that the words tell who I am, although my name does not stand with them."""
    with writing() as session:
        kudos.names_me(session, house().clock, kudos_id=kudos_id, user=current_user)
    tell(gettext("It is off the wall. Those whom it thanks still read it."))
    return redirect(url_for("kudos.show", kudos_id=kudos_id))


@blueprint.post("/<int:kudos_id>/hide")
@curators
def hide(kudos_id: int) -> ResponseReturnValue:
    """A moderator hides it."""
    form = HideForm()
    if form.validate():
        try:
            with writing() as session:
                kudos.hide(session, house().clock, kudos_id=kudos_id, by=current_user, reason=form.reason.data)
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("It is hidden."))
            return redirect(url_for("kudos.hidden"))
    found = kudos.get(reading(), kudos_id=kudos_id, reader=current_user, is_moderator=True)
    return make_response(_one(found, form, ReportForm(formdata=None)), 422)


@blueprint.post("/<int:kudos_id>/show-again")
@curators
def show_again(kudos_id: int) -> ResponseReturnValue:
    """A moderator was wrong."""
    with writing() as session:
        kudos.show_again(session, house().clock, kudos_id=kudos_id, by=current_user)
    tell(gettext("It stands again where those who were thanked want it."))
    return redirect(url_for("kudos.hidden"))


def in_language(found: dict[str, Any]) -> str:
    """A value's words in the reader's language."""
    return values.in_language(found, str(get_locale() or "en")[:2])


def words() -> dict[str, Any]:
    """What templates of kudos need to say a value."""
    return {"in_language": in_language}


def _next(endpoint: str, cursor: str | None, **asked: Any) -> str | None:
    return url_for(endpoint, after=cursor, **asked) if cursor else None


def _may_hide() -> bool:
    return Rule.CURATORS.admits(current_user.roles)


def _one(found: kudos.Kudos, form: HideForm, report_form: ReportForm) -> str:
    line = wall.line(reading(), found, reader=current_user)
    mine = reports.of_reader(reading(), kudos_id=found.id, user_id=current_user.id)
    return render_template(
        "recognition/one_kudos.html",
        line=line,
        form=form,
        report_form=report_form,
        my_report=mine,
        may_hide=_may_hide() and not line.is_mine and not line.is_for_me,
        open_pages=achievements.open_pages(reading(), user_ids=[one.user_id for one in line.thanked]),
        **words(),
    )


def _offer(form: KudosForm) -> KudosForm:
    open_ones = [one for one in values.everything(reading()) if one.is_open]
    form.value.choices = [SelectChoice(str(one.id), in_language(one.name)) for one in open_ones]
    return form


def _form_page(form: KudosForm, chosen: list[Colleague]) -> str:
    typed = form.find.data or ""
    but = {current_user.id, *(one.id for one in chosen)}
    return render_template(
        "recognition/give_kudos.html",
        form=form,
        chosen=chosen,
        found=receivers.find(reading(), words=typed, but=but, most=FOUND),
        looked=bool(typed.strip()),
        values=[one for one in values.everything(reading()) if one.is_open],
        most=kudos.MOST_RECEIVERS,
        **words(),
    )


def _chosen(typed: list[str]) -> list[Colleague]:
    return receivers.chosen(reading(), [_number(one) for one in typed[:50]])


def _number(typed: str | None) -> int:
    try:
        return row_id(typed or "")
    except ValueError:
        return 0
