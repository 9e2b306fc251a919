"""The leader's dashboard asks little of the database, and as little of three years as of a week."""

from datetime import timedelta

import pytest

from advocacy.insights import items, overview
from advocacy.insights.items import Order
from advocacy.insights.periods import Period, asked
from advocacy.insights.scope import Scope

MOST = 12
"""Questions to the database that the figures of the page may take (docs/scale.md)."""


@pytest.mark.parametrize("narrow", [{}, {"network": "bluesky"}, {"item_id": 3}, {"network": "bluesky", "item_id": 3}])
@pytest.mark.parametrize("days", [7, 3 * 365])
def test_the_dashboard_takes_at_most_twelve_queries(db, company, clock, queries, days, narrow):
    now = clock.now()
    first, last = (now - timedelta(days=days - 1)).date(), now.date()
    period = asked(Period.OWN, first=first.isoformat(), last=last.isoformat(), now=now)
    with db.reading() as session, queries() as said:
        overview.overview(session, Scope(span=period.span, **narrow), period, now=now)
        items.page(session, Scope(span=period.span, **narrow), order=Order.HUMAN, size=10)
    said = [one for one in said if one != "BEGIN"]
    assert len(said) <= MOST, "\n".join(said)


def test_the_dashboard_reads_sums_and_no_post_or_click_for_itself(db, company, clock, queries):
    now = clock.now()
    period = asked(Period.THIS_YEAR, now=now)
    with db.reading() as session, queries() as said:
        overview.overview(session, Scope(span=period.span), period, now=now)
        items.page(session, Scope(span=period.span), order=Order.HUMAN, size=10)
    of_posts = [one for one in said if "FROM share " in one]
    assert len(of_posts) == 1, "only what is not out is counted among the shares themselves, by an index"
    assert not [one for one in said if "reach_day" in one or "filtered_day" in one or "FROM click " in one]
