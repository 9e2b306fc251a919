"""The outbox: which letters wait, which went, what the mail server said."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from advocacy.base.mail import Post
from advocacy.people import outbox
from advocacy.web.access import admins
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("admin_mail", __name__, url_prefix="/admin/mail")


@blueprint.get("")
@admins
def index() -> ResponseReturnValue:
    """The letters, newest first, without what they say."""
    post = house().part(Post)
    return render_template(
        "people/admin_mail.html",
        page=outbox.page(reading(), after=request.args.get("after", "")),
        is_first=not request.args.get("after"),
        state=outbox.state(reading()),
        kept_in_files=post.is_kept_in_files,
        folder=post.folder,
        paused=outbox.paused_addresses(reading()),
    )


@blueprint.post("/resume")
@admins
def resume() -> ResponseReturnValue:
    """Newsletters go to an address again."""
    with writing() as session:
        outbox.resume(session, email=request.form.get("email", "")[:254])
    tell(gettext("Newsletters go to this address again."))
    return redirect(url_for("admin_mail.index"))
