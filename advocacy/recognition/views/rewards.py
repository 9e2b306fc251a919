"""The catalogue of rewards, and one's own."""

from __future__ import annotations

import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.base.errors import Conflict, Invalid
from advocacy.recognition import balance, redeeming, rewards
from advocacy.recognition.redeeming import RedemptionState
from advocacy.recognition.views import places
from advocacy.web.access import Rule, signed_in
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("rewards", __name__, url_prefix="/rewards")


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """What this person can have for points."""
    found = rewards.catalogue(reading(), house().clock, user=current_user)
    return render_template(
        "recognition/rewards.html",
        tabs=places.rewards(),
        found=found,
        had=rewards.taken_by(reading(), user_id=current_user.id, reward_ids=[one.id for one in found]),
        balance=balance.of(reading(), user_id=current_user.id),
        may_edit=Rule.CURATORS_AND_LEADERS.admits(current_user.roles),
    )


@blueprint.get("/<int:reward_id>")
@signed_in
def show(reward_id: int) -> ResponseReturnValue:
    """One reward, with the button that takes it."""
    session = reading()
    reward = rewards.find(session, house().clock, reward_id=reward_id, user=current_user)
    return render_template(
        "recognition/reward.html",
        tabs=places.rewards(),
        reward=reward,
        is_open=rewards.is_open(session, reward, house().clock.now(), user=current_user),
        had=rewards.taken_by(session, user_id=current_user.id, reward_ids=[reward_id]).get(reward_id, 0),
        balance=balance.of(session, user_id=current_user.id),
        request_key=secrets.token_urlsafe(24),
    )


@blueprint.post("/<int:reward_id>/redeem")
@signed_in
def redeem(reward_id: int) -> ResponseReturnValue:
    """Takes it for points."""
    try:
        with writing() as session:
            taken = redeeming.redeem(
                session,
                house().clock,
                user=current_user,
                reward_id=reward_id,
                price_shown=request.form.get("price", 0, type=int),
                request_key=request.form.get("request_key", ""),
            )
    except (Conflict, Invalid) as error:
        tell(say(error.text), "warning")
        return redirect(url_for("rewards.show", reward_id=reward_id), code=303)
    if taken.state is RedemptionState.ASKED:
        tell(gettext("You have asked for it. You hear from us as soon as somebody has decided."))
    elif taken.state is RedemptionState.GRANTED:
        tell(gettext("It is yours."))
    return redirect(url_for("rewards.mine"), code=303)


@blueprint.get("/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """What I took, and what I have left."""
    page = redeeming.mine(reading(), user_id=current_user.id, after=request.args.get("after", ""))
    return render_template(
        "recognition/my_rewards.html",
        tabs=places.rewards(),
        page=page,
        balance=balance.of(reading(), user_id=current_user.id),
    )


@blueprint.post("/mine/<int:redemption_id>/cancel")
@signed_in
def cancel(redemption_id: int) -> ResponseReturnValue:
    """Takes back what nobody has agreed to yet."""
    try:
        with writing() as session:
            redeeming.cancel(session, house().clock, user=current_user, redemption_id=redemption_id)
    except Conflict as error:
        tell(say(error.text), "warning")
    else:
        tell(gettext("You have taken it back. The points are yours again."))
    return redirect(url_for("rewards.mine"), code=303)
