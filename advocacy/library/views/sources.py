"""Sources: the list with their health, the form of one, and the inbox of what it gave."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField, URLField
from wtforms.validators import NumberRange

from advocacy.base.errors import Invalid
from advocacy.library import audience, campaigns, entries, sources, topics
from advocacy.library.content import Dimension
from advocacy.library.sources import MOST_NEW, Wanted
from advocacy.library.views import places
from advocacy.web.access import curators
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import LANGUAGES

blueprint = Blueprint("sources", __name__, url_prefix="/library/sources")

INTERVALS = {
    15: lazy_gettext("Every quarter of an hour"),
    60: lazy_gettext("Every hour"),
    6 * 60: lazy_gettext("Every six hours"),
    24 * 60: lazy_gettext("Once a day"),
}
SHOWS = ("new", "used", "dismissed")


class SourceForm(Form):
    """A feed's address and its rules."""

    url = URLField(lazy_gettext("Address of the feed"), [required(), at_most(2000)])
    title = StringField(lazy_gettext("Name"), [at_most(200)])
    interval_minutes = SelectField(lazy_gettext("Read it"), coerce=int)
    max_new_per_poll = IntegerField(
        lazy_gettext("New entries at a time, at most"),
        [NumberRange(1, MOST_NEW, lazy_gettext("Please choose a number from %(min)s to %(max)s."))],
        default=20,
    )
    must_contain = StringField(lazy_gettext("Only entries with one of these words"), [at_most(200)])
    language = SelectField(lazy_gettext("Language"))
    topics = SelectMultipleField(lazy_gettext("Topics"), coerce=int)
    campaign_id = SelectField(lazy_gettext("Campaign"))
    team = SelectMultipleField(lazy_gettext("Teams"))
    location = SelectMultipleField(lazy_gettext("Locations"))
    makes_items = BooleanField(lazy_gettext("Make an item of each new entry by itself"))
    auto_publish = BooleanField(lazy_gettext("Publish those items at once, without review"))

    def wanted(self) -> Wanted:
        """What the form says, as the library takes it."""
        chosen = {Dimension.TEAM: self.team.data, Dimension.LOCATION: self.location.data}
        return Wanted(
            url=self.url.data or "",
            title=self.title.data or "",
            interval_minutes=self.interval_minutes.data,
            max_new_per_poll=self.max_new_per_poll.data,
            language=self.language.data,
            topic_ids=tuple(self.topics.data or ()),
            campaign_id=int(self.campaign_id.data) if self.campaign_id.data else None,
            audience={dimension: tuple(values) for dimension, values in chosen.items() if values},
            makes_items=self.makes_items.data,
            auto_publish=self.auto_publish.data,
            must_contain=self.must_contain.data or "",
        )


@blueprint.get("")
@curators
def index() -> ResponseReturnValue:
    """Every source with its health."""
    page = sources.page(reading(), after=request.args.get("after", ""))
    return render_template("library/sources.html", tabs=places.tabs(), page=page)


@blueprint.get("/new")
@curators
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form_page(_form(SourceForm(formdata=None, url=request.args.get("url", ""), interval_minutes=60)), None)


@blueprint.post("/new")
@curators
def create() -> ResponseReturnValue:
    """Adds a source and shows its inbox, which fills within seconds."""
    form = _form(SourceForm())
    if form.validate():
        try:
            with writing() as session:
                source_id = sources.create(session, house().clock, wanted=form.wanted(), by=current_user.id).id
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("Added. We are reading it now."))
            return redirect(url_for("sources.inbox", source_id=source_id), code=303)
    return _form_page(form, None, status=422)


@blueprint.get("/<int:source_id>/edit")
@curators
def edit(source_id: int) -> ResponseReturnValue:
    """The form of a source."""
    source = sources.get(reading(), source_id=source_id)
    chosen = sources.audience_of(source)
    form = SourceForm(
        formdata=None,
        obj=source,
        topics=list(source.topic_ids),
        campaign_id=str(source.campaign_id or ""),
        team=list(chosen.get(Dimension.TEAM, ())),
        location=list(chosen.get(Dimension.LOCATION, ())),
    )
    return _form_page(_form(form), source_id)


