"""What one share of mine reached: the figures, the clicks behind them, and what its network told us and when."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.base import retention
from advocacy.base.errors import Conflict, TooMany
from advocacy.reach import charts, evidence, figures, totals
from advocacy.reach.evidence import Show
from advocacy.reach.judging import BY_NAME, RULES
from advocacy.reach.totals import By, Scope
from advocacy.sharing import planning
from advocacy.sharing.networks import Networks
from advocacy.web.access import signed_in
from advocacy.web.forms import Form, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say

blueprint = Blueprint("share_reach", __name__)


@blueprint.get("/shares/<int:share_id>/reach")
@signed_in
def page(share_id: int) -> ResponseReturnValue:
    """All figures of a share of one's own."""
    session, scope = reading(), Scope(share_id=share_id)
    share = planning.mine(session, user_id=current_user.id, share_id=share_id)
    days = totals.clicks_by(session, scope, by=By.DAY, most=charts.MOST_DAYS)
    return render_template(
        "reach/share.html",
        form=Form(formdata=None),
        share=share,
        network=house().part(Networks).label(share.network),
        clicks=totals.clicks(session, scope),
        by_rule=totals.filtered_by_rule(session, scope),
        days=charts.every_day(days, until=house().clock.now().date()),
        looks=evidence.looks(
            session, share=share, tells_figures=share.network not in house().part(Networks).channels
        ),
        readings=evidence.readings(session, share_id=share_id),
    )


@blueprint.get("/shares/<int:share_id>/reach/summary")
@signed_in
def summary(share_id: int) -> ResponseReturnValue:
    """The figures in one line, for a list of shares."""
    session = reading()
    share = planning.mine(session, user_id=current_user.id, share_id=share_id)
    return render_template(
        "reach/share_summary.html",
        share=share,
        clicks=totals.clicks(session, Scope(share_id=share_id)),
        looks=evidence.looks(
            session, share=share, tells_figures=share.network not in house().part(Networks).channels
        ),
    )


@blueprint.get("/shares/<int:share_id>/reach/clicks")
@signed_in
def clicks(share_id: int) -> ResponseReturnValue:
    """The single clicks behind a figure."""
    session, scope = reading(), Scope(share_id=share_id)
    share = planning.mine(session, user_id=current_user.id, share_id=share_id)
    show, rule = shown()
    return render_template(
        "reach/clicks.html",
        title=share.item.title,
        back=url_for("share_reach.page", share_id=share_id),
        here=lambda **query: url_for("share_reach.clicks", share_id=share_id, **query),
        clicks=totals.clicks(session, scope),
        show=show.value,
        rule=rule,
        rules=RULES,
        networks=house().part(Networks),
        rows=evidence.clicks(session, scope, show=show, rule=rule, after=request.args.get("after")),
        is_first_page="after" not in request.args,
        kept_from=retention.gone_before(session, retention.CLICKS),
    )


def shown() -> tuple[Show, str]:
    """Which clicks the address asks for; what is unknown means all."""
    wanted, rule = request.args.get("show", ""), request.args.get("rule", "")
    show = Show(wanted) if wanted in set(Show) else Show.ALL
    return show, rule if rule in BY_NAME else ""


@blueprint.post("/shares/<int:share_id>/reach/look")
@signed_in
def look(share_id: int) -> ResponseReturnValue:
    """Asks for a look at the network now."""
    try:
        with writing() as session:
            figures.ask_again(session, house().clock, user_id=current_user.id, share_id=share_id)
        tell(gettext("We are asking the network. The figures are here in a moment: reload this page."), "info")
    except (TooMany, Conflict) as error:
        tell(say(error.text), "warning")
    return redirect(url_for("share_reach.page", share_id=share_id))
