"""Surveys: answering them, writing them, and what came of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_login import current_user

from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.sealing import Sealer
from advocacy.base.text import Text
from advocacy.voice import answering, questions, results, rounds, surveys
from advocacy.voice.answering import Asked
from advocacy.voice.questions import BOUNDS, Question
from advocacy.voice.views.survey_form import KINDS, REPEATS, SurveyForm, values_of
from advocacy.web.access import Rule, curators, curators_and_leaders, signed_in
from advocacy.web.editing import ChangedMeanwhile, check
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from advocacy.web.requests import leaves_no_trace
from config import Settings

blueprint = Blueprint("surveys", __name__, url_prefix="/company/surveys")


@blueprint.app_template_filter("worded")
def worded(words: dict[str, str]) -> str:
    """Words that are kept in several languages, in this person's."""
    return questions.in_language(words, str(get_locale() or "en")[:2])


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """What asks me now."""
    return render_template(
        "voice/surveys.html",
        asked=answering.open_for(reading(), house().clock, user=current_user),
        sees_all=Rule.CURATORS_AND_LEADERS.admits(current_user.roles),
        may_write=_may_write(),
    )


@blueprint.get("/waiting")
@signed_in
def waiting() -> ResponseReturnValue:
    """How many wait for my answer, for other pages to put in."""
    asked = answering.open_for(reading(), house().clock, user=current_user)
    return render_template("voice/surveys_waiting.html", count=sum(not one.is_answered for one in asked))


@blueprint.get("/<int:round_id>/answer")
@signed_in
@leaves_no_trace
def form(round_id: int) -> ResponseReturnValue:
    """The questions."""
    asked = answering.get(reading(), house().clock, user=current_user, round_id=round_id)
    if asked.is_answered:
        return redirect(url_for("surveys.thanks", round_id=round_id))
    return _form(asked, {}, None)


@blueprint.post("/<int:round_id>/answer")
@signed_in
@leaves_no_trace
def answer(round_id: int) -> ResponseReturnValue:
    """Puts the answer into the box."""
    given = {name: request.form.getlist(name) for name in request.form}
    try:
        with writing() as session:
            answering.answer(
                session, house().clock, house().part(Sealer), user=current_user, round_id=round_id, given=given
            )
    except Invalid as error:
        asked = answering.get(reading(), house().clock, user=current_user, round_id=round_id)
        return make_response(_form(asked, given, error), 422)
    except Conflict as error:
        tell(say(error.text), "info")
    return redirect(url_for("surveys.thanks", round_id=round_id))


@blueprint.get("/<int:round_id>/thanks")
@signed_in
@leaves_no_trace
def thanks(round_id: int) -> ResponseReturnValue:
    """What happens now; after a quiz also what is right."""
    asked = answering.get(reading(), house().clock, user=current_user, round_id=round_id)
    if not asked.is_answered:
        return redirect(url_for("surveys.form", round_id=round_id))
    right = [one for one in asked.questions if one.right]
    return render_template("voice/survey_thanks.html", asked=asked, right=right)


@blueprint.get("/all")
@curators_and_leaders
def every() -> ResponseReturnValue:
    """Every survey."""
    page = surveys.page(reading(), after=request.args.get("after", ""))
    return render_template(
        "voice/surveys_all.html",
        page=page,
        may_write=_may_write(),
        kinds=KINDS,
        repeats=REPEATS,
        next_url=url_for("surveys.every", after=page.next_cursor) if page.next_cursor else None,
    )


@blueprint.get("/all/<int:survey_id>")
@curators_and_leaders
def show(survey_id: int) -> ResponseReturnValue:
    """A survey's rounds, the results of one, and how they changed."""
    survey = surveys.get(reading(), survey_id=survey_id)
    found = surveys.rounds(reading(), survey_id=survey_id)
    closed = [one for one in found if one.results is not None]
    number = request.args.get("round", type=int)
    chosen = next((one for one in closed if one.number == number), closed[0] if closed else None)
    answered: list[results.QuestionResult] = []
    trends: dict[str, Any] = {}
    if chosen is not None:
        _, answered = results.of_round(reading(), round_id=chosen.id)
    if len(closed) > 1:
        keys = [one.question.key for one in answered if one.figure is not None]
        trends = results.trends(closed[:12], keys=keys)
    return render_template(
        "voice/survey.html",
        survey=survey,
        rounds=found,
        chosen=chosen,
        answered=answered,
        trends=trends,
        may_write=_may_write(),
        may_ask_again=surveys.may_be_asked_again(survey, found),
        kinds=KINDS,
        repeats=REPEATS,
    )


