"""Each request gets an id, a line in the log, and is answered with that id."""

from __future__ import annotations

import time
import uuid

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger()


def set_up(app: Flask) -> None:
    """Adds the id and the log line. Addresses of visitors and query strings are not logged."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=uuid.uuid4().hex[:16])

    @app.after_request
    def end(response: Response) -> Response:
        context = structlog.contextvars.get_contextvars()
        response.headers["X-Request-Id"] = context.get("request_id", "")
        if request.endpoint != "static":
            log.info(
                "request",
                method=request.method,
                path=request.url_rule.rule if request.url_rule else "",
                status=response.status_code,
                ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
                user=g.get("user_id"),
            )
        return response
