"""The company's disclosure policy: what posts say about who speaks, country by country."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, lazy_gettext
from flask_login import current_user
from wtforms import BooleanField, RadioField, SelectChoice, StringField

from advocacy.base.errors import Invalid, NotFound
from advocacy.library import disclosure_policy
from advocacy.library.disclosure_policy import Rule
from advocacy.library.disclosures import Place
from advocacy.people import countries
from advocacy.sharing import disclosure_suggestions
from advocacy.web.access import admins
from advocacy.web.forms import Form, at_most, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from config import Settings

blueprint = Blueprint("disclosure", __name__, url_prefix="/admin/disclosure")

EVERYBODY = "everybody"
"""Stands in addresses for the rule of all countries that have none."""


class RuleForm(Form):
    """One country's rule."""

    text_en = StringField(
        lazy_gettext("In English"),
        [at_most(disclosure_policy.LONGEST)],
        description=lazy_gettext("Also for posts in other languages. {company} is filled in."),
    )
    text_nb = StringField(lazy_gettext("In Norwegian"), [at_most(disclosure_policy.LONGEST)])
    place = RadioField(
        lazy_gettext("Where it goes"),
        choices=[
            SelectChoice(Place.BEGINNING.value, lazy_gettext("Before the words")),
            SelectChoice(Place.END.value, lazy_gettext("After the words")),
        ],
    )
    is_required = BooleanField(
        lazy_gettext("Nobody can leave it out"),
        description=lazy_gettext("Off: it is put in, and each person may leave it out of a post."),
    )
    in_channels = BooleanField(
        lazy_gettext("Also in channels of a team"),
        description=lazy_gettext(
            "In Slack, Teams and Discord mostly colleagues read, and the post names who shares."
        ),
    )


@blueprint.get("")
@admins
def index() -> ResponseReturnValue:
    """Every country's rule, and the people whose country nobody knows."""
    names, company = _names(), house().part(Settings).company_name
    held = disclosure_policy.rules(reading())
    there = {rule.country for rule in held}
    return render_template(
        "sharing/disclosure.html",
        form=Form(formdata=None),
        rules=[
            {
                "rule": rule,
                "key": rule.country or EVERYBODY,
                "name": names.get(rule.country) or gettext("Everybody else"),
                "texts": [text.replace("{company}", company) for text in (rule.text_en, rule.text_nb) if text],
            }
            for rule in held
        ],
        has_default="" in there,
        offered=[(code, name) for code, name in names.items() if code not in there],
        suggested=[(code, names[code]) for code in disclosure_suggestions.OF_COUNTRY if code not in there],
        countries=list(names.items()),
        places=disclosure_policy.places_without_country(reading()),
    )


@blueprint.get("/edit")
@admins
def edit() -> ResponseReturnValue:
    """Asks what one country's people disclose."""
    country = _country(request.args.get("country", EVERYBODY))
    suggestion = disclosure_suggestions.of(country)
    rule = next((one for one in disclosure_policy.rules(reading()) if one.country == country), None)
    if rule is None or "suggested" in request.args:
        rule = suggestion.rule if suggestion else Rule(country)
    filled = RuleForm(
        formdata=None,
        text_en=rule.text_en,
        text_nb=rule.text_nb,
        place=rule.place.value,
        is_required=rule.is_required,
        in_channels=rule.in_channels,
    )
    return _page(country, filled)


@blueprint.post("/edit")
@admins
def save() -> ResponseReturnValue:
    """Keeps or removes one country's rule."""
    country, filled = _country(request.args.get("country", EVERYBODY)), RuleForm()
    if request.form.get("do") == "remove":
        with writing() as session:
            disclosure_policy.remove(session, house().clock, country=country, by=current_user)
        tell(gettext("Removed. What people approved already goes out as they approved it."))
        return redirect(url_for("disclosure.index"), code=303)
    if not filled.validate():
        return make_response(_page(country, filled), 422)
    rule = Rule(
        country,
        filled.text_en.data or "",
        filled.text_nb.data or "",
        is_required=filled.is_required.data,
        place=Place(filled.place.data),
        in_channels=filled.in_channels.data,
    )
    try:
        with writing() as session:
            disclosure_policy.lay_down(session, house().clock, rule=rule, by=current_user)
    except Invalid as error:
        filled.take(error)
        return make_response(_page(country, filled), 422)
    tell(
        gettext(
            "Saved. It holds for what is shared from now on; what people approved already goes out as they approved it."
        )
    )
    return redirect(url_for("disclosure.index"), code=303)


@blueprint.post("/countries")
@admins
def set_country() -> ResponseReturnValue:
    """Says in which country a place of work lies, for everybody there whose country is not known."""
    try:
        with writing() as session:
            changed = disclosure_policy.set_country(
                session,
                house().clock,
                location=request.form.get("location", ""),
                country=request.form.get("country", ""),
                by=current_user,
            )
    except Invalid as error:
        tell(say(error.text), "error")
    else:
        tell(gettext("Saved for %(count)s people.", count=changed))
    return redirect(url_for("disclosure.index"), code=303)


def _names() -> dict[str, str]:
    return countries.names("nb" if str(get_locale()) == "nb" else "en")


def _country(key: str) -> str:
    if key == EVERYBODY:
        return ""
    if key not in _names():
        raise NotFound
    return key


def _page(country: str, filled: RuleForm) -> str:
    return render_template(
        "sharing/disclosure_rule.html",
        form=filled,
        key=country or EVERYBODY,
        name=_names().get(country) or gettext("Everybody else"),
        suggestion=disclosure_suggestions.of(country),
        looked_up=disclosure_suggestions.LOOKED_UP,
        exists=any(rule.country == country for rule in disclosure_policy.rules(reading())),
    )
