"""The alignment of an item, on its page: what was found, and letting it stand with a reason."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.base.errors import Conflict, Invalid
from advocacy.library import aligning, briefs, items
from advocacy.library.alignment import findings
from advocacy.library.alignment.check import ALL_POSTS
from advocacy.library.text_rules import TextRules
from advocacy.people.views import choices
from advocacy.web.access import curators
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("item_alignment", __name__, url_prefix="/library/items/<int:item_id>/findings")


@blueprint.post("/<key>/accept")
@curators
def accept(item_id: int, key: str) -> ResponseReturnValue:
    """Lets a finding stand, with a reason."""
    try:
        with writing() as session:
            item = items.locked(session, item_id=item_id)
            reason = request.form.get("reason", "")
            aligning.accept(session, house().clock, item=item, key=key, reason=reason, by=current_user.id)
    except (Conflict, Invalid) as error:
        tell(say(error.text), "warning")
    return _back(item_id)


@blueprint.post("/<key>/take-back")
@curators
def take_back(item_id: int, key: str) -> ResponseReturnValue:
    """Opens it again."""
    with writing() as session:
        item = items.locked(session, item_id=item_id)
        aligning.take_back(session, house().clock, item=item, key=key, by=current_user.id)
    return _back(item_id)


def shown(item: Any) -> dict[str, Any]:
    """What the page of an item needs to show its alignment."""
    alignment = aligning.of_item(reading(), house().clock, item=item)
    told = aligning.briefs(item)
    return {
        "alignment": alignment,
        "briefs": told,
        "where": _labels(item),
        "marked": {
            one.where: findings.marked(one.text, where=one.where, findings=alignment.open)
            for one in aligning.posts(item)
        },
        "brief_readers": briefs.readers(reading(), item=item) if item.brief_first else None,
    }


def _labels(item: Any) -> dict[str, str]:
    """What each text is called, by the name of its place."""
    rules = house().part(TextRules)
    languages = choices.languages(also=[one.language for one in (*item.captions, *item.briefs, item)])
    labels = {ALL_POSTS: gettext("Ready-made posts")}
    for one in aligning.briefs(item):
        labels[one.where] = gettext("Brief, %(language)s", language=languages[one.language])
    for number, caption in enumerate(item.captions, start=1):
        network = rules.label(caption.network) if caption.network else gettext("Any network")
        name = caption.label or gettext("Post %(number)s", number=number)
        labels[f"caption-{caption.id}"] = f"{name} · {network} · {languages[caption.language]}"
    return labels


def _back(item_id: int) -> ResponseReturnValue:
    return redirect(url_for("items.show", item_id=item_id, _anchor="alignment"), code=303)
