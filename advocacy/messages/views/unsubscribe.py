"""The link in letters that stops them: works without signing in, and by one POST of a mail program (RFC 8058)."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from advocacy.base.errors import NotFound
from advocacy.base.sealing import Sealer
from advocacy.messages import choices, unsubscribing
from advocacy.web.access import anyone
from advocacy.web.house import house, writing

blueprint = Blueprint("unsubscribe", __name__, url_prefix="/unsubscribe")


@blueprint.get("/<token>")
@anyone
def ask(token: str) -> ResponseReturnValue:
    """Asks once: mail filters open links, and must stop nothing by that."""
    if token == unsubscribing.PREVIEW:
        return render_template("messages/unsubscribe_preview.html")
    _, letters = unsubscribing.opened(house().part(Sealer), token)
    return render_template("messages/unsubscribe.html", token=token, letters=letters, is_done=False)


@blueprint.post("/<token>")
@anyone
def stop(token: str) -> ResponseReturnValue:
    """Stops them. The sealed link is the proof, so that a mail program needs neither a session nor a form's token."""
    try:
        user_id, letters = unsubscribing.opened(house().part(Sealer), token)
    except NotFound:
        abort(400)
    with writing() as session:
        choices.stop(session, user_id=user_id, letters=letters)
    return render_template("messages/unsubscribe.html", token=token, letters=letters, is_done=True)
