"""A part of the library's page of an item: which ready-made posts were taken, and what came of each."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from advocacy.reach import items, variants
from advocacy.web.access import curators_and_leaders
from advocacy.web.house import reading

blueprint = Blueprint("caption_results", __name__)


@blueprint.get("/library/<int:item_id>/reach/posts")
@curators_and_leaders
def of_item(item_id: int) -> ResponseReturnValue:
    """A fragment without a page around it."""
    items.reached(reading(), item_id=item_id)
    return render_template("reach/variants.html", variants=variants.of_item(reading(), item_id=item_id))
