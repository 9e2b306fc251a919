"""The outbox: which letters wait, which went, what the mail server said."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from advocacy.base.mail import Post
from advocacy.people import outbox
from advocacy.web.access import admins
from advocacy.web.house import house, reading

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
    )
