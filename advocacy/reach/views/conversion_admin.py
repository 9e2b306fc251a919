"""Conversions as an administrator sets them up: whether clicks get ids, which kinds there are, and who may tell of them."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import BooleanField, SelectChoice, SelectField, StringField

from advocacy.base.errors import Invalid
from advocacy.base.sealing import Sealer
from advocacy.reach import click_ids, conversion_kinds
from advocacy.reach.click_ids import WINDOWS, Choice
from advocacy.web.access import admins
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing
from config import Settings

blueprint = Blueprint("conversion_admin", __name__, url_prefix="/admin/links/conversions")


class ChoiceForm(Form):
    """Whether conversions are counted, and for how long after a click."""

    click_ids = BooleanField(
        lazy_gettext("Give each click an id"),
        description=lazy_gettext(
            "Links then add adv_click to the address of your page. It is random, new for every click, and says nothing "
            "about the visitor."
        ),
    )
    window_days = SelectField(
        lazy_gettext("Days after the click in which a conversion counts"),
        coerce=int,
        choices=[SelectChoice(days, str(days)) for days in WINDOWS],
    )


class KindForm(Form):
    """A kind of conversion."""

    name = StringField(lazy_gettext("Name"), [required(), at_most(conversion_kinds.LONGEST_NAME)])
    value = StringField(
        lazy_gettext("What one is worth"),
        [at_most(20)],
        description=lazy_gettext(
            "As long as your server does not say otherwise. Leave it empty when you do not know."
        ),
    )
    currency = StringField(lazy_gettext("Currency"), [at_most(3)])
    has_pixel = BooleanField(
        lazy_gettext("A picture on a page may tell of it"),
        description=lazy_gettext(
            "It is easier than a call from your server, and whoever sees the page can repeat it."
        ),
    )


class SourceForm(Form):
    """A server."""

    source_name = StringField(lazy_gettext("Name of the server"), [at_most(conversion_kinds.LONGEST_NAME)])


@blueprint.get("")
@admins
def index() -> ResponseReturnValue:
    """What holds now."""
    return _page()


@blueprint.post("")
@admins
def save() -> ResponseReturnValue:
    """Decides about ids and days."""
    form = ChoiceForm()
    if not form.validate():
        return make_response(_page(choice=form), 422)
    with writing() as session:
        choice = Choice(click_ids=form.click_ids.data, window_days=form.window_days.data)
        click_ids.decide(session, house().clock, by=current_user.id, choice=choice)
    tell(gettext("Saved. It holds for every link within two seconds."))
    return redirect(url_for("conversion_admin.index"), code=303)


@blueprint.get("/kinds/new")
@admins
def new_kind() -> ResponseReturnValue:
    """An empty form."""
    return _kind_page(KindForm(formdata=None), None)


@blueprint.post("/kinds/new")
@admins
def create_kind() -> ResponseReturnValue:
    """Adds a kind."""
    return _save_kind(None)


@blueprint.get("/kinds/<int:kind_id>")
@admins
def edit_kind(kind_id: int) -> ResponseReturnValue:
    """The form of a kind, and how a server or a page tells of one."""
    kind = conversion_kinds.kind(reading(), kind_id=kind_id)
    form = KindForm(formdata=None, obj=kind)
    form.value.data = f"{kind.hundredths / 100:.2f}" if kind.hundredths is not None else ""
    return _kind_page(form, kind_id)


@blueprint.post("/kinds/<int:kind_id>")
@admins
def save_kind(kind_id: int) -> ResponseReturnValue:
    """Changes a kind."""
    conversion_kinds.kind(reading(), kind_id=kind_id)
    return _save_kind(kind_id)


@blueprint.post("/kinds/<int:kind_id>/end")
@admins
def end_kind(kind_id: int) -> ResponseReturnValue:
    """Takes no more of a kind, or takes them again."""
    with writing() as session:
        is_over = request.form.get("again") is None
        conversion_kinds.end_kind(session, house().clock, by=current_user.id, kind_id=kind_id, is_over=is_over)
    tell(gettext("Saved. What was counted stays counted."))
    return redirect(url_for("conversion_admin.index"), code=303)


@blueprint.post("/sources")
@admins
def add_source() -> ResponseReturnValue:
    """Lets a server tell of conversions, and shows its secret this once."""
    form = SourceForm()
    try:
        with writing() as session:
            source, secret = conversion_kinds.add_source(
                session,
                house().clock,
                house().part(Sealer),
                by=current_user.id,
                name=form.source_name.data or "" if form.validate() else "",
            )
            name, key = source.name, source.key
    except Invalid as error:
        form.take(error)
        return make_response(_page(source=form), 422)
    return render_template("reach/conversion_secret.html", name=name, key=key, secret=secret)


@blueprint.post("/sources/<int:source_id>/revoke")
@admins
def revoke(source_id: int) -> ResponseReturnValue:
    """Takes nothing more from a server."""
    with writing() as session:
        conversion_kinds.revoke(session, house().clock, by=current_user.id, source_id=source_id)
    tell(gettext("Revoked. What it told stays counted."))
    return redirect(url_for("conversion_admin.index"), code=303)


def _save_kind(kind_id: int | None) -> ResponseReturnValue:
    form = KindForm()
    if form.validate():
        try:
            with writing() as session:
                kind = conversion_kinds.save_kind(
                    session,
                    house().clock,
                    by=current_user.id,
                    name=form.name.data,
                    value=form.value.data or "",
                    currency_code=form.currency.data or "",
                    has_pixel=form.has_pixel.data,
                    kind_id=kind_id,
                )
                saved = kind.id
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("The kind of conversion is saved."))
            return redirect(url_for("conversion_admin.edit_kind", kind_id=saved), code=303)
    return make_response(_kind_page(form, kind_id), 422)


def _kind_page(form: KindForm, kind_id: int | None) -> str:
    kind = conversion_kinds.kind(reading(), kind_id=kind_id) if kind_id is not None else None
    return render_template("reach/conversion_kind.html", form=form, kind=kind, hub=house().part(Settings).address)


def _page(choice: ChoiceForm | None = None, source: SourceForm | None = None) -> str:
    session, now = reading(), click_ids.in_force(reading())
    return render_template(
        "reach/conversions.html",
        choice=choice or ChoiceForm(formdata=None, data={"click_ids": now.click_ids, "window_days": now.window_days}),
        source=source or SourceForm(formdata=None),
        kinds=conversion_kinds.kinds(session),
        sources=conversion_kinds.sources(session),
    )
