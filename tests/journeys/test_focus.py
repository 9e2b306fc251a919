"""On every page people work with: the way past the bars, an order that can be followed, nothing hidden, no trap."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from advocacy.demo import seeding
from advocacy.people.models import User
from tests.journeys.keyboard import Keyboard

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PLACES = (
    "/feed",
    "/share/{item}",
    "/my-shares",
    "/leaderboard",
    "/insights",
    "/library",
    "/library/items/{item}/edit",
    "/me",
)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_focus_goes_through_every_page_and_is_never_hidden(site, house, width, language):
    seeding.seed(house)
    with house.db.transaction() as session:
        ada = session.scalars(select(User).where(User.name == "Ada Vik")).one()
        ada.locale = language
    keys = Keyboard(site.visit(ada, width=width, height=800, language=language))
    for place in PLACES:
        keys.page.goto(place.format(item=1))
        keys.page.wait_for_load_state("networkidle")
        assert keys.page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0, place
        reached = keys.walk()
        assert len(reached) > 5, place
        keys.page.reload()
        keys.press("Tab", "Enter", "Tab")  # the way past the bars
        at = keys.where()
        assert at is not None
        assert at["isInMain"], place


def test_a_menu_opens_and_closes_by_keys_and_gives_the_focus_back(site, make):
    keys = Keyboard(site.visit(make.user("Kari Nordmann")))
    keys.page.goto("/feed")
    keys.press_on("button", "Your menu, Kari NordmannKN")
    expect(keys.page.get_by_role("link", name="My networks")).to_be_visible()
    keys.press("Tab")
    keys.press("Escape")
    expect(keys.page.get_by_role("link", name="My networks")).to_be_hidden()
    at = keys.where()
    assert at is not None
    assert at["tag"] == "summary"
