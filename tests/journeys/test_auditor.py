"""Somebody who doubts a figure goes from it to its rows, to one filtered click, to its rule, and to what the figure means."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from advocacy.base.house import House
from advocacy.reach import judging
from tests.insights.world import World, build

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def audited(house: House, make: Any) -> World:
    """A company whose clicks are known one by one."""
    return build(house, make, people=60, shares=250, clicks=700)


def opened_figure(page: Page, label: str) -> int:
    """Follow a figure to its rows; gives what it said."""
    page.goto("/insights")
    tile = page.locator(".panel").filter(has=page.get_by_text(label, exact=True)).first
    link = tile.get_by_role("link", name=re.compile("show what is behind this figure"))
    said = int(re.sub(r"\D", "", link.inner_text()))
    link.click()
    page.wait_for_url("**/insights/clicks**")
    return said


def rows_of_all_pages(page: Page) -> int:
    found = 0
    while True:
        found += page.locator("tbody tr").count()
        further = page.get_by_role("link", name="Next")
        if not further.count():
            return found
        page.goto(further.first.get_attribute("href") or "")


def test_a_leader_checks_the_clicks_by_people_down_to_one_filtered_click_and_its_rule(site, make, audited, clock):
    today = clock.now().date()
    clicks = audited.clicked(today - timedelta(days=29), today)
    page = site.visit(make.leader(), width=1280)

    said = opened_figure(page, "Clicks by people")
    assert said == rows_of_all_pages(page) == sum(click["is_human"] for click in clicks)

    page.get_by_role("link", name="Filtered", exact=True).click()
    row = page.locator("tbody tr").first
    about = row.get_by_role("link", name="About this rule")
    name = (about.get_attribute("href") or "").partition("#")[2]
    rule = judging.BY_NAME[name]
    expect(row).to_contain_text(str(rule.why))
    expect(row).to_contain_text("It called itself: SomeBot/1.0")

    about.click()
    explained = page.locator(f"tr#{name}")
    expect(explained).to_be_in_viewport()
    expect(explained).to_contain_text(str(rule.title))

    page.get_by_role("link", name="What the figures mean").first.click()
    meaning = page.locator("section#human")
    expect(meaning).to_contain_text("How it is made")
    expect(meaning).to_contain_text("Measured")
