"""Sources are read gently, tell what is wrong in a curator's words, and turn into items."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from advocacy.base.fetch import Fetcher
from advocacy.base.house import House
from advocacy.library import entries, polling, sources
from advocacy.library.models import ContentItem, Dimension, ItemState
from advocacy.library.source_models import EntryState, Source, SourceEntry
from advocacy.library.sources import Wanted

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Nordlys news</title><link>https://nordlys.example</link>
{items}</channel></rss>"""
ITEM = """<item><title>{title}</title><link>https://nordlys.example/{n}</link><guid>{n}</guid>
<pubDate>Mon, 02 Mar 2026 0{n}:00:00 GMT</pubDate><description>About {title}</description></item>"""


class Newsroom:
    """A web server with one feed, whose answer a test decides."""

    def __init__(self) -> None:
        self.body, self.status, self.headers, self.seen = b"", 200, {}, []
        room = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                room.seen.append(dict(self.headers))
                unchanged = room.headers.get("ETag") and self.headers.get("If-None-Match") == room.headers["ETag"]
                self.send_response(304 if unchanged else room.status)
                for name, value in room.headers.items():
                    self.send_header(name, value)
                body = b"" if unchanged else room.body
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.place = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.place}/feed.xml"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def tell(self, *titles: str) -> None:
        items = "".join(ITEM.format(title=title, n=number) for number, title in enumerate(titles, start=1))
        self.body = FEED.format(items=items).encode()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def newsroom():
    room = Newsroom()
    yield room
    room.close()


@pytest.fixture
def hub(house, newsroom):
    """The house, with a fetcher that may reach the newsroom."""
    parts = [part for kind, part in house._parts.items() if kind is not Fetcher]
    return House(db=house.db, clock=house.clock, parts=[*parts, Fetcher(allow_hosts=frozenset({newsroom.place}))])


@pytest.fixture
def add(db, clock, make, newsroom):
    """Adds the newsroom's feed, by a curator."""
    curator = make.curator()

    def source(**wanted) -> Source:
        with db.transaction() as session:
            return sources.create(session, clock, wanted=Wanted(url=newsroom.url, **wanted), by=curator.id)

    return source


def inbox(db, source, state=EntryState.NEW) -> list[str]:
    with db.reading() as session:
        return [entry.title for entry in entries.page(session, source_id=source.id, state=state).items]


def test_new_entries_wait_in_the_inbox_newest_first_and_only_once(hub, db, clock, add, newsroom):
    newsroom.tell("One", "Two")
    source = add()
    assert polling.poll_due(hub) == 1
    assert inbox(db, source) == ["Two", "One"]
    newsroom.tell("One", "Two", "Three")
    assert polling.poll_due(hub) == 0
    clock.move(hours=1)
    polling.poll_due(hub)
    assert inbox(db, source) == ["Three", "Two", "One"]
    with db.reading() as session:
        assert session.get(Source, source.id).title == "Nordlys news"


def test_an_unchanged_feed_is_not_sent_again(hub, db, clock, add, newsroom):
    newsroom.tell("One")
    newsroom.headers = {"ETag": '"v1"'}
    source = add()
    polling.poll_due(hub)
    clock.move(hours=1)
    polling.poll_due(hub)
    assert newsroom.seen[1]["If-None-Match"] == '"v1"'
    with db.reading() as session:
        assert session.get(Source, source.id).last_ok_at == clock.now()
    assert inbox(db, source) == ["One"]


def test_a_feed_that_fails_says_so_and_is_asked_less_and_less_often(hub, db, clock, add, newsroom):
    newsroom.status = 500
    source = add()
    polling.poll_due(hub)
    with db.reading() as session:
        first = session.get(Source, source.id)
        assert first.failures == 1
        assert first.problem
    waits = []
    for _ in range(6):
        with db.reading() as session:
            waits.append(session.get(Source, source.id).next_poll_at - clock.now())
        clock.set(clock.now() + waits[-1])
        polling.poll_due(hub)
    assert waits == sorted(waits)
    assert waits[-1].total_seconds() <= 24 * 3600
    newsroom.status = 200
    newsroom.tell("Back")
    clock.move(days=2)
    polling.poll_due(hub)
    with db.reading() as session:
        healed = session.get(Source, source.id)
        assert (healed.failures, healed.problem) == (0, None)


