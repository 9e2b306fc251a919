"""A person's channels: connecting one by the address of its webhook, and a word of greeting to see that it works."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import HiddenField, PasswordField, StringField

from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.sharing import channels, connections, switches
from advocacy.sharing.networks import Network, Networks
from advocacy.web.access import signed_in
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import end_reading, house, reading
from advocacy.web.i18n import say
from advocacy.web.security import safe_path
from config import Settings

blueprint = Blueprint("channels", __name__, url_prefix="/connections/channels")


class ChannelForm(Form):
    """A channel and the address at which it takes posts."""

    name = StringField(lazy_gettext("What the channel is called"), [required(), at_most(channels.LONGEST_NAME)])
    # A password field, since whoever reads the address over a shoulder can post: it is never shown again either.
    address = PasswordField(
        lazy_gettext("Address of its webhook"), [required(), at_most(1000)], render_kw={"autocomplete": "off"}
    )
    next = HiddenField()


@blueprint.get("/<network>/new")
@signed_in
def new(network: str) -> ResponseReturnValue:
    """Asks for a channel's address."""
    facts, form = _channel_network(network), ChannelForm(formdata=None)
    form.next.data = safe_path(request.args.get("next"), otherwise="")
    return _page(facts, form, 200)


@blueprint.post("/<network>/new")
@signed_in
def connect(network: str) -> ResponseReturnValue:
    """Connects a channel."""
    facts, form = _channel_network(network), ChannelForm()
    if not form.validate():
        return _page(facts, form, 422)
    user_id = current_user.id
    end_reading()
    try:
        connection = channels.connect(
            house(), user_id=user_id, network=network, address=form.address.data, name=form.name.data
        )
    except Invalid as error:
        form.take(error)
        return _page(facts, form, 422)
    except Conflict as error:
        form.form_errors.append(say(error.text))
        return _page(facts, form, 409)
    tell(gettext("%(handle)s is connected.", handle=connection.handle))
    return redirect(safe_path(form.next.data, otherwise=url_for("connections.index")), code=303)


@blueprint.post("/<int:connection_id>/try")
@signed_in
def try_out(connection_id: int) -> ResponseReturnValue:
    """Posts a word of greeting to one's own channel."""
    connection = connections.one(reading(), user_id=current_user.id, connection_id=connection_id)
    if not house().part(Networks).get(connection.network).is_channel:
        raise NotFound()
    greet(connection_id, connection.handle)
    return redirect(url_for("connections.index"), code=303)


def greet(connection_id: int, handle: str) -> None:
    """Posts a word of greeting, and tells the person what came of it."""
    company = house().part(Settings).company_name
    words = gettext("Hello from %(company)s. This is only a test: sharing to this channel works.", company=company)
    end_reading()
    try:
        channels.try_out(house(), connection_id=connection_id, words=words)
    except Conflict as error:
        tell(say(error.text), "error")
    else:
        tell(gettext("We posted a greeting to %(channel)s. Look whether it is there.", channel=handle))


def _channel_network(name: str) -> Network:
    networks = house().part(Networks)
    network = networks.get(name)
    if not networks.is_offered(name):
        raise NotFound(switches.SWITCHED_OFF)
    if not network.is_channel:
        raise NotFound()
    return network


def _page(network: Network, form: ChannelForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "sharing/channel.html", network=network, form=form, steps=channels.steps(house().part(Networks), network.name)
    )
    return make_response(page, status)
