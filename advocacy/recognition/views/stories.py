"""Success stories: told, agreed to, approved, read."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import BooleanField, FileField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField

from advocacy.base.errors import Conflict, HubError, Invalid
from advocacy.library import media, pictures
from advocacy.library.media import Media
from advocacy.recognition import receivers, stories
from advocacy.recognition.stories import Story, StoryState, Written
from advocacy.web.access import Rule, curators, signed_in
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from advocacy.web.requests import row_id, takes_files

blueprint = Blueprint("stories", __name__, url_prefix="/company/stories")

FOUND = 12
MEGABYTES = pictures.MOST_BYTES // 1024 // 1024 + 2
STATES = {
    StoryState.WAITING: lazy_gettext("Waits for an answer"),
    StoryState.APPROVED: lazy_gettext("On the wall"),
    StoryState.SENT_BACK: lazy_gettext("Came back to you"),
    StoryState.WITHDRAWN: lazy_gettext("Withdrawn"),
}


class StoryForm(Form):
    """A story."""

    title = StringField(lazy_gettext("In one line"), [required(), at_most(160)])
    body = TextAreaField(lazy_gettext("What happened?"), [required(), at_most(stories.LONGEST)])
    find = StringField(lazy_gettext("Whom does it name?"), [at_most(120)])
    share = SelectField(lazy_gettext("With the visitors of a post of mine"), validate_choice=False)
    picture_hash = HiddenField()
    picture = FileField(lazy_gettext("Picture"))
    remove_picture = BooleanField(lazy_gettext("Remove the picture"))
    alt_text = StringField(lazy_gettext("Description of the picture"), [at_most(500)])


class ReasonForm(Form):
    """Why it comes back."""

    reason = StringField(lazy_gettext("What should change"), [required(), at_most(300)])


@blueprint.get("/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """What I told, and where it stands."""
    found = stories.of_person(reading(), user_id=current_user.id)
    return render_template("recognition/my_stories.html", stories=found, states=STATES)


@blueprint.get("/waiting")
@curators
def waiting() -> ResponseReturnValue:
    """What waits for a curator."""
    return render_template("recognition/waiting_stories.html", found=stories.waiting(reading()))


@blueprint.get("/new")
@signed_in
def new() -> ResponseReturnValue:
    """A story is to be told."""
    return _form_page(StoryForm(formdata=None), None, [])


@blueprint.post("/new")
@takes_files(MEGABYTES)
@signed_in
def create() -> ResponseReturnValue:
    """Hands it in."""
    return _tell(None)


@blueprint.get("/<int:story_id>")
@signed_in
def show(story_id: int) -> ResponseReturnValue:
    """One story."""
    return _one(_found(story_id), ReasonForm(formdata=None))


@blueprint.get("/<int:story_id>/edit")
@signed_in
def edit(story_id: int) -> ResponseReturnValue:
    """Changes of its teller."""
    story = stories.own(reading(), story_id=story_id, by=current_user)
    form = StoryForm(
        formdata=None,
        title=story.title,
        body=story.body,
        share=str(story.share_id or ""),
        picture_hash=story.picture.sha256 if story.picture else "",
        alt_text=story.alt_text,
    )
    return _form_page(form, story, [str(one.user_id) for one in stories.named(reading(), story_id=story.id)])


@blueprint.post("/<int:story_id>/edit")
@takes_files(MEGABYTES)
@signed_in
def save(story_id: int) -> ResponseReturnValue:
    """Hands it in again."""
    return _tell(stories.own(reading(), story_id=story_id, by=current_user))


@blueprint.post("/<int:story_id>/agree")
@signed_in
def agree(story_id: int) -> ResponseReturnValue:
    """It names me, and I agree or do not."""
    agrees = request.form.get("agrees") == "1"
    with writing() as session:
        stories.agree(session, house().clock, story_id=story_id, user=current_user, agrees=agrees)
    tell(
        gettext("Thank you. It may name you.") if agrees else gettext("It does not stand on the wall with your name.")
    )
    return redirect(url_for("stories.show", story_id=story_id))


@blueprint.post("/<int:story_id>/approve")
@curators
def approve(story_id: int) -> ResponseReturnValue:
    """A curator puts it on the wall."""
    try:
        with writing() as session:
            stories.approve(session, house().clock, story_id=story_id, by=current_user)
    except Conflict as error:
        tell(say(error.text), "warning")
    else:
        tell(gettext("The story is on the wall."))
    return redirect(url_for("stories.show", story_id=story_id))


@blueprint.post("/<int:story_id>/send-back")
@curators
def send_back(story_id: int) -> ResponseReturnValue:
    """A curator asks for changes."""
    form = ReasonForm()
    if form.validate():
        try:
            with writing() as session:
                stories.send_back(session, house().clock, story_id=story_id, by=current_user, reason=form.reason.data)
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("The story is back with its teller."))
            return redirect(url_for("stories.waiting"))
    return make_response(_one(_found(story_id), form), 422)


@blueprint.post("/<int:story_id>/withdraw")
@signed_in
def withdraw(story_id: int) -> ResponseReturnValue:
    """Its teller or a curator takes it off the wall."""
    with writing() as session:
        stories.withdraw(session, house().clock, story_id=story_id, by=current_user, is_curator=_is_curator())
    tell(gettext("The story is withdrawn."))
    return redirect(url_for("kudos.index"))


def _is_curator() -> bool:
    return Rule.CURATORS.admits(current_user.roles)


def _found(story_id: int) -> Story:
    return stories.get(reading(), story_id=story_id, reader=current_user, is_curator=_is_curator())


def _one(story: Story, form: ReasonForm) -> str:
    people = stories.named(reading(), story_id=story.id)
    return render_template(
        "recognition/story.html",
        story=story,
        teller=stories.teller(reading(), story),
        people=people,
        mine=next((one for one in people if one.user_id == current_user.id), None),
        is_teller=story.user_id == current_user.id,
        is_curator=_is_curator(),
        form=form,
        states=STATES,
    )


def _tell(story: Story | None) -> ResponseReturnValue:
    form = StoryForm()
    typed = request.form.getlist("to")
    is_kept = _keep_picture(form)
    if "search" in request.form:
        return _form_page(form, story, typed)
    if form.validate() & is_kept:
        written = Written(
            title=form.title.data,
            body=form.body.data,
            people=[_number(one) for one in typed[:50]],
            picture=form.picture_hash.data or "",
            alt_text=form.alt_text.data or "",
            share_id=_number(form.share.data) or None,
        )
        try:
            with writing() as session:
                told = stories.tell(
                    session,
                    house().clock,
                    written=written,
                    by=current_user,
                    story_id=story.id if story is not None else None,
                )
        except Invalid as error:
            form.take(Invalid("find", error.text) if error.field == "people" else error)
        else:
            tell(gettext("Thank you. A curator looks at it, and whoever it names is asked."))
            return redirect(url_for("stories.show", story_id=told.id))
    return make_response(_form_page(form, story, typed), 422)


def _keep_picture(form: StoryForm) -> bool:
    """Keeps a picture that came with the form, so that it is not lost when the form comes back."""
    if form.remove_picture.data:
        form.picture_hash.data, form.alt_text.data = "", ""
    given = form.picture.data
    if not given or not given.filename:
        return True
    try:
        ready = pictures.prepare(given.read(pictures.MOST_BYTES + 1))
        with writing() as session:
            kept = media.store(
                session,
                house().clock,
                house().part(Media),
                data=ready.data,
                mime=ready.mime,
                width=ready.width,
                height=ready.height,
                by=current_user.id,
            )
            form.picture_hash.data = kept.sha256
    except HubError as error:
        form.picture.errors = [say(error.text)]
        return False
    return True


def _form_page(form: StoryForm, story: Story | None, typed: list[str]) -> str:
    chosen = receivers.chosen(reading(), [_number(one) for one in typed[:50]])
    words = form.find.data or ""
    posts = stories.own_posts(reading(), user_id=current_user.id)
    form.share.choices = [
        SelectChoice("", gettext("None")),
        *(SelectChoice(str(number), title) for number, title in posts),
    ]
    return render_template(
        "recognition/story_form.html",
        form=form,
        story=story,
        chosen=chosen,
        found=receivers.find(reading(), words=words, but={current_user.id, *(one.id for one in chosen)}, most=FOUND),
        looked=bool(words.strip()),
        picture=stories.picture_of(reading(), sha256=form.picture_hash.data or ""),
        has_posts=bool(posts),
    )


def _number(typed: str | None) -> int:
    try:
        return row_id(typed or "")
    except ValueError:
        return 0
