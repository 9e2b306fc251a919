"""What became of an item, version by version, and the way back."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.base.errors import HubError, NotFound
from advocacy.library import differences, history, items
from advocacy.library.content import Content
from advocacy.library.views import places
from advocacy.web.access import curators
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from config import Settings

blueprint = Blueprint("item_history", __name__, url_prefix="/library/items/<int:item_id>/history")


@blueprint.get("")
@curators
def index(item_id: int) -> ResponseReturnValue:
    """Every version, newest first."""
    item = items.get(reading(), item_id=item_id)
    page = history.page(reading(), item_id=item_id, after=request.args.get("after", ""))
    return render_template(
        "library/history.html",
        tabs=places.tabs(),
        item=item,
        page=page,
        next_url=url_for("item_history.index", item_id=item_id, after=page.next_cursor) if page.next_cursor else None,
    )


@blueprint.get("/<int:number>")
@curators
def show(item_id: int, number: int) -> ResponseReturnValue:
    """What one version changed, or how it differs from what stands now."""
    item = items.get(reading(), item_id=item_id)
    chosen = history.version(reading(), item_id=item_id, number=number)
    against_now = request.args.get("against") == "now" and number < item.version
    older, newer = (number, item.version) if against_now else (number - 1, number)
    found = None
    if older:
        before, after = (
            Content.from_json(history.version(reading(), item_id=item_id, number=one).content)
            for one in (older, newer)
        )
        found = differences.between(reading(), before, after)
    return render_template(
        "library/history_version.html",
        tabs=places.tabs(),
        item=item,
        version=chosen,
        by=history.author(reading(), version=chosen),
        found=found,
        against_now=against_now,
    )


@blueprint.post("/<int:number>/restore")
@curators
def restore(item_id: int, number: int) -> ResponseReturnValue:
    """Brings a version back as a new one."""
    expected = request.form.get("version", "")
    try:
        with writing() as session:
            items.restore(
                session,
                house().clock,
                item_id=item_id,
                number=number,
                expected_version=int(expected) if expected.isdecimal() and len(expected) < 10 else 0,
                by=current_user.id,
                note=gettext("Version %(number)s is back", number=number),
                four_eyes=house().part(Settings).four_eyes,
            )
    except NotFound:
        raise
    except HubError as error:
        tell(say(error.text), "warning")
    else:
        tell(gettext("Version %(number)s is back, as the newest one.", number=number))
    return redirect(url_for("items.show", item_id=item_id))
