"""Where conversions come in: a signed call from the company's server, and a picture on its own pages.

Neither needs a session: the call proves itself by its signature, the picture proves nothing and can only say that the
click with this id led to one conversion of its kind.
"""

from __future__ import annotations

import base64

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from advocacy.base.errors import Invalid, TooMany
from advocacy.base.sealing import Sealer
from advocacy.base.text import Text
from advocacy.people import attempts
from advocacy.reach import conversions
from advocacy.reach.conversions import Call, Unsigned
from advocacy.web.access import anyone
from advocacy.web.house import house, writing
from advocacy.web.i18n import say

blueprint = Blueprint("conversion_doors", __name__)

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""One transparent dot."""
TITLES = {400: "Bad request", 401: "Not signed", 413: "Too long", 422: "Not taken", 429: "Too many"}


@blueprint.post("/api/conversions")
@anyone
def told() -> ResponseReturnValue:
    """Takes a conversion from a server: 201, or 200 with the same answer when it was told before."""
    if (request.content_length or 0) > conversions.LONGEST_BODY:
        return _problem(413, Text("The body is longer than {count} bytes.", count=conversions.LONGEST_BODY))
    call = Call(
        source=request.headers.get("Advocacy-Source", ""),
        timestamp=request.headers.get("Advocacy-Timestamp", ""),
        signature=request.headers.get("Advocacy-Signature", ""),
        body=request.get_data(cache=False)[: conversions.LONGEST_BODY + 1],
    )
    clock = house().clock
    try:
        with writing() as session:
            source = conversions.source_of(session, clock, house().part(Sealer), call)
            taken = conversions.tell(session, clock, source=source, body=call.body)
    except Unsigned as error:
        return _refused(call, error)
    except Invalid as error:
        return _problem(422, error.text, field=error.field)
    except TooMany as error:
        return _later(error)
    return jsonify(id=taken.id, click=taken.standing.value), 201 if taken.is_new else 200


def _refused(call: Call, error: Unsigned) -> ResponseReturnValue:
    if error.is_malformed:
        return _problem(400, error.text)
    try:
        with writing() as session:
            attempts.take(session, house().clock, limit=conversions.REFUSED, whose=call.source[:24])
    except TooMany as too_many:
        return _later(too_many)
    return _problem(401, error.text)


def _later(error: TooMany) -> Response:
    answer = _problem(429, error.text)
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _problem(status: int, text: Text, **more: str) -> Response:
    """An answer as RFC 9457 has it."""
    answer = jsonify(type="about:blank", title=TITLES[status], status=status, detail=say(text), **more)
    answer.status_code, answer.mimetype = status, "application/problem+json"
    return answer


@blueprint.get("/c/<key>.gif")
@anyone
def pixel(key: str) -> ResponseReturnValue:
    """A dot, whatever came of it: the page that shows it needs nothing else."""
    if request.method == "GET":
        try:
            with writing() as session:
                conversions.seen(session, house().clock, key=key, token=request.args.get("click", ""))
        except (Invalid, TooMany):
            pass  # a visitor's page is no place to say so
    answer = Response(GIF, mimetype="image/gif")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
