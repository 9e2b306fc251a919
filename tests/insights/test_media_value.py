"""Earned media value: only by rates that somebody entered and can be asked about, as a range, and never as measured."""

import pytest
from sqlalchemy import select

from advocacy.insights import media_value
from advocacy.insights.scope import Scope
from advocacy.reach.media_rates import MediaRate

RATE = {
    "network": "mastodon",
    "figure": "clicks",
    "per": "1",
    "low": "4,50",
    "high": "10",
    "currency": "nok",
    "source": "Offer of our agency, May 2026",
}


@pytest.fixture
def admin(make, signed_in):
    return signed_in(make.admin())


def said(browser, path="/insights/media-value"):
    page = browser.get(path)
    assert page.status_code == 200
    return " ".join(page.text.split())


def test_without_rates_there_is_no_value(make, signed_in, company):
    leader = signed_in(make.leader())
    assert "Not available: no rates" in said(leader)
    assert leader.get("/insights/media-value/rates").status_code == 403


def test_a_value_is_the_range_of_its_rates_and_says_where_they_are_from(admin, company, month, db):
    rates = "/insights/media-value/rates"
    assert admin.submit(rates, RATE, form=rates).status_code == 303
    views = {**RATE, "figure": "views", "per": "1000", "low": "80", "high": "120", "currency": "EUR"}
    assert admin.submit(rates, views, form=rates).status_code == 303
    clicked = company.clicked(month.first, month.last, lambda share: share["network"] == "mastodon")
    clicks = [one for one in clicked if one["is_human"]]
    with db.reading() as session:
        value = media_value.of(session, Scope(month))
    assert [(one.currency, one.low, one.high) for one in value.sums] == [
        ("NOK", 450 * len(clicks), 1000 * len(clicks))
    ], "Mastodon tells no views: they are not available and add nothing"
    page = said(admin)
    for shown in ("Offer of our agency, May 2026", "Estimated", "Not available", "never added to anything measured"):
        assert shown in page
    assert "Offer of our agency" in admin.get("/insights/files/media-value.csv?form=plain").text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"high": "4"}, "high"),
        ({"low": "cheap"}, "low"),
        ({"currency": "kr"}, "currency"),
        ({"source": " "}, "source"),
    ],
)
def test_a_rate_without_order_or_source_is_refused(admin, db, wrong, field):
    rates = "/insights/media-value/rates"
    answer = admin.submit(rates, {**RATE, **wrong}, form=rates)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    with db.reading() as session:
        assert session.scalars(select(MediaRate)).all() == []
