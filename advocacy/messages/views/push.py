"""Notifications that a browser shows by itself: switched on, tried out and taken off, each browser for itself."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.base.letters import Printer
from advocacy.messages import push_devices
from advocacy.messages.push_devices import Subscription
from advocacy.people.devices import name_of
from advocacy.web import sessions
from advocacy.web.access import anyone, signed_in
from advocacy.web.forms import tell
from advocacy.web.house import house, writing
from config import Settings

blueprint = Blueprint("push", __name__)


@blueprint.get("/push-worker.js")
@anyone
def worker() -> Response:
    """The script that shows them. It stands at the root, since a browser lets one see no further than its folder."""
    script = (Path(current_app.static_folder or "") / "js" / "push-worker.js").read_bytes()
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@blueprint.get("/app.webmanifest")
@anyone
def manifest() -> Response:
    """Lets a phone keep the hub on its home screen, which is where an iPhone allows notifications."""
    company = house().part(Settings).company_name
    icon = {"src": url_for("static", filename="img/mark.svg"), "sizes": "any", "type": "image/svg+xml"}
    answer = jsonify(name=company, short_name=company[:12], start_url="/", display="standalone", icons=[icon])
    answer.headers["Content-Type"] = "application/manifest+json"
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@blueprint.post("/me/messages/devices")
@signed_in
def add() -> ResponseReturnValue:
    """Keeps the browser that this comes from."""
    form = request.form
    given = Subscription(form.get("endpoint", ""), form.get("public", ""), form.get("auth", ""))
    with writing() as session:
        device = push_devices.add(
            house(),
            session,
            user_id=current_user.id,
            sign_in=sessions.token_hash(),
            given=given,
            name=name_of(request.headers.get("User-Agent", "")),
        )
        push_devices.send_test(session, house().clock, house().part(Printer), user=current_user, device_id=device.id)
    tell(
        gettext(
            "This browser shows notifications from now on. One is on its way, so that you see what they look like."
        )
    )
    return redirect(url_for("preferences.form"))


@blueprint.post("/me/messages/devices/<int:device_id>/remove")
@signed_in
def remove(device_id: int) -> ResponseReturnValue:
    """Takes one off."""
    with writing() as session:
        push_devices.remove(session, user_id=current_user.id, device_id=device_id)
    tell(gettext("That browser shows no more notifications."))
    return redirect(url_for("preferences.form"))


@blueprint.post("/me/messages/devices/<int:device_id>/test")
@signed_in
def test(device_id: int) -> ResponseReturnValue:
    """Sends one to be seen."""
    with writing() as session:
        push_devices.send_test(session, house().clock, house().part(Printer), user=current_user, device_id=device_id)
    tell(gettext("It is on its way."))
    return redirect(url_for("preferences.form"))
