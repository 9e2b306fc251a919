"""The newsletter as it arrives, for the frame in its page: the mailed HTML, where no script runs and nothing is sent."""

from __future__ import annotations

from flask import Blueprint, make_response, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from advocacy.messages import newsletters, previewing
from advocacy.web.access import curators_and_leaders
from advocacy.web.house import house, reading
from advocacy.web.i18n import LANGUAGES
from advocacy.web.security import framed_by_own_pages
from config import Settings

blueprint = Blueprint("newsletter_preview", __name__)

POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src 'self' {address}; base-uri 'none'; form-action 'none'"
)
"""Looks that stand on the elements, pictures of the hub, links that open beside: nothing else."""


@blueprint.get("/company/newsletters/<int:newsletter_id>/letter")
@curators_and_leaders
def letter(newsletter_id: int) -> ResponseReturnValue:
    """The HTML part; `theme` says how a mail program shows it, `language` which reader's it is."""
    session = reading()
    found = newsletters.get(session, newsletter_id=newsletter_id)
    look = previewing.look(house(), session, found, current_user, locale=language_of_reader())
    answer = make_response(look.in_theme(request.args.get("theme", "")))
    return framed_by_own_pages(answer, policy=POLICY.format(address=house().part(Settings).address))


def language_of_reader() -> str:
    """The language asked for in the address, else that of whoever looks."""
    wanted = request.args.get("language", "")
    return wanted if wanted in LANGUAGES else str(current_user.locale)
