"""The feed asks little, however much there is; and what it remembers is never out of date."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from advocacy.app import build_house, create_app
from advocacy.library.models import ContentItem, Dimension, ItemState
from advocacy.people import sessions
from advocacy.people.models import Role, User
from advocacy.sharing import feed, rules
from advocacy.sharing.feed import Wish
from tests.pages import PageClient

MOST = 2
"""Who is there and which edition stands; what they follow, saved and shared. The rest is remembered."""


@pytest.fixture
def asked(house):
    """Every question to the database so far."""
    found = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith(("BEGIN", "SAVEPOINT")):
            found.append(statement)

    event.listen(house.db.engine, "before_cursor_execute", note)
    yield found
    event.remove(house.db.engine, "before_cursor_execute", note)


@pytest.fixture
def company(make, clock):
    """A person, and more items than fit the window, for everybody, their team, their place and others."""
    sales, tech = make.team("Sales"), make.team("Tech")
    kari = make.user("Kari", team=sales, location="Bergen")
    hiring = make.topic("Hiring")
    audiences = [None, {Dimension.TEAM: [sales]}, {Dimension.LOCATION: ["Bergen"]}, {Dimension.TEAM: [tech]}]
    for number in range(45):
        at = clock.now() - timedelta(hours=number)
        make.item(
            f"Item {number}",
            audience=audiences[number % 4],
            topics=[hiring] if number % 3 else [],
            pinned=number == 40,
            approved_at=at,
            created_at=at,
        )
    return kari


@pytest.fixture
def narrow(monkeypatch):
    """Few items are put into order, so that few are enough for older ones."""
    monkeypatch.setattr(feed, "WINDOW", 10)


@pytest.fixture
def other_process(settings, clock):
    """Another web server on the same database: `other_process(user)` is a browser of it."""
    house = build_house(settings, clock=clock)
    app = create_app(settings, the_house=house)

    def enter(user):
        client = PageClient(app)
        with house.db.transaction() as session:
            client.set_cookie("hub", sessions.begin(session, clock, user=user, device="test"), domain="localhost")
        return client

    yield enter
    house.db.dispose()


def all_pages(db, clock, user, size=7, **wish):
    """Titles of every page, one page after the other."""
    seen, after = [], None
    with db.reading() as session:
        while True:
            page = feed.page(session, clock, user=user, wish=Wish(**wish), after=after, size=size)
            seen.append([card.title for card in page.items])
            after = page.next_cursor
            if after is None:
                return seen


@pytest.mark.parametrize("people", [1, 300])
def test_the_page_asks_the_same_two_questions_whatever_the_company(signed_in, make, company, asked, house, people):
    colleagues = [make.user() for _ in range(4)]
    with house.db.transaction() as session:
        session.execute(
            User.__table__.insert(),
            [
                {"email": f"p{n}@example.com", "name": f"P {n}", "created_at": house.clock.now()}
                | {"state": "active", "languages": [], "search_words": "", "job_title": "", "location": ""}
                | {"country": "", "locale": "en", "time_zone": "UTC", "theme": "system", "ranked_by_name": True}
                for n in range(people)
            ],
        )
    for colleague in colleagues:
        make.share(colleague)
    browser = signed_in(company)
    first = browser.get("/feed")
    asked.clear()
    again = browser.get("/feed")
    assert len(asked) <= MOST, asked
    assert again.text.count("<article") == first.text.count("<article") == 20


def test_older_pages_ask_one_question_more(signed_in, house, company, asked, narrow):
    browser = signed_in(company)
    with house.db.reading() as session:
        after = feed.page(session, house.clock, user=company, wish=Wish(), size=50).next_cursor
    browser.get(f"/feed?after={after}")
    asked.clear()
    assert "<article" in browser.get(f"/feed?after={after}").text
    assert len(asked) <= MOST + 1, asked


def test_every_item_comes_once_through_the_window_and_beyond(db, clock, company, narrow):
    pages = all_pages(db, clock, company)
    titles = [title for page in pages for title in page]
    assert sorted(titles) == sorted(f"Item {n}" for n in range(45) if n % 4 != 3)
    assert titles[0] == "Item 40"
    assert titles[-1] == "Item 44"


def test_a_search_goes_beyond_the_window_too(db, clock, company, narrow):
    titles = [title for page in all_pages(db, clock, company, words="item") for title in page]
    assert len(titles) == len(set(titles)) == 34


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "W10",
        "WyJiZXN0IiwgLTEsIG51bGxd",
        "WyJvbGRlciIsIDEsICJubyBkYXkiXQ",
        "WyJiZXN0IiwgOTk5OTk5OTk5OTksIG51bGxd",
    ],
)
def test_an_address_that_is_not_ours_is_refused_in_words(signed_in, company, after):
    answer = signed_in(company).get(f"/feed?after={after}")
    assert answer.status_code == 422
    assert "Start again from the first page" in answer.text


def test_what_is_withdrawn_is_gone_at_once_from_every_process(house, signed_in, other_process, company):
    here, there = signed_in(company), other_process(company)
    assert all("Item 1<" in browser.get("/feed").text for browser in (here, there))
    with house.db.transaction() as session:
        item = session.query(ContentItem).filter_by(title="Item 1").one()
        item.state = ItemState.WITHDRAWN
    assert all("Item 1<" not in browser.get("/feed").text for browser in (here, there))


def test_who_changes_team_sees_what_the_new_team_may_at_once(house, other_process, make, company):
    there = other_process(company)
    assert "Item 3<" not in there.get("/feed").text
    design = make.team("Design")
    with house.db.transaction() as session:
        session.get_one(User, company.id).team_id = design.id
    assert "Item 1<" not in there.get("/feed").text


def test_two_people_of_one_process_each_see_what_is_theirs(signed_in, make, company):
    tech = make.user("Ola", Role.CURATOR, team=make.team("Other"))
    assert "Item 1<" in signed_in(company).get("/feed").text
    assert "Item 1<" not in signed_in(tech).get("/feed").text
    assert "Item 1<" in signed_in(company).get("/feed").text


def test_items_come_and_go_with_their_windows_though_nothing_is_changed(signed_in, make, clock):
    make.item("Soon", publish_from=clock.now() + timedelta(minutes=5))
    make.item("Not for long", expires_at=clock.now() + timedelta(minutes=10))
    browser = signed_in(make.user())

    def shown():
        page = browser.get("/feed").text
        return ("Soon" in page, "Not for long" in page)

    found = [shown()]
    for minutes in (5, 5):
        clock.move(minutes=minutes)
        found.append(shown())
    assert found == [(False, True), (True, True), (True, False)]


def test_what_a_person_does_is_there_when_they_look_again(signed_in, make, company):
    browser = signed_in(company)
    browser.get("/feed")
    item = make.item("Fresh", pinned=True)
    token = {"csrf_token": browser.token()}
    browser.post(f"/feed/items/{item.id}/save", data=token | {"saved": "yes"})
    page = browser.get("/feed").text
    assert "Fresh" in page
    assert ">Saved<" in page
    make.share(company, item)
    assert "Fresh" not in browser.get("/feed").text  # what one has shared goes behind all else


def test_colleagues_are_counted_again_when_one_more_shares_and_oneself_is_none(signed_in, make, clock):
    item, kari = make.item("Wind"), make.user("Kari")
    browser = signed_in(kari)
    browser.get("/feed")
    for words in ("1 colleague shared it", "2 colleagues shared it"):
        make.share(make.user(), item)
        assert words in browser.get("/feed").text
    make.share(kari, item)
    assert "2 colleagues shared it" in browser.get("/feed").text
    clock.move(days=13)
    assert "2 colleagues shared it" in signed_in(kari).get("/feed").text
    clock.move(days=2)
    assert "colleagues shared it" not in signed_in(kari).get("/feed").text


def test_the_pause_is_told_and_is_over_at_once(house, signed_in, make):
    boss, browser = make.user("Boss", Role.ADMIN), signed_in(make.user())
    assert "paused" not in browser.get("/feed").text
    with house.db.transaction() as session:
        rules.pause(session, house.clock, by=session.get_one(User, boss.id), note="Wait a moment")
    assert "Wait a moment" in browser.get("/feed").text
    with house.db.transaction() as session:
        rules.resume(session, house.clock, by=session.get_one(User, boss.id))
    assert "Wait a moment" not in browser.get("/feed").text
