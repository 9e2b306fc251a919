"""The editor in a real browser: what script adds, and that it takes nothing away."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from advocacy.library.models import ContentItem
from tests.films import film


@pytest.fixture
def curator(make):
    sales = make.team("Sales")
    make.user(team=sales)
    return make.curator("Cora Curator")


def test_posts_are_added_and_counted_while_the_rest_of_the_form_stays(site, curator, db):
    page = site.visit(curator)
    page.goto("/library/items/new")
    page.get_by_label("Title").fill("Written by hand")
    page.locator("#source_url").fill("https://example.com/story")
    first = page.get_by_role("group", name="Post 1")
    first.get_by_label("Network").select_option("bluesky")
    first.get_by_label("Text").fill("x" * 290)
    assert first.locator("li:visible text-counter").inner_text() == "10"
    page.get_by_role("button", name="Add another post").click()
    page.get_by_role("group", name="Post 2").wait_for()
    second = page.get_by_role("group", name="Post 2")
    second.get_by_label("Network").select_option("x")
    second.get_by_label("Text").fill("Second")
    assert page.get_by_label("Title").input_value() == "Written by hand"
    assert first.get_by_label("Text").input_value() == "x" * 290
    page.get_by_role("button", name="Move post 2 up").click()
    expect(page.locator("#captions-0-text")).to_have_value("Second")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("heading", name="Written by hand").wait_for()
    with db.reading() as session:
        item = session.scalars(select(ContentItem)).one()
        assert [(caption.network, len(caption.text)) for caption in item.captions] == [("x", 6), ("bluesky", 290)]
        assert item.source_url == "https://example.com/story"


def test_the_preview_follows_the_network_and_the_words(site, curator):
    page = site.visit(curator)
    page.goto("/library/items/new")
    page.locator("#title").fill("The story")
    page.locator("#source_url").fill("https://example.com/story")
    post = page.get_by_role("group", name="Post 1")
    post.get_by_label("Text").fill("Before")
    post.get_by_label("Network").select_option("mastodon")
    post.get_by_text("How it looks on Mastodon").click()
    preview = post.get_by_role("region", name="Preview on Mastodon")
    expect(preview).to_contain_text("Before")
    expect(preview).to_contain_text("example.com")
    post.get_by_label("Text").fill("After")
    expect(preview).to_contain_text("After")
    assert page.locator("#title").input_value() == "The story"


def test_all_rows_are_ticked_and_unticked_at_once(site, curator, make):
    make.item("One")
    make.item("Two")
    page = site.visit(curator)
    page.goto("/library")
    page.get_by_role("button", name="Tick all on this page").click()
    assert page.locator("input[name=chosen]:checked").count() == 2
    page.get_by_role("button", name="Tick none").click()
    assert page.locator("input[name=chosen]:checked").count() == 0


def test_the_number_of_people_follows_the_audience(site, curator):
    page = site.visit(curator)
    page.goto("/library/items/new")
    assert page.get_by_text("Reaches 2 people").is_visible()
    page.get_by_label("Sales").check()
    page.get_by_text("Reaches one person").wait_for()


def test_enter_in_a_field_saves_and_removes_nothing(site, curator, db):
    page = site.visit(curator)
    page.goto("/library/items/new")
    page.get_by_role("group", name="Post 1").get_by_label("Text").fill("Keep me")
    page.get_by_label("Title").fill("Entered")
    page.get_by_label("Title").press("Enter")
    page.get_by_role("heading", name="Entered").wait_for()
    with db.reading() as session:
        assert session.scalars(select(ContentItem)).one().captions[0].text == "Keep me"


def test_the_whole_way_works_without_script(site, curator, db):
    page = site.visit(curator, script=False)
    page.goto("/library/items/new")
    page.get_by_label("Title").fill("No script")
    page.locator("#source_url").fill("https://example.com/story")
    page.get_by_role("group", name="Post 1").get_by_label("Text").fill("One")
    page.get_by_role("button", name="Add another post").click()
    page.get_by_role("group", name="Post 2").get_by_label("Text").fill("Two")
    page.get_by_role("button", name="Save and approve").click()
    page.get_by_text("Saved and approved.").wait_for()
    page.get_by_role("link", name="Edit").first.click()
    assert page.get_by_role("group", name="Post 2").get_by_label("Text").input_value() == "Two"


def test_a_film_goes_on_where_it_stood_after_the_connection_broke_and_plays(site, curator, db, tmp_path):
    film(tmp_path / "sea.mp4", seconds=2, bytes_at_least=12_000_000)
    page = site.visit(curator)
    page.goto("/library/items/new")
    expect(page.locator("#film_alt_text")).to_be_hidden()
    page.locator("#kind").select_option("film")
    page.get_by_label("Title").fill("At sea")
    page.route("**/pieces?at=*", lambda route: route.abort())
    page.get_by_label("Film", exact=True).set_input_files(tmp_path / "sea.mp4")
    expect(page.get_by_text("The connection is lost.")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The film is still on its way.")).to_be_visible()
    page.get_by_role("button", name="Cancel").press("Enter")
    expect(page.get_by_text("Cancelled.")).to_be_visible()
    page.unroute("**/pieces?at=*")
    sent: list[str] = []

    def second_piece_never_arrives(route):
        sent.append(route.request.url.partition("at=")[2])
        route.abort() if len(sent) == 2 else route.continue_()

    page.route("**/pieces?at=*", second_piece_never_arrives)
    page.get_by_label("Film", exact=True).set_input_files(tmp_path / "sea.mp4")
    expect(page.get_by_text("The film is here.")).to_be_visible(timeout=30_000)
    assert sent == ["0", "5242880", "5242880", "10485760"], "a piece was sent twice or begun anew"
    page.get_by_label("Description of the film").fill("Waves")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("heading", name="At sea").wait_for()
    plays = "video => new Promise(done => video.duration > 0 ? done(true) : video.onloadedmetadata = () => done(video.duration > 0))"
    assert page.locator("video").evaluate(plays)
    with db.reading() as session:
        assert session.scalars(select(ContentItem)).one().film.seconds == pytest.approx(2, abs=0.1)
