"""Challenges: what runs, comes and is over, how each stands, and joining one."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.base.errors import Conflict
from advocacy.recognition import challenge_standing, challenges
from advocacy.recognition.challenges import ChallengeKind, Stage
from advocacy.web.access import Rule, signed_in
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from advocacy.web.requests import row_id

blueprint = Blueprint("challenges", __name__, url_prefix="/leaderboard/challenges")

SIZE = 50


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Every challenge: first what runs, then what comes, then what is over."""
    now = house().clock.now()
    return render_template(
        "recognition/challenges.html",
        current=[(one, challenges.stage(one, now)) for one in challenges.current(reading(), now)],
        past=[(one, challenges.stage(one, now)) for one in challenges.past(reading())],
        joined=challenges.joined(reading(), user_id=current_user.id),
        may_edit=_may_edit(),
    )


@blueprint.get("/<int:challenge_id>")
@signed_in
def show(challenge_id: int) -> ResponseReturnValue:
    """One challenge, and how it stands."""
    session = reading()
    challenge = challenges.get(session, challenge_id=challenge_id)
    stage = challenges.stage(challenge, house().clock.now())
    first = min(max(request.args.get("from", 1, type=int), 1), 1_000_000)
    of_people = challenge.kind is ChallengeKind.PEOPLE
    return render_template(
        "recognition/challenge.html",
        challenge=challenge,
        stage=stage,
        lines=[] if of_people else challenge_standing.board(session, challenge, reader=current_user),
        people=challenge_standing.people(session, challenge, reader=current_user, first=first, size=SIZE)
        if of_people
        else None,
        own=challenge_standing.own_score(session, challenge, reader=current_user),
        joined=challenges.membership(session, challenge_id=challenge_id, user_id=current_user.id),
        can_join=stage is Stage.AHEAD and challenge.kind is not ChallengeKind.TEAMS,
        first=first,
        size=SIZE,
        may_edit=_may_edit(),
    )


@blueprint.post("/<int:challenge_id>/join")
@signed_in
def join(challenge_id: int) -> ResponseReturnValue:
    """Takes part, or changes over to another side."""
    try:
        with writing() as session:
            side_id = request.form.get("side", type=row_id)
            challenges.join(session, house().clock, challenge_id=challenge_id, user=current_user, side_id=side_id)
    except Conflict as error:
        tell(say(error.text), "warning")
    else:
        tell(gettext("You take part."))
    return redirect(url_for("challenges.show", challenge_id=challenge_id), code=303)


@blueprint.post("/<int:challenge_id>/leave")
@signed_in
def leave(challenge_id: int) -> ResponseReturnValue:
    """Takes part no more."""
    try:
        with writing() as session:
            challenges.leave(session, house().clock, challenge_id=challenge_id, user=current_user)
    except Conflict as error:
        tell(say(error.text), "warning")
    else:
        tell(gettext("You take part no more."))
    return redirect(url_for("challenges.show", challenge_id=challenge_id), code=303)


def _may_edit() -> bool:
    return Rule.CURATORS_AND_LEADERS.admits(current_user.roles)
