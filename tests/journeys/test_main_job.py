"""The main job, end to end: a feed becomes a post, an employee shares it to a real network, the public clicks."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import select

from advocacy.people.models import Team
from advocacy.reach.models import Click, FigureReading
from advocacy.sharing.models import Share, ShareState
from tests.journeys.hub import PASSWORD, Hub
from tests.peers.installed import SHARED

OWN_FEED = Path(__file__).parent / "newsroom.rss"
A_BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
"""What the tests' Chromium calls itself when somebody sits in front of it: without a screen it says "Headless"."""
CRAWLERS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Twitterbot/1.0",
)
CAPTIONS = (
    "Proud of what my colleagues did here. Worth ten minutes of your day. #energy",
    "What I took from this, in one sentence: plan around the weather. #energy",
    "Read this and tell me what you think. #energy",
)


@pytest.fixture
def newsroom() -> Iterator[tuple[str, str]]:
    """A web server with the captured newspaper feed (or our own where that is not there): its address and place."""
    captured = SHARED / "data/feeds/guardian.rss"
    feed = captured if captured.exists() else OWN_FEED
    serve = partial(Quiet, directory=str(feed.parent))
    server = ThreadingHTTPServer(("127.0.0.1", 0), serve)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = f"127.0.0.1:{server.server_port}"
    yield f"http://{place}/{feed.name}", place
    server.shutdown()
    server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without telling the terminal."""

    def log_message(self, *_args: object) -> None:
        """Says nothing."""


def eventually(look: Callable[[], object], *, seconds: float, what: str) -> object:
    """Waits until `look` gives something true, and returns it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.3)
    raise AssertionError(f"after {seconds} s: {what}")


def departments(hub: Hub, *names: str) -> None:
    """Makes departments."""
    db = hub.database()
    with db.transaction() as session:
        session.add_all(Team(name=name) for name in names)
    db.dispose()


def curate(hub: Hub, page, feed: str) -> str:
    """A curator subscribes to the feed and turns its first entry into an item for Sales; returns its title."""
    page.goto(f"{hub.url}/library/sources/new")
    page.get_by_label("Address of the feed").fill(feed)
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Make an item").first.click(timeout=30_000)
    page.wait_for_url("**/edit")
    title = page.get_by_label("Title", exact=True).input_value()
    posts = page.get_by_role("group", name=re.compile(r"^Post \d$"))
    for number in range(posts.count(), len(CAPTIONS)):
        page.get_by_role("button", name="Add another post").click()
        posts.nth(number).wait_for()
    for number, caption in enumerate(CAPTIONS):
        post = posts.nth(number)
        post.get_by_label("Network").select_option(label="Bluesky")
        post.get_by_label("Text", exact=True).fill(caption)
    page.get_by_label("Sales").check()
    page.get_by_role("button", name="Save and approve").click()
    page.wait_for_url(re.compile(r"/library/items/\d+$"))
    return title


def invite(hub: Hub, page, team: str) -> str:
    """An administrator makes a link for a team; returns it."""
    page.goto(f"{hub.url}/admin/invitations/link")
    page.get_by_label("Team they will be in").select_option(label=team)
    page.get_by_role("button", name="Make the link").click()
    return page.get_by_label("Address to join by").input_value()


def join(page, link: str, name: str, email: str) -> None:
    """Somebody follows an invitation and makes themselves at home."""
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your work e-mail").fill(email)
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    page.wait_for_url(re.compile(r"/(welcome|feed)"))


def connect_bluesky(hub: Hub, page, person) -> None:
    """Connects an account by its app password."""
    page.goto(f"{hub.url}/connections/bluesky/app-password")
    page.get_by_label("Your handle").fill(person.handle)
    page.get_by_label("App password").fill(person.app_password)
    page.get_by_role("button", name="Connect").click()
    page.get_by_text(person.handle).first.wait_for()


