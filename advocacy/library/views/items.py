"""The library as curators see it: the list of items, and the page of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from advocacy.base.errors import Conflict, Invalid
from advocacy.base.text import Text
from advocacy.library import (
    audience,
    bulk,
    campaigns,
    captions,
    catalogue,
    disclosure_policy,
    history,
    items,
    remarks,
    review,
    sources,
    topics,
)
from advocacy.library.catalogue import Stage, Wanted
from advocacy.library.text_rules import TextRules
from advocacy.library.views import item_alignment, places, previews
from advocacy.people.views import choices
from advocacy.web.access import curators
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from advocacy.web.security import safe_path
from config import Settings

blueprint = Blueprint("items", __name__, url_prefix="/library")

STAGES = {
    Stage.LIVE: Text("Live"),
    Stage.DRAFT: Text("Drafts"),
    Stage.IN_REVIEW: Text("In review"),
    Stage.APPROVED: Text("Waiting for their start"),
    Stage.EXPIRED: Text("Expired"),
    Stage.WITHDRAWN: Text("Withdrawn"),
}


@blueprint.get("")
@curators
def index() -> ResponseReturnValue:
    """The list, by stage, filtered and searched."""
    wanted = _wanted()
    page = catalogue.page(reading(), house().clock, wanted=wanted, after=request.args.get("after", ""))
    narrowed = {name: value for name, value in request.args.items() if name not in ("stage", "after") and value}
    counts = catalogue.counts(reading(), house().clock, wanted=wanted)
    stage_tabs = [
        {
            "label": gettext("All"),
            "url": _address(narrowed),
            "active": wanted.stage is None,
            "count": sum(counts.values()),
        },
        *(
            {
                "label": say(label),
                "url": _address({**narrowed, "stage": stage.value}),
                "active": wanted.stage is stage,
                "count": counts[stage],
            }
            for stage, label in STAGES.items()
        ),
    ]
    return render_template(
        "library/items.html",
        tabs=places.tabs(),
        stages=stage_tabs,
        page=page,
        now=house().clock.now(),
        next_url=_next_url(page.next_cursor),
        here=request.full_path.rstrip("?"),
        is_narrowed=bool(narrowed) or wanted.stage is not None,
        library_is_empty=not narrowed and not sum(counts.values()),
        stage=wanted.stage.value if wanted.stage else "",
        filters=_filters(),
        topics=topics.options(reading()),
        languages=choices.languages(also=[item.language for item in page.items]),
    )


@blueprint.post("/bulk")
@curators
def act_on_many() -> ResponseReturnValue:
    """Does the same to every item that was ticked."""
    back = safe_path(request.form.get("next"), otherwise=url_for("items.index"))
    chosen = [_id_and_version(value) for value in request.form.getlist("chosen")]
    action = request.form.get("action", "")
    if not chosen:
        tell(gettext("Tick the items first, then choose what to do with them."), "warning")
        return redirect(back)
    settings, rules = house().part(Settings), house().part(TextRules)
    try:
        with writing() as session:
            shared: dict[str, Any] = {"by": current_user.id}
            acts: dict[str, Callable[..., Any]] = {
                "approve": partial(review.approve, rules=rules, four_eyes=settings.four_eyes),
                "submit": partial(review.submit, rules=rules),
                "withdraw": review.withdraw,
                "expire": review.expire,
                "topic": review.add_topic,
            }
            if action not in acts:
                raise Invalid("action", Text("Choose what to do with the items that you ticked."))
            if action == "topic":
                shared["topic"] = topics.get(session, topic_id=_number(request.form.get("topic")) or 0)
            outcome = bulk.each(session, chosen, partial(acts[action], session, house().clock, **shared))
    except Invalid as error:
        tell(say(error.text), "warning")
        return redirect(back)
    if outcome.done:
        tell(ngettext("One item is changed.", "%(num)d items are changed.", len(outcome.done)))
    if action == "approve":
        _warn_of(outcome.done)
    for title, reason in outcome.refused[:10]:
        tell(gettext("“%(title)s” stays as it is.", title=title) + " " + say(reason), "warning")
    return redirect(back)


@blueprint.get("/items/<int:item_id>")
@curators
def show(item_id: int) -> ResponseReturnValue:
    """One item: how it looks, where it stands, what can be done with it."""
    session, clock, rules = reading(), house().clock, house().part(TextRules)
    item = items.get(session, item_id=item_id)
    settings = house().part(Settings)
    chosen = audience.of_item(item)
    disclosed = review.disclosed(session, item, rules)
    return render_template(
        "library/item.html",
        tabs=places.tabs(),
        item=item,
        stage=item.stage(clock.now()).value,
        missing=review.missing(item, rules, disclosed),
        warnings=review.warnings(item, rules, disclosed),
        may_approve=review.may_approve(session, item=item, by=current_user.id, four_eyes=settings.four_eyes),
        four_eyes=settings.four_eyes,
        captions=_shown_captions(item),
        link_card=previews.link_card(
            title=(item.card.title if item.card else "") or item.title,
            description=(item.card.description if item.card else "") or item.summary,
            url=item.source_url if item.kind not in ("image", "film") else "",
            picture=item.picture or (item.card.picture if item.card else None),
        ),
        source=sources.get(session, source_id=item.source_id) if item.source_id else None,
        reach=audience.people_reached(session, chosen),
        audience=audience.names(session, chosen),
        roles=dict(audience.choices(session).roles),
        languages=choices.languages(also=[item.language, *(caption.language for caption in item.captions)]),
        comments=remarks.of_item(session, item_id=item.id),
        last=history.last(session, item_id=item.id),
        **item_alignment.shown(item),
    )


@blueprint.post("/items/<int:item_id>/duplicate")
@curators
def duplicate(item_id: int) -> ResponseReturnValue:
    """A copy to go on from."""
    with writing() as session:
        title = gettext("Copy of %(title)s", title=items.get(session, item_id=item_id).title)
        copy = items.duplicate(session, house().clock, item_id=item_id, title=title, by=current_user.id)
    tell(gettext("This is your copy. Nobody sees it yet."))
    return redirect(url_for("item_editor.edit", item_id=copy.id))


@blueprint.get("/items/<int:item_id>/delete")
@curators
def confirm_delete(item_id: int) -> ResponseReturnValue:
    """Asks before a draft is deleted."""
    item = items.get(reading(), item_id=item_id)
    return render_template("library/item_delete.html", tabs=places.tabs(), item=item)


@blueprint.post("/items/<int:item_id>/delete")
@curators
def delete(item_id: int) -> ResponseReturnValue:
    """Deletes a draft."""
    try:
        with writing() as session:
            items.remove(session, house().clock, item_id=item_id, by=current_user.id)
    except Conflict as error:
        tell(say(error.text), "warning")
        return redirect(url_for("items.show", item_id=item_id))
    tell(gettext("The draft is deleted."))
    return redirect(url_for("items.index"))


def _warn_of(approved: Sequence[int]) -> None:
    """Says of items that were approved together what the page of each says of itself."""
    session, rules = reading(), house().part(TextRules)
    for item_id in approved[:10]:
        item = items.get(session, item_id=item_id)
        for warning in review.warnings(item, rules, review.disclosed(session, item, rules)):
            tell(gettext("“%(title)s” is approved.", title=item.title) + " " + say(warning), "warning")


def _shown_captions(item: Any) -> list[dict[str, Any]]:
    rules = house().part(TextRules)
    asked = disclosure_policy.asked_of(reading(), user=current_user, item=item, company=rules.company)
    mine = asked.there(is_channel=False)
    measure = partial(
        captions.length,
        rules,
        disclosures=mine,
        has_card=bool(item.source_url) and item.kind not in ("image", "film"),
    )
    return [
        {
            "caption": caption,
            "rule": rules.get(caption.network),
            "length": measure(text=caption.text, network=caption.network),
            "preview": captions.preview(
                rules,
                text=caption.text,
                network=caption.network,
                first_name=current_user.first_name,
                disclosures=mine,
                has_link=bool(item.source_url),
            ),
        }
        for caption in item.captions
    ]


def _wanted() -> Wanted:
    stage = request.args.get("stage", "")
    return Wanted(
        stage=Stage(stage) if stage in set(Stage) else None,
        words=request.args.get("q", "")[:200],
        topic_id=_number(request.args.get("topic")),
        campaign_id=_number(request.args.get("campaign")),
        team_id=_number(request.args.get("team")),
        language=request.args.get("language", "")[:10],
    )


def _filters() -> list[dict[str, Any]]:
    session = reading()
    offered = (
        ("topic", gettext("Topic"), gettext("Any topic"), topics.options(session)),
        ("campaign", gettext("Campaign"), gettext("Any campaign"), campaigns.options(session)),
        ("team", gettext("Team"), gettext("Any team"), audience.choices(session).teams),
        ("language", gettext("Language"), gettext("Any language"), list(choices.languages().items())),
    )
    return [
        {"name": name, "label": label, "options": [("", anything), *options], "value": request.args.get(name, "")}
        for name, label, anything, options in offered
        if options
    ]


def _next_url(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    return _address({**request.args.to_dict(), "after": cursor})


def _address(query: Mapping[str, str]) -> str:
    return f"{url_for('items.index')}?{urlencode(query)}" if query else url_for("items.index")


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdecimal() and len(typed) < 10 else None


def _id_and_version(value: str) -> tuple[int, int | None]:
    item_id, _, number = value.partition(":")
    return _number(item_id) or 0, _number(number)
