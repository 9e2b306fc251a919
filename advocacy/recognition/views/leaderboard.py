"""The leaderboard."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from advocacy.library import campaigns
from advocacy.people import teams
from advocacy.recognition import leaderboard
from advocacy.recognition.periods import Period
from advocacy.recognition.views import asked as asked_for
from advocacy.recognition.views.asked import Asked
from advocacy.sharing.networks import Networks
from advocacy.web.access import signed_in
from advocacy.web.house import house, reading
from advocacy.web.i18n import say
from config import Settings

blueprint = Blueprint("leaderboard", __name__)

SIZE = 50


@blueprint.get("/leaderboard")
@signed_in
def index() -> ResponseReturnValue:
    """People by points, for any days, team, campaign and network."""
    asked = _asked()
    first = min(max(request.args.get("from", 1, type=int), 1), 1_000_000)
    board = leaderboard.board(
        reading(),
        reader=current_user,
        now=house().clock.now(),
        period=asked.standing,
        team_ids=teams.subtree(reading(), asked.team_id) if asked.team_id else None,
        narrow=asked.narrow,
        first_rank=first,
        size=SIZE,
    )
    return render_template("recognition/leaderboard.html", board=board, first=first, size=SIZE, **_filters(asked))


@blueprint.get("/leaderboard/teams")
@signed_in
def by_team() -> ResponseReturnValue:
    """Teams by points per head, for any days, campaign and network."""
    asked = _asked()
    smallest = house().part(Settings).smallest_group
    lines = leaderboard.team_board(
        reading(), now=house().clock.now(), period=asked.standing, smallest=smallest, narrow=asked.narrow
    )
    return render_template("recognition/team_leaderboard.html", lines=lines, smallest=smallest, **_filters(asked))


@blueprint.get("/leaderboard/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """A small card with my own place this month, for other pages to put in."""
    board = leaderboard.board(reading(), reader=current_user, now=house().clock.now(), period=Period.MONTH, size=1)
    return render_template("recognition/my_place.html", mine=board.mine, ranked=board.ranked)


def _asked() -> Asked:
    networks = {one.name for one in house().part(Networks).all()}
    return asked_for.read(house().clock.now(), networks=networks)


def _filters(asked: Asked) -> dict[str, Any]:
    return {
        "asked": asked,
        "team_options": teams.options(reading()),
        "campaign_options": campaigns.options(reading()),
        "network_options": [(one.name, say(one.label)) for one in house().part(Networks).all()],
    }
