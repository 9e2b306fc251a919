"""Review: the queue, and every step of an item between draft and feed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.base.errors import HubError, NotFound
from advocacy.library import aligning, items, queue, remarks, review
from advocacy.library.text_rules import TextRules
from advocacy.library.views import places
from advocacy.web.access import curators
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from config import Settings

blueprint = Blueprint("item_review", __name__, url_prefix="/library")


@blueprint.get("/review")
@curators
def index() -> ResponseReturnValue:
    """What waits for a review, the longest first."""
    page = queue.page(reading(), after=request.args.get("after", ""))
    four_eyes = house().part(Settings).four_eyes
    return render_template(
        "library/review.html",
        tabs=places.tabs(),
        page=page,
        may_approve={
            line.item.id: review.may_approve(reading(), item=line.item, by=current_user.id, four_eyes=four_eyes)
            for line in page.items
        },
        findings=aligning.open_counts(reading(), house().clock, items=[line.item for line in page.items]),
        next_url=url_for("item_review.index", after=page.next_cursor) if page.next_cursor else None,
    )


@blueprint.post("/items/<int:item_id>/submit")
@curators
def submit(item_id: int) -> ResponseReturnValue:
    """Asks for a review."""
    return _step(item_id, review.submit, gettext("Sent to review."), rules=house().part(TextRules))


@blueprint.post("/items/<int:item_id>/approve")
@curators
def approve(item_id: int) -> ResponseReturnValue:
    """Lets people see it."""
    return _step(
        item_id,
        review.approve,
        gettext("Approved."),
        rules=house().part(TextRules),
        four_eyes=house().part(Settings).four_eyes,
    )


@blueprint.post("/items/<int:item_id>/send-back")
@curators
def send_back(item_id: int) -> ResponseReturnValue:
    """Gives it back to its editor with a reason."""
    return _step(item_id, review.send_back, gettext("Sent back to its editor."))


@blueprint.get("/items/<int:item_id>/withdraw")
@curators
def confirm_withdraw(item_id: int) -> ResponseReturnValue:
    """Asks before an item is taken away from people."""
    item = items.get(reading(), item_id=item_id)
    return render_template("library/item_withdraw.html", tabs=places.tabs(), item=item)


@blueprint.post("/items/<int:item_id>/withdraw")
@curators
def withdraw(item_id: int) -> ResponseReturnValue:
    """Takes it away from people."""
    return _step(item_id, review.withdraw, gettext("Withdrawn. Nobody sees it any more."))


@blueprint.post("/items/<int:item_id>/reopen")
@curators
def reopen(item_id: int) -> ResponseReturnValue:
    """Makes it a draft again."""
    return _step(item_id, review.reopen, gettext("This is a draft again."))


@blueprint.post("/items/<int:item_id>/expire")
@curators
def expire(item_id: int) -> ResponseReturnValue:
    """Ends it now."""
    return _step(item_id, review.expire, gettext("Ended. It has left the feed."))


@blueprint.post("/items/<int:item_id>/comments")
@curators
def comment(item_id: int) -> ResponseReturnValue:
    """Remarks on it."""
    try:
        with writing() as session:
            remarks.add(
                session, house().clock, item_id=item_id, by=current_user.id, text=request.form.get("text", "")
            )
    except NotFound:
        raise
    except HubError as error:
        tell(say(error.text), "warning")
    return redirect(url_for("items.show", item_id=item_id, _anchor="comments"))


def _step(item_id: int, act: Callable[..., Any], told: str, **more: Any) -> ResponseReturnValue:
    """Takes one step; a refusal is told on the item's page, where it can be mended."""
    number = request.form.get("version", "")
    try:
        with writing() as session:
            act(
                session,
                house().clock,
                item_id=item_id,
                by=current_user.id,
                note=request.form.get("note", ""),
                expected_version=int(number) if number.isdecimal() and len(number) < 10 else None,
                **more,
            )
    except NotFound:
        raise
    except items.ChangedMeanwhile as error:
        tell(say(error.text) + " " + gettext("Look at it again, then decide."), "warning")
    except HubError as error:
        tell(say(error.text), "warning")
    else:
        tell(told)
    return redirect(url_for("items.show", item_id=item_id))
