"""Each request gets an id, a line in the log, and is answered with that id; some may be larger than others."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger()

View = TypeVar("View", bound=Callable[..., Any])


def takes_files(megabytes: int) -> Callable[[View], View]:
    """Lets a view read larger requests than others, so that a form can come back and say what is too large in it.

    Args:
        megabytes: of the whole request; beyond that nothing of it is read, and what was typed is lost.
    """

    def mark(view: View) -> View:
        view.most_bytes = megabytes * 1024 * 1024  # type: ignore[attr-defined]
        return view

    return mark


def set_up(app: Flask) -> None:
    """Adds the id and the log line. Addresses of visitors and query strings are not logged."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        most = getattr(app.view_functions.get(request.endpoint or ""), "most_bytes", None)
        if most is not None:
            request.max_content_length = most
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
