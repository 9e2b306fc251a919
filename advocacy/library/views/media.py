"""The pictures themselves."""

from __future__ import annotations

from flask import Blueprint, send_file
from flask.typing import ResponseReturnValue

from advocacy.library.media import Media
from advocacy.web.access import signed_in
from advocacy.web.house import house

blueprint = Blueprint("media", __name__, url_prefix="/media")

A_YEAR = 365 * 24 * 3600


@blueprint.get("/<name>")
@signed_in
def picture(name: str) -> ResponseReturnValue:
    """A picture. Its name is its content's hash, so a browser may keep it for ever."""
    path, mime = house().part(Media).find(name)
    answer = send_file(path, mimetype=mime, conditional=True, max_age=A_YEAR)
    answer.headers["Cache-Control"] = f"private, max-age={A_YEAR}, immutable"
    return answer
