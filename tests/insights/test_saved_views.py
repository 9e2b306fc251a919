"""A view of figures is kept under a name, opens what it was, and is shared, renamed and removed by its owner alone."""

import re

import pytest
from sqlalchemy import select

from advocacy.insights import saved_views
from advocacy.insights.view_models import SavedView
from advocacy.people.privacy import Holdings
from tests.insights.test_pages import count_rows


@pytest.fixture
def kim(make):
    """A leader."""
    return make.leader("Kim Owner")


@pytest.fixture
def leader(kim, signed_in):
    """Her browser."""
    return signed_in(kim)


def press(browser, path, **fields):
    """Presses a button of a page."""
    return browser.post(path, data={"csrf_token": browser.token(), **fields})


def save(browser, page, name, **fields):
    """Goes from a page of figures to "Save this view" and names it."""
    way = re.search(r'href="(/insights/views/new\?[^"]+)"', browser.get(page).text).group(1).replace("&amp;", "&")
    assert browser.get(way).status_code == 200
    return press(browser, way, name=name, **fields)


def opened(browser):
    """Where the first view of the list leads."""
    found = re.search(r'<a class="text-link" href="(/insights[^"]*)"', browser.get("/insights/views").text)
    return found and found.group(1).replace("&amp;", "&")


def test_a_view_is_saved_from_a_page_and_opens_just_that(leader, company):
    path = f"/insights/posts?period=90d&network=mastodon&item={company.items[2]}&which=measured"
    assert save(leader, path, " Spring  on Mastodon ").status_code == 303
    page = leader.get("/insights/views").text
    assert "Spring on Mastodon" in page
    assert "Last 90 days · Mastodon · one item · Measured" in page
    there = opened(leader)
    assert count_rows(leader, there) == count_rows(leader, path) > 0
    for part in ("period=90d", "network=mastodon", f"item={company.items[2]}", "which=measured"):
        assert part in there
    assert there.startswith("/insights/posts?")


def test_only_choices_that_the_page_knows_are_kept(leader, db, company):
    path = "/insights/views/new?page=clicks&period=90d&which=human&rule=head&post=7&next=//evil.example&team=3&network=%27--"
    assert press(leader, path, name="Mine").status_code == 303
    with db.reading() as session:
        assert session.scalars(select(SavedView)).one().choices == {"period": "90d", "which": "human", "rule": "head"}
    assert press(leader, "/insights/views/new?page=secrets", name="Other").status_code == 404
    wrong = "/insights/views/new?page=posts&period=custom&from=2026-03-10&to=2026-03-01"
    assert press(leader, wrong, name="Other").status_code == 422


def test_every_page_of_figures_can_be_saved_and_opened(leader, company):
    for page, path in {
        "overview": "",
        "summary": "/summary",
        "items": "/items",
        "sources": "/sources",
        "posts": "/posts",
        "clicks": "/clicks",
        "readings": "/readings",
        "teams": "/teams?month=2026-01",
    }.items():
        assert save(leader, f"/insights{path}", page).status_code == 303
    links = re.findall(r'<a class="text-link" href="(/insights[^"]*)"', leader.get("/insights/views").text)
    assert len(links) == len(saved_views.PAGES)
    for link in links:
        assert leader.get(link.replace("&amp;", "&")).status_code == 200, link


def test_others_find_a_shared_view_with_its_owners_name_and_cannot_change_it(leader, make, signed_in, db, company):
    save(leader, "/insights?network=bluesky", "Bluesky at a glance", is_shared="y")
    save(leader, "/insights", "For me alone")
    other = signed_in(make.curator())
    page = other.get("/insights/views").text
    assert "Bluesky at a glance" in page
    assert "Kim Owner" in page
    assert "For me alone" not in page
    with db.reading() as session:
        shared = session.scalars(select(SavedView).where(SavedView.is_shared)).one()
    assert other.get(f"/insights/views/{shared.id}/edit").status_code == 404
    for what in ("edit", "remove", "restore"):
        assert press(other, f"/insights/views/{shared.id}/{what}", name="Taken over").status_code == 404
    assert press(leader, f"/insights/views/{shared.id}/edit", name="Renamed").status_code == 303
    assert "Bluesky" not in other.get("/insights/views").text
    assert "Renamed" in leader.get("/insights/views").text


def test_a_view_that_was_removed_can_be_brought_back_for_a_day(leader, house, db, clock, company):
    save(leader, "/insights", "Mine")
    with db.reading() as session:
        number = session.scalars(select(SavedView.id)).one()
    page = leader.get(press(leader, f"/insights/views/{number}/remove").location).text
    assert "Bring it back" in page
    assert "Rename or share" not in page
    press(leader, f"/insights/views/{number}/restore")
    assert "Rename or share" in leader.get("/insights/views").text
    press(leader, f"/insights/views/{number}/remove")
    assert save(leader, "/insights", "Mine").status_code == 303  # its name is free again
    with db.reading() as session:
        number = session.scalars(select(SavedView.id)).one()
    press(leader, f"/insights/views/{number}/remove")
    clock.move(days=1, minutes=1)
    saved_views.sweep(house)
    with db.reading() as session:
        assert session.scalars(select(SavedView)).all() == []


def test_two_views_of_a_person_have_two_names(leader, company):
    save(leader, "/insights", "Mine")
    answer = save(leader, "/insights", "Mine")
    assert answer.status_code == 422
    assert "a view of this name already" in answer.text


def test_views_are_in_ones_data_and_go_with_one(leader, kim, house, db, company):
    save(leader, "/insights", "Mine")
    with db.transaction() as session:
        told = house.part(Holdings).export(session, house.clock, user_id=kim.id)["insights"]
        assert [one["name"] for one in told["saved_views"]] == ["Mine"]
        house.part(Holdings).erase(session, house.clock, user_id=kim.id, by=kim.id)
        assert session.scalars(select(SavedView)).all() == []
