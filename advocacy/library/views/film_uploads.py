"""Where the editor's script brings a film to, piece by piece; answers are JSON."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from advocacy.base.errors import HubError
from advocacy.library import film_uploads
from advocacy.library.film_uploads import Standing, WrongPlace
from advocacy.web.access import curators
from advocacy.web.errors import STATUS
from advocacy.web.house import end_reading, house
from advocacy.web.i18n import say
from advocacy.web.requests import takes_files

blueprint = Blueprint("film_uploads", __name__, url_prefix="/library/films")

View = TypeVar("View", bound=Callable[..., Any])


def _told(view: View) -> View:
    """Answers in JSON also where something is wrong: `error` in words, and `at` where the next piece would begin."""

    @wraps(view)
    def answer(**values: Any) -> Any:
        try:
            return view(**values)
        except HubError as error:
            status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
            at = {"at": error.at} if isinstance(error, WrongPlace) else {}
            return jsonify(error=say(error.text), **at), status

    return answer  # type: ignore[return-value]


@blueprint.post("")
@curators
@_told
def begin() -> ResponseReturnValue:
    """Begins with a film, or goes on with one; says how much of it is here."""
    standing = film_uploads.begin(
        house(),
        name=request.form.get("name", ""),
        size=request.form.get("size", 0, type=int),
        fingerprint=request.form.get("fingerprint", "")[:500],
        by=_me(),
    )
    return _stands(standing)


@blueprint.post("/<int:upload_id>/pieces")
@takes_files(film_uploads.MOST_OF_A_PIECE // 1024 // 1024)
@curators
@_told
def append(upload_id: int) -> ResponseReturnValue:
    """Takes a piece: the body of the request. `at` in the address says where it begins."""
    me = _me()
    piece = request.get_data(cache=False)
    return _stands(
        film_uploads.append(house(), upload_id=upload_id, at=request.args.get("at", -1, type=int), piece=piece, by=me)
    )


@blueprint.post("/<int:upload_id>/end")
@curators
@_told
def finish(upload_id: int) -> ResponseReturnValue:
    """Looks at a film that is here in whole, and says where it plays."""
    film = film_uploads.finish(house(), upload_id=upload_id, by=_me())
    return jsonify(film=film.id, url=film.path, poster=film.poster.path if film.poster else "")


@blueprint.post("/<int:upload_id>/cancel")
@curators
@_told
def cancel(upload_id: int) -> ResponseReturnValue:
    """Forgets a film that was under way."""
    film_uploads.cancel(house(), upload_id=upload_id, by=_me())
    return jsonify()


def _me() -> int:
    """Who asks; and ends the read that found out, since what follows takes a while."""
    me = int(current_user.id)
    end_reading()
    return me


def _stands(standing: Standing) -> ResponseReturnValue:
    return jsonify(id=standing.id, at=standing.at)
