"""Preview cards: fetched once by a worker, with their picture, and a reason when there is none."""

import io
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from advocacy.base.fetch import Fetcher
from advocacy.library import card_fetching, media
from advocacy.library.media import Media
from advocacy.library.models import ContentItem, ItemKind, PreviewCard
from tests.base import servers

PAGE = """<!doctype html><html><head><title>Plain title</title>
<meta property="og:title" content="Best &amp; brightest"><meta property="og:description" content="We won.">
<meta property="og:site_name" content="The Paper"><meta property="og:image" content="{image}"></head></html>"""


def photo():
    file = io.BytesIO()
    Image.new("RGB", (3000, 1500), "teal").save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def web(house):
    """Starts a server whose every request is answered so, and lets the house reach it."""
    with ExitStack() as stack:

        @contextmanager
        def allowed(server):
            house._parts[Fetcher] = Fetcher(allow_hosts=house.part(Fetcher).allow_hosts | {server.name}, seconds=5)
            yield server

        yield lambda behaviour: stack.enter_context(allowed(stack.enter_context(servers.running(behaviour))))


def want(house, url):
    with house.db.transaction() as session:
        return card_fetching.want(session, house.clock, url=url).id


def card(house, card_id):
    with house.db.reading() as session:
        found = session.get(PreviewCard, card_id)
        return found, found.picture


def html(text):
    return servers.answer(text.encode(), Content_Type="text/html; charset=utf-8")


def test_a_card_is_read_once_with_its_picture(house, web):
    image = web(servers.answer(photo(), Content_Type="image/png"))
    page = web(html(PAGE.format(image=f"{image.url}a.png")))
    card_id = want(house, page.url)
    assert want(house, page.url) == card_id
    assert card_fetching.tick(house) == 1
    assert card_fetching.tick(house) == 0, "once is enough"
    found, picture = card(house, card_id)
    assert (found.title, found.description, found.site_name) == ("Best & brightest", "We won.", "The Paper")
    assert found.fetched_at == house.clock.now()
    assert (found.next_try_at, found.problem) == (None, None)
    assert max(picture.width, picture.height) < 3000
    assert Image.open(io.BytesIO(media.read(house.part(Media), picture=picture))).size == (
        picture.width,
        picture.height,
    )
    assert (len(page.requests), len(image.requests)) == (1, 1)


@pytest.mark.parametrize("image", ["http://127.0.0.1:9/secret.png", "javascript:alert(1)", "", "http://[::1]/x.png"])
def test_a_picture_that_cannot_be_had_leaves_the_card(house, web, image):
    card_id = want(house, web(html(PAGE.format(image=image))).url)
    card_fetching.tick(house)
    found, picture = card(house, card_id)
    assert (found.title, picture, found.problem) == ("Best & brightest", None, None)


def test_what_is_no_picture_leaves_the_card(house, web):
    image = web(servers.answer(b"<svg onload=alert(1)>" * 10, Content_Type="image/svg+xml"))
    card_id = want(house, web(html(PAGE.format(image=image.url))).url)
    card_fetching.tick(house)
    assert card(house, card_id)[1] is None


def test_a_server_in_trouble_is_asked_again_later_and_later_and_then_no_more(house, web, clock):
    page = web(servers.answer(b"", "503 Service Unavailable"))
    card_id = want(house, page.url)
    waited = []
    for _ in range(10):
        if not card_fetching.tick(house):
            break
        found, _ = card(house, card_id)
        assert found.problem is not None, "a reason to show meanwhile"
        if found.next_try_at is None:
            break
        waited.append(found.next_try_at - clock.now())
        clock.set(found.next_try_at)
    assert waited == list(card_fetching.PAUSES)
    assert len(page.requests) == len(card_fetching.PAUSES) + 1


def test_a_page_that_is_gone_is_not_asked_for_again(house, web):
    page = web(servers.answer(b"", "404 Not Found"))
    card_id = want(house, page.url)
    card_fetching.tick(house)
    found, _ = card(house, card_id)
    assert found.next_try_at is None
    assert found.problem["template"]


def test_an_inner_address_is_never_visited(house, web):
    inner = web(html(PAGE.format(image="")))
    house._parts[Fetcher] = Fetcher(seconds=5)
    card_id = want(house, inner.url)
    card_fetching.tick(house)
    assert inner.connections == 0
    assert card(house, card_id)[0].problem is not None


def test_a_worker_that_died_leaves_its_card_to_another(house, web, clock):
    page = web(html(PAGE.format(image="")))
    card_id = want(house, page.url)
    card_fetching._claim(house.db, clock)
    assert card_fetching.tick(house) == 0, "it is somebody's work"
    clock.move(seconds=(card_fetching.LEASE + timedelta(seconds=1)).total_seconds())
    assert card_fetching.tick(house) == 1
    assert card(house, card_id)[0].title == "Best & brightest"


def test_a_link_becomes_an_item_in_three_steps(house, web, signed_in, make):
    page = web(html(PAGE.format(image="")))
    browser = signed_in(make.curator())
    waiting = browser.submit("/library/new", {"source_url": page.url})
    assert waiting.status_code == 302
    shown = browser.get(waiting.location)
    assert "Reading the page" in shown.text
    assert shown.headers["Refresh"]
    card_fetching.tick(house)
    onward = browser.get(waiting.location)
    assert onward.status_code == 302
    form = browser.get(onward.location).text
    assert 'value="Best &amp; brightest"' in form
    assert "We won." in form
    saved = browser.submit(onward.location, {"then": "approve"})
    assert saved.status_code == 302
    with house.db.reading() as session:
        item = session.scalars(select(ContentItem)).one()
        assert (item.title, item.summary, item.source_url) == ("Best & brightest", "We won.", page.url)
        assert item.card.title == "Best & brightest"


def test_nobody_waits_for_ever(house, web, signed_in, make, clock):
    browser = signed_in(make.curator())
    waiting = browser.submit("/library/new", {"source_url": "https://slow.example.com/"})
    assert browser.get(waiting.location).status_code == 200
    clock.move(seconds=31)
    assert browser.get(waiting.location).status_code == 302


def test_a_link_that_is_none_is_refused_at_once(signed_in, make):
    browser = signed_in(make.curator())
    for link in ("", "not a link", "javascript:alert(1)", "https://user:pw@example.com/"):
        answer = browser.submit("/library/new", {"source_url": link})
        assert answer.status_code == 422, link


def test_a_link_to_a_video_begins_as_one():
    for url, kind in (
        ("https://www.youtube.com/watch?v=1", ItemKind.VIDEO),
        ("https://youtu.be/1", ItemKind.VIDEO),
        ("https://example.com/youtube.com", ItemKind.ARTICLE),
    ):
        assert card_fetching.begun(PreviewCard(url=url, title="T", description=""), language="en").kind is kind
