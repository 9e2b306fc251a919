"""The health page, and the one-word answer for load balancers."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from advocacy.admin import health
from advocacy.web.access import admins, anyone
from advocacy.web.house import house

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@anyone
def alive() -> ResponseReturnValue:
    """200 when requests can be answered, 503 when the database does not answer."""
    if health.is_alive(house()):
        return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
    return "database away\n", 503, {"Content-Type": "text/plain; charset=utf-8", "Retry-After": "10"}


@blueprint.get("/admin/health")
@admins
def page() -> ResponseReturnValue:
    """Everything the hub knows about how it is."""
    checks = health.examine(house())
    return render_template("admin/health.html", checks=checks, worst=health.worst(checks))
