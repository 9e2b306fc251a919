"""Topics: the list, with adding, renaming and removing."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import StringField

from advocacy.base.errors import Invalid
from advocacy.library import topics
from advocacy.library.views import places
from advocacy.web.access import curators
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("topics", __name__, url_prefix="/library/topics")


class TopicForm(Form):
    """A topic's name."""

    name = StringField(lazy_gettext("Name"), [required(), at_most(60)])


@blueprint.get("")
@curators
def index() -> ResponseReturnValue:
    """Every topic, with a field for a new one."""
    return _list(TopicForm(formdata=None))


@blueprint.post("")
@curators
def create() -> ResponseReturnValue:
    """Adds a topic."""
    form = TopicForm()
    if form.validate():
        try:
            with writing() as session:
                topics.create(session, house().clock, name=form.name.data, by=current_user.id)
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("The topic is added."))
            return redirect(url_for("topics.index"))
    return make_response(_list(form), 422)


@blueprint.get("/<int:topic_id>")
@curators
def edit(topic_id: int) -> ResponseReturnValue:
    """A topic's name, to be changed."""
    topic = topics.get(reading(), topic_id=topic_id)
    return render_template(
        "library/topic.html", tabs=places.tabs(), topic=topic, form=TopicForm(formdata=None, obj=topic)
    )


@blueprint.post("/<int:topic_id>")
@curators
def save(topic_id: int) -> ResponseReturnValue:
    """Renames a topic."""
    topic = topics.get(reading(), topic_id=topic_id)
    form = TopicForm()
    if form.validate():
        try:
            with writing() as session:
                topics.rename(session, house().clock, topic_id=topic_id, name=form.name.data, by=current_user.id)
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("The topic is renamed."))
            return redirect(url_for("topics.index"))
    return make_response(render_template("library/topic.html", tabs=places.tabs(), topic=topic, form=form), 422)


@blueprint.get("/<int:topic_id>/remove")
@curators
def confirm_remove(topic_id: int) -> ResponseReturnValue:
    """Asks before a topic is removed."""
    topic = topics.get(reading(), topic_id=topic_id)
    return render_template("library/topic_remove.html", tabs=places.tabs(), topic=topic)


@blueprint.post("/<int:topic_id>/remove")
@curators
def remove(topic_id: int) -> ResponseReturnValue:
    """Removes a topic."""
    with writing() as session:
        topics.remove(session, house().clock, topic_id=topic_id, by=current_user.id)
    tell(gettext("The topic is removed. Its items are still there."))
    return redirect(url_for("topics.index"))


def _list(form: TopicForm) -> str:
    page = topics.page(reading(), after=request.args.get("after", ""))
    return render_template(
        "library/topics.html",
        tabs=places.tabs(),
        form=form,
        page=page,
        next_url=url_for("topics.index", after=page.next_cursor) if page.next_cursor else None,
    )
