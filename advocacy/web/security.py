"""What every answer carries to protect the browser, and what no request may try."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, request

from config import Settings

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def csp_nonce() -> str:
    """This answer's nonce, for the few scripts that stand in a page."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def with_frame(response: Response) -> Response:
    """Lets a page show others of this hub in a frame, where those allow it; see `framed_by_own_pages`."""
    response.headers["Content-Security-Policy"] = f"{POLICY.format(nonce=csp_nonce())}; frame-src 'self'"
    return response


def framed_by_own_pages(response: Response, *, policy: str) -> Response:
    """Lets pages of this hub, and nobody else, show this answer in a frame.

    Args:
        response: the answer.
        policy: its own content policy, without `frame-ancestors`.
    """
    response.headers["Content-Security-Policy"] = f"{policy}; frame-ancestors 'self'"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=csp_nonce()))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
    response.headers.setdefault("X-Frame-Options", "DENY")
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def set_up(app: Flask, settings: Settings) -> None:
    """Adds the headers and the same-origin check."""
    origin = urlsplit(settings.address)
    allowed = f"{origin.scheme}://{origin.netloc}"

    def refuse_foreign_posts() -> None:
        # Beside the CSRF token: a browser that says where a request comes from is believed when it says elsewhere.
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            abort(403)
        sent = request.headers.get("Origin")
        if sent is not None and sent not in (allowed, request.host_url.rstrip("/")):
            abort(403)

    app.before_request(refuse_foreign_posts)
    app.after_request(_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    if settings.is_https:

        @app.after_request
        def strict_transport(response: Response) -> Response:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
            return response


def safe_path(wanted: str | None, *, otherwise: str) -> str:
    """A place inside the hub to go on to, or `otherwise`.

    The rule is strict because browsers read `//host`, `/\\host` and control characters as other sites.

    Args:
        wanted: from the address or a form, so anything.
        otherwise: a path of ours.
    """
    if not wanted or not wanted.startswith("/") or len(wanted) > 500:
        return otherwise
    if wanted.startswith(("//", "/\\")) or "\\" in wanted or any(ord(c) < 33 or ord(c) == 127 for c in wanted):
        return otherwise
    parts = urlsplit(wanted)
    return otherwise if parts.scheme or parts.netloc else wanted
