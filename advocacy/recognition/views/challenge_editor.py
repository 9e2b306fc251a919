"""Challenges as their organisers see them: the form, and cancelling one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import (
    DateField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional

from advocacy.base.errors import Conflict, Invalid
from advocacy.library import campaigns
from advocacy.people import teams
from advocacy.recognition import challenges
from advocacy.recognition.challenges import MOST_PRIZE, ChallengeKind, Counts, Written
from advocacy.recognition.rules import LEARNED
from advocacy.web.access import curators_and_leaders
from advocacy.web.forms import Form, at_most, chosen, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from config import Settings

blueprint = Blueprint("challenge_editor", __name__, url_prefix="/leaderboard/challenges")

KINDS = {
    ChallengeKind.TEAMS: lazy_gettext("Teams or departments against one another"),
    ChallengeKind.MIXED: lazy_gettext("Mixed teams from all departments, which people join"),
    ChallengeKind.PEOPLE: lazy_gettext("Person against person"),
}
COUNTS = {
    Counts.POINTS: lazy_gettext("Points"),
    Counts.SHARES: lazy_gettext("Posts"),
    Counts.VISITORS: lazy_gettext("Visitors"),
    Counts.COURSES: lazy_gettext("Courses passed"),
}


class ChallengeForm(Form):
    """A challenge."""

    title = StringField(lazy_gettext("Title"), [required(), at_most(160)])
    description = TextAreaField(lazy_gettext("What it is about"), [at_most(4_000)])
    kind = SelectField(
        lazy_gettext("Who against whom"), choices=[SelectChoice(kind.value, label) for kind, label in KINDS.items()]
    )
    teams = SelectMultipleField(lazy_gettext("Teams or departments"))
    names = TextAreaField(lazy_gettext("Names of the mixed teams"), [at_most(2_000)])
    counts = SelectField(lazy_gettext("What counts"))
    campaign = SelectField(lazy_gettext("Campaign"))
    starts_on = DateField(lazy_gettext("First day"), [chosen()])
    ends_on = DateField(lazy_gettext("Last day"), [chosen()])
    prize_points = IntegerField(
        lazy_gettext("Points for each member of the winning team, or for the winner"),
        [Optional(), NumberRange(0, MOST_PRIZE, lazy_gettext("Please choose a number from %(min)s to %(max)s."))],
    )
    prize_text = StringField(lazy_gettext("What else there is to win"), [at_most(300)])

    def offer(self) -> None:
        """Fills in what can be chosen now."""
        self.teams.choices = [(str(team_id), path) for team_id, path in teams.options(reading())]
        self.counts.choices = [
            SelectChoice(one.value, label) for one, label in COUNTS.items() if one is not Counts.COURSES or LEARNED
        ]
        found = campaigns.options(reading())
        self.campaign.choices = [
            SelectChoice("", gettext("All campaigns")),
            *(SelectChoice(str(campaign_id), name) for campaign_id, name in found),
        ]

    def written(self) -> Written:
        """What the form says, as the service takes it."""
        return Written(
            title=self.title.data,
            description=self.description.data or "",
            kind=ChallengeKind(self.kind.data),
            counts=Counts(self.counts.data),
            campaign_id=int(self.campaign.data) if self.campaign.data else None,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            team_ids=[int(one) for one in self.teams.data or ()],
            names=(self.names.data or "").splitlines(),
            prize_points=self.prize_points.data or 0,
            prize_text=self.prize_text.data or "",
        )


class CancelForm(Form):
    """Why it ends without a result."""

    reason = TextAreaField(lazy_gettext("Why"), [required(), at_most(500)])


@blueprint.get("/new")
@curators_and_leaders
def new() -> ResponseReturnValue:
    """An empty form."""
    tomorrow = house().clock.now().date() + timedelta(days=1)
    first = {"starts_on": tomorrow, "ends_on": tomorrow + timedelta(days=13), "counts": Counts.POINTS.value}
    return _page(ChallengeForm(formdata=None, data=first), None, 200)


@blueprint.post("/new")
@curators_and_leaders
def create() -> ResponseReturnValue:
    """Announces it."""
    return _saved(None)


@blueprint.get("/<int:challenge_id>/edit")
@curators_and_leaders
def edit(challenge_id: int) -> ResponseReturnValue:
    """The form of a challenge that has not started."""
    challenge = challenges.get(reading(), challenge_id=challenge_id)
    if challenges.stage(challenge, house().clock.now()) is not challenges.Stage.AHEAD:
        tell(gettext("The challenge has started or is over, so nothing of it can be changed."), "warning")
        return redirect(url_for("challenges.show", challenge_id=challenge_id), code=303)
    sides = challenges.sides(reading(), challenge_id=challenge_id)
    names = ("title", "description", "starts_on", "ends_on", "prize_points", "prize_text")
    values: dict[str, Any] = {name: getattr(challenge, name) for name in names}
    values |= {
        "kind": challenge.kind.value,
        "counts": challenge.counts.value,
        "campaign": str(challenge.campaign_id or ""),
        "teams": [str(side.team_id) for side in sides if side.team_id is not None],
        "names": "\n".join(side.name for side in sides if side.team_id is None),
    }
    return _page(ChallengeForm(formdata=None, data=values), challenge_id, 200)


@blueprint.post("/<int:challenge_id>/edit")
@curators_and_leaders
def save(challenge_id: int) -> ResponseReturnValue:
    """Changes it."""
    challenges.get(reading(), challenge_id=challenge_id)
    return _saved(challenge_id)


@blueprint.get("/<int:challenge_id>/cancel")
@curators_and_leaders
def why_cancel(challenge_id: int) -> ResponseReturnValue:
    """Asks for the reason."""
    return _why(challenge_id, CancelForm(formdata=None), 200)


@blueprint.post("/<int:challenge_id>/cancel")
@curators_and_leaders
def cancel(challenge_id: int) -> ResponseReturnValue:
    """Ends it without a result."""
    form = CancelForm()
    if form.validate():
        try:
            with writing() as session:
                challenges.cancel(
                    session, house().clock, challenge_id=challenge_id, reason=form.reason.data, by=current_user.id
                )
        except Invalid as error:
            form.take(error)
        except Conflict as error:
            tell(say(error.text), "warning")
            return redirect(url_for("challenges.show", challenge_id=challenge_id), code=303)
        else:
            tell(gettext("The challenge is cancelled."))
            return redirect(url_for("challenges.show", challenge_id=challenge_id), code=303)
    return _why(challenge_id, form, 422)


def _why(challenge_id: int, form: CancelForm, status: int) -> ResponseReturnValue:
    challenge = challenges.get(reading(), challenge_id=challenge_id)
    return make_response(render_template("recognition/challenge_cancel.html", challenge=challenge, form=form), status)


def _saved(challenge_id: int | None) -> ResponseReturnValue:
    form = ChallengeForm()
    form.offer()
    settings = house().part(Settings)
    if form.validate():
        try:
            with writing() as session:
                kept = challenges.save(
                    session,
                    house().clock,
                    written=form.written(),
                    zone=settings.time_zone,
                    smallest=settings.smallest_group,
                    by=current_user.id,
                    challenge_id=challenge_id,
                )
        except Invalid as error:
            form.take(error)
        except Conflict as error:
            tell(say(error.text), "warning")
            return redirect(url_for("challenges.show", challenge_id=challenge_id), code=303)
        else:
            tell(gettext("The challenge is announced."))
            return redirect(url_for("challenges.show", challenge_id=kept.id), code=303)
    return _page(form, challenge_id, 422)


def _page(form: ChallengeForm, challenge_id: int | None, status: int) -> ResponseReturnValue:
    form.offer()
    settings = house().part(Settings)
    page = render_template(
        "recognition/challenge_form.html",
        form=form,
        challenge_id=challenge_id,
        zone=settings.time_zone,
        smallest=settings.smallest_group,
    )
    return make_response(page, status)