def test_a_hopeless_feed_is_a_sentence_never_a_crash(hub, db, add, newsroom, signed_in, make):
    newsroom.body = b"<!doctype html><html><body><h1>Hello</h1></body></html>"
    newsroom.headers = {"Content-Type": "text/html"}
    source = add()
    polling.poll_due(hub)
    page = signed_in(make.curator("Another Curator")).get(f"/library/sources/{source.id}").text
    assert "This feed cannot be read" in page
    assert "a web page, not a feed" in page


def test_the_throttle_takes_the_newest_and_leaves_the_rest_for_later(hub, db, clock, add, newsroom):
    newsroom.tell("One", "Two", "Three")
    source = add(max_new_per_poll=2)
    polling.poll_due(hub)
    assert inbox(db, source) == ["Three", "Two"]
    clock.move(hours=1)
    polling.poll_due(hub)
    assert inbox(db, source) == ["Three", "Two", "One"]


def test_only_entries_with_one_of_the_words_are_taken(hub, db, add, newsroom):
    newsroom.tell("Wind at sea", "Salary round", "SEA trip")
    source = add(must_contain="sea, storm")
    polling.poll_due(hub)
    assert sorted(inbox(db, source)) == ["SEA trip", "Wind at sea"]


@pytest.mark.parametrize(("at_once", "state"), [(True, ItemState.APPROVED), (False, ItemState.IN_REVIEW)])
def test_a_rule_makes_items_with_the_sources_topics_and_audience(hub, db, add, newsroom, make, at_once, state):
    topic, sales = make.topic("Wind"), make.team("Sales")
    newsroom.tell("One")
    source = add(
        makes_items=True, auto_publish=at_once, topic_ids=(topic.id,), audience={Dimension.TEAM: (str(sales.id),)}
    )
    polling.poll_due(hub)
    with db.reading() as session:
        item = session.query(ContentItem).one()
        assert (item.state, item.title, item.source_id) == (state, "One", source.id)
        assert [one.name for one in item.topics] == ["Wind"]
        assert [(row.dimension, row.value) for row in item.audience] == [(Dimension.TEAM, str(sales.id))]
    assert inbox(db, source, EntryState.USED) == ["One"]


def test_two_workers_never_read_one_source_at_once(hub, db, add, newsroom):
    newsroom.tell("One")
    add()
    workers = [threading.Thread(target=polling.poll_due, args=(hub,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(newsroom.seen) == 1


def test_a_curator_adds_a_feed_and_turns_an_entry_into_an_item(hub, db, newsroom, signed_in, make):
    newsroom.tell("Wind at sea")
    browser = signed_in(make.curator())
    answer = browser.submit("/library/sources/new", {"url": newsroom.url})
    assert answer.status_code == 303
    assert "We are reading it" in browser.get(answer.location).text
    polling.poll_due(hub)
    assert "Wind at sea" in browser.get(answer.location).text
    with db.reading() as session:
        entry_id = session.query(SourceEntry).one().id
    made = browser.post(f"/library/sources/entries/{entry_id}/item", data={"csrf_token": browser.token()})
    assert "Wind at sea" in browser.get(made.location).text
    twice = browser.post(f"/library/sources/entries/{entry_id}/item", data={"csrf_token": browser.token()})
    assert twice.status_code == 409


def test_addresses_that_are_none_or_there_already_are_refused_beside_their_field(add, newsroom, signed_in, make):
    add()
    browser = signed_in(make.curator("Another Curator"))
    for url in ("javascript:alert(1)", "ftp://example.com/feed", "nonsense", newsroom.url):
        answer = browser.submit("/library/sources/new", {"url": url})
        assert answer.status_code == 422, url


def test_entries_are_set_aside_and_put_back(hub, db, add, newsroom, signed_in, make):
    newsroom.tell("One")
    source = add()
    polling.poll_due(hub)
    browser = signed_in(make.curator("Another Curator"))
    with db.reading() as session:
        entry_id = session.query(SourceEntry).one().id
    browser.post(f"/library/sources/entries/{entry_id}/aside", data={"csrf_token": browser.token()})
    assert inbox(db, source) == []
    browser.post(f"/library/sources/entries/{entry_id}/aside", data={"csrf_token": browser.token(), "aside": "no"})
    assert inbox(db, source) == ["One"]
