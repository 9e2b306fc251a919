"""Each request gets an id and a line in the log; what no request may hold is refused before a view sees it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, TypeVar

import structlog
from flask import Flask, Response, abort, current_app, g, request
from werkzeug.routing import IntegerConverter, Map

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


def leaves_no_trace(view: View) -> View:
    """Keeps the person out of the log line of a view where people may act anonymously (docs/adr/0008)."""
    view.leaves_no_trace = True  # type: ignore[attr-defined]
    return view


GREATEST_ID = 2**31 - 1
"""The greatest number that a row may have; neither database takes any number that an address can hold."""


class RowId(IntegerConverter):
    """A row's number in an address: a greater one than rows can have is no page."""

    def __init__(self, map: Map, **more: Any) -> None:
        super().__init__(map, **{"max": GREATEST_ID, **more})


def row_id(typed: str) -> int:
    """A row's number from a query or a form, for `get(name, type=row_id)`.

    Raises:
        ValueError: it is none that a row could have.
    """
    number = int(typed)
    if not 0 < number <= GREATEST_ID:
        raise ValueError(f"no row has the number {typed[:20]}")
    return number


def row_ids(typed: Iterable[str]) -> list[int]:
    """The numbers among what a form sent that a row could have; whatever else there is is left out."""
    found = []
    for one in typed:
        with suppress(ValueError):
            found.append(row_id(one))
    return found


def _refuse_nul() -> None:
    # No browser's field holds it, and PostgreSQL keeps no text with it.
    if any("\0" in typed for values in request.form.listvalues() for typed in values):
        abort(400)


def set_up(app: Flask) -> None:
    """Adds the id and the log line, and refuses. Addresses of visitors and query strings are not logged."""
    app.url_map.converters["int"] = RowId

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        most = getattr(app.view_functions.get(request.endpoint or ""), "most_bytes", None)
        if most is not None:
            request.max_content_length = most
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=uuid.uuid4().hex[:16])

    app.before_request(_refuse_nul)

    @app.after_request
    def end(response: Response) -> Response:
        context = structlog.contextvars.get_contextvars()
        response.headers["X-Request-Id"] = context.get("request_id", "")
        if request.endpoint != "static":
            view = current_app.view_functions.get(request.endpoint or "")
            log.info(
                "request",
                method=request.method,
                path=request.url_rule.rule if request.url_rule else "",
                status=response.status_code,
                ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
                user=None if hasattr(view, "leaves_no_trace") else g.get("user_id"),
            )
        return response
