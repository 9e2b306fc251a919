"""Following a tracked link, as a visitor meets it."""

import threading

import pytest
from sqlalchemy import text, update

from advocacy.library.models import ContentItem, ItemState
from advocacy.reach import ended_links, journal, link_cache, observing, offices, redirect
from advocacy.reach.asking import Asking
from advocacy.reach.journal import Journal
from advocacy.sharing.models import Link, Share
from tests.reach.conftest import HOME, lines_in


@pytest.fixture
def share(make) -> Share:
    return make.share(make.user())


def code_of(db, share) -> str:
    with db.reading() as session:
        return session.get_one(Link, share.link_id).code


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_visitor_is_sent_on_without_a_cookie_and_nothing_is_kept_by_the_browser(db, share, visit, method):
    with db.transaction() as session:
        session.execute(update(Link).values(target="https://example.com/a?utm_source=x"))
    answer = visit(code_of(db, share), method=method)
    assert (answer.status_code, answer.location) == (302, "https://example.com/a?utm_source=x")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Referrer-Policy" in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert answer.data == b""


def test_the_test_browser_finds_every_protecting_header_on_a_redirect(client, db, share):
    assert client.get(f"/r/{code_of(db, share)}").status_code == 302


def test_every_visit_stands_in_the_journal_without_the_address(db, share, visit, clicks):
    code = code_of(db, share)
    visit(code, Referer="https://user@www.linkedin.com/feed/update/secret?x=1")
    visit(code, User_Agent="curl/8.5", Accept_Language=None, address="3.64.1.1", Sec_Purpose="prefetch;prerender")
    first, second = lines_in(clicks)
    assert (first.link_id, first.method, first.referrer_host) == (share.link_id, "GET", "www.linkedin.com")
    assert first.facts == "s"
    assert (second.facts, second.purpose, second.agent) == ("dls", "prefetch;prerender", "curl/8.5")
    assert first.visitor != second.visitor
    written = b"".join(path.read_bytes() for path in clicks.iterdir())
    assert HOME.encode() not in written
    assert b"secret" not in written


def test_the_same_visitor_has_the_same_hash_on_one_day_and_another_on_the_next(db, share, visit, clicks, clock):
    code = code_of(db, share)
    visit(code)
    visit(code)
    clock.move(days=1)
    visit(code)
    first, again, tomorrow = lines_in(clicks)
    assert first.visitor == again.visitor
    assert first.source == again.source
    assert tomorrow.visitor != first.visitor
    assert tomorrow.source != first.source


def test_two_people_behind_one_address_are_two_visitors_of_one_source(db, share, visit, clicks):
    code = code_of(db, share)
    visit(code)
    visit(code, User_Agent="Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1")
    one, other = lines_in(clicks)
    assert one.visitor != other.visitor
    assert one.source == other.source


def test_an_unknown_link_has_a_friendly_page(client, clicks):
    answer = client.get("/r/nothing")
    assert answer.status_code == 404
    assert "This link leads nowhere" in answer.text
    assert lines_in(clicks) == []


@pytest.fixture
def seconds(app, monkeypatch):
    """The seconds that remembered links are judged by, moved by the test: `seconds.move(1.1)`."""

    class Seconds:
        passed = 0.0

        def __call__(self) -> float:
            return self.passed

        def move(self, by: float) -> None:
            self.passed += by

    moved = Seconds()
    monkeypatch.setattr(app.wsgi_app._links, "_monotonic", moved)
    return moved


def test_a_withdrawn_link_is_honoured_within_two_seconds(db, share, visit, client, clicks, seconds, monkeypatch):
    monkeypatch.setattr(link_cache, "PATIENCE", 60)  # a busy machine is no database that is away
    code = code_of(db, share)
    assert visit(code).status_code == 302
    with db.transaction() as session:
        session.execute(update(Link).where(Link.code == code).values(withdrawn_at=share.created_at))
    seconds.move(0.9)
    assert visit(code).status_code == 302, "from memory: the database is not asked for every visitor"
    seconds.move(1.0)
    assert visit(code).status_code == 410
    counted = len(lines_in(clicks))
    answer = client.get(f"/r/{code}")
    assert answer.status_code == 410
    assert "withdrawn" in answer.text
    assert len(lines_in(clicks)) == counted


