"""What we measure ourselves against: the least a server can do, and the least Flask can do."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, redirect
from werkzeug.wrappers import Response

TARGET = "https://example.com/a/story?utm_source=hub"


def bare(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """A redirect with nothing behind it: the ceiling of this server on this machine."""
    start_response("302 Found", [("Location", TARGET), ("Content-Length", "0")])
    return ()


flask = Flask(__name__)


@flask.get("/r/<_code>")
def follow(_code: str) -> Response:
    """The same redirect as a Flask view that looks nothing up and writes nothing down."""
    return redirect(TARGET)
