"""My shares: what needs me, what is planned, what is past; and everything one can do about each."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from advocacy.base.clock import StandingClock
from advocacy.base.errors import Conflict, Invalid
from advocacy.base.text import Text
from advocacy.sharing import held, my_shares, planning, removing, wall_time
from advocacy.sharing.gates import Gates
from advocacy.sharing.networks import Networks
from advocacy.sharing.views import planned
from advocacy.web.access import signed_in
from advocacy.web.forms import Form, tell
from advocacy.web.house import end_reading, house, reading, writing
from advocacy.web.i18n import say
from advocacy.web.requests import row_ids
from config import Settings

blueprint = Blueprint("my_shares", __name__)


@blueprint.get("/my-shares")
@signed_in
def index() -> ResponseReturnValue:
    """Planned and past shares, each with its state in plain words."""
    session, after = reading(), request.args.get("after")
    show = request.args.get("show", "planned")
    needing = my_shares.needing(session, user_id=current_user.id, size=50)
    listed = (my_shares.past if show == "past" else my_shares.planned)(session, user_id=current_user.id, after=after)
    now = house().db.now(reading())
    before = house().part(Gates)
    lines = partial(
        my_shares.lines,
        session,
        StandingClock(now),
        networks=house().part(Networks),
        user=current_user,
        before=before,
    )
    return render_template(
        "sharing/my_shares.html",
        form=Form(formdata=None),
        show="past" if show == "past" else "planned",
        waiting=held.mine(session, house().clock, user=current_user, before=before),
        needing=lines(shares=needing.items),
        lines=lines(shares=listed.items),
        next_cursor=listed.next_cursor,
        is_first_page=after is None,
        is_moving=any(my_shares.is_moving(share, now) for share in listed.items),
    )


@blueprint.post("/my-shares/undo")
@signed_in
def undo() -> ResponseReturnValue:
    """Takes back what was shared a moment ago: each that the publisher has not taken yet."""
    numbers = row_ids(request.form.get("ids", "").split(","))[:20]
    undone = 0
    for number in numbers:
        try:
            with writing() as session:
                planning.cancel(session, house().clock, user=current_user, share_id=number)
            undone += 1
        except Conflict:
            continue  # it went out in the meantime; the sentence below says so
    if undone == len(numbers):
        tell(gettext("Taken back. Nothing was posted."))
    else:
        tell(
            ngettext(
                "%(num)s post had gone out already. You can delete it below.",
                "%(num)s posts had gone out already. You can delete them below.",
                len(numbers) - undone,
            ),
            "warning",
        )
    return _back()


@blueprint.route("/shares/<int:share_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(share_id: int) -> ResponseReturnValue:
    """Changes the words of a planned share."""
    share = planning.mine(reading(), user_id=current_user.id, share_id=share_id)
    problem = None
    if request.method == "POST":
        try:
            with writing() as session:
                planning.edit(
                    session,
                    house().clock,
                    house().part(Networks),
                    user=current_user,
                    share_id=share_id,
                    text=request.form.get("text", ""),
                    public_url=house().part(Settings).address,
                    company=house().part(Settings).company_name,
                )
            tell(gettext("Your new words are saved."))
            return _back()
        except Invalid as error:
            problem = error.text
    page = render_template(
        "sharing/edit_share.html",
        form=Form(formdata=None),
        share=share,
        text=request.form.get("text", share.text),
        label=house().part(Networks).label(share.network),
        problem=problem,
        not_said=planning.no_longer_said(
            reading(),
            house().part(Networks),
            user=current_user,
            share=share,
            company=house().part(Settings).company_name,
        ),
    )
    return page, 422 if problem else 200


@blueprint.route("/shares/<int:share_id>/time", methods=["GET", "POST"])
@signed_in
def reschedule(share_id: int) -> ResponseReturnValue:
    """Moves a share to another time."""
    share = planning.mine(reading(), user_id=current_user.id, share_id=share_id)
    problem = None
    if request.method == "POST":
        try:
            chosen = _chosen_time()
            with writing() as session:
                clock = house().db.clock(session)
                planning.reschedule(session, clock, user=current_user, share_id=share_id, due_at=chosen.at)
            if chosen.note is not None:
                tell(say(chosen.note), "warning")
            tell(gettext("Moved. It goes out at the new time."))
            planned.warn([share_id])
            return _back()
        except Invalid as error:
            problem = error.text
    shown = wall_time.on_the_wall(share.due_at or house().clock.now(), current_user.time_zone)
    page = render_template(
        "sharing/move_share.html",
        form=Form(formdata=None),
        share=share,
        at=request.form.get("at") or shown.strftime("%Y-%m-%dT%H:%M"),
        label=house().part(Networks).label(share.network),
        problem=problem,
    )
    return page, 422 if problem else 200


@blueprint.post("/shares/<int:share_id>/cancel")
@signed_in
def cancel(share_id: int) -> ResponseReturnValue:
    """Takes a share back before it is published."""
    with writing() as session:
        planning.cancel(session, house().clock, user=current_user, share_id=share_id)
    tell(gettext("Cancelled. Nothing was posted."))
    return _back()


@blueprint.post("/shares/<int:share_id>/retry")
@signed_in
def retry(share_id: int) -> ResponseReturnValue:
    """Publishes a failed or missed share now."""
    with writing() as session:
        planning.reschedule(session, house().db.clock(session), user=current_user, share_id=share_id, due_at=None)
    tell(gettext("Trying again now."))
    return _back()


@blueprint.post("/shares/<int:share_id>/delete")
@signed_in
def delete(share_id: int) -> ResponseReturnValue:
    """Deletes a published post at its network."""
    user_id = current_user.id
    end_reading()
    removing.remove(house(), user_id=user_id, share_id=share_id)
    tell(gettext("Deleted at the network."))
    return _back()


def _chosen_time() -> wall_time.Moment:
    try:
        wall = datetime.fromisoformat(request.form.get("at", "")).replace(tzinfo=None)
    except ValueError:
        raise Invalid("at", Text("Please give the day and the time, such as 24.12.2026 09:00.")) from None
    return wall_time.moment(wall, current_user.time_zone)


def _back() -> ResponseReturnValue:
    show = request.form.get("show")
    return redirect(url_for("my_shares.index", show=show if show == "past" else None), code=303)
