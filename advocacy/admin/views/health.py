"""The health page with how long rows are kept, and the one-word answer for load balancers."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext, ngettext
from flask_login import current_user
from wtforms import SelectField

from advocacy.admin import health
from advocacy.base import retention
from advocacy.web.access import admins, anyone
from advocacy.web.forms import Form, tell
from advocacy.web.house import house, reading, writing

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@anyone
def alive() -> ResponseReturnValue:
    """200 when requests can be answered, 503 when the database does not answer."""
    if health.is_alive(house()):
        return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
    return "database away\n", 503, {"Content-Type": "text/plain; charset=utf-8", "Retry-After": "10"}


class KeepingForm(Form):
    """How long single rows are kept."""

    click = SelectField(
        lazy_gettext("Single clicks"),
        description=lazy_gettext(
            "Older ones are deleted for good. Every total, chart and point stays; only the list of single clicks behind "
            "a figure ends there."
        ),
    )
    event = SelectField(
        lazy_gettext("Event log"),
        description=lazy_gettext(
            "What happened and who did it, for audits. Older entries are deleted for good; points given for them stay."
        ),
    )

    def offer(self) -> None:
        """Fills the lists."""
        months = [(str(count), ngettext("%(num)d month", "%(num)d months", count)) for count in retention.CHOICES]
        self.click.choices = self.event.choices = [("", gettext("Keep for good")), *months]


@blueprint.get("/admin/health")
@admins
def page() -> ResponseReturnValue:
    """Everything the hub knows about how it is."""
    checks = health.examine(house())
    form, kept = KeepingForm(formdata=None), retention.in_force(reading())
    form.offer()
    for field in (form.click, form.event):
        row = kept.get(field.name)
        field.data = str(row.months) if row and row.months else ""
    return render_template("admin/health.html", checks=checks, worst=health.worst(checks), form=form)


@blueprint.post("/admin/health/keep")
@admins
def keep() -> ResponseReturnValue:
    """Decides how long single rows are kept."""
    form = KeepingForm()
    form.offer()
    if not form.validate():
        tell(gettext("Please choose one of the lengths in the list."), "error")
        return redirect(url_for("health.page"), code=303)
    with writing() as session:
        for field in (form.click, form.event):
            months = int(field.data) if field.data else None
            retention.lay_down(session, house().clock, by=current_user.id, kind=field.name, months=months)
    tell(gettext("Saved. What is older is deleted from tomorrow on; until then you can change it."))
    return redirect(url_for("health.page"), code=303)
