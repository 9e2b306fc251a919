"""Rewards that people asked for: decided and handed out by leaders."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import TextAreaField

from advocacy.base.errors import Conflict, Invalid, NotAllowed
from advocacy.recognition import redeeming
from advocacy.recognition.redeeming import RedemptionState
from advocacy.recognition.views import places
from advocacy.web.access import leaders
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("reward_requests", __name__, url_prefix="/rewards/asked")


class DeclineForm(Form):
    """Why not."""

    reason = TextAreaField(lazy_gettext("Why"), [required(), at_most(500)])


@blueprint.get("")
@leaders
def index() -> ResponseReturnValue:
    """What waits for a decision, what is to be handed out, and what was."""
    wanted = request.args.get("state", "")
    shown = (RedemptionState.ASKED, RedemptionState.GRANTED, RedemptionState.HANDED_OUT, RedemptionState.DECLINED)
    state = RedemptionState(wanted) if wanted in shown else RedemptionState.ASKED
    return render_template(
        "recognition/reward_requests.html",
        tabs=places.rewards(),
        state=state,
        waiting=redeeming.waiting(reading()),
        page=redeeming.queue(reading(), state=state, after=request.args.get("after", "")),
    )


@blueprint.post("/<int:redemption_id>/approve")
@leaders
def approve(redemption_id: int) -> ResponseReturnValue:
    """Agrees."""
    try:
        with writing() as session:
            redeeming.approve(session, house().clock, by=current_user, redemption_id=redemption_id)
    except (Conflict, NotAllowed) as error:
        tell(say(error.text), "warning")
    else:
        tell(gettext("Agreed. It waits to be handed out."))
    return redirect(url_for("reward_requests.index"), code=303)


@blueprint.post("/<int:redemption_id>/hand-out")
@leaders
def hand_out(redemption_id: int) -> ResponseReturnValue:
    """Notes that the person has it."""
    try:
        with writing() as session:
            redeeming.hand_out(session, house().clock, by=current_user, redemption_id=redemption_id)
    except Conflict as error:
        tell(say(error.text), "warning")
    else:
        tell(gettext("Noted as handed out."))
    return redirect(url_for("reward_requests.index", state="granted"), code=303)


@blueprint.get("/<int:redemption_id>/decline")
@leaders
def why_not(redemption_id: int) -> ResponseReturnValue:
    """Asks for the reason."""
    return _why_not(redemption_id, DeclineForm(formdata=None), 200)


@blueprint.post("/<int:redemption_id>/decline")
@leaders
def decline(redemption_id: int) -> ResponseReturnValue:
    """Says no, with the reason."""
    form = DeclineForm()
    if form.validate():
        try:
            with writing() as session:
                redeeming.decline(
                    session, house().clock, by=current_user, redemption_id=redemption_id, reason=form.reason.data
                )
        except Invalid as error:
            form.take(error)
        except (Conflict, NotAllowed) as error:
            tell(say(error.text), "warning")
            return redirect(url_for("reward_requests.index"), code=303)
        else:
            tell(gettext("Declined. The points are theirs again."))
            return redirect(url_for("reward_requests.index"), code=303)
    return _why_not(redemption_id, form, 422)


def _why_not(redemption_id: int, form: DeclineForm, status: int) -> ResponseReturnValue:
    redemption = redeeming.get(reading(), redemption_id=redemption_id)
    page = render_template("recognition/reward_decline.html", tabs=places.rewards(), redemption=redemption, form=form)
    return make_response(page, status)
