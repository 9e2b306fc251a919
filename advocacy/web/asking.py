"""A question before what cannot be undone, also where there is no script: then it is a page between the two."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, make_response, render_template, request

from advocacy.web.security import safe_path

FIELD = "ask_first"
"""The field of a form that holds its question. The script asks it in a dialog and then leaves the field out."""
LONGEST = 500


def _ask() -> Response | None:
    """The page with the question instead of what was sent, which it sends again when the answer is yes."""
    if request.method != "POST" or FIELD not in request.form or request.files:
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != FIELD]
    page = render_template(
        "confirm.html",
        question=request.form[FIELD][:LONGEST],
        action=request.full_path.rstrip("?"),
        fields=fields,
        back=_where_they_were(),
    )
    return make_response(page)


def _where_they_were() -> str:
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host:
        return "/"
    return safe_path(came_from.path + (f"?{came_from.query}" if came_from.query else ""), otherwise="/")


def set_up(app: Flask) -> None:
    """Asks before every view, after its form's token and the access to it have been checked."""
    app.before_request(_ask)
