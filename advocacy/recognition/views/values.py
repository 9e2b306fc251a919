"""The company's values, as an administrator sets them."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import BooleanField, IntegerField, StringField

from advocacy.base.errors import Invalid
from advocacy.recognition import values
from advocacy.recognition.values import Written
from advocacy.recognition.views.kudos import words
from advocacy.web.access import admins
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("company_values", __name__, url_prefix="/company/values")


class ValueForm(Form):
    """A value."""

    name = StringField(lazy_gettext("Name in English"), [required(), at_most(60)])
    sentence = StringField(lazy_gettext("What it means here, in English"), [at_most(200)])
    name_nb = StringField(lazy_gettext("Name in Norwegian"), [at_most(60)])
    sentence_nb = StringField(lazy_gettext("What it means here, in Norwegian"), [at_most(200)])
    position = IntegerField(lazy_gettext("Place in the list"), [required()])
    is_open = BooleanField(lazy_gettext("Kudos can be given with it"))


@blueprint.get("")
@admins
def index() -> ResponseReturnValue:
    """All of them in their order."""
    return render_template("recognition/values.html", values=values.everything(reading()), **words())


@blueprint.get("/new")
@admins
def new() -> ResponseReturnValue:
    """One more."""
    place = len(values.everything(reading())) + 1
    return render_template(
        "recognition/value_form.html", form=ValueForm(formdata=None, position=place, is_open=True), value=None
    )


@blueprint.post("/new")
@admins
def create() -> ResponseReturnValue:
    """Keeps it."""
    return _save(None)


@blueprint.get("/<int:value_id>")
@admins
def edit(value_id: int) -> ResponseReturnValue:
    """One of them."""
    value = values.get(reading(), value_id=value_id)
    form = ValueForm(
        formdata=None,
        name=value.name["en"],
        sentence=value.sentence["en"],
        name_nb=value.name.get("nb", ""),
        sentence_nb=value.sentence.get("nb", ""),
        position=value.position,
        is_open=value.is_open,
    )
    return render_template("recognition/value_form.html", form=form, value=value)


@blueprint.post("/<int:value_id>")
@admins
def save(value_id: int) -> ResponseReturnValue:
    """Keeps what was changed."""
    return _save(value_id)


def _save(value_id: int | None) -> ResponseReturnValue:
    form = ValueForm()
    value = values.get(reading(), value_id=value_id) if value_id is not None else None
    if form.validate():
        written = Written(
            form.name.data,
            form.sentence.data or "",
            form.name_nb.data or "",
            form.sentence_nb.data or "",
            form.position.data,
            form.is_open.data,
        )
        try:
            with writing() as session:
                values.save(session, house().clock, written=written, by=current_user.id, value_id=value_id)
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("The value is saved."))
            return redirect(url_for("company_values.index"))
    return make_response(render_template("recognition/value_form.html", form=form, value=value), 422)
