"""The composer in a real browser: a tab for each network, the count, the preview, what is typed and never lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from advocacy.library import disclosure_policy
from advocacy.library.disclosure_policy import Rule
from advocacy.library.disclosures import Disclosure, Place
from advocacy.people.models import SignInSession
from advocacy.sharing import composing, wording
from advocacy.sharing.models import Share
from advocacy.sharing.networks import Networks

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TEXT = "Proud of the crew at {link} today, with @kari@nordlys.social and 👩‍👩‍👧"


@pytest.fixture
def kari(make, connect):
    """Somebody with two accounts."""
    user = make.user("Kari")
    connect(user, "bluesky")
    connect(user, "mastodon")
    return user


@pytest.fixture
def item(make):
    """Something to share, with two ready-made texts."""
    return make.item("Wind farm", captions=["First words", "Second words"], disclosure="#nordlys")


def composer(site, user, item, **options) -> Page:
    page = site.visit(user, **options)
    page.goto(f"/share/{item.id}")
    return page


def shown(page: Page) -> list[str]:
    """The names of the networks whose text stands on the page."""
    labels = page.get_by_label(re.compile("^Your text for (Bluesky|Mastodon)$"))
    return [one.get_attribute("id") or "" for one in labels.all() if one.is_visible()]


def test_each_network_has_its_tab_and_arrow_keys_move_between_them(site, kari, item):
    page = composer(site, kari, item)
    bluesky, mastodon = page.get_by_role("tab", name="Bluesky"), page.get_by_role("tab", name="Mastodon")
    expect(bluesky).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tabpanel")).to_have_count(1)
    bluesky.focus()
    page.keyboard.press("ArrowRight")
    expect(mastodon).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Mastodon")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(bluesky).to_be_focused()
    page.keyboard.press("End")
    expect(mastodon).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[role=tabpanel]') !== null")


def test_a_network_that_is_not_chosen_has_no_tab_and_the_button_says_what_will_happen(site, kari, item):
    page = composer(site, kari, item)
    expect(page.get_by_role("button", name="Share to 2 networks")).to_be_enabled()
    page.get_by_role("checkbox", name="Bluesky").uncheck(force=True)
    expect(page.get_by_role("tablist")).to_be_hidden()
    assert len(shown(page)) == 1
    expect(page.get_by_role("button", name="Share to Mastodon")).to_be_enabled()
    page.get_by_role("radio", name="Next good time").check(force=True)
    expect(page.get_by_role("button", name="Plan for Mastodon")).to_be_enabled()
    page.get_by_role("checkbox", name="Mastodon").uncheck(force=True)
    expect(page.get_by_role("button", name="Choose a network")).to_be_disabled()
    page.get_by_role("checkbox", name="Bluesky").check(force=True)
    expect(page.get_by_label("Your text for Bluesky")).to_be_visible()


def test_a_time_of_ones_own_is_asked_for_only_when_wanted(site, kari, item):
    page = composer(site, kari, item, width=390)
    when = page.get_by_label("Day and time")
    expect(when).to_be_hidden()
    page.get_by_role("radio", name="At a time I choose").check(force=True)
    expect(when).to_be_visible()
    expect(page.get_by_text("You can undo it")).to_be_hidden()


def test_without_script_all_panels_are_there_and_it_is_shared(site, kari, item, db):
    page = composer(site, kari, item, script=False)
    assert len(shown(page)) == 2
    expect(page.get_by_role("tablist")).to_be_hidden()
    page.get_by_role("button", name="Text 2").first.click()
    expect(page.get_by_label("Your text for Bluesky")).to_have_value("Second words")
    page.get_by_role("checkbox", name="Mastodon").uncheck(force=True)
    page.get_by_role("button", name="Share", exact=True).click()
    page.wait_for_url("**/my-shares")
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()
    with db.reading() as session:
        assert [(share.network, share.text) for share in session.query(Share)] == [
            ("bluesky", "Second words #nordlys")
        ]


@pytest.mark.parametrize(
    "text",
    [TEXT, "Plain words", "It is #Nordlys already", "not #nordlyset", "Jeg jobber i #Nordlys", "#IWorkAtNordlys"],
)
def test_the_count_and_the_preview_are_those_of_the_server(site, kari, item, house, make, text):
    boss = make.admin()
    with house.db.transaction() as session:
        rule = Rule("", "I work at Nordlys.", "Jeg jobber i Nordlys.", place=Place.BEGINNING)
        disclosure_policy.lay_down(session, house.clock, rule=rule, by=boss)
    policy = Disclosure(rule.text_en, Place.BEGINNING, (rule.text_nb,))
    page = composer(site, kari, item)
    networks = house.part(Networks)
    link = composing.sample_link("http://localhost")
    final = wording.final_text(text, disclosures=[policy, Disclosure(item.disclosure)], link=link)
    for name, label in (("bluesky", "Bluesky"), ("mastodon", "Mastodon")):
        page.get_by_role("tab", name=label).click()
        page.get_by_label(f"Your text for {label}").fill(text)
        left = networks.count(name, final, link, has_card=True).left
        expect(page.get_by_role("checkbox", name=f"{label} {left} characters left")).to_be_checked()
        panel = page.get_by_role("tabpanel")
        expect(panel.locator("text-counter")).to_have_text(f"{left} characters left")
        drawn = panel.locator("[data-preview-text]").evaluate("element => element.textContent")
        assert drawn == networks.wording(name, final, link, has_card=True)


def test_one_text_can_go_to_all(site, kari, item):
    page = composer(site, kari, item)
    page.get_by_label("Your text for Bluesky").fill("My own words")
    page.get_by_role("button", name="Use this text everywhere").click()
    page.get_by_role("tab", name="Mastodon").click()
    expect(page.get_by_label("Your text for Mastodon")).to_have_value("My own words")


def test_what_is_typed_is_kept_within_two_seconds_and_survives_a_reload(site, kari, item):
    page = composer(site, kari, item)
    with page.expect_response("**/draft", timeout=2000) as kept:
        page.get_by_label("Your text for Bluesky").fill("My own words")
    assert kept.value.status == 204
    expect(page.get_by_text("Draft saved")).to_be_visible()
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(page.get_by_label("Your text for Bluesky")).to_have_value("My own words")
    expect(page.get_by_role("tabpanel").locator("[data-preview-text]")).to_contain_text("My own words")


def test_what_was_sent_with_a_session_that_ended_is_not_lost(site, kari, item, house):
    page = composer(site, kari, item)
    with house.db.transaction() as session:
        session.query(SignInSession).delete()
    page.get_by_label("Your text for Bluesky").fill("My own words")
    page.get_by_role("button", name="Share to 2 networks").click()
    page.wait_for_url("**/sign-in**")
    again = site.visit(kari)
    page.context.clear_cookies()
    page.context.add_cookies(again.context.cookies())
    page.goto(f"/share/{item.id}")
    expect(page.get_by_label("Your text for Bluesky")).to_have_value("My own words")
    expect(page.get_by_text("Your unsaved text is back")).to_be_visible()
    page.get_by_role("button", name="Share to 2 networks").click()
    page.wait_for_url("**/my-shares")
    page.goto(f"/share/{item.id}")
    expect(page.get_by_label("Your text for Bluesky")).to_have_value(
        "Second words"
    )  # by now the one that was used least


def test_the_bar_stays_at_the_foot_of_a_phone_and_hides_nothing_that_has_the_focus(site, kari, item):
    page = composer(site, kari, item, width=390, height=844)
    share = page.get_by_role("button", name="Share to 2 networks")
    for place in (0, 400, 10_000):
        page.evaluate("place => scrollTo(0, place)", place)
        box = share.bounding_box()
        assert box is not None
        assert 760 < box["y"] + box["height"] <= 844
        assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_tab_is_chosen_by_pressing_what_can_be_seen_of_it(site, kari, item, connect):
    for channel in ("slack", "teams", "discord"):
        connect(kari, channel)
    page = composer(site, kari, item, width=390)
    for channel in ("Slack channel", "Microsoft Teams channel", "Discord channel"):
        page.locator("label", has_text=channel).first.click()
    row = page.get_by_role("tablist")
    edge = row.evaluate("row => row.getBoundingClientRect().right")
    tabs = row.get_by_role("tab")
    [cut_off] = [
        tab
        for tab in tabs.all()
        if (box := tab.bounding_box()) and box["x"] < edge - 20 and box["x"] + box["width"] > edge
    ]
    box = cut_off.bounding_box()
    page.mouse.move(edge - 10, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(100)  # a hand takes its time; what slides away meanwhile is not pressed
    page.mouse.up()
    expect(cut_off).to_have_attribute("aria-selected", "true")