@pytest.mark.parametrize(
    "ended_by", [{"state": ItemState.WITHDRAWN}, {"expires_at": True}], ids=["withdrawn", "over"]
)
def test_links_of_items_that_ended_lead_where_the_administrator_chose(
    db, share, visit, seconds, monkeypatch, clock, make, signed_in, ended_by
):
    monkeypatch.setattr(link_cache, "PATIENCE", 60)
    code, admin = code_of(db, share), signed_in(make.admin())
    where = visit(code).location
    with db.transaction() as session:
        values = {name: clock.now() if value is True else value for name, value in ended_by.items()}
        session.execute(update(ContentItem).where(ContentItem.id == share.item_id).values(values))
    seconds.move(2)
    is_over = "expires_at" in ended_by
    assert visit(code).status_code == (302 if is_over else 410), "what was taken back is gone, what was found stays"
    name = "expired" if is_over else "withdrawn"
    for leads, status, location in (
        ("on", 302, where),
        ("page", 410, None),
        ("address", 302, "https://www.example.com/gone"),
    ):
        chosen = {name: leads, f"{name}_address": "https://www.example.com/gone"}
        assert admin.submit("/admin/links", chosen).status_code == 303
        seconds.move(2)
        answer = visit(code)
        assert (answer.status_code, answer.location) == (status, location), leads


def test_an_address_that_is_none_is_refused_and_nothing_is_half_saved(make, signed_in, db):
    admin = signed_in(make.admin())
    typed = {"expired": "page", "withdrawn": "address", "withdrawn_address": "javascript:alert(1)"}
    answer = admin.submit("/admin/links", typed)
    assert answer.status_code == 422
    assert "whole web address" in answer.text
    with db.reading() as session:
        assert ended_links.in_force(session) == ended_links.UNLESS_DECIDED


def test_the_sharers_own_browser_is_told_and_carries_no_name(db, make, visit, signed_in, clicks):
    sharer, reader = make.user("Ada Sharer"), make.user("Bo Reader")
    share = make.share(sharer)
    marks = {}
    for user in (sharer, reader):
        browser = signed_in(user)
        page = browser.get("/feed")
        marks[user.id] = next(one for one in page.headers.getlist("Set-Cookie") if one.startswith("own="))
        assert "HttpOnly" in marks[user.id]
        assert browser.get("/feed").headers.getlist("Set-Cookie") == [], "a browser that has its mark gets no other"
    code = code_of(db, share)
    for cookie in (marks[sharer.id], marks[reader.id], "own=", None):
        visit(code, Cookie=cookie and f"theme=dark; {cookie.split(';')[0]}")
    assert [observing.OWN_VISIT in line.facts for line in lines_in(clicks)] == [True, False, False, False]


def test_visits_from_the_companys_own_network_are_told_once_an_administrator_names_it(
    db, share, visit, clicks, seconds, make, signed_in
):
    admin, code = signed_in(make.admin()), code_of(db, share)
    visit(code)
    typed = "81.166.12.0/24 Oslo\n2001:db8:5::/48"
    assert admin.submit("/admin/links/offices", {"ranges": typed}).status_code == 303
    assert "81.166.12.0/24 Oslo" in admin.get("/admin/links/offices").text
    seconds.move(2)
    for address in (HOME, "2001:db8:5::9", "81.166.13.1"):
        visit(code, address=address)
    assert admin.submit("/admin/links/offices", {"ranges": ""}).status_code == 303
    seconds.move(2)
    visit(code)
    assert [observing.OFFICE in line.facts for line in lines_in(clicks)] == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("typed", "said"),
    [("the office", "is no address"), ("0.0.0.0/0", "too wide"), ("10.0.0.0/8\nx", "x is no address")],
)
def test_a_network_that_is_none_or_the_whole_world_is_refused(make, signed_in, db, typed, said):
    answer = signed_in(make.admin()).submit("/admin/links/offices", {"ranges": typed})
    assert answer.status_code == 422
    assert said in answer.text
    with db.reading() as session:
        assert offices.in_force(session) == []


def test_a_link_that_leads_to_no_web_page_is_not_followed(db, share, visit):
    with db.transaction() as session:
        session.execute(update(Link).values(target="javascript:alert(1)"))
    assert visit(code_of(db, share)).status_code == 410


def test_letters_outside_ascii_become_part_of_a_proper_address(db, share, visit):
    with db.transaction() as session:
        session.execute(update(Link).values(target="https://blåbær.no/sø k?q=æ&x=%20#å"))
    assert visit(code_of(db, share)).location == "https://xn--blbr-roah.no/s%C3%B8%20k?q=%C3%A6&x=%20#%C3%A5"


