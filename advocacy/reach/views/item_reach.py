"""What an item reached through all who shared it, for those who look after the library or the programme.

It shows sums and single clicks, and never whose share a click belongs to.
"""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from advocacy.base import retention
from advocacy.reach import charts, evidence, items, totals
from advocacy.reach.judging import RULES
from advocacy.reach.totals import By, Scope
from advocacy.reach.views.share_reach import shown
from advocacy.sharing.networks import Networks
from advocacy.web.access import curators_and_leaders
from advocacy.web.house import house, reading

blueprint = Blueprint("item_reach", __name__)


@blueprint.get("/library/<int:item_id>/reach")
@curators_and_leaders
def page(item_id: int) -> ResponseReturnValue:
    """An item's figures, by network and over time."""
    session, scope = reading(), Scope(item_id=item_id)
    item = items.reached(session, item_id=item_id)
    days = totals.clicks_by(session, scope, by=By.DAY, most=charts.MOST_DAYS)
    return render_template(
        "reach/item.html",
        item=item,
        clicks=totals.clicks(session, scope),
        by_network=totals.clicks_by(session, scope, by=By.NETWORK),
        by_rule=totals.filtered_by_rule(session, scope),
        figures=totals.network_figures(session, scope),
        figures_by_network=totals.network_figures_by_network(session, scope),
        networks=house().part(Networks),
        days=charts.every_day(days, until=house().clock.now().date()),
    )


@blueprint.get("/library/<int:item_id>/reach/clicks")
@curators_and_leaders
def clicks(item_id: int) -> ResponseReturnValue:
    """The single clicks behind an item's figures."""
    session, scope = reading(), Scope(item_id=item_id)
    item = items.reached(session, item_id=item_id)
    show, rule = shown()
    return render_template(
        "reach/clicks.html",
        title=item.title,
        back=url_for("item_reach.page", item_id=item_id),
        here=lambda **query: url_for("item_reach.clicks", item_id=item_id, **query),
        clicks=totals.clicks(session, scope),
        show=show.value,
        rule=rule,
        rules=RULES,
        networks=house().part(Networks),
        rows=evidence.clicks(session, scope, show=show, rule=rule, after=request.args.get("after")),
        is_first_page="after" not in request.args,
        kept_from=retention.gone_before(session, retention.CLICKS),
    )
