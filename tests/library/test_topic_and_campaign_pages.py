"""Topics and campaigns: added, changed, removed, and never doubled."""

import pytest
from sqlalchemy import select

from advocacy.library.models import Campaign, ContentItem, Topic
from advocacy.library.source_models import Source


@pytest.fixture
def browser(signed_in, make):
    return signed_in(make.curator())


def names(db, kind):
    with db.reading() as session:
        return sorted(session.scalars(select(kind.name)))


def test_topics_are_added_once_whatever_their_case(browser, db):
    assert "No topic yet" in browser.get("/library/topics").text
    assert browser.submit("/library/topics", {"name": "  Working   here "}).status_code == 302
    for again in ("working here", "WÖRKING HERE", ""):
        assert browser.submit("/library/topics", {"name": again}).status_code == 422
    assert names(db, Topic) == ["Working here"]


def test_a_renamed_topic_is_found_under_its_new_name(browser, db, make):
    topic = make.topic("Old")
    item = make.item("Story", topics=[topic])
    assert browser.submit(f"/library/topics/{topic.id}", {"name": "Climate"}).status_code == 302
    assert "Story" in browser.get("/library?q=climate").text
    assert browser.submit(f"/library/topics/{topic.id}", {"name": "climate"}).status_code == 302, (
        "its own name is free"
    )
    assert browser.get(f"/library/items/{item.id}").status_code == 200


def test_a_removed_topic_leaves_its_items(browser, db, make):
    topic, other = make.topic("Gone"), make.topic("Stays")
    item = make.item("Story", topics=[topic, other])
    browser.submit(f"/library/topics/{topic.id}/remove")
    assert names(db, Topic) == ["Stays"]
    with db.reading() as session:
        kept = session.get(ContentItem, item.id)
        assert [one.name for one in kept.topics] == ["Stays"]
        assert "gone" not in kept.search_words


def test_campaigns_are_kept_with_their_days(browser, db, make):
    assert "No campaign yet" in browser.get("/library/campaigns").text
    answer = browser.submit(
        "/library/campaigns/new", {"name": "Spring", "starts_on": "2026-03-01", "ends_on": "2026-02-01"}
    )
    assert answer.status_code == 422
    assert "It would end before it begins" in answer.text
    browser.submit("/library/campaigns/new", {"name": "Spring", "starts_on": "2026-03-01", "ends_on": "2026-04-01"})
    assert browser.submit("/library/campaigns/new", {"name": "SPRING"}).status_code == 422
    with db.reading() as session:
        campaign = session.scalars(select(Campaign)).one()
    browser.submit(f"/library/campaigns/{campaign.id}", {"name": "Spring 2026", "description": "Growth"})
    page = browser.get("/library/campaigns").text
    assert "Spring 2026" in page
    assert "Growth" in page
    assert names(db, Campaign) == ["Spring 2026"]


def test_a_removed_campaign_leaves_its_items_and_one_in_use_stays(browser, db, make, clock):
    campaign, used = make.campaign("Gone"), make.campaign("Used")
    item = make.item(campaign_id=campaign.id)
    with db.transaction() as session:
        session.add(
            Source(
                url="https://example.com/feed",
                title="Their feed",
                campaign_id=used.id,
                created_at=clock.now(),
                next_poll_at=clock.now(),
            )
        )
    browser.submit(f"/library/campaigns/{campaign.id}/remove")
    answer = browser.submit(f"/library/campaigns/{used.id}/remove")
    assert "Their feed" in browser.get(answer.location).text
    assert names(db, Campaign) == ["Used"]
    with db.reading() as session:
        assert session.get(ContentItem, item.id).campaign_id is None
