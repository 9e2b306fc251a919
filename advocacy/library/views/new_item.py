"""From a link to an item in a minute: paste it, wait for its card, go on with what it says."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from wtforms import URLField

from advocacy.base.errors import Invalid, NotFound
from advocacy.library import card_fetching, content
from advocacy.library.views import places
from advocacy.web.access import curators
from advocacy.web.forms import Form, at_most, required
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("new_item", __name__, url_prefix="/library/new")

PATIENCE = 30
"""Seconds until the page no longer waits by itself."""


class LinkForm(Form):
    """The link to begin with."""

    source_url = URLField(
        lazy_gettext("Link"), [required(lazy_gettext("Please paste the link here.")), at_most(2_000)]
    )


@blueprint.get("")
@curators
def form() -> ResponseReturnValue:
    """Asks what to begin with."""
    filled = LinkForm(formdata=None, source_url=request.args.get("url", ""))
    return render_template("library/new_item.html", tabs=places.tabs(), form=filled)


@blueprint.post("")
@curators
def begin() -> ResponseReturnValue:
    """Asks for the card of a link."""
    filled = LinkForm()
    if filled.validate():
        url = filled.source_url.data.strip()
        try:
            content.check_address(url)
        except Invalid as error:
            filled.take(error)
        else:
            with writing() as session:
                card = card_fetching.want(session, house().clock, url=url)
            return redirect(url_for("new_item.wait", card_id=card.id))
    return make_response(render_template("library/new_item.html", tabs=places.tabs(), form=filled), 422)


@blueprint.get("/card/<int:card_id>")
@curators
def wait(card_id: int) -> ResponseReturnValue:
    """Waits for the card, and goes on to the form as soon as it is there or given up."""
    card = card_fetching.find(reading(), card_id=card_id)
    if card is None:
        raise NotFound()
    onward = url_for("item_editor.new", card=card.id)
    waited = (house().clock.now() - card.wanted_at).total_seconds()
    if card.fetched_at is not None or card.problem is not None or waited > PATIENCE:
        return redirect(onward)
    answer = make_response(
        render_template("library/new_item_wait.html", tabs=places.tabs(), card=card, onward=onward)
    )
    answer.headers["Refresh"] = "1"  # works without script, and from the policy's point of view is no script
    return answer
