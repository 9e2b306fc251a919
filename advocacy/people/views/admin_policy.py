"""The company's policy, as its writers see it: versions, a new one, a look at it before it is in force."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import StringField, TextAreaField

from advocacy.base import sanitize
from advocacy.base.errors import Conflict, Invalid
from advocacy.people import policies
from advocacy.web.access import admins
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("admin_policy", __name__, url_prefix="/admin/policy")


class PolicyForm(Form):
    """A version."""

    title = StringField(lazy_gettext("Title"), [required(), at_most(160)])
    body = TextAreaField(
        lazy_gettext("Text"),
        [required()],
        description=lazy_gettext("Markdown: # heading, - list, **bold**, [words](https://…)."),
        render_kw={"rows": 18},
    )


@blueprint.get("")
@admins
def index() -> ResponseReturnValue:
    """Every version."""
    page = policies.page(reading(), after=request.args.get("after", ""))
    return render_template("people/admin_policies.html", page=page, is_first=not request.args.get("after"))


@blueprint.get("/new")
@admins
def new() -> ResponseReturnValue:
    """A new version, beginning with the words of the one in force."""
    now = policies.current(reading())
    filled = PolicyForm(
        formdata=None, title=now.title if now else gettext("Social media policy"), body=now.body if now else ""
    )
    return _page(filled, 200)


@blueprint.post("/new")
@admins
def write() -> ResponseReturnValue:
    """Shows the version as people will see it, or puts it in force."""
    filled = PolicyForm()
    if not filled.validate():
        return _page(filled, 422)
    if request.form.get("do") != "publish":
        return _page(filled, 200, preview=sanitize.markdown(filled.body.data))
    try:
        with writing() as session:
            policy = policies.write(
                session, house().clock, title=filled.title.data, body=filled.body.data, by=current_user.id
            )
    except Invalid as error:
        filled.take(error)
        return _page(filled, 422)
    except Conflict as error:
        filled.form_errors.append(say(error.text))
        return _page(filled, 409)
    tell(
        gettext(
            "Version %(number)s is in force. Everybody is asked to accept it before they share again.",
            number=policy.number,
        )
    )
    return redirect(url_for("admin_policy.index"))


def _page(filled: PolicyForm, status: int, preview: str = "") -> Response:
    return make_response(render_template("people/admin_policy.html", form=filled, preview=preview), status)
