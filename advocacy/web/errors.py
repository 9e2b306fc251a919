"""One table from what went wrong to the page that says so."""

from __future__ import annotations

import structlog
from flask import Flask, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from advocacy.base.errors import Conflict, HubError, Invalid, NotAllowed, NotFound, TooMany
from advocacy.base.text import Text
from advocacy.web.i18n import say

log = structlog.get_logger()

STATUS: dict[type[HubError], int] = {NotFound: 404, NotAllowed: 403, Invalid: 422, Conflict: 409, TooMany: 429}
PAGES = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 500, 503})


def _page(status: int, text: Text | None = None) -> ResponseReturnValue:
    known = status if status in PAGES else (500 if status >= 500 else 400)
    return make_response(
        render_template(
            f"errors/{known}.html",
            message=say(text),
            request_id=structlog.contextvars.get_contextvars().get("request_id"),
        ),
        status,
    )


def set_up(app: Flask) -> None:
    """Registers the table."""

    @app.errorhandler(HubError)
    def in_our_words(error: HubError) -> ResponseReturnValue:
        status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
        response = make_response(_page(status, error.text))
        if isinstance(error, TooMany):
            response.headers["Retry-After"] = str(error.retry_after)
        return response

    @app.errorhandler(CSRFError)
    def form_too_old(_error: CSRFError) -> ResponseReturnValue:
        return _page(
            400,
            Text(
                "This form was open for too long, or came from another site. Go back, reload the page and send it again."
            ),
        )

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None:
            return error.response
        return _page(error.code or 500)

    @app.errorhandler(OperationalError)
    def database_away(error: OperationalError) -> ResponseReturnValue:
        log.error("database away", error=str(error.orig))
        response = make_response(_page(503))
        response.headers["Retry-After"] = "10"
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        if app.config.get("PROPAGATE_EXCEPTIONS") or app.testing:
            raise error
        log.exception("unexpected error")
        return _page(500)
