"""Campaigns: the list, and the form of one."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import Optional

from advocacy.base.errors import Conflict, Invalid
from advocacy.library import campaigns
from advocacy.library.views import places
from advocacy.web.access import curators
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("campaigns", __name__, url_prefix="/library/campaigns")


class CampaignForm(Form):
    """What a campaign is."""

    name = StringField(lazy_gettext("Name"), [required(), at_most(120)])
    description = TextAreaField(lazy_gettext("What it is for"), [at_most(2_000)])
    starts_on = DateField(lazy_gettext("First day"), [Optional()])
    ends_on = DateField(lazy_gettext("Last day"), [Optional()])


@blueprint.get("")
@curators
def index() -> ResponseReturnValue:
    """Every campaign."""
    page = campaigns.page(reading(), after=request.args.get("after", ""))
    return render_template(
        "library/campaigns.html",
        tabs=places.tabs(),
        page=page,
        today=house().clock.now().date(),
        next_url=url_for("campaigns.index", after=page.next_cursor) if page.next_cursor else None,
    )


@blueprint.get("/new")
@curators
def new() -> ResponseReturnValue:
    """An empty form."""
    return _page(CampaignForm(formdata=None), None)


@blueprint.post("/new")
@curators
def create() -> ResponseReturnValue:
    """Adds a campaign."""
    return _saved(None)


@blueprint.get("/<int:campaign_id>")
@curators
def edit(campaign_id: int) -> ResponseReturnValue:
    """The form of a campaign."""
    campaign = campaigns.get(reading(), campaign_id=campaign_id)
    return _page(CampaignForm(formdata=None, obj=campaign), campaign_id)


@blueprint.post("/<int:campaign_id>")
@curators
def save(campaign_id: int) -> ResponseReturnValue:
    """Changes a campaign."""
    campaigns.get(reading(), campaign_id=campaign_id)
    return _saved(campaign_id)


@blueprint.get("/<int:campaign_id>/remove")
@curators
def confirm_remove(campaign_id: int) -> ResponseReturnValue:
    """Asks before a campaign is removed."""
    campaign = campaigns.get(reading(), campaign_id=campaign_id)
    return render_template("library/campaign_remove.html", tabs=places.tabs(), campaign=campaign)


@blueprint.post("/<int:campaign_id>/remove")
@curators
def remove(campaign_id: int) -> ResponseReturnValue:
    """Removes a campaign."""
    try:
        with writing() as session:
            campaigns.remove(session, house().clock, campaign_id=campaign_id, by=current_user.id)
    except Conflict as error:
        tell(say(error.text), "warning")
    else:
        tell(gettext("The campaign is removed. Its items are still there."))
    return redirect(url_for("campaigns.index"))


def _saved(campaign_id: int | None) -> ResponseReturnValue:
    form = CampaignForm()
    if form.validate():
        try:
            with writing() as session:
                campaigns.save(
                    session,
                    house().clock,
                    name=form.name.data,
                    description=form.description.data or "",
                    starts_on=form.starts_on.data,
                    ends_on=form.ends_on.data,
                    by=current_user.id,
                    campaign_id=campaign_id,
                )
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("The campaign is saved."))
            return redirect(url_for("campaigns.index"))
    return make_response(_page(form, campaign_id), 422)


def _page(form: CampaignForm, campaign_id: int | None) -> str:
    return render_template("library/campaign.html", tabs=places.tabs(), form=form, campaign_id=campaign_id)
