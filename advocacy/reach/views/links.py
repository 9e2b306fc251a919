"""Where a tracked link ends when the redirect in front of these pages has no answer."""

from __future__ import annotations

import structlog
from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from advocacy.base.errors import NotFound
from advocacy.reach import links
from advocacy.reach.redirect import COUNT
from advocacy.web.access import anyone
from advocacy.web.house import house, reading

log = structlog.get_logger()

blueprint = Blueprint("links", __name__)


@blueprint.get("/r/<code>")
@anyone
def follow(code: str) -> ResponseReturnValue:
    """Says in plain words that a link is unknown or has ended."""
    try:
        found = links.destination(reading(), code=code, now=house().db.now(reading()))
    except NotFound:
        return make_response(render_template("reach/no_such_link.html"), 404)
    if found.target is None:
        return make_response(render_template("reach/withdrawn_link.html"), 410)
    request.environ[COUNT](found.link_id)
    log.warning("a visitor was sent on by a page: the link could not be read into memory in time")
    answer = redirect(found.target, 302)
    answer.headers["Cache-Control"] = "no-store"
    return answer
