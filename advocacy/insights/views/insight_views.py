"""Saved views: named, opened, renamed, shared and removed."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import BooleanField, StringField

from advocacy.base.errors import Conflict, Invalid
from advocacy.base.text import Text
from advocacy.insights import about_files, click_rows, periods, saved_views
from advocacy.insights.files import STANDINGS
from advocacy.insights.views import words
from advocacy.insights.views.words import SAVED_PAGES
from advocacy.web.access import curators_and_leaders
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("insight_views", __name__, url_prefix="/insights/views")

TITLES = {
    "overview": Text("Overview"),
    "summary": Text("Summary"),
    "items": Text("Items"),
    "sources": Text("Sources"),
    "posts": Text("Posts"),
    "clicks": Text("Clicks"),
    "readings": Text("What the networks report"),
    "teams": Text("Teams"),
}


class ViewForm(Form):
    """Its name, and who finds it."""

    name = StringField(lazy_gettext("Name"), [required(), at_most(saved_views.LONGEST_NAME)])
    is_shared = BooleanField(lazy_gettext("Everybody who may read figures finds it"))


@blueprint.get("")
@curators_and_leaders
def index() -> ResponseReturnValue:
    """One's own, and those that others share."""
    session = reading()
    return render_template(
        "insights/views.html",
        mine=saved_views.mine(session, user_id=current_user.id),
        others=saved_views.of_others(session, user_id=current_user.id),
        titles=TITLES,
        opens=lambda view: url_for(SAVED_PAGES[view.page], **view.choices),
        told=_told,
        removed=request.args.get("removed", type=int),
    )


@blueprint.get("/new")
@curators_and_leaders
def new() -> ResponseReturnValue:
    """Asks for a name."""
    return _form(ViewForm(formdata=None))


@blueprint.post("/new")
@curators_and_leaders
def keep() -> ResponseReturnValue:
    """Keeps the filters of the address."""
    form = ViewForm()
    if form.validate():
        try:
            with writing() as session:
                saved_views.keep(
                    session,
                    house().clock,
                    by=current_user.id,
                    name=form.name.data,
                    page=request.args.get("page", ""),
                    given=request.args,
                    is_shared=form.is_shared.data,
                )
            tell(gettext("Kept. You find it under Saved views."))
            return redirect(url_for("insight_views.index"), code=303)
        except Invalid as error:
            form.take(error)
        except Conflict as error:
            tell(say(error.text), "warning")
            return redirect(url_for("insight_views.index"), code=303)
    return make_response(_form(form), 422)


@blueprint.get("/<int:view_id>/edit")
@curators_and_leaders
def edit(view_id: int) -> ResponseReturnValue:
    """One's own, to rename or share."""
    view = saved_views.own(reading(), by=current_user.id, view_id=view_id)
    return render_template("insights/view_form.html", form=ViewForm(formdata=None, obj=view), view=view)


@blueprint.post("/<int:view_id>/edit")
@curators_and_leaders
def change(view_id: int) -> ResponseReturnValue:
    """Keeps the name, and whether it is shared."""
    form = ViewForm()
    view = saved_views.own(reading(), by=current_user.id, view_id=view_id)
    if form.validate():
        try:
            with writing() as session:
                saved_views.change(
                    session, by=current_user.id, view_id=view_id, name=form.name.data, is_shared=form.is_shared.data
                )
            return redirect(url_for("insight_views.index"), code=303)
        except Invalid as error:
            form.take(error)
    return make_response(render_template("insights/view_form.html", form=form, view=view), 422)


@blueprint.post("/<int:view_id>/remove")
@curators_and_leaders
def remove(view_id: int) -> ResponseReturnValue:
    """Takes it away; the page that follows offers to bring it back."""
    with writing() as session:
        saved_views.remove(session, house().clock, by=current_user.id, view_id=view_id)
    return redirect(url_for("insight_views.index", removed=view_id), code=303)


@blueprint.post("/<int:view_id>/restore")
@curators_and_leaders
def restore(view_id: int) -> ResponseReturnValue:
    """Brings it back."""
    with writing() as session:
        saved_views.bring_back(session, by=current_user.id, view_id=view_id)
    return redirect(url_for("insight_views.index"), code=303)


def _form(form: ViewForm) -> str:
    page = request.args.get("page", "")
    kept = saved_views.looked_at(page, request.args, now=house().clock.now())
    return render_template(
        "insights/view_form.html", form=form, view=None, title=TITLES[page], told=_told(page, kept)
    )


def _told(page: str, choices: dict[str, str]) -> str:
    """What a view is of, in words."""
    found = [_days(page, choices)]
    if "network" in choices:
        found.append(words.network(choices["network"]))
    if "item" in choices:
        found.append(gettext("one item"))
    if "team" in choices:
        found.append(gettext("one team"))
    if "rule" in choices:
        found.append(say(click_rows.rule_title(choices["rule"])))
    which = {"posts": about_files.WHICH_POSTS, "clicks": about_files.WHICH_CLICKS}.get(page, {})
    names = (
        which.get(choices.get("which", "")),
        STANDINGS.get(choices.get("state", "")),
        about_files.KINDS_OF_FIGURES.get(choices.get("kind", "")),
    )
    return " · ".join([*found, *(say(name) for name in names if name is not None)])


def _days(page: str, choices: dict[str, str]) -> str:
    if page == "teams":
        month = choices.get("month")
        return (
            words.month_name(periods.month_of(date.fromisoformat(f"{month}-01"))) if month else gettext("Last month")
        )
    asked = periods.asked(
        choices.get("period", ""),
        first=choices.get("from", ""),
        last=choices.get("to", ""),
        now=house().clock.now(),
    )
    return words.days(asked.span) if "from" in choices else say(words.PERIODS[asked.period])