@blueprint.post("/<int:source_id>/edit")
@curators
def save(source_id: int) -> ResponseReturnValue:
    """Changes a source."""
    sources.get(reading(), source_id=source_id)
    form = _form(SourceForm())
    if form.validate():
        try:
            with writing() as session:
                sources.edit(session, house().clock, source_id=source_id, wanted=form.wanted(), by=current_user.id)
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("Saved."))
            return redirect(url_for("sources.inbox", source_id=source_id), code=303)
    return _form_page(form, source_id, status=422)


@blueprint.get("/<int:source_id>")
@curators
def inbox(source_id: int) -> ResponseReturnValue:
    """What a source gave: what waits, what became an item, what was set aside."""
    source = sources.get(reading(), source_id=source_id)
    show = request.args.get("show", "new")
    show = show if show in SHOWS else "new"
    page = entries.page(
        reading(), source_id=source_id, state=entries.state_named(show), after=request.args.get("after", "")
    )
    return render_template(
        "library/source.html",
        tabs=places.tabs(),
        form=Form(formdata=None),
        source=source,
        page=page,
        show=show,
        is_first_page="after" not in request.args,
        is_being_read=source.active and source.last_polled_at is None,
    )


@blueprint.post("/<int:source_id>/read")
@curators
def read_now(source_id: int) -> ResponseReturnValue:
    """Has a source read at once."""
    with writing() as session:
        sources.read_soon(sources.get(session, source_id=source_id), house().clock)
    tell(gettext("We are reading it now. New entries appear here."), "info")
    return redirect(url_for("sources.inbox", source_id=source_id), code=303)


@blueprint.post("/<int:source_id>/pause")
@curators
def pause(source_id: int) -> ResponseReturnValue:
    """No longer reads a source."""
    with writing() as session:
        sources.pause(session, house().clock, source_id=source_id, by=current_user.id)
    tell(gettext("Paused. What it gave stays."))
    return redirect(url_for("sources.inbox", source_id=source_id), code=303)


@blueprint.post("/<int:source_id>/remove")
@curators
def remove(source_id: int) -> ResponseReturnValue:
    """Removes a source that nothing was made from."""
    with writing() as session:
        sources.remove(session, house().clock, source_id=source_id, by=current_user.id)
    tell(gettext("Removed."))
    return redirect(url_for("sources.index"), code=303)


@blueprint.post("/entries/<int:entry_id>/item")
@curators
def make_item(entry_id: int) -> ResponseReturnValue:
    """Turns an entry into a draft and opens its editor."""
    with writing() as session:
        item_id = entries.make_item(session, house().clock, entry_id=entry_id, by=current_user.id).id
    tell(gettext("This is a draft now. Add ready-made posts, then approve it."))
    return redirect(url_for("item_editor.edit", item_id=item_id), code=303)


@blueprint.post("/entries/<int:entry_id>/aside")
@curators
def set_aside(entry_id: int) -> ResponseReturnValue:
    """Takes an entry out of the inbox, or puts it back."""
    aside = request.form.get("aside") != "no"
    with writing() as session:
        source_id = entries.set_aside(session, entry_id=entry_id, aside=aside).source_id
    tell(gettext("Set aside.") if aside else gettext("Back in the inbox."), "info")
    return redirect(url_for("sources.inbox", source_id=source_id), code=303)


def _form(form: SourceForm) -> SourceForm:
    offered = audience.choices(reading())
    minutes = form.interval_minutes.data
    known = {
        **INTERVALS,
        **(
            {minutes: gettext("Every %(count)s minutes", count=minutes)}
            if minutes and minutes not in INTERVALS
            else {}
        ),
    }
    form.interval_minutes.choices = sorted((key, str(label)) for key, label in known.items())
    form.language.choices = list(LANGUAGES.items())
    form.topics.choices = topics.options(reading())
    form.campaign_id.choices = [("", gettext("None"))] + [
        (str(number), name) for number, name in campaigns.options(reading())
    ]
    form.team.choices = [(str(number), name) for number, name in offered.teams]
    form.location.choices = [(place, place) for place in offered.locations]
    return form


def _form_page(form: SourceForm, source_id: int | None, *, status: int = 200) -> ResponseReturnValue:
    page = render_template("library/source_form.html", tabs=places.tabs(), form=form, source_id=source_id)
    return make_response(page, status)
