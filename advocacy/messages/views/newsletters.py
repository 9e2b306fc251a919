"""Newsletters: written, looked at, sent to oneself, planned; and the counter that their links lead by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import DateField, SelectChoice, SelectField, SelectMultipleField, StringField, TextAreaField

from advocacy.base.blocks import Blocks
from advocacy.base.errors import Invalid
from advocacy.library.views.audience_form import AudienceForm, lists_of
from advocacy.messages import drawing, mailing, newsletters, previewing
from advocacy.messages.newsletters import LONGEST, Newsletter, Written
from advocacy.messages.views.newsletter_preview import language_of_reader
from advocacy.web.access import anyone, curators_and_leaders
from advocacy.web.editing import ChangedMeanwhile, SharedForm, check
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.requests import row_ids
from advocacy.web.security import safe_path, with_frame

blueprint = Blueprint("newsletters", __name__)


class NewsletterForm(AudienceForm, SharedForm):
    """What an editor writes."""

    subject = StringField(lazy_gettext("Subject"), [required(), at_most(160)])
    opening = TextAreaField(lazy_gettext("What you want to say"), [required(), at_most(LONGEST)])
    closing = TextAreaField(lazy_gettext("Last words"), [at_most(LONGEST)])
    put_in = SelectMultipleField(lazy_gettext("What it tells of"), choices=[], validate_choice=False)
    """What was ticked of the blocks, as `kind:number`; the page draws the boxes itself."""

    def blocks(self) -> dict[str, list[int]]:
        """What was ticked, by the name of its kind."""
        found: dict[str, list[int]] = {}
        for kind, _, number in (one.partition(":") for one in self.put_in.data or ()):
            found.setdefault(kind, []).append(int(number))
        return found


class PlanForm(Form):
    """When it goes out."""

    on = DateField(lazy_gettext("Day"), [required()])
    hour = SelectField(lazy_gettext("Hour"), choices={f"{hour}": f"{hour:02}:00" for hour in range(24)}, default="8")


@blueprint.get("/company/newsletters")
@curators_and_leaders
def index() -> ResponseReturnValue:
    """All of them, the newest first."""
    page = newsletters.page(reading(), after=request.args.get("after", ""))
    return render_template(
        "messages/newsletters.html",
        page=page,
        next_url=url_for("newsletters.index", after=page.next_cursor) if page.next_cursor else None,
    )


@blueprint.get("/company/newsletters/new")
@curators_and_leaders
def new() -> ResponseReturnValue:
    """A new one."""
    form = NewsletterForm(formdata=None)
    form.offer()
    return _form(form, None, {})


@blueprint.get("/company/newsletters/<int:newsletter_id>/edit")
@curators_and_leaders
def edit(newsletter_id: int) -> ResponseReturnValue:
    """What it says, to be changed."""
    found = newsletters.get(reading(), newsletter_id=newsletter_id)
    form = NewsletterForm(formdata=None, data=_values(found))
    form.offer()
    form.open(_values(found))
    return _form(form, found, found.blocks)


@blueprint.post("/company/newsletters/new")
@curators_and_leaders
def create() -> ResponseReturnValue:
    """Keeps a new one as a draft."""
    return _save(None)


@blueprint.post("/company/newsletters/<int:newsletter_id>/edit")
@curators_and_leaders
def save(newsletter_id: int) -> ResponseReturnValue:
    """Keeps what it says now."""
    return _save(newsletter_id)


def _values(found: Newsletter) -> dict[str, Any]:
    return {
        "subject": found.subject,
        "opening": found.opening,
        "closing": found.closing,
        "put_in": _ticked(found.blocks),
        **lists_of(found.audience),
    }


def _ticked(blocks: Mapping[str, Sequence[int]]) -> list[str]:
    return [f"{kind}:{number}" for kind, numbers in blocks.items() for number in numbers]


def _save(newsletter_id: int | None) -> ResponseReturnValue:
    form = NewsletterForm()
    form.offer()
    blocks = {
        kind.name: row_ids(request.form.getlist(f"block-{kind.name}"))[:20] for kind in house().part(Blocks).all
    }
    form.put_in.data, status = _ticked(blocks), 422
    if form.validate():
        written = Written(form.subject.data, form.opening.data, form.closing.data or "", blocks, form.audience())
        try:
            with writing() as session:
                if newsletter_id is not None:
                    form.put_in.choices = [
                        SelectChoice(f"{kind.name}:{number}", title)
                        for kind in house().part(Blocks).all
                        for number, title in kind.offered(session, house().clock)
                    ]
                    check(
                        session,
                        house().clock,
                        form,
                        thing=("newsletter", newsletter_id),
                        values=lambda: _values(newsletters.get(session, newsletter_id=newsletter_id)),
                    )
                found = newsletters.save(
                    session, house().clock, written=written, by=current_user.id, newsletter_id=newsletter_id
                )
        except Invalid as error:
            form.take(error)
        except ChangedMeanwhile:
            blocks, status = form.blocks(), 409
        else:
            return redirect(url_for("newsletters.show", newsletter_id=found.id))
    kept = newsletters.get(reading(), newsletter_id=newsletter_id) if newsletter_id is not None else None
    return make_response(_form(form, kept, blocks), status)


@blueprint.get("/company/newsletters/<int:newsletter_id>")
@curators_and_leaders
def show(newsletter_id: int) -> ResponseReturnValue:
    """How it looks, how it went, and what can be done with it."""
    return _page(newsletter_id, PlanForm(formdata=None, on=house().clock.now().date() + timedelta(days=1)))


@blueprint.post("/company/newsletters/<int:newsletter_id>/plan")
@curators_and_leaders
def plan(newsletter_id: int) -> ResponseReturnValue:
    """Plans it for a morning."""
    form = PlanForm()
    if form.validate():
        try:
            with writing() as session:
                newsletters.plan(
                    session,
                    house().clock,
                    newsletter_id=newsletter_id,
                    on=form.on.data,
                    hour=int(form.hour.data),
                    by=current_user.id,
                )
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("It goes out at this hour of each reader's own day."))
            return redirect(url_for("newsletters.show", newsletter_id=newsletter_id))
    return make_response(_page(newsletter_id, form), 422)


@blueprint.post("/company/newsletters/<int:newsletter_id>/take-back")
@curators_and_leaders
def take_back(newsletter_id: int) -> ResponseReturnValue:
    """Makes it a draft again."""
    with writing() as session:
        newsletters.take_back(session, house().clock, newsletter_id=newsletter_id, by=current_user.id)
    tell(gettext("It is a draft again."))
    return redirect(url_for("newsletters.show", newsletter_id=newsletter_id))


@blueprint.post("/company/newsletters/<int:newsletter_id>/remove")
@curators_and_leaders
def remove(newsletter_id: int) -> ResponseReturnValue:
    """Removes a draft."""
    with writing() as session:
        newsletters.remove(session, house().clock, newsletter_id=newsletter_id, by=current_user.id)
    tell(gettext("The draft is gone."))
    return redirect(url_for("newsletters.index"))


@blueprint.post("/company/newsletters/<int:newsletter_id>/test")
@curators_and_leaders
def test(newsletter_id: int) -> ResponseReturnValue:
    """Sends it to its editor alone."""
    with writing() as session:
        mailing.send_test(house(), session, newsletter_id=newsletter_id, user=current_user)
    tell(gettext("It is on its way to %(email)s.", email=current_user.email))
    return redirect(url_for("newsletters.show", newsletter_id=newsletter_id))


@blueprint.post("/company/newsletters/<int:newsletter_id>/again")
@curators_and_leaders
def again(newsletter_id: int) -> ResponseReturnValue:
    """Sends letters again of which nobody knows whether they arrived."""
    newsletters.get(reading(), newsletter_id=newsletter_id)
    with writing() as session:
        mailing.send_unclear_again(house(), session, newsletter_id=newsletter_id)
    tell(gettext("They go out again."))
    return redirect(url_for("newsletters.show", newsletter_id=newsletter_id))


@blueprint.get("/n/<int:link_id>")
@anyone
def follow(link_id: int) -> ResponseReturnValue:
    """Counts that a link was opened, and leads on; who it was is not asked."""
    with writing() as session:
        path = drawing.opened(session, link_id=link_id)
    return redirect(safe_path(path, otherwise="/"))


def _form(form: NewsletterForm, found: Newsletter | None, chosen: object) -> str:
    session, clock = reading(), house().clock
    offered = [(kind, kind.offered(session, clock)) for kind in house().part(Blocks).all]
    return render_template("messages/newsletter_form.html", form=form, found=found, offered=offered, chosen=chosen)


def _page(newsletter_id: int, form: PlanForm) -> Response:
    session = reading()
    found = newsletters.get(session, newsletter_id=newsletter_id)
    language = language_of_reader()
    theme = "dark" if request.args.get("theme") == "dark" else "light"
    width = "phone" if request.args.get("width") == "phone" else "desk"
    is_text = request.args.get("part") == "text"
    page = render_template(
        "messages/newsletter.html",
        found=found,
        form=form,
        plain=previewing.look(house(), session, found, current_user, locale=language).plain if is_text else "",
        readers=newsletters.readers(session, found),
        came_back=newsletters.came_back(session, newsletter_id=found.id) if found.counts else 0,
        links=drawing.links(session, newsletter_id=found.id),
        language=language,
        theme=theme,
        width=width,
        is_text=is_text,
    )
    return with_frame(make_response(page))