def test_a_full_disk_stops_the_counting_but_not_the_redirect(db, share, visit, clicks, monkeypatch):
    code = code_of(db, share)
    visit(code)
    real = journal.os.write

    def full(file, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal.os, "write", full)
    assert [visit(code).status_code for _ in range(3)] == [302, 302, 302]
    monkeypatch.setattr(journal.os, "write", real)
    assert visit(code).status_code == 302
    lines = [journal.decode(raw) for path in clicks.glob("*.log") for raw in path.read_bytes().splitlines()]
    notes = [line for line in lines if isinstance(line, journal.Lost)]
    assert [note.clicks for note in notes] == [3]
    assert len(lines) == 3


def test_links_in_memory_go_on_working_while_the_database_is_away(db, share, visit, clicks, seconds, monkeypatch):
    code = code_of(db, share)
    visit(code)
    db.dispose()
    monkeypatch.setattr(type(db.engine), "connect", lambda *_, **__: (_ for _ in ()).throw(OSError("away")))
    seconds.move(1.1)
    assert visit(code).status_code == 302
    assert visit(code).status_code == 302
    assert len(lines_in(clicks)) == 3


def test_a_visitor_whom_a_page_sends_on_is_counted_too(db, share, visit, clicks, app, monkeypatch):
    """The cache cannot read the link in time, and the page behind it can."""
    monkeypatch.setattr(app.wsgi_app._links, "find", lambda _code: None)
    answer = visit(code_of(db, share))
    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "no-store"
    assert [line.link_id for line in lines_in(clicks)] == [share.link_id]


def test_visitors_go_on_while_the_database_hangs_and_only_the_first_waits_a_moment(
    db, share, visit, seconds, monkeypatch
):
    code = code_of(db, share)
    visit(code)
    answers_again, questions, patience = threading.Event(), [], []

    def hang(*_, **__):
        questions.append(code)
        answers_again.wait(60)
        raise OSError("away")

    ask = Asking.ask
    monkeypatch.setattr(
        Asking, "ask", lambda self, question, **how: (patience.append(how), ask(self, question, **how))[1]
    )
    monkeypatch.setattr(type(db.engine), "connect", hang)
    try:
        for _ in range(3):
            seconds.move(1.1)
            assert visit(code).status_code == 302
        assert questions == [code], "while one question hangs, no visitor waits for another"
        assert patience[0] == {"patience": 0.5}
    finally:
        answers_again.set()


@pytest.mark.parametrize(
    ("hops", "forwarded", "expected"),
    [
        (0, "198.51.100.7", HOME),
        (1, "1.1.1.1, 198.51.100.7", "198.51.100.7"),
        (2, "1.1.1.1, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "198.51.100.7", HOME),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "198.51.100.7:4711", "198.51.100.7"),
    ],
)
def test_only_proxies_of_ours_are_believed_about_the_visitors_address(hops, forwarded, expected):
    from advocacy.reach.observing import client_address

    assert client_address({"REMOTE_ADDR": HOME, "HTTP_X_FORWARDED_FOR": forwarded}, hops) == expected


def test_nothing_a_visitor_sends_stops_the_redirect(db, share, visit, clicks):
    code = code_of(db, share)
    nasty = "\x80\xff\t tab " + "x" * 5000
    assert visit(code, User_Agent=nasty, Referer="https://[::", Accept="").status_code == 302
    (line,) = lines_in(clicks)
    assert len(line.agent) <= 400
    assert "\t" not in line.agent


def test_a_page_of_the_hub_is_not_touched_by_the_layer(client, share):
    assert client.get("/sign-in").status_code == 200
    assert client.post("/r/x").status_code in (400, 405)


def test_the_journal_is_where_the_settings_say(app, settings, db, share, visit):
    assert isinstance(app.wsgi_app, redirect.Redirect)
    visit(code_of(db, share))
    assert list((settings.data_dir / "clicks").glob("*.log"))
    assert isinstance(app.wsgi_app._journal, Journal)


def test_salts_stand_sealed_in_one_row_a_day(db, share, visit):
    visit(code_of(db, share))
    with db.reading() as session:
        rows = session.execute(text("SELECT day, sealed, destroyed_at FROM daily_salt")).all()
    assert len(rows) == 1