@blueprint.post("/all/<int:survey_id>/again")
@curators
def ask_again(survey_id: int) -> ResponseReturnValue:
    """Opens another round of a survey that was asked once."""
    smallest = house().part(Settings).smallest_group
    with writing() as session:
        surveys.ask_again(session, house().clock, survey_id=survey_id, by=current_user.id, smallest=smallest)
        rounds.open_next(session, house().clock, survey_id=survey_id, smallest=smallest, zone=_zone())
    tell(gettext("It is asked again from now on."))
    return redirect(url_for("surveys.show", survey_id=survey_id))


@blueprint.get("/all/<int:survey_id>/words/<int:round_id>/<key>")
@curators_and_leaders
def words(survey_id: int, round_id: int, key: str) -> ResponseReturnValue:
    """All that people wrote to one question, a page at a time."""
    survey = surveys.get(reading(), survey_id=survey_id)
    of_round, answered = results.of_round(reading(), round_id=round_id)
    chosen = next((one for one in answered if one.question.key == key and one.words), None)
    if chosen is None or of_round.survey_id != survey_id:
        raise NotFound(Text("There are no words here that may be shown."))
    page = results.words(reading(), of_round, chosen.question, after=request.args.get("after", ""), rows=100)
    return render_template(
        "voice/survey_words.html",
        survey=survey,
        round=of_round,
        question=chosen.question,
        page=page,
        next_url=url_for("surveys.words", survey_id=survey_id, round_id=round_id, key=key, after=page.next_cursor)
        if page.next_cursor
        else None,
    )


@blueprint.get("/new")
@curators
def new() -> ResponseReturnValue:
    """A new survey."""
    soon = house().clock.now() + timedelta(hours=1)
    form = SurveyForm(formdata=None, data={"opens_at": soon.replace(minute=0, second=0, microsecond=0)})
    return _editor(form, None)


@blueprint.post("/new")
@curators
def create() -> ResponseReturnValue:
    """Writes it."""
    return _save(None)


@blueprint.get("/all/<int:survey_id>/edit")
@curators
def edit(survey_id: int) -> ResponseReturnValue:
    """A survey, to be changed for its next round."""
    survey = surveys.get(reading(), survey_id=survey_id)
    form = SurveyForm(formdata=None, data=values_of(survey))
    form.open(values_of(survey))
    return _editor(form, survey_id)


@blueprint.post("/all/<int:survey_id>/edit")
@curators
def save(survey_id: int) -> ResponseReturnValue:
    """Changes it."""
    surveys.get(reading(), survey_id=survey_id)
    return _save(survey_id)


def _save(survey_id: int | None) -> ResponseReturnValue:
    form = SurveyForm()
    form.offer()
    smallest, status = house().part(Settings).smallest_group, 422
    if form.validate():
        try:
            with writing() as session:
                if survey_id is not None:
                    known = survey_id
                    check(
                        session,
                        house().clock,
                        form,
                        thing=("survey", known),
                        values=lambda: values_of(surveys.get(session, survey_id=known)),
                    )
                survey = surveys.save(
                    session,
                    house().clock,
                    written=form.written(),
                    by=current_user.id,
                    smallest=smallest,
                    survey_id=survey_id,
                )
                survey_id = survey.id
                rounds.open_next(session, house().clock, survey_id=survey_id, smallest=smallest, zone=_zone())
        except Invalid as error:
            form.take(error)
        except ChangedMeanwhile:
            status = 409
        else:
            tell(gettext("The survey is saved."))
            return redirect(url_for("surveys.show", survey_id=survey_id))
    return make_response(_editor(form, survey_id), status)


def _editor(form: SurveyForm, survey_id: int | None) -> str:
    form.offer()
    form.add_rows()
    return render_template(
        "voice/survey_form.html",
        form=form,
        survey_id=survey_id,
        smallest=house().part(Settings).smallest_group,
    )


def _form(asked: Asked, given: dict[str, list[str]], error: Invalid | None) -> str:
    conditions = {one.key: _condition(one, asked.questions) for one in asked.questions if one.only_if}
    return render_template(
        "voice/survey_answer.html",
        asked=asked,
        given=given,
        error=error,
        conditions=conditions,
        bounds={kind.value: bounds for kind, bounds in BOUNDS.items()},
    )


def _condition(one: Question, asked: list[Question]) -> tuple[int, str]:
    """The number of the question that this one hangs on, and the answer that it wants."""
    key, places = one.only_if or ("", ())
    number, before = next((number, other) for number, other in enumerate(asked, start=1) if other.key == key)
    return number, worded(dict(before.options[places[0]]))


def _may_write() -> bool:
    return Rule.CURATORS.admits(current_user.roles)


def _zone() -> ZoneInfo:
    return ZoneInfo(house().part(Settings).time_zone)
