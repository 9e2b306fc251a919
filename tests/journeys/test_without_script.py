"""The core of the product with script switched off: from a feed to an item, from an invitation to a post, to its figure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from advocacy.sharing.models import ShareState
from tests.journeys.company import Company, eventually
from tests.journeys.hub import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page


def curate(company: Company, page: Page) -> str:
    """A curator turns an entry of the feed into an item, sends it to review and approves it; returns its title."""
    page.goto(f"{company.hub.url}/library/sources/new")
    page.get_by_label("Address of the feed").fill(company.feed)
    page.get_by_role("button", name="Add", exact=True).click()
    make = page.get_by_role("button", name="Make an item")

    def is_read() -> bool:
        page.reload()
        return make.count() > 0

    eventually(is_read, seconds=40, what="the feed was not read")
    make.first.click()
    page.wait_for_url("**/edit**")
    title = page.get_by_label("Title", exact=True).input_value()
    first = page.get_by_role("group", name="Post 1", exact=True)
    if not first.count():
        page.get_by_role("button", name="Add another post").click()
    first.get_by_label("Text", exact=True).fill("Proud of what my colleagues did here. {link}")
    page.get_by_role("button", name="Add another post").click()
    second = page.get_by_role("group", name="Post 2", exact=True)
    second.get_by_label("Text", exact=True).fill("Worth ten minutes of your day.")
    page.get_by_label("Sales").check()
    page.get_by_role("button", name=re.compile("^Save and send to review")).click()
    page.wait_for_url(re.compile(r"/library/items/\d+$"))
    page.goto(f"{company.hub.url}/library/review")
    page.get_by_role("listitem").filter(has_text=title).get_by_role("button", name="Approve").click()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    return title


def join(company: Company, page: Page) -> None:
    """A newcomer follows the invitation and accepts the policy."""
    page.goto(company.invitation)
    page.get_by_label("Your name").fill("Kari Nordmann")
    page.get_by_label("Your work e-mail").fill("kari@example.com")
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("Time zone").select_option("Europe/Oslo")
    page.get_by_role("button", name="Join").click()
    page.get_by_role("button", name="I have read this").click()
    page.wait_for_url("**/feed**")


def connect(company: Company, page: Page) -> None:
    """They connect their account at a Mastodon server, on that server's own page."""
    page.goto(f"{company.hub.url}/connections")
    page.get_by_role("link", name="Connect Mastodon").click()
    page.get_by_label("Server").fill(company.mastodon.base_url)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name=re.compile("^Continue to")).click()
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url("**/connections**")
    expect(page.get_by_text("@ada@").first).to_be_visible()


def share_by_link(company: Company, page: Page, title: str) -> None:
    """They post by hand with a link of their own, and say so."""
    page.goto(f"{company.hub.url}/feed")
    page.get_by_role("article").filter(has_text=title).get_by_role("link", name="Share", exact=True).click()
    page.get_by_role("radio", name="LinkedIn").check(force=True)
    page.get_by_role("button", name="Continue").click()
    assert "linkedin.com" in (page.get_by_role("link", name="Open LinkedIn").get_attribute("href") or "")
    page.get_by_role("button", name="I have posted it").click()
    expect(page.get_by_text("It counts as confirmed once somebody follows").first).to_be_visible()


def plan_edit_move_and_cancel(company: Company, page: Page, item: str) -> None:
    """They plan a share, change its words and its time, and take it back."""
    page.goto(item)
    page.get_by_role("button", name="Text 2").first.click()
    text = page.get_by_label("Your text for Mastodon")
    expect(text).to_have_value("Proud of what my colleagues did here.")  # used once, so it stands second
    text.fill("Words of my own.")
    page.get_by_role("radio", name="At a time I choose").check(force=True)
    tomorrow = datetime.now(ZoneInfo("Europe/Oslo")).replace(hour=10, minute=0) + timedelta(days=1)
    page.get_by_label("Day and time").fill(f"{tomorrow:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Share", exact=True).click()
    page.wait_for_url("**/my-shares**")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Your text").fill("Better words of my own.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Better words of my own.")).to_be_visible()
    page.get_by_role("link", name="Change time").click()
    later = tomorrow + timedelta(days=1, hours=1)
    page.get_by_label("Day and time").fill(f"{later:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Move").click()
    expect(page.get_by_text(f"{later:%H:%M}").first).to_be_visible()
    assert [share.due_at for share in company.shares() if share.state is ShareState.SCHEDULED] == [
        later.replace(second=0, microsecond=0)
    ]
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Yes, go on").click()  # without script the question is a page of its own
    expect(page.get_by_text("Cancelled. Nothing was posted.")).to_be_visible()
    assert company.mastodon.statuses == {}


def test_the_core_journey_without_script(company, open_page):
    mia = open_page(script=False)
    company.hub.sign_in(mia, company.people["Mia"])
    title = curate(company, mia)

    kari = open_page(width=390, height=844, script=False)
    join(company, kari)
    share_by_link(company, kari, title)
    connect(company, kari)
    kari.goto(f"{company.hub.url}/feed")
    kari.get_by_role("article").filter(has_text=title).get_by_role("link", name=re.compile("^Share")).click()
    item = kari.url
    plan_edit_move_and_cancel(company, kari, item)
    kari.goto(item)
    kari.get_by_label("Your text for Mastodon").fill("Look at this: {link} #energy")
    kari.get_by_role("button", name="Share", exact=True).click()
    expect(kari.get_by_role("button", name="Undo").first).to_be_visible()
    eventually(lambda: company.mastodon.statuses, seconds=60, what="it was not published")
    (status,) = company.mastodon.statuses.values()
    assert status.text.startswith(f"Look at this: {company.hub.url}/r/")
    eventually(
        lambda: [share for share in company.shares() if share.state is ShareState.PUBLISHED and share.remote_id],
        seconds=20,
        what="the receipt was not kept",
    )

    lars = open_page(script=False)
    company.hub.sign_in(lars, company.people["Lars"])
    lars.goto(f"{company.hub.url}/insights")
    figure = lars.get_by_role("link", name=re.compile("^1 ?– show what is behind this figure")).first
    figure.click()
    rows = lars.get_by_role("row").filter(has_text=title)
    expect(rows).to_have_count(1)
