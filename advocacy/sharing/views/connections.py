"""A person's networks: connecting, connecting again, letting go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import HiddenField, PasswordField, RadioField, StringField

from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.text import Text
from advocacy.people import passwords
from advocacy.people import sessions as browsers
from advocacy.sharing import channels, choosing, connecting, connections, switches
from advocacy.sharing.choosing import Choice, Connected
from advocacy.sharing.networks import OWN_WAYS, Network, Networks
from advocacy.web import sessions
from advocacy.web.access import anyone, signed_in
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import end_reading, house, reading
from advocacy.web.i18n import say
from advocacy.web.security import safe_path
from config import Settings

blueprint = Blueprint("connections", __name__, url_prefix="/connections")

RECENT = timedelta(hours=12)
"""Whoever connects an account signed in within this time, or gives the password again: a forgotten open browser must
not be enough to hang a stranger's account onto a person."""


class ConnectForm(Form):
    """What every way of connecting asks for."""

    password = PasswordField(
        lazy_gettext("Your password here"), [required()], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()


class OwnPageForm(ConnectForm):
    """The network's own page asks everything."""

    again = HiddenField()


Asked = TypeVar("Asked", bound=ConnectForm)


class AppPasswordForm(ConnectForm):
    """An account and a password made for us alone."""

    identifier = StringField(
        lazy_gettext("Your handle"),
        [required(), at_most(200)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    app_password = PasswordField(
        lazy_gettext("App password"), [required(), at_most(100)], render_kw={"autocomplete": "off"}
    )
    server = StringField(
        lazy_gettext("Server"), [at_most(250)], render_kw={"autocapitalize": "none", "spellcheck": "false"}
    )


class HandleForm(OwnPageForm):
    """An account whose server's own page asks the rest; the page can also ask whose it is."""

    server = StringField(
        lazy_gettext("Your handle"),
        [at_most(250)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )


class ServerForm(OwnPageForm):
    """A server whose own page asks the rest."""

    server = StringField(
        lazy_gettext("Your server"),
        [required(), at_most(250)],
        render_kw={"autocapitalize": "none", "spellcheck": "false", "inputmode": "url"},
    )


class WhichForm(Form):
    """One of several accounts."""

    account = RadioField(lazy_gettext("Your accounts"), [required()])


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The accounts that are connected, and what else could be."""
    mine = connections.mine(reading(), user_id=current_user.id)
    networks = house().part(Networks)
    return render_template(
        "sharing/connections.html",
        mine=[
            (
                connection,
                networks.label(connection.network),
                connections.standing(
                    connection, house().clock.now(), is_network_off=not networks.is_offered(connection.network)
                ),
            )
            for connection in mine
        ],
        connectable=networks.connectable(),
        channels={network.name for network in networks.connectable() if network.is_channel},
        open_channels=[
            (connection, networks.label(connection.network))
            for connection in channels.open_to_me(reading(), user=current_user)
        ],
        share_links=[network for network in networks.share_links() if network.name not in OWN_WAYS],
    )


@blueprint.get("/<network>/new")
@signed_in
def new(network: str) -> ResponseReturnValue:
    """Asks for what it takes to go on to the network's own page."""
    if house().part(Networks).get(network).is_channel:
        return redirect(url_for("channels.new", network=network, next=request.args.get("next")))
    facts = _connectable(network)
    if facts.sign_in == "app_password":
        return redirect(url_for("connections.app_password", network=network, next=request.args.get("next")))
    form = _form(facts)
    form.next.data = safe_path(request.args.get("next"), otherwise="")
    form.again.data = request.args.get("again", type=int)
    if isinstance(form, ServerForm | HandleForm):
        form.server.data = request.args.get("server", "")[:250]
    return _page(facts, form, 200)


@blueprint.post("/<network>/new")
@signed_in
def connect(network: str) -> ResponseReturnValue:
    """Leads on to the network's own page."""
    facts = _connectable(network)
    form = _form(facts)
    return _tried(facts, form, lambda: _leads_on(facts, form))


@blueprint.get("/<network>/app-password")
@signed_in
def app_password(network: str) -> ResponseReturnValue:
    """Asks for an app password."""
    facts = _takes_app_password(network)
    form = _with_password_if_need_be(AppPasswordForm())
    form.next.data = safe_path(request.args.get("next"), otherwise="")
    return _page(facts, form, 200)


@blueprint.post("/<network>/app-password")
@signed_in
def connect_by_app_password(network: str) -> ResponseReturnValue:
    """Connects by an app password."""
    facts = _takes_app_password(network)
    form = _with_password_if_need_be(AppPasswordForm())
    return _tried(facts, form, lambda: _with_app_password(facts, form))


@blueprint.get("/way-back")
@anyone
def way_back() -> ResponseReturnValue:
    """Leads on to where the browser is signed in: some networks send people back to this machine by number alone."""
    query = request.query_string.decode("ascii", "ignore")
    return redirect(f"{house().part(Settings).address}{url_for('connections.come_back')}?{query}")


@blueprint.get("/<int:connection_id>/again")
@signed_in
def connect_again(connection_id: int) -> ResponseReturnValue:
    """One click to the network's own page, for an account that is connected; it alone may come back from there.

    Leads to the form where there is more to ask: an app password, or that it is them.
    """
    connection = connections.one(reading(), user_id=current_user.id, connection_id=connection_id)
    if house().part(Networks).get(connection.network).is_channel:
        return redirect(url_for("channels.new", network=connection.network))
    facts = _connectable(connection.network)
    account = connection.server or connection.handle
    asks = url_for("connections.new", network=facts.name, server=account, again=connection_id)
    if facts.sign_in != "oauth" or not _signed_in_recently() or _hindrance(facts) is not None:
        return redirect(asks)
    try:
        return redirect(_begin(facts, server=connection.server, again=connection_id).url)
    except (Conflict, Invalid) as error:
        tell(say(error.text), "error")
        return redirect(url_for("connections.index"))


@blueprint.get("/back")
@signed_in
def come_back() -> ResponseReturnValue:
    """Where a network's page sends the person back to."""
    user_id = current_user.id
    end_reading()
    try:
        found = connecting.finish(
            house(),
            user_id=user_id,
            session_hash=sessions.token_hash(),
            state=request.args.get("state", ""),
            code=request.args.get("code", ""),
            error=request.args.get("error", ""),
            issuer=request.args.get("iss", ""),
        )
    except Conflict as error:
        tell(say(error.text), "error")
        return redirect(url_for("connections.index"))
    if isinstance(found, Choice):
        return redirect(url_for("connections.ask_which", flow=found.flow))
    return _connected(found)


@blueprint.get("/which/<flow>")
@signed_in
def ask_which(flow: str) -> ResponseReturnValue:
    """Asks which of several accounts to connect."""
    try:
        choice = _choice(flow)
    except Conflict as error:
        tell(say(error.text), "error")
        return redirect(url_for("connections.index"))
    return _which(choice, _which_form(choice), 200)


@blueprint.post("/which/<flow>")
@signed_in
def choose(flow: str) -> ResponseReturnValue:
    """Connects the account that was chosen."""
    try:
        choice = _choice(flow)
        form = _which_form(choice)
        if not form.validate():
            return _which(choice, form, 422)
        user_id = current_user.id
        end_reading()
        found = choosing.choose(
            house(), user_id=user_id, session_hash=sessions.token_hash(), flow=flow, remote_id=form.account.data
        )
    except Conflict as error:
        tell(say(error.text), "error")
        return redirect(url_for("connections.index"))
    return _connected(found)


@blueprint.get("/<int:connection_id>/disconnect")
@signed_in
def ask_disconnect(connection_id: int) -> ResponseReturnValue:
    """Asks before an account is let go."""
    connection = connections.one(reading(), user_id=current_user.id, connection_id=connection_id)
    return render_template(
        "sharing/disconnect.html",
        connection=connection,
        network=house().part(Networks).label(connection.network),
        is_channel=connection.network in house().part(Networks).channels,
        planned=connections.planned_shares(reading(), connection_id=connection_id),
    )


@blueprint.post("/<int:connection_id>/disconnect")
@signed_in
def disconnect(connection_id: int) -> ResponseReturnValue:
    """Lets an account go."""
    connection = connections.one(reading(), user_id=current_user.id, connection_id=connection_id)
    handle, network = connection.handle, say(house().part(Networks).label(connection.network))
    is_channel = house().part(Networks).get(connection.network).is_channel
    user_id = current_user.id
    end_reading()
    revoked = connections.disconnect(house(), user_id=user_id, connection_id=connection_id)
    if revoked is connections.Revoked.AT_THE_NETWORK:
        tell(gettext("%(handle)s is disconnected, and our access to it is taken back.", handle=handle))
    elif is_channel:
        tell(
            gettext(
                "%(handle)s is disconnected and its address is deleted here. The webhook still stands: remove it "
                "where you made it, if nobody else uses it.",
                handle=handle,
            ),
            "warning",
        )
    else:
        tell(
            gettext(
                "%(handle)s is disconnected and its tokens are deleted here. We could not tell %(network)s: "
                "remove our access in its settings as well.",
                handle=handle,
                network=network,
            ),
            "warning",
        )
    return redirect(url_for("connections.index"))


def _connected(found: Connected) -> ResponseReturnValue:
    tell(gettext("%(handle)s is connected.", handle=found.handle))
    return redirect(safe_path(found.next_path, otherwise=url_for("connections.index")))


def _choice(flow: str) -> Choice:
    return choosing.asked(house(), user_id=current_user.id, session_hash=sessions.token_hash(), flow=flow)


def _which_form(choice: Choice) -> WhichForm:
    form = WhichForm()
    form.account.choices = list(choice.accounts)
    return form


def _which(choice: Choice, form: WhichForm, status: int) -> ResponseReturnValue:
    label = house().part(Networks).label(choice.network)
    page = render_template("sharing/connect_choose.html", flow=choice.flow, network=label, form=form)
    return make_response(page, status)


def _connectable(name: str) -> Network:
    network = house().part(Networks).get(name)
    if not house().part(Networks).is_offered(name):
        raise NotFound(switches.SWITCHED_OFF)
    if not network.is_api or network.sign_in not in ("oauth", "app_password"):
        raise NotFound()
    return network


def _takes_app_password(name: str) -> Network:
    network = _connectable(name)
    if not network.app_password:
        raise NotFound()
    return network


def _form(network: Network) -> OwnPageForm:
    if network.asks_handle:
        return _with_password_if_need_be(HandleForm())
    return _with_password_if_need_be(ServerForm() if network.many_servers else OwnPageForm())


def _with_password_if_need_be(form: Asked) -> Asked:
    if _signed_in_recently():
        del form.password
    return form


def _tried(network: Network, form: ConnectForm, go: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """What connecting comes to; what stands in its way is said on the form."""
    if not form.validate():
        return _page(network, form, 422)
    try:
        _check_password(form)
        return go()
    except Invalid as error:
        form.take(error)
        return _page(network, form, 422)
    except Conflict as error:
        form.form_errors.append(say(error.text))
        return _page(network, form, 409)


def _signed_in_recently() -> bool:
    found = browsers.find(reading(), house().clock, token=sessions.token())
    return found is not None and found.created_at > house().clock.now() - RECENT


def _check_password(form: ConnectForm) -> None:
    if "password" not in form:
        return
    person = passwords.person_with(reading(), email=current_user.email, password=form.password.data)
    if person is None or person.id != current_user.id:
        raise Invalid("password", Text("This is not your password here. Try again, or sign in again."))


def _with_app_password(network: Network, form: AppPasswordForm) -> ResponseReturnValue:
    user_id = current_user.id
    end_reading()
    connection = connecting.with_app_password(
        house(),
        user_id=user_id,
        network=network.name,
        identifier=form.identifier.data,
        app_password=form.app_password.data,
        server=(form.server.data or "").strip(),
    )
    tell(gettext("%(handle)s is connected.", handle=connection.handle))
    return redirect(safe_path(form.next.data, otherwise=url_for("connections.index")))


def _leads_on(network: Network, form: OwnPageForm) -> ResponseReturnValue:
    going = _begin(
        network,
        server=(form.server.data or "").strip() if isinstance(form, ServerForm | HandleForm) else "",
        again=int(form.again.data) if str(form.again.data or "").isdecimal() else None,
        next_path=safe_path(form.next.data, otherwise=""),
    )
    # A page with a link, since the policy's form-action keeps forms from being redirected to other sites.
    return make_response(render_template("sharing/connect_continue.html", network=network, going=going))


def _begin(network: Network, *, server: str, again: int | None, next_path: str = "") -> connecting.Continue:
    settings, user_id = house().part(Settings), current_user.id
    end_reading()
    return connecting.begin(
        house(),
        user_id=user_id,
        session_hash=sessions.token_hash(),
        network=network.name,
        server=server,
        redirect_uri=_back_to(network),
        client_name=settings.company_name,
        website=settings.address if settings.is_https else "",
        next_path=next_path,
        again=again,
    )


def _back_to(network: Network) -> str:
    """The address that a network sends people back to."""
    address = house().part(Settings).address
    if network.asks_handle and urlsplit(address).hostname == "localhost":
        return address.replace("localhost", "127.0.0.1", 1) + url_for("connections.way_back")
    return address + url_for("connections.come_back")


def _hindrance(network: Network) -> Text | None:
    return connecting.hindrance(house(), network=network.name, redirect_uri=_back_to(network))


def _page(network: Network, form: ConnectForm, status: int) -> ResponseReturnValue:
    if isinstance(form, AppPasswordForm):
        return make_response(render_template("sharing/connect_app_password.html", network=network, form=form), status)
    page = render_template("sharing/connect.html", network=network, form=form, hindrance=_hindrance(network))
    return make_response(page, status)
