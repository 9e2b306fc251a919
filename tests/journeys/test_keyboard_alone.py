"""The core of the product with the keyboard alone. `Keyboard` looks at each step that the focus shows and is not hidden."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from advocacy.sharing.models import ShareState
from tests.journeys.company import Company, eventually
from tests.journeys.hub import PASSWORD
from tests.journeys.keyboard import Keyboard


def sign_in(company: Company, keys: Keyboard, email: str) -> None:
    keys.page.goto(f"{company.hub.url}/sign-in")
    keys.type_into("E-mail", email)
    keys.type_into("Password", PASSWORD)
    keys.press("Enter")
    keys.page.wait_for_url(f"{company.hub.url}/feed**")


def curate(company: Company, keys: Keyboard) -> str:
    """From the feed's entry to an approved item."""
    page = keys.page
    keys.press_on("link", "Library")
    keys.press_on("link", "Sources")
    keys.press_on("link", "Add a feed")
    keys.type_into(re.compile("^Address of the feed"), company.feed)
    keys.press("Enter")
    page.get_by_role("button", name="Make an item").first.wait_for(timeout=40_000)
    keys.press_on("button", "Make an item")
    page.wait_for_url("**/edit**")
    title = page.get_by_label("Title", exact=True).input_value()
    if not page.get_by_role("group", name="Post 1", exact=True).count():
        keys.press_on("button", "Add another post")
        page.get_by_role("group", name="Post 1", exact=True).wait_for()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    keys.type_into("Text", "Proud of what my colleagues did here.")
    keys.to("field", "Sales")
    keys.press("Space")
    keys.press_on("button", re.compile("^Save and send to review"))
    page.wait_for_url(re.compile(r"/library/items/\d+$"))
    keys.press_on("link", "Review")
    keys.press_on("button", "Approve")
    expect(page.get_by_text("Approved.").first).to_be_visible()
    return title


def join(company: Company, keys: Keyboard) -> None:
    keys.page.goto(company.invitation)
    keys.type_into("Your name", "Kari Nordmann")
    keys.type_into(re.compile("^Your work e-mail"), "kari@example.com")
    keys.type_into(re.compile("^Choose a password"), PASSWORD)
    keys.press_on("button", "Join")
    keys.press_on("button", re.compile("^I have read this"))
    keys.page.wait_for_url("**/feed**")


def share_by_link(keys: Keyboard) -> None:
    keys.press_on("link", "Share")
    keys.choose("LinkedIn")
    keys.press_on("button", "Continue")
    keys.press_on("button", "I have posted it")
    expect(keys.page.get_by_text("It counts as confirmed once somebody follows").first).to_be_visible()


def connect(company: Company, keys: Keyboard) -> None:
    page = keys.page
    page.goto(f"{company.hub.url}/connections")
    keys.press_on("link", "Connect Mastodon")
    keys.type_into(re.compile("^Your server"), company.mastodon.base_url)
    keys.press("Enter")
    page.wait_for_load_state("networkidle")
    keys.press_on("link", re.compile("^Continue to"))
    keys.press_on("button", "Authorize")
    page.wait_for_url("**/connections**")


def plan_edit_move_and_cancel(company: Company, keys: Keyboard) -> None:
    page = keys.page
    keys.type_into("Your text for Mastodon", "Words of my own.")
    keys.choose(re.compile("^Next good time"))
    keys.press_on("button", "Plan for Mastodon")
    page.wait_for_url("**/my-shares**")
    keys.press_on("link", "Edit")
    keys.type_into("Your text", "Better words of my own.")
    keys.press_on("button", "Save")
    expect(page.get_by_text("Better words of my own.")).to_be_visible()
    (before,) = [share.due_at for share in company.shares() if share.state is ShareState.SCHEDULED]
    keys.press_on("link", "Change time")
    keys.to("field", re.compile("^Day and time"))
    keys.press("ArrowUp", "Enter")  # a month later
    page.wait_for_url("**/my-shares**")
    (after,) = [share.due_at for share in company.shares() if share.state is ShareState.SCHEDULED]
    assert after is not None
    assert before is not None
    assert after > before
    keys.press_on("button", "Cancel")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    keys.press("Tab", "Tab", "Tab")
    at = keys.where()
    assert at is None or page.evaluate("document.activeElement.closest('dialog') !== null")
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    at = keys.where()
    assert at is not None
    assert at["name"] == "Cancel"
    keys.press("Enter")
    keys.press_on("button", "Cancel")
    expect(page.get_by_text("Cancelled. Nothing was posted.")).to_be_visible()


def test_the_core_journey_by_keyboard(company, open_page):
    mia = Keyboard(open_page())
    sign_in(company, mia, company.people["Mia"])
    title = curate(company, mia)

    kari = Keyboard(open_page())
    join(company, kari)
    share_by_link(kari)
    connect(company, kari)
    kari.page.goto(f"{company.hub.url}/feed")
    kari.press_on("link", re.compile("^Share"))
    kari.page.wait_for_url(lambda url: "/feed" not in url)
    item = kari.page.url
    plan_edit_move_and_cancel(company, kari)
    kari.page.goto(item)
    kari.press_on("button", "Share to Mastodon")
    kari.page.wait_for_url("**/my-shares**")
    eventually(lambda: company.mastodon.statuses, seconds=60, what="it was not published")

    lars = Keyboard(open_page())
    sign_in(company, lars, company.people["Lars"])
    eventually(
        lambda: [share for share in company.shares() if share.state is ShareState.PUBLISHED and share.remote_id],
        seconds=20,
        what="the receipt was not kept",
    )
    lars.press_on("link", "Insights")
    lars.press_on("link", re.compile("^1 ?– show what is behind this figure"))
    expect(lars.page.get_by_role("row").filter(has_text=title)).to_have_count(1)
