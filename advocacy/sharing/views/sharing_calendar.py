"""The calendar of one's shares: month, week, list; moving by drag or keyboard; the plan for one's own calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext
from flask_login import current_user

from advocacy.base.errors import Conflict, Invalid
from advocacy.sharing import calendar, calendar_feed, wall_time
from advocacy.sharing.networks import Networks
from advocacy.web.access import anyone, signed_in
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from config import Settings

blueprint = Blueprint("sharing_calendar", __name__)

MONTH, WEEK, LIST = "month", "week", "list"


@blueprint.get("/my-shares/calendar")
@signed_in
def index() -> ResponseReturnValue:
    """A month, a week or a list."""
    return _page()


@blueprint.post("/shares/<int:share_id>/day")
@signed_in
def move(share_id: int) -> ResponseReturnValue:
    """Moves a planned share to another day or hour."""
    today = _today()
    to = calendar.read_day(request.form.get("day", ""), today)
    try:
        with writing() as session:
            moved = calendar.move(
                session,
                house().db.clock(session),
                user=current_user,
                share_id=share_id,
                to=to,
                hour=request.form.get("hour", type=int),
            )
            when = wall_time.on_the_wall(moved.due_at, current_user.time_zone) if moved.due_at else None
        if when is not None:
            tell(gettext("Moved to %(when)s.", when=f"{format_date(when, 'EEEE d. MMMM')}, {when:%H:%M}"))
    except (Invalid, Conflict) as error:
        tell(gettext("Not moved: %(reason)s", reason=say(error.text)), "error")
    place: dict[str, Any] = {"view": request.form.get("view"), "day": request.form.get("shown")}
    return redirect(url_for("sharing_calendar.index", **place), code=303)


@blueprint.post("/my-shares/calendar/address")
@signed_in
def address() -> ResponseReturnValue:
    """Makes the address of one's plan anew, or ends it. It is shown once."""
    if request.form.get("do") == "end":
        with writing() as session:
            calendar_feed.forget(session, user_id=current_user.id)
        tell(gettext("The address no longer works."))
        return redirect(url_for("sharing_calendar.index"), code=303)
    with writing() as session:
        token = calendar_feed.make(session, house().clock, user_id=current_user.id)
    return _page(made=f"{house().part(Settings).address}{url_for('sharing_calendar.plan', token=token)}")


@blueprint.get("/calendar/<token>.ics")
@anyone
def plan(token: str) -> ResponseReturnValue:
    """One's plan, for a calendar program that knows its secret address."""
    settings = house().part(Settings)
    written = calendar_feed.written(
        reading(),
        house().clock,
        house().part(Networks),
        token=token,
        public_url=settings.address,
        company=settings.company_name,
    )
    answer = Response(written, mimetype="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _today() -> date:
    return wall_time.on_the_wall(house().clock.now(), current_user.time_zone).date()


def _page(made: str = "") -> Response:
    today = _today()
    day = calendar.read_day(request.args.get("day", ""), today)
    asked_for = request.args.get("view", MONTH)
    view = asked_for if asked_for in (WEEK, LIST) else MONTH
    asked: dict[str, Any] = {"user": current_user, "around": day}
    session, networks = reading(), house().part(Networks)
    clock = house().db.clock(session)
    if view == WEEK:
        weeks = [calendar.week(session, clock, networks, **asked)]
        before, after = day - timedelta(days=7), day + timedelta(days=7)
    elif view == LIST:
        weeks = [calendar.listed(session, clock, networks, **asked)]
        before, after = day - calendar.LISTED, day + calendar.LISTED
    else:
        weeks = calendar.month(session, clock, networks, **asked)
        before, after = day.replace(day=1) - timedelta(days=1), day.replace(day=28) + timedelta(days=4)
    page = render_template(
        "sharing/calendar.html",
        view=view,
        weeks=weeks,
        shown=day,
        today=today,
        until=day + calendar.LISTED - timedelta(days=1),
        in_conflict=sum(bool(entry.conflicts) for week in weeks for one in week for entry in one.entries),
        before=before,
        after=after,
        made=made,
        made_at=calendar_feed.made_at(session, user_id=current_user.id),
    )
    return make_response(page)
