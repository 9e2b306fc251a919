"""Earned media value, and the rates it is made of."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import SelectChoice, SelectField, StringField

from advocacy.base.errors import Invalid
from advocacy.insights import media_value
from advocacy.insights.views.question import question
from advocacy.insights.views.words import WORDS, network_choices
from advocacy.reach import media_rates
from advocacy.reach.media_rates import PER, Figure
from advocacy.web.access import Rule, admins, curators_and_leaders
from advocacy.web.forms import Form, at_most, tell
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("insight_value", __name__, url_prefix="/insights/media-value")

FIGURES = {
    Figure.CLICKS: lazy_gettext("Clicks by people"),
    Figure.VIEWS: lazy_gettext("Views"),
    Figure.LIKES: lazy_gettext("Likes"),
    Figure.REPOSTS: lazy_gettext("Reposts"),
    Figure.REPLIES: lazy_gettext("Replies"),
    Figure.QUOTES: lazy_gettext("Quotes"),
}


class RateForm(Form):
    """A rate."""

    network = SelectField(lazy_gettext("Network"))
    figure = SelectField(
        lazy_gettext("Figure"), choices=[SelectChoice(one.value, label) for one, label in FIGURES.items()]
    )
    per = SelectField(
        lazy_gettext("For how many"), coerce=int, choices=[SelectChoice(number, str(number)) for number in PER]
    )
    low = StringField(lazy_gettext("Lowest price"), [at_most(20)])
    high = StringField(lazy_gettext("Highest price"), [at_most(20)])
    currency = StringField(lazy_gettext("Currency"), [at_most(3)])
    source = StringField(
        lazy_gettext("Where the rate is from"),
        [at_most(media_rates.LONGEST_SOURCE)],
        description=lazy_gettext("An invoice, an offer, a page: whoever reads the figure wants to check it."),
    )


@blueprint.get("")
@curators_and_leaders
def index() -> ResponseReturnValue:
    """The range, its formula and its rates."""
    ask = question()
    return render_template(
        "insights/media_value.html",
        ask=ask,
        value=media_value.of(reading(), ask.scope),
        figure_names=FIGURES,
        may_enter=Rule.ADMINS.admits(current_user.roles),
        **WORDS,
    )


@blueprint.get("/rates")
@admins
def rates() -> ResponseReturnValue:
    """All rates, and a form for one."""
    return _page(_form(empty=True))


@blueprint.post("/rates")
@admins
def save() -> ResponseReturnValue:
    """Enters a rate, in the place of the one there was."""
    form = _form()
    if form.validate():
        try:
            with writing() as session:
                media_rates.save(
                    session,
                    house().clock,
                    by=current_user.id,
                    network=form.network.data,
                    figure=Figure(form.figure.data),
                    per=form.per.data,
                    low=form.low.data or "",
                    high=form.high.data or "",
                    currency=form.currency.data or "",
                    source=form.source.data or "",
                )
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("The rate is saved."))
            return redirect(url_for("insight_value.rates"), code=303)
    return make_response(_page(form), 422)


@blueprint.post("/rates/<int:rate_id>/remove")
@admins
def remove(rate_id: int) -> ResponseReturnValue:
    """Takes a rate away."""
    with writing() as session:
        media_rates.remove(session, house().clock, by=current_user.id, rate_id=rate_id)
    tell(gettext("The rate is removed."))
    return redirect(url_for("insight_value.rates"), code=303)


def _form(*, empty: bool = False) -> RateForm:
    form = RateForm(formdata=None) if empty else RateForm()
    form.network.choices = [SelectChoice(name, label) for name, label in network_choices()]
    return form


def _page(form: RateForm) -> str:
    return render_template(
        "insights/media_rates.html", form=form, rates=media_rates.in_force(reading()), figure_names=FIGURES, **WORDS
    )
