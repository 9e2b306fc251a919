"""Programmes: the list, the page that everybody reads, and their form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import DateField, SelectMultipleField, StringField, TextAreaField

from advocacy.base.errors import Invalid
from advocacy.people import owners, teams
from advocacy.programme import comments, following, goals, programmes, steps
from advocacy.programme.programmes import LONGEST, Programme, Written
from advocacy.programme.views.wording import STATES
from advocacy.web.access import Rule, curators_and_leaders, signed_in
from advocacy.web.editing import ChangedMeanwhile, SharedForm, check
from advocacy.web.forms import Form, at_most, chosen, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.requests import row_ids

blueprint = Blueprint("plan", __name__, url_prefix="/company/plan")


class ProgrammeForm(SharedForm):
    """A programme."""

    title = StringField(lazy_gettext("Title"), [required(), at_most(160)])
    message = TextAreaField(lazy_gettext("The message"), [at_most(LONGEST)])
    starts_on = DateField(lazy_gettext("First day"), [chosen()])
    ends_on = DateField(lazy_gettext("Last day"), [chosen()])
    owner = StringField(lazy_gettext("Who answers for it"), [at_most(254)])
    teams = SelectMultipleField(lazy_gettext("Departments"))

    def offer(self) -> None:
        """Fills in what can be chosen now."""
        self.teams.choices = [(str(team_id), path) for team_id, path in teams.options(reading())]

    def written(self) -> Written:
        """What the form says."""
        return Written(
            title=self.title.data,
            message=self.message.data or "",
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            owner_email=self.owner.data or "",
            teams=[int(one) for one in self.teams.data or ()],
        )


class CommentForm(Form):
    """What somebody says."""

    body = TextAreaField(lazy_gettext("Your comment"), [required(), at_most(comments.LONGEST)])


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Every programme, the newest first."""
    page = programmes.page(reading(), after=request.args.get("after", ""))
    return render_template(
        "programme/programmes.html",
        page=page,
        may_edit=may_edit(),
        next_url=url_for("plan.index", after=page.next_cursor) if page.next_cursor else None,
    )


@blueprint.get("/<int:programme_id>")
@signed_in
def show(programme_id: int) -> ResponseReturnValue:
    """One programme: its message, its goals, its plan, and what belongs to it."""
    return _programme(programme_id, CommentForm(formdata=None), 200)


@blueprint.post("/<int:programme_id>/comments")
@signed_in
def comment(programme_id: int) -> ResponseReturnValue:
    """Says something about the plan."""
    form = CommentForm()
    if form.validate():
        try:
            with writing() as session:
                said = comments.say(
                    session, house().clock, programme_id=programme_id, body=form.body.data, user=current_user
                )
        except Invalid as error:
            form.take(error)
        else:
            return redirect(url_for("plan.show", programme_id=programme_id, _anchor=f"comment-{said.id}"), code=303)
    return _programme(programme_id, form, 422)


@blueprint.post("/comments/<int:comment_id>/remove")
@signed_in
def remove_comment(comment_id: int) -> ResponseReturnValue:
    """Takes a comment away."""
    with writing() as session:
        gone = comments.remove(session, comment_id=comment_id, by=current_user, may_edit=may_edit())
        way_back = way_back_of(gone.programme_id, gone.step_id)
    tell(gettext("The comment is removed."))
    return redirect(way_back, code=303)


def way_back_of(programme_id: int, step_id: int | None) -> str:
    """The page on which a comment stands."""
    if step_id is not None:
        return url_for("steps.show", step_id=step_id)
    return url_for("plan.show", programme_id=programme_id)


def _programme(programme_id: int, form: CommentForm, status: int) -> ResponseReturnValue:
    session, clock = reading(), house().clock
    programme = programmes.get(session, programme_id=programme_id)
    page = render_template(
        "programme/programme.html",
        programme=programme,
        line=programmes.lines(session, [programme])[0],
        goals=goals.of_programme(session, programme_id=programme_id, today=clock.now().date()),
        plan=steps.page(
            session, programme_id=programme_id, today=clock.now().date(), after=request.args.get("steps", "")
        ),
        said=comments.page(session, programme_id=programme_id, after=request.args.get("comments", "")),
        form=form,
        states=STATES,
        items=programmes.items(session, clock, programme_id=programme_id, user=current_user),
        courses=programmes.courses(session, programme_id=programme_id, user=current_user),
        is_following=following.is_following(session, programme_id=programme_id, user_id=current_user.id),
        followers=following.count(session, programme_id=programme_id),
        may_edit=may_edit(),
        may_change=may_edit() and programme.state.value == "open",
    )
    return make_response(page, status)


