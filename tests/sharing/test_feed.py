"""The feed shows what is for a person now, best first, and says why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from advocacy.library.models import Dimension, ItemState
from advocacy.sharing import feed, keeping
from advocacy.sharing.feed import Wish
from advocacy.sharing.models import ShareState


@pytest.fixture
def cards(db, clock):
    """What a person's feed shows: `cards(user, words="...")`."""

    def of(user, after=None, size=20, **wish):
        with db.reading() as session:
            return feed.page(session, clock, user=user, wish=Wish(**wish), after=after, size=size)

    return of


def titles(page) -> list[str]:
    return [card.title for card in page.items]


def test_an_item_for_another_department_never_appears(make, cards):
    sales, tech = make.team("Sales"), make.team("Tech")
    make.item("For sales", audience={Dimension.TEAM: [sales]})
    make.item("For all")
    assert set(titles(cards(make.user(team=sales)))) == {"For sales", "For all"}
    assert titles(cards(make.user(team=tech))) == ["For all"]


def test_drafts_future_and_expired_items_never_appear(make, cards, clock):
    make.item("Draft", state=ItemState.DRAFT)
    make.item("Later", publish_from=clock.now() + timedelta(hours=1))
    make.item("Over", expires_at=clock.now())
    make.item("Withdrawn", state=ItemState.WITHDRAWN)
    make.item("Now")
    assert titles(cards(make.user())) == ["Now"]


def test_pinned_comes_first_and_what_i_shared_comes_last(make, cards):
    kari = make.user("Kari")
    shared, plain, pinned = make.item("Shared"), make.item("Plain"), make.item("Pinned", pinned=True)
    make.share(kari, shared)
    page = cards(kari)
    assert titles(page) == ["Pinned", "Plain", "Shared"]
    assert [str(card.reason) for card in page.items] == ["Picked for you by marketing", "New", "You shared this"]
    assert page.items[2].shared_on == ("bluesky",)
    assert plain.id != pinned.id


def test_every_reason_is_true(make, cards, clock, db):
    sales = make.team("Sales")
    kari = make.user("Kari", team=sales)
    hiring = make.topic("Hiring")
    with db.transaction() as session:
        keeping.follow(session, user=kari, topic_id=hiring.id, wanted=True)
    make.item("Followed", topics=[hiring])
    make.item("Team", audience={Dimension.TEAM: [sales]})
    popular = make.item("Popular")
    for _ in range(3):
        make.share(make.user(), popular)
    said = {card.title: str(card.reason) for card in cards(kari).items}
    assert said == {"Followed": "You follow Hiring", "Team": "For Sales", "Popular": "3 colleagues shared it"}


def test_search_and_filters_narrow_the_feed(make, cards, db, clock):
    kari = make.user("Kari")
    hiring = make.topic("Hiring")
    wind = make.item("Wind farm at sea", summary="Kraft til 40 000 hjem")
    make.item("Three things about hiring", topics=[hiring])
    assert titles(cards(kari, words="KRAFT hjem")) == ["Wind farm at sea"]
    assert titles(cards(kari, words="kraft nonsense")) == []
    assert titles(cards(kari, topic_id=hiring.id)) == ["Three things about hiring"]
    make.share(kari, wind)
    assert titles(cards(kari, unshared=True)) == ["Three things about hiring"]
    with db.transaction() as session:
        keeping.save(session, clock, user=kari, item_id=wind.id, wanted=True)
    assert titles(cards(kari, saved=True)) == ["Wind farm at sea"]


def test_a_cancelled_share_does_not_count_as_shared(make, cards):
    kari = make.user("Kari")
    item = make.item("Item")
    make.share(kari, item, state=ShareState.CANCELLED)
    assert cards(kari).items[0].shared_on == ()


def test_paging_shows_every_item_once(make, cards):
    for number in range(23):
        make.item(f"Item {number}")
    kari = make.user("Kari")
    seen, after = [], None
    while True:
        page = cards(kari, after=after, size=10)
        seen += titles(page)
        after = page.next_cursor
        if after is None:
            break
    assert sorted(seen) == sorted(f"Item {number}" for number in range(23))


def test_the_pages_of_the_feed_are_sound_in_every_state(signed_in, make):
    kari = make.user("Kari")
    browser = signed_in(kari)
    assert "Nothing to share yet" in browser.get("/feed").text
    assert "Nothing saved" in browser.get("/feed/saved").text
    topic = make.topic("Hiring")
    item = make.item("Wind farm", topics=[topic], body="**Strong** words", internal_brief="Why we tell this")
    page = browser.get("/feed").text
    assert "Wind farm" in page
    assert "Nothing found" in browser.get("/feed?q=nonsense").text
    browser.post(f"/feed/items/{item.id}/save", data={"csrf_token": browser.token(), "saved": "yes"})
    assert "Wind farm" in browser.get("/feed/saved").text
    read = browser.get(f"/feed/items/{item.id}").text
    assert "<strong>Strong</strong>" in read
    assert "Why we tell this" in read


def test_an_item_for_others_is_not_found_by_its_address_either(signed_in, make):
    sales, tech = make.team("Sales"), make.team("Tech")
    item = make.item("For sales", audience={Dimension.TEAM: [sales]})
    browser = signed_in(make.user(team=tech))
    for path in (f"/feed/items/{item.id}", f"/share/{item.id}"):
        assert browser.get(path).status_code == 404
    token = {"csrf_token": browser.token()}
    for path in (f"/feed/items/{item.id}/save", f"/share/{item.id}/draft"):
        assert browser.post(path, data=token).status_code == 404


def test_what_is_for_inside_only_is_read_but_not_shared(signed_in, make):
    item = make.item("Salary policy", internal_only=True)
    browser = signed_in(make.user())
    assert "For colleagues only" in browser.get(f"/feed/items/{item.id}").text
    assert browser.get(f"/share/{item.id}").status_code == 403
