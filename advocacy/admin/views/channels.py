"""Channels that administrators open to everybody or to a team."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import SelectField

from advocacy.base.errors import Conflict, Invalid
from advocacy.people import teams
from advocacy.sharing import channels, connections
from advocacy.sharing.networks import Networks
from advocacy.sharing.views.channels import ChannelForm, greet
from advocacy.web.access import admins
from advocacy.web.forms import required, tell
from advocacy.web.house import end_reading, house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("open_channels", __name__, url_prefix="/admin/networks/channels")


class OpenChannelForm(ChannelForm):
    """A channel, and whom it is for."""

    network = SelectField(lazy_gettext("Where it is"), [required()])
    team = SelectField(lazy_gettext("Who may share to it"))


@blueprint.get("")
@admins
def index() -> ResponseReturnValue:
    """The channels that are open to several people, and a form for another."""
    return _page(_form(), 200)


@blueprint.post("")
@admins
def add() -> ResponseReturnValue:
    """Connects a channel and opens it."""
    form = _form()
    if not form.validate():
        return _page(form, 422)
    user_id = current_user.id
    end_reading()
    try:
        connection = channels.connect(
            house(),
            user_id=user_id,
            network=form.network.data,
            address=form.address.data,
            name=form.name.data,
        )
    except Invalid as error:
        form.take(error)
        return _page(form, 422)
    except Conflict as error:
        form.form_errors.append(say(error.text))
        return _page(form, 409)
    team_id = int(form.team.data) if form.team.data else None
    with writing() as session:
        channels.open_to(session, house().clock, connection_id=connection.id, team_id=team_id, by=user_id)
    tell(gettext("%(channel)s is open. Post a greeting to see that it works.", channel=connection.handle))
    return redirect(url_for("open_channels.index"), code=303)


@blueprint.post("/<int:connection_id>/try")
@admins
def try_out(connection_id: int) -> ResponseReturnValue:
    """Posts a word of greeting."""
    connection = channels.opened_one(reading(), connection_id=connection_id)
    greet(connection_id, connection.handle)
    return redirect(url_for("open_channels.index"), code=303)


@blueprint.post("/<int:connection_id>/remove")
@admins
def remove(connection_id: int) -> ResponseReturnValue:
    """Lets a channel go: its address is deleted here."""
    connection = channels.opened_one(reading(), connection_id=connection_id)
    owner, handle = connection.user_id, connection.handle
    end_reading()
    connections.disconnect(house(), user_id=owner, connection_id=connection_id)
    tell(
        gettext(
            "%(handle)s is disconnected and its address is deleted here. The webhook still stands: remove it "
            "where you made it, if nobody else uses it.",
            handle=handle,
        ),
        "warning",
    )
    return redirect(url_for("open_channels.index"), code=303)


def _form() -> OpenChannelForm:
    form = OpenChannelForm()
    kinds = [network for network in house().part(Networks).connectable() if network.is_channel]
    form.network.choices = {network.name: say(network.label) for network in kinds}
    form.team.choices = {"": gettext("Everybody")} | {str(number): name for number, name in teams.options(reading())}
    return form


def _page(form: OpenChannelForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "admin/channels.html", form=form, channels=channels.opened(reading(), house().part(Networks))
    )
    return make_response(page, status)
