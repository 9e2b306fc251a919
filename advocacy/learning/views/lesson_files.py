"""The files of lessons: films play in the page, documents are saved."""

from __future__ import annotations

from flask import Blueprint, request, send_file
from flask.typing import ResponseReturnValue

from advocacy.learning.files import LessonFiles
from advocacy.web.access import signed_in
from advocacy.web.house import house

blueprint = Blueprint("lesson_files", __name__, url_prefix="/learning/files")


@blueprint.get("/<name>")
@signed_in
def show(name: str) -> ResponseReturnValue:
    """A file. Its name is its content's hash, so whoever was not shown it cannot guess it."""
    path, mime = house().part(LessonFiles).find(name)
    called = "".join(sign for sign in request.args.get("as", "") if sign.isalnum() or sign in " ._-")[:120]
    return send_file(
        path,
        mimetype=mime,
        conditional=True,
        as_attachment=not mime.startswith("video/"),
        download_name=called or name,
    )
