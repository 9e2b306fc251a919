"""The bell, and the page behind it."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.base.notifying import Kinds
from advocacy.messages import notifications
from advocacy.messages.posting import sentence
from advocacy.web.access import signed_in
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing
from advocacy.web.security import safe_path
from advocacy.web.sessions import unattended

blueprint = Blueprint("notifications", __name__, url_prefix="/me/notifications")


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """What this person was told, newest first."""
    page = notifications.page(reading(), user_id=current_user.id, after=request.args.get("after", ""))
    icons = {name: kind.icon for name, kind in house().part(Kinds).by_name.items()}
    return render_template(
        "messages/notifications.html",
        lines=[(line, sentence(line), icons.get(line.kind, "bell")) for line in page.items],
        newest=max((line.id for line in page.items), default=0),
        has_unread=any(line.read_at is None for line in page.items),
        next_url=url_for("notifications.index", after=page.next_cursor) if page.next_cursor else None,
    )


@blueprint.get("/bell")
@signed_in
@unattended
def bell() -> ResponseReturnValue:
    """How many are unread, for every page to put in and to ask again; nothing where that is as it was."""
    count, newest = notifications.unread(reading(), user_id=current_user.id)
    state, seen = f"{count}-{newest}", request.args.get("seen", "")
    if seen == state:
        return "", 204
    answer = make_response(render_template("messages/bell.html", count=count, state=state))
    if seen:
        answer.headers["HX-Trigger"] = "notifications"
    return answer


@blueprint.get("/<int:notification_id>")
@signed_in
def follow(notification_id: int) -> ResponseReturnValue:
    """Leads to what it is about, and marks it read."""
    with writing() as session:
        found = notifications.read(session, house().clock, user_id=current_user.id, notification_id=notification_id)
    return redirect(safe_path(found.path, otherwise=url_for("notifications.index")))


@blueprint.post("/read")
@signed_in
def read_all() -> ResponseReturnValue:
    """Marks all of those that were shown, and older ones, read."""
    with writing() as session:
        notifications.read_all(
            session, house().clock, user_id=current_user.id, up_to=request.form.get("up_to", 0, type=int)
        )
    tell(gettext("All are marked as read."))
    return redirect(url_for("notifications.index"))
