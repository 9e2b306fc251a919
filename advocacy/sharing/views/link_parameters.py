"""What tracked links tell the page they lead to: the editors' page, for all links and for those of one campaign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import StringField

from advocacy.base.errors import Invalid
from advocacy.library import campaigns
from advocacy.library.views import places
from advocacy.sharing import utm
from advocacy.sharing.utm import Parameter
from advocacy.web.access import curators
from advocacy.web.forms import Form, tell
from advocacy.web.house import house, reading, writing
from config import Settings

blueprint = Blueprint("link_parameters", __name__, url_prefix="/library")


class ParametersForm(Form):
    """A pattern for each parameter."""

    utm_source = StringField(lazy_gettext("Source (utm_source)"))
    utm_medium = StringField(lazy_gettext("Medium (utm_medium)"))
    utm_campaign = StringField(lazy_gettext("Campaign (utm_campaign)"))
    utm_content = StringField(lazy_gettext("Content (utm_content)"))
    utm_term = StringField(lazy_gettext("Term (utm_term)"))

    @property
    def patterns(self) -> dict[Parameter, str]:
        """As typed."""
        return {parameter: self[parameter.value].data or "" for parameter in Parameter}


@blueprint.get("/campaigns/link-parameters")
@curators
def index() -> ResponseReturnValue:
    """What holds for all links."""
    return _page(_filled(utm.of_hub(reading())))


@blueprint.post("/campaigns/link-parameters")
@curators
def save() -> ResponseReturnValue:
    """Decides for all links made from now on, or shows what that would give."""
    return _saved(None)


@blueprint.get("/campaigns/<int:campaign_id>/link-parameters")
@curators
def of_campaign(campaign_id: int) -> ResponseReturnValue:
    """What holds for a campaign's links."""
    campaigns.get(reading(), campaign_id=campaign_id)
    return _page(_filled(utm.of_campaign(reading(), campaign_id)), campaign_id)


@blueprint.post("/campaigns/<int:campaign_id>/link-parameters")
@curators
def save_of_campaign(campaign_id: int) -> ResponseReturnValue:
    """Decides for a campaign's links made from now on, or shows what that would give."""
    campaigns.get(reading(), campaign_id=campaign_id)
    return _saved(campaign_id)


def _filled(patterns: Mapping[Parameter, str]) -> ParametersForm:
    return ParametersForm(formdata=None, data={name.value: pattern for name, pattern in patterns.items()})


def _saved(campaign_id: int | None) -> ResponseReturnValue:
    form = ParametersForm()
    if not form.validate():
        return make_response(_page(form, campaign_id), 422)
    try:
        if request.form.get("do") == "preview":
            for parameter, pattern in form.patterns.items():
                utm.checked(parameter, pattern)
            return make_response(_page(form, campaign_id))
        with writing() as session:
            utm.decide(session, house().clock, by=current_user.id, patterns=form.patterns, campaign_id=campaign_id)
    except Invalid as error:
        form.take(error)
        return make_response(_page(form, campaign_id), 422)
    tell(gettext("Saved. It holds for links made from now on; those that are out keep what they have."))
    if campaign_id is not None:
        return redirect(url_for("link_parameters.of_campaign", campaign_id=campaign_id), code=303)
    return redirect(url_for("link_parameters.index"), code=303)


def _page(form: ParametersForm, campaign_id: int | None = None) -> str:
    session, hub = reading(), utm.of_hub(reading())
    typed: dict[Parameter, Any] = dict(form.patterns)
    if campaign_id is not None:
        typed = {parameter: pattern or hub[parameter] for parameter, pattern in typed.items()}
    has_errors = bool(form.errors)
    return render_template(
        "sharing/link_parameters.html",
        tabs=places.tabs(),
        form=form,
        parameters=[parameter.value for parameter in Parameter],
        hub={parameter.value: pattern for parameter, pattern in hub.items()},
        campaign=campaigns.get(session, campaign_id=campaign_id) if campaign_id is not None else None,
        places_in_patterns=utm.PLACES,
        examples=[]
        if has_errors
        else utm.examples(
            session,
            typed,
            campaign_id=campaign_id,
            team_id=current_user.team_id,
            smallest_group=house().part(Settings).smallest_group,
        ),
    )
