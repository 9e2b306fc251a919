"""Sessions and open meetings: the list, one with its places, and what their hosts do."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import IntegerField, StringField, TextAreaField, URLField
from wtforms.validators import NumberRange, Optional

from advocacy.base.errors import Conflict, Invalid
from advocacy.learning import meetings, sign_ups
from advocacy.learning.meetings import LONGEST, MOST_PLACES, Meeting, WrittenMeeting
from advocacy.learning.views import places
from advocacy.library.views.audience_form import AudienceForm, lists_of
from advocacy.web.access import Rule, curators_and_leaders, signed_in
from advocacy.web.editing import ChangedMeanwhile, SharedForm, check
from advocacy.web.fields import LocalMoment
from advocacy.web.forms import at_most, chosen, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from advocacy.web.requests import row_ids
from config import Settings

blueprint = Blueprint("meetings", __name__, url_prefix="/learning/sessions")


class MeetingForm(AudienceForm, SharedForm):
    """What a session is."""

    title = StringField(lazy_gettext("Title"), [required(), at_most(160)])
    starts_at = LocalMoment(lazy_gettext("Begins"), validators=[chosen()])
    ends_at = LocalMoment(lazy_gettext("Ends"), validators=[chosen()])
    place = StringField(lazy_gettext("Where"), [at_most(200)])
    link = URLField(lazy_gettext("Link to join"), [at_most(2_000)])
    places = IntegerField(
        lazy_gettext("Places"),
        [Optional(), NumberRange(1, MOST_PLACES, lazy_gettext("Please choose a number from %(min)s to %(max)s."))],
    )
    description = TextAreaField(lazy_gettext("What it is about"), [at_most(LONGEST)])
    material = TextAreaField(lazy_gettext("Material for afterwards"), [at_most(LONGEST)])


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Sessions to come, or those that are over."""
    is_past = request.args.get("show") == "past"
    page = meetings.page(
        reading(), house().clock, user=current_user, is_past=is_past, after=request.args.get("after", "")
    )
    return render_template(
        "learning/meetings.html", tabs=places.tabs(), page=page, is_past=is_past, may_edit=_may_edit()
    )


@blueprint.get("/<int:meeting_id>")
@signed_in
def show(meeting_id: int) -> ResponseReturnValue:
    """A session, with a button to come or to stay away; for hosts with who comes."""
    line = meetings.visible(reading(), user=current_user, meeting_id=meeting_id, may_edit=_may_edit())
    now = house().clock.now()
    return render_template(
        "learning/meeting.html",
        tabs=places.tabs(),
        line=line,
        meeting=line.meeting,
        is_over=line.meeting.ends_at < now,
        has_begun=line.meeting.starts_at <= now,
        people=sign_ups.people(reading(), meeting_id=meeting_id) if _may_edit() else None,
    )


@blueprint.post("/<int:meeting_id>/come")
@signed_in
def come(meeting_id: int) -> ResponseReturnValue:
    """Takes a place, or one in the queue."""
    with writing() as session:
        standing = sign_ups.sign_up(session, house().clock, user=current_user, meeting_id=meeting_id)
    if standing.value == "going":
        tell(gettext("You have a place."))
    else:
        tell(gettext("All places are taken. You are in the queue and get the first that is given back."), "info")
    return redirect(url_for("meetings.show", meeting_id=meeting_id), code=303)


@blueprint.post("/<int:meeting_id>/leave")
@signed_in
def leave(meeting_id: int) -> ResponseReturnValue:
    """Gives it back."""
    with writing() as session:
        sign_ups.leave(session, house().clock, user_id=current_user.id, meeting_id=meeting_id)
    tell(gettext("You are no longer signed up."))
    return redirect(url_for("meetings.show", meeting_id=meeting_id), code=303)


@blueprint.post("/<int:meeting_id>/people/<int:user_id>/remove")
@curators_and_leaders
def take_out(meeting_id: int, user_id: int) -> ResponseReturnValue:
    """Takes somebody off the list."""
    try:
        with writing() as session:
            was_there = sign_ups.take_out(
                session, house().clock, user_id=user_id, meeting_id=meeting_id, by=current_user.id
            )
    except Conflict as error:
        tell(say(error.text), "warning")
    else:
        undoing: Any = {
            "text": gettext("They are off the list and are told."),
            "action": url_for("meetings.put_back", meeting_id=meeting_id, user_id=user_id),
        }
        if was_there:
            tell(undoing, "undo")
    return redirect(url_for("meetings.show", meeting_id=meeting_id), code=303)


