"""The feed, what was saved from it, and an item to read."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.library import briefs, visibility
from advocacy.sharing import feed, keeping, sign_ins
from advocacy.sharing.feed import Wish
from advocacy.sharing.networks import Networks
from advocacy.web.access import signed_in
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import Sayable
from advocacy.web.requests import row_id
from advocacy.web.security import safe_path

blueprint = Blueprint("feed", __name__)

SHOWS = ("all", "unshared", "followed")


@blueprint.get("/feed")
@signed_in
def index() -> ResponseReturnValue:
    """What I may share now, best first."""
    show = request.args.get("show", "all")
    wish = Wish(
        words=request.args.get("q", "")[:200],
        topic_id=request.args.get("topic", type=row_id),
        campaign_id=request.args.get("campaign", type=row_id),
        unshared=show == "unshared",
        followed=show == "followed",
    )
    front = feed.front(reading(), house().clock, user=current_user, wish=wish, after=request.args.get("after"))
    return render_template(
        "sharing/feed.html",
        page=front.page,
        wish=wish,
        show=show if show in SHOWS else "all",
        topics=front.topics,
        campaigns=front.campaigns,
        is_first_page="after" not in request.args,
        sign_ins=_sign_ins() if front.signs_in_again else [],
    )


def _sign_ins() -> list[tuple[object, Sayable]]:
    wanting = sign_ins.wanting(reading(), house().clock, user_id=current_user.id)
    return [(connection, house().part(Networks).label(connection.network)) for connection in wanting]


@blueprint.get("/feed/saved")
@signed_in
def saved() -> ResponseReturnValue:
    """What I kept for later and may still share."""
    page = feed.page(
        reading(), house().clock, user=current_user, wish=Wish(saved=True), after=request.args.get("after")
    )
    return render_template("sharing/saved.html", page=page)


@blueprint.get("/feed/items/<int:item_id>")
@signed_in
def item(item_id: int) -> ResponseReturnValue:
    """An item to read, with what we tell our own people about it."""
    found = visibility.readable(reading(), house().clock, user=current_user, item_id=item_id)
    return render_template(
        "sharing/item.html",
        item=found,
        brief=found.brief_in([current_user.locale, *current_user.languages]),
        owes_brief=not found.internal_only and briefs.is_owed(reading(), user_id=current_user.id, item=found),
        card=feed.card_of(reading(), house().clock, user=current_user, item=found),
    )


@blueprint.post("/feed/items/<int:item_id>/save")
@signed_in
def save(item_id: int) -> ResponseReturnValue:
    """Keeps an item for later, or takes it off the list."""
    wanted = request.form.get("saved") != "no"
    with writing() as session:
        keeping.save(session, house().clock, user=current_user, item_id=item_id, wanted=wanted)
    tell(gettext("Saved for later.") if wanted else gettext("No longer saved."), "info")
    return redirect(safe_path(request.form.get("next"), otherwise=url_for("feed.index")))


@blueprint.post("/feed/topics/<int:topic_id>/follow")
@signed_in
def follow(topic_id: int) -> ResponseReturnValue:
    """Follows a topic, or no longer."""
    wanted = request.form.get("follow") != "no"
    with writing() as session:
        name = keeping.follow(session, user=current_user, topic_id=topic_id, wanted=wanted)
    told = (
        gettext("You follow %(topic)s.", topic=name)
        if wanted
        else gettext("You no longer follow %(topic)s.", topic=name)
    )
    tell(told, "info")
    return redirect(safe_path(request.form.get("next"), otherwise=url_for("feed.index")))
