"""The company's own networks: the administrator's page."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import TextAreaField

from advocacy.base.errors import Invalid
from advocacy.reach import offices
from advocacy.reach.observing import client_address
from advocacy.web.access import admins
from advocacy.web.forms import Form, at_most, tell
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("offices", __name__, url_prefix="/admin/links/offices")

LONGEST_LIST = offices.MOST * 160


class OfficesForm(Form):
    """The whole list, a range a line."""

    ranges = TextAreaField(
        lazy_gettext("Addresses of ours, one a line"),
        [at_most(LONGEST_LIST)],
        description=lazy_gettext("An address or a range, then a note if you like: 203.0.113.0/24 Oslo"),
    )


@blueprint.get("")
@admins
def index() -> ResponseReturnValue:
    """What holds now."""
    form = OfficesForm(formdata=None)
    form.ranges.data = "\n".join(f"{one.range} {one.note}".strip() for one in offices.in_force(reading()))
    return _page(form)


@blueprint.post("")
@admins
def save() -> ResponseReturnValue:
    """Replaces the list: all of it, or nothing."""
    form = OfficesForm()
    if form.validate():
        try:
            wanted = offices.read(form.ranges.data or "")
            with writing() as session:
                offices.decide(session, house().clock, by=current_user.id, offices=wanted)
        except Invalid as error:
            form.take(error)
        else:
            tell(
                gettext("Saved. It holds for every visit from about two seconds on; what was counted stays counted.")
            )
            return redirect(url_for("offices.index"), code=303)
    return make_response(_page(form), 422)


def _page(form: OfficesForm) -> str:
    # A proxy that the settings know has been believed already.
    return render_template("reach/offices.html", form=form, address=client_address(request.environ, 0))
