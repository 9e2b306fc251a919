"""Where administrators look after networks: what each waits for, switching it on and off, and the company's own."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import StringField

from advocacy.admin import networks as service
from advocacy.base.errors import Conflict, Invalid
from advocacy.sharing import composing, costs, own_networks
from advocacy.sharing.networks import Networks
from advocacy.web.access import admins
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import end_reading, house, reading, writing
from advocacy.web.i18n import say
from config import Settings

blueprint = Blueprint("networks", __name__, url_prefix="/admin/networks")


class OwnNetworkForm(Form):
    """A network of the company's own."""

    label = StringField(lazy_gettext("What people call it"), [required(), at_most(own_networks.LONGEST_LABEL)])
    template = StringField(
        lazy_gettext("Address of its share page"),
        [required(), at_most(1000)],
        render_kw={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"},
    )


@blueprint.get("")
@admins
def index() -> ResponseReturnValue:
    """Every network, and how it stands."""
    return _page(OwnNetworkForm(formdata=None))


@blueprint.post("/<network>/test")
@admins
def test(network: str) -> ResponseReturnValue:
    """Tries a network's settings, and says what came of it."""
    label = say(service.label(house().part(Networks), network=network))
    end_reading()
    tried = service.try_settings(house(), network=network)
    tone = {True: "success", False: "error", None: "info"}[tried.works]
    tell(gettext("%(network)s: %(words)s", network=label, words=say(tried.says)), tone)
    return redirect(url_for("networks.index", _anchor=network), code=303)


@blueprint.post("/<network>/switch")
@admins
def switch(network: str) -> ResponseReturnValue:
    """Switches a network on or off for everyone."""
    networks, on = house().part(Networks), request.form.get("to") == "on"
    label = say(service.label(networks, network=network))
    with writing() as session:
        service.switch(session, house().clock, networks, network=network, on=on, by=current_user.id)
    networks.look_again()
    if on:
        tell(gettext("%(network)s is on again. What waited goes out.", network=label))
    else:
        tell(gettext("%(network)s is off for everyone. What is planned there waits.", network=label))
    return redirect(url_for("networks.index", _anchor=network), code=303)


@blueprint.post("/own")
@admins
def add_own() -> ResponseReturnValue:
    """Adds a network of the company's own, or shows first what would open."""
    form = OwnNetworkForm()
    if not form.validate():
        return _page(form, status=422)
    try:
        if request.form.get("do") == "preview":
            return _page(form, preview=_preview(form))
        with writing() as session:
            own_networks.add(
                session,
                house().clock,
                label=form.label.data,
                template=form.template.data,
                by=current_user.id,
            )
    except Invalid as error:
        form.take(error)
        return _page(form, status=422)
    except Conflict as error:
        form.form_errors.append(say(error.text))
        return _page(form, status=409)
    house().part(Networks).look_again()
    tell(gettext("Added. People find it under “Post it yourself”."))
    return redirect(url_for("networks.index", _anchor="own"), code=303)


@blueprint.post("/own/<int:network_id>/remove")
@admins
def remove_own(network_id: int) -> ResponseReturnValue:
    """Offers a network of the company's own no longer."""
    with writing() as session:
        own_networks.remove(session, house().clock, network_id=network_id, by=current_user.id)
    house().part(Networks).look_again()
    tell(gettext("Removed. Shares that were made stay as they are."))
    return redirect(url_for("networks.index", _anchor="own"), code=303)


def _preview(form: OwnNetworkForm) -> str:
    return own_networks.preview(
        label=form.label.data,
        template=form.template.data,
        words=gettext("We are hiring, and I would love to work with you."),
        title=gettext("Come and work with us"),
        link=composing.sample_link(house().part(Settings).address),
    )


def _page(form: OwnNetworkForm, *, preview: str | None = None, status: int = 200) -> ResponseReturnValue:
    settings = house().part(Settings)
    page = render_template(
        "admin/networks.html",
        lines=service.lines(reading(), house().db, house().part(Networks), now=house().db.now(reading())),
        own=own_networks.offered(reading()),
        form=form,
        preview=preview,
        redirect_uri=settings.address + url_for("connections.come_back"),
        is_https=settings.is_https,
        money=costs.money,
    )
    return make_response(page, status)
