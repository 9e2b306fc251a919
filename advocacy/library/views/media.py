"""The pictures and films themselves."""

from __future__ import annotations

from flask import Blueprint, send_file
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
    """A picture or film, in pieces where asked for. Its name is its content's hash, so it may be kept for ever."""
    path, mime = house().part(Media).find(name)
    answer = send_file(path, mimetype=mime, conditional=True, max_age=A_YEAR)
    answer.headers["Cache-Control"] = f"private, max-age={A_YEAR}, immutable"
    return answer


@blueprint.get("/lent/<token>")
@anyone
def lent(token: str) -> ResponseReturnValue:
    """A picture or film for a network that fetches it itself; the address alone opens it, and for an hour only."""
    path, mime = lent_pictures.borrowed(house().part(Sealer), house().clock, house().part(Media), token=token)
    answer = send_file(path, mimetype=mime, conditional=True)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
