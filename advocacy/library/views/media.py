"""The pictures themselves."""

from __future__ import annotations

from flask import Blueprint, make_response, send_file
from flask.typing import ResponseReturnValue

from advocacy.base.sealing import Sealer
from advocacy.library import lent_pictures
from advocacy.library.media import Media
from advocacy.web.access import anyone, signed_in
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


@blueprint.get("/lent/<token>")
@anyone
def lent(token: str) -> ResponseReturnValue:
    """A picture for a network that fetches it itself; the address alone opens it, and for an hour only."""
    data, mime = lent_pictures.borrowed(house().part(Sealer), house().clock, house().part(Media), token=token)
    answer = make_response(data)
    answer.headers["Content-Type"] = mime
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