@blueprint.post("/<int:meeting_id>/people/<int:user_id>/back")
@curators_and_leaders
def put_back(meeting_id: int, user_id: int) -> ResponseReturnValue:
    """Puts somebody back who was taken off."""
    try:
        with writing() as session:
            standing = sign_ups.put_back(
                session, house().clock, user_id=user_id, meeting_id=meeting_id, by=current_user.id
            )
    except Conflict as error:
        tell(say(error.text), "warning")
    else:
        if standing.value == "going":
            tell(gettext("They have their place again."))
        else:
            tell(gettext("Their place is given already. They are in the queue, at their old turn."), "info")
    return redirect(url_for("meetings.show", meeting_id=meeting_id), code=303)


@blueprint.get("/<int:meeting_id>/session.ics")
@signed_in
def calendar_file(meeting_id: int) -> ResponseReturnValue:
    """For one's own calendar."""
    line = meetings.visible(reading(), user=current_user, meeting_id=meeting_id, may_edit=_may_edit())
    has_place = line.mine is not None and line.mine.standing.value == "going"
    written = meetings.calendar_file(line.meeting, public_url=house().part(Settings).address, with_link=has_place)
    answer = Response(written, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="session.ics"'
    return answer


@blueprint.get("/new")
@curators_and_leaders
def new() -> ResponseReturnValue:
    """An empty form."""
    return _page(MeetingForm(formdata=None), None, 200)


@blueprint.post("/new")
@curators_and_leaders
def create() -> ResponseReturnValue:
    """Adds a session."""
    return _saved(None)


@blueprint.get("/<int:meeting_id>/edit")
@curators_and_leaders
def edit(meeting_id: int) -> ResponseReturnValue:
    """The form of a session."""
    meeting = meetings.get(reading(), meeting_id=meeting_id)
    form = MeetingForm(formdata=None, data=_values(meeting))
    form.open(_values(meeting))
    return _page(form, meeting_id, 200)


def _values(meeting: Meeting) -> dict[str, Any]:
    names = ("title", "starts_at", "ends_at", "place", "link", "places", "description", "material")
    return {**{name: getattr(meeting, name) for name in names}, **lists_of(meeting.audience)}


@blueprint.post("/<int:meeting_id>/edit")
@curators_and_leaders
def save(meeting_id: int) -> ResponseReturnValue:
    """Changes it."""
    meetings.get(reading(), meeting_id=meeting_id)
    return _saved(meeting_id)


@blueprint.post("/<int:meeting_id>/cancel")
@curators_and_leaders
def cancel(meeting_id: int) -> ResponseReturnValue:
    """Calls it off."""
    with writing() as session:
        meetings.cancel(session, house().clock, meeting_id=meeting_id, by=current_user.id)
    tell(gettext("The session is called off."))
    return redirect(url_for("meetings.show", meeting_id=meeting_id), code=303)


@blueprint.post("/<int:meeting_id>/attendance")
@curators_and_leaders
def attendance(meeting_id: int) -> ResponseReturnValue:
    """Notes who was there."""
    there = set(row_ids(request.form.getlist("there")))
    with writing() as session:
        sign_ups.note_attendance(session, house().clock, meeting_id=meeting_id, there=there, by=current_user.id)
    tell(gettext("Saved."))
    return redirect(url_for("meetings.show", meeting_id=meeting_id), code=303)


def _may_edit() -> bool:
    return Rule.CURATORS_AND_LEADERS.admits(current_user.roles)


def _saved(meeting_id: int | None) -> ResponseReturnValue:
    form, status = MeetingForm(), 422
    form.offer()
    if form.validate() and form.starts_at.data and form.ends_at.data:
        written = WrittenMeeting(
            title=form.title.data,
            starts_at=form.starts_at.data,
            ends_at=form.ends_at.data,
            description=form.description.data or "",
            place=form.place.data or "",
            link=form.link.data or "",
            places=form.places.data,
            audience=form.audience(),
            material=form.material.data or "",
        )
        try:
            with writing() as session:
                if meeting_id is not None:
                    check(
                        session,
                        house().clock,
                        form,
                        thing=("meeting", meeting_id),
                        values=lambda: _values(meetings.get(session, meeting_id=meeting_id)),
                    )
                saved = meetings.save(
                    session, house().clock, written=written, by=current_user.id, meeting_id=meeting_id
                )
                saved_id = saved.id
        except Invalid as error:
            form.take(error)
        except ChangedMeanwhile:
            status = 409
        except Conflict as error:
            form.places.errors = [say(error.text)]
        else:
            tell(gettext("Saved."))
            return redirect(url_for("meetings.show", meeting_id=saved_id), code=303)
    return _page(form, meeting_id, status)


def _page(form: MeetingForm, meeting_id: int | None, status: int) -> ResponseReturnValue:
    form.offer()
    page = render_template("learning/edit_meeting.html", tabs=places.tabs(), form=form, meeting_id=meeting_id)
    return make_response(page, status)
