"""Which items, texts and sources earn their place."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from advocacy.insights import items, wording
from advocacy.insights.items import Order
from advocacy.insights.views.question import question, word
from advocacy.insights.views.words import WORDS
from advocacy.insights.wording import ENOUGH
from advocacy.web.access import curators_and_leaders
from advocacy.web.house import house, reading

blueprint = Blueprint("insight_items", __name__, url_prefix="/insights")


@blueprint.get("/items")
@curators_and_leaders
def index() -> ResponseReturnValue:
    """Items with posts or clicks in the period."""
    ask, order = question(), word("order", Order, Order.HUMAN)
    page = items.page(reading(), ask.scope, order=order, after=request.args.get("after", ""))
    return render_template("insights/items.html", ask=ask, order=order, page=page, **WORDS)


@blueprint.get("/items/<int:item_id>")
@curators_and_leaders
def item(item_id: int) -> ResponseReturnValue:
    """One item: its texts and networks."""
    worth = wording.worth(reading(), item_id=item_id, now=house().clock.now())
    return render_template("insights/item.html", worth=worth, enough=ENOUGH, **WORDS)


@blueprint.get("/items/<int:item_id>/fragment")
@curators_and_leaders
def fragment(item_id: int) -> ResponseReturnValue:
    """The same in short, for pages of the library to put in."""
    worth = wording.worth(reading(), item_id=item_id, now=house().clock.now())
    return render_template("insights/item_fragment.html", worth=worth, enough=ENOUGH, **WORDS)


@blueprint.get("/sources")
@curators_and_leaders
def sources() -> ResponseReturnValue:
    """Which feed's items were shared."""
    ask = question()
    return render_template("insights/sources.html", ask=ask, lines=items.sources(reading(), ask.scope), **WORDS)
