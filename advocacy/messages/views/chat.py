"""Channels of the company for administrators: which there are, what each is told, and what did not arrive."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import PasswordField, SelectField, StringField

from advocacy.base.errors import Conflict, Invalid
from advocacy.base.notifying import Kinds
from advocacy.messages import chat_channels
from advocacy.sharing.networks import Networks
from advocacy.web.access import admins
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import end_reading, house, reading, writing
from advocacy.web.i18n import say
from config import Settings

blueprint = Blueprint("chat", __name__, url_prefix="/admin/chat")


class ChatForm(Form):
    """A channel and the address at which it takes posts."""

    network = SelectField(lazy_gettext("Where it is"), [required()])
    name = StringField(lazy_gettext("What the channel is called"), [required(), at_most(80)])
    address = PasswordField(
        lazy_gettext("Address of its webhook"), [required(), at_most(1000)], render_kw={"autocomplete": "off"}
    )
    locale = SelectField(lazy_gettext("Language"), choices={"en": "English", "nb": "Norsk bokmål"})


@blueprint.get("")
@admins
def index() -> ResponseReturnValue:
    """The channels, and a form for another."""
    return _page(_form(), 200)


@blueprint.post("")
@admins
def add() -> ResponseReturnValue:
    """Connects a channel."""
    form, user_id = _form(), current_user.id
    if not form.validate():
        return _page(form, 422)
    end_reading()
    try:
        channel = chat_channels.connect(
            house(),
            network=form.network.data,
            address=form.address.data,
            name=form.name.data,
            kinds=request.form.getlist("kind"),
            locale=form.locale.data,
            by=user_id,
        )
    except Invalid as error:
        form.take(error)
        return _page(form, 422)
    tell(gettext("%(channel)s is connected. Post a greeting to see that it works.", channel=channel.name))
    return redirect(url_for("chat.index"), code=303)


@blueprint.post("/<int:channel_id>")
@admins
def choose(channel_id: int) -> ResponseReturnValue:
    """Decides what a channel is told."""
    with writing() as session:
        chat_channels.choose(
            session,
            house().clock,
            house().part(Kinds),
            channel_id=channel_id,
            wanted=request.form.getlist("kind"),
            by=current_user.id,
        )
    tell(gettext("Your choices are kept."))
    return redirect(url_for("chat.index"), code=303)


@blueprint.post("/<int:channel_id>/try")
@admins
def try_out(channel_id: int) -> ResponseReturnValue:
    """Posts a word of greeting."""
    channel = chat_channels.get(reading(), channel_id=channel_id)
    words = gettext("A greeting from %(company)s: this channel works.", company=house().part(Settings).company_name)
    end_reading()
    try:
        chat_channels.try_out(house(), channel_id=channel_id, words=words)
    except Conflict as error:
        tell(say(error.text), "error")
    else:
        tell(gettext("The greeting went out to %(channel)s. Look whether it is there.", channel=channel.name))
    return redirect(url_for("chat.index"), code=303)


@blueprint.post("/<int:channel_id>/remove")
@admins
def remove(channel_id: int) -> ResponseReturnValue:
    """Lets a channel go."""
    with writing() as session:
        chat_channels.remove(session, house().clock, channel_id=channel_id, by=current_user.id)
    tell(gettext("The channel is let go and its address is deleted here."))
    return redirect(url_for("chat.index"), code=303)


@blueprint.post("/messages/<int:message_id>/again")
@admins
def again(message_id: int) -> ResponseReturnValue:
    """Sends one again that is not there."""
    with writing() as session:
        chat_channels.send_again(session, house().clock, message_id=message_id)
    tell(gettext("It goes out again."))
    return redirect(url_for("chat.index"), code=303)


@blueprint.post("/messages/<int:message_id>/forget")
@admins
def forget(message_id: int) -> ResponseReturnValue:
    """Takes one off the list."""
    with writing() as session:
        chat_channels.forget(session, message_id=message_id)
    return redirect(url_for("chat.index"), code=303)


def _form() -> ChatForm:
    form, networks = ChatForm(), house().part(Networks)
    form.network.choices = {name: say(networks.label(name)) for name in sorted(networks.channels)}
    return form


def _page(form: ChatForm, status: int) -> ResponseReturnValue:
    networks, session = house().part(Networks), reading()
    page = render_template(
        "messages/chat.html",
        form=form,
        channels=chat_channels.every(session),
        not_there=chat_channels.not_there(session),
        kinds=house().part(Kinds).for_channels,
        wanted=request.form.getlist("kind") if request.method == "POST" else [],
        label=networks.label,
    )
    return make_response(page, status)