@blueprint.post("/<int:programme_id>/follow")
@signed_in
def follow(programme_id: int) -> ResponseReturnValue:
    """Hears of changes from now on, or no more."""
    with writing() as session:
        if request.form.get("follow") == "1":
            following.follow(session, house().clock, programme_id=programme_id, user_id=current_user.id)
        else:
            programmes.get(session, programme_id=programme_id)
            following.stop(session, programme_id=programme_id, user_id=current_user.id)
    return redirect(url_for("plan.show", programme_id=programme_id), code=303)


@blueprint.get("/new")
@curators_and_leaders
def new() -> ResponseReturnValue:
    """An empty form."""
    today = house().clock.now().date()
    first: dict[str, Any] = {"starts_on": today, "ends_on": today + timedelta(days=90), "owner": current_user.email}
    return _page(ProgrammeForm(formdata=None, data=first), None, 200)


@blueprint.post("/new")
@curators_and_leaders
def create() -> ResponseReturnValue:
    """Makes it."""
    return _saved(None)


@blueprint.get("/<int:programme_id>/edit")
@curators_and_leaders
def edit(programme_id: int) -> ResponseReturnValue:
    """The form of a programme."""
    programme = programmes.open_one(reading(), programme_id=programme_id)
    form = ProgrammeForm(formdata=None, data=_values(programme))
    form.open(_values(programme))
    return _page(form, programme_id, 200)


def _values(programme: Programme) -> dict[str, Any]:
    return {
        **{name: getattr(programme, name) for name in ("title", "message", "starts_on", "ends_on")},
        "owner": owners.address_of(reading(), programme.owner_id),
        "teams": [str(one) for one in programme.teams],
    }


@blueprint.post("/<int:programme_id>/edit")
@curators_and_leaders
def save(programme_id: int) -> ResponseReturnValue:
    """Changes it."""
    programmes.open_one(reading(), programme_id=programme_id)
    return _saved(programme_id)


@blueprint.get("/<int:programme_id>/belongs")
@curators_and_leaders
def belongs(programme_id: int) -> ResponseReturnValue:
    """Which items and courses belong to it."""
    programme = programmes.open_one(reading(), programme_id=programme_id)
    return render_template(
        "programme/belongs.html",
        programme=programme,
        found=programmes.belongings(reading(), programme_id=programme_id),
    )


@blueprint.post("/<int:programme_id>/belongs")
@curators_and_leaders
def change_belongs(programme_id: int) -> ResponseReturnValue:
    """Adds an item or a course, or takes one out."""
    with writing() as session:
        programmes.open_one(session, programme_id=programme_id)
        for kind, change in (
            ("add_item", _add_item),
            ("add_course", _add_course),
            ("item", _item),
            ("course", _course),
        ):
            for number in row_ids(request.form.getlist(kind)[:1]):
                change(session, programme_id, number)
    return redirect(url_for("plan.belongs", programme_id=programme_id), code=303)


def _add_item(session: Any, programme_id: int, item_id: int) -> None:
    programmes.add_item(session, house().clock, programme_id=programme_id, item_id=item_id, by=current_user.id)


def _add_course(session: Any, programme_id: int, course_id: int) -> None:
    programmes.add_course(session, house().clock, programme_id=programme_id, course_id=course_id, by=current_user.id)


def _item(session: Any, programme_id: int, item_id: int) -> None:
    programmes.take_out_item(session, house().clock, programme_id=programme_id, item_id=item_id, by=current_user.id)


def _course(session: Any, programme_id: int, course_id: int) -> None:
    programmes.take_out_course(
        session, house().clock, programme_id=programme_id, course_id=course_id, by=current_user.id
    )


def may_edit() -> bool:
    """Whether this person writes programmes."""
    return Rule.CURATORS_AND_LEADERS.admits(current_user.roles)


def _saved(programme_id: int | None) -> ResponseReturnValue:
    form, status = ProgrammeForm(), 422
    form.offer()
    if form.validate():
        try:
            with writing() as session:
                if programme_id is not None:
                    check(
                        session,
                        house().clock,
                        form,
                        thing=("programme", programme_id),
                        values=lambda: _values(programmes.get(session, programme_id=programme_id)),
                    )
                programme = programmes.save(
                    session, house().clock, written=form.written(), by=current_user.id, programme_id=programme_id
                )
        except Invalid as error:
            form.take(error)
        except ChangedMeanwhile:
            status = 409
        else:
            tell(gettext("The programme is saved."))
            return redirect(url_for("plan.show", programme_id=programme.id), code=303)
    return _page(form, programme_id, status)


def _page(form: ProgrammeForm, programme_id: int | None, status: int) -> ResponseReturnValue:
    form.offer()
    page = render_template("programme/programme_form.html", form=form, programme_id=programme_id)
    return make_response(page, status)