def schedule(hub: Hub, page, title: str) -> None:
    """An advocate makes a ready-made text theirs and plans it for the next minute."""
    page.goto(f"{hub.url}/feed")
    page.get_by_role("article").filter(has_text=title[:60]).get_by_role("link", name="Share").click()
    text = page.get_by_label("Your text for Bluesky")
    text.fill(text.input_value().replace("#energy", "I was there. #energy"))
    zone = ZoneInfo(page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone"))
    due = (datetime.now(zone) + timedelta(minutes=1)).replace(second=0, microsecond=0)
    page.get_by_role("radio", name="At a time I choose").check(force=True)
    page.get_by_label("Day and time").fill(due.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Plan for Bluesky").click()
    page.wait_for_url("**/my-shares")
    page.get_by_text("Planned. You can change it here until it goes out.").wait_for()


def published_share(hub: Hub) -> Share | None:
    """The one share of the hub, once it is published."""
    db = hub.database()
    with db.reading() as session:
        share = session.scalar(select(Share).where(Share.state == ShareState.PUBLISHED))
        if share is not None:
            session.refresh(share, ["link"])
    db.dispose()
    return share


def visit(browser, address: str) -> None:
    """A person with a browser follows a link."""
    context = browser.new_context(user_agent=A_BROWSER)
    page = context.new_page()
    with contextlib.suppress(PlaywrightError):  # the tests' browser finds nothing outside this machine
        page.goto(address)
    context.close()


@pytest.mark.parametrize("postgresql", [False, True], ids=["sqlite", "postgresql"])
def test_a_feed_becomes_a_post_and_the_leaderboard_shows_what_it_did(
    start_hub, open_page, browser, bluesky_network, newsroom, postgresql
):
    feed, place = newsroom
    hub = start_hub(
        postgresql=postgresql,
        FETCH_ALLOW_HOSTS=place,
        CONNECTORS_ALLOW_PRIVATE_HOSTS="true",
        BLUESKY_PDS_URL=bluesky_network.pds_url,
        BLUESKY_APPVIEW_URL=bluesky_network.appview_url,
    )
    departments(hub, "Sales", "Technology")
    person, fan = bluesky_network.create_account("kari"), bluesky_network.create_account("fan")
    staff = open_page()
    hub.sign_in(staff, hub.add("Ada Vik", "admin"))
    title = curate(hub, staff, feed)
    sales, technology = invite(hub, staff, "Sales"), invite(hub, staff, "Technology")

    other = open_page()
    join(other, technology, "Tom Other", "tom@example.com")
    other.goto(f"{hub.url}/feed")
    assert title not in other.content()

    kari = open_page(width=390, height=844)
    join(kari, sales, "Kari Nordmann", "kari@example.com")
    connect_bluesky(hub, kari, person)
    schedule(hub, kari, title)

    share = eventually(lambda: published_share(hub), seconds=120, what="it was not published")
    time.sleep(2)  # a second publishing would come now
    (record,) = person.records()
    post = record["value"]
    assert "I was there." in post["text"]
    kinds = {feature["$type"].rpartition("#")[2] for facet in post["facets"] for feature in facet["features"]}
    assert "tag" in kinds
    for facet in post["facets"]:
        marked = post["text"].encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
        assert marked.startswith(("#", "http"))
    assert post["embed"]["external"]["title"]
    address = f"{hub.url}/r/{share.link.code}"
    assert post["embed"]["external"]["uri"] == address

    reference = {"uri": record["uri"], "cid": record["cid"]}
    fan.like(reference)
    fan.repost(reference)
    bluesky_network.once(record["uri"], lambda seen: seen["likeCount"] == 1 and seen["repostCount"] == 1)
    visit(browser, address)
    for crawler in CRAWLERS:
        answer = requests.get(address, headers={"User-Agent": crawler}, allow_redirects=False, timeout=10)
        assert answer.status_code == 302
        assert "Set-Cookie" not in answer.headers
    see_what_it_did(hub, kari, staff, share)
    kari.goto(f"{hub.url}/my-shares?show=past")
    assert title in kari.content()
    other.goto(f"{hub.url}/feed/items/{share.item_id}")
    assert title not in other.content()


def see_what_it_did(hub: Hub, kari, staff, share: Share) -> None:
    """The figures arrive, and the advocate's, the leaderboard's and the leader's pages show them."""
    db = hub.database()

    def clicks() -> list[str]:
        with db.reading() as session:
            found = session.scalars(select(Click).where(Click.link_id == share.link_id)).all()
            return [click.rule for click in found]

    def figures() -> FigureReading | None:
        with db.reading() as session:
            newest = select(FigureReading).where(FigureReading.share_id == share.id).order_by(FigureReading.id.desc())
            return session.scalars(newest.where(FigureReading.likes == 1, FigureReading.reposts == 1)).first()

    eventually(lambda: len(clicks()) == 7, seconds=60, what=f"not 7 clicks: {clicks()}")
    assert sorted(rule == "" for rule in clicks()) == [False] * 6 + [True]
    reach = f"{hub.url}/shares/{share.id}/reach"
    again = kari.get_by_role("button", name="Read again now")
    # That it was published is told to the timetable within seconds.
    eventually(lambda: kari.goto(reach) and again.count(), seconds=60, what="the network is not asked for figures")
    again.click()
    eventually(figures, seconds=60, what="the network's figures did not arrive")
    db.dispose()
    kari.goto(reach)
    shown = {name: tile(kari, name) for name in ("Clicks by people", "Filtered", "Likes", "Reposts")}
    assert shown == {"Clicks by people": "1", "Filtered": "6", "Likes": "1", "Reposts": "1"}
    kari.goto(f"{reach}/clicks?show=filtered")
    assert kari.get_by_role("row").count() == 7  # its heading and six clicks, each with its rule
    kari.goto(f"{hub.url}/leaderboard")
    mine = eventually(lambda: mine_on_the_board(kari), seconds=30, what="no line of mine on the leaderboard")
    assert int(mine.split()[-1]) >= 12  # ten for the post and two for the visitor, beside what getting started gave
    staff.goto(f"{hub.url}/insights")
    assert {name: tile(staff, name) for name in ("Clicks by people", "Filtered")} == {
        "Clicks by people": "1",
        "Filtered": "6",
    }
    for figure in ("Likes", "Reposts"):
        assert staff.locator(f"td[data-label='{figure}']").first.inner_text().split()[0] == "1", figure
    staff.goto(f"{hub.url}/insights/clicks?which=filtered")
    assert "crawler" in staff.locator("main").inner_text().lower()


def tile(page, name: str) -> str:
    """The figure in the tile of that name."""
    label = f"//p[normalize-space()='{name}']/ancestor::*[contains(concat(' ', @class, ' '), ' panel ')][1]"
    words = page.locator(f"xpath={label}").first.inner_text().split("\n")
    return next(word.split()[0] for word in words if word[:1].isdigit())


def mine_on_the_board(page) -> str | None:
    """The words of my line on the leaderboard; None while there is none."""
    page.reload()
    line = page.get_by_role("row").filter(has_text="You")
    return line.first.inner_text() if line.count() else None
