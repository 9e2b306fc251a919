"""Where links of items that have ended lead: the administrator's page."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import RadioField, SelectChoice, StringField

from advocacy.base.errors import Invalid
from advocacy.reach import ended_links
from advocacy.reach.ended_links import End, Leads
from advocacy.web.access import admins
from advocacy.web.forms import Form, at_most, tell
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("ended_links", __name__, url_prefix="/admin/links")


def _ways() -> list[SelectChoice]:
    return [
        SelectChoice(Leads.ON.value, lazy_gettext("On to where they always led")),
        SelectChoice(Leads.PAGE.value, lazy_gettext("To our page that says there is nothing here any more")),
        SelectChoice(Leads.ADDRESS.value, lazy_gettext("To an address of ours")),
    ]


class EndedLinksForm(Form):
    """One choice for each way in which an item ends."""

    expired = RadioField(
        lazy_gettext("When an item's time is over, its links lead"),
        choices=_ways(),
        description=lazy_gettext("The page outside is often still there, and readers come for months."),
    )
    expired_address = StringField(
        lazy_gettext("Address for items whose time is over"), [at_most(ended_links.LONGEST)]
    )
    withdrawn = RadioField(
        lazy_gettext("When an item is withdrawn, its links lead"),
        choices=_ways(),
        description=lazy_gettext("Posts stay on people's networks until they delete them; their links end here."),
    )
    withdrawn_address = StringField(lazy_gettext("Address for withdrawn items"), [at_most(ended_links.LONGEST)])


@blueprint.get("")
@admins
def index() -> ResponseReturnValue:
    """What holds now."""
    form = EndedLinksForm(formdata=None)
    for end, choice in ended_links.in_force(reading()).items():
        form[end.value].data, form[f"{end.value}_address"].data = choice.leads.value, choice.address
    return render_template("reach/ended_links.html", form=form)


@blueprint.post("")
@admins
def save() -> ResponseReturnValue:
    """Decides: all of it, or nothing."""
    form = EndedLinksForm()
    if form.validate():
        end = End.EXPIRED
        try:
            with writing() as session:
                for end in End:
                    ended_links.decide(
                        session,
                        house().clock,
                        by=current_user.id,
                        end=end,
                        leads=Leads(form[end.value].data),
                        address=form[f"{end.value}_address"].data or "",
                    )
        except Invalid as error:
            form.take(Invalid(f"{end.value}_{error.field}", error.text))
        else:
            tell(gettext("Saved. It holds for every link within two seconds."))
            return redirect(url_for("ended_links.index"), code=303)
    return make_response(render_template("reach/ended_links.html", form=form), 422)
