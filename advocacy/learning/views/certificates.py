"""Certificates: one's own as a PDF, and the public page that says whether one is valid."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_login import current_user

from advocacy.learning import certificates
from advocacy.web.access import anyone, signed_in
from advocacy.web.house import house, reading
from advocacy.web.i18n import say
from config import Settings

blueprint = Blueprint("certificates", __name__)


@blueprint.get("/learning/courses/<int:course_id>/certificate.pdf")
@signed_in
def paper(course_id: int) -> ResponseReturnValue:
    """One's own certificate."""
    found = certificates.of(reading(), user=current_user, course_id=course_id)
    settings = house().part(Settings)
    printed = certificates.paper(
        found,
        company=settings.company_name,
        check_url=f"{settings.address}{url_for('certificates.check', code=found.shown_code)}",
        day=str(format_date(found.passed_at, "d MMMM y")),
        say=say,
    )
    answer = Response(printed, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="certificate.pdf"'
    return answer


@blueprint.get("/certificates")
@anyone
def check() -> ResponseReturnValue:
    """Whether a certificate is valid: nothing of it is told that the paper does not say."""
    code = request.args.get("code", "").strip()[:40]
    found = certificates.find(reading(), typed=code) if code else None
    return render_template("learning/certificate_check.html", code=code, found=found)
