"""The leaderboard."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from advocacy.people import teams
from advocacy.recognition import leaderboard
from advocacy.recognition.periods import Period
from advocacy.web.access import signed_in
from advocacy.web.house import house, reading
from advocacy.web.requests import row_id
from config import Settings

blueprint = Blueprint("leaderboard", __name__)

SIZE = 50


@blueprint.get("/leaderboard")
@signed_in
def index() -> ResponseReturnValue:
    """People by points, for a period and a team."""
    period = _period()
    team_id = request.args.get("team", type=row_id)
    first = min(max(request.args.get("from", 1, type=int), 1), 1_000_000)
    board = leaderboard.board(
        reading(),
        reader=current_user,
        now=house().clock.now(),
        period=period,
        team_ids=teams.subtree(reading(), team_id) if team_id else None,
        first_rank=first,
        size=SIZE,
    )
    return render_template(
        "recognition/leaderboard.html",
        board=board,
        period=period,
        team_id=team_id,
        team_options=teams.options(reading()),
        first=first,
        size=SIZE,
    )


@blueprint.get("/leaderboard/teams")
@signed_in
def by_team() -> ResponseReturnValue:
    """Teams by points per head."""
    period = _period()
    smallest = house().part(Settings).smallest_group
    lines = leaderboard.team_board(reading(), now=house().clock.now(), period=period, smallest=smallest)
    return render_template("recognition/team_leaderboard.html", lines=lines, period=period, smallest=smallest)


@blueprint.get("/leaderboard/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """A small card with my own place this month, for other pages to put in."""
    board = leaderboard.board(reading(), reader=current_user, now=house().clock.now(), period=Period.MONTH, size=1)
    return render_template("recognition/my_place.html", mine=board.mine, ranked=board.ranked)


def _period() -> Period:
    wanted = request.args.get("period", "month")
    return Period(wanted) if wanted in list(Period) else Period.MONTH
