"""The pages about reach, as a sharer, a leader and everybody else meet them."""

from datetime import timedelta

import pytest

from advocacy.people.privacy import Holdings
from advocacy.reach import importing, totals
from advocacy.reach.definitions import DEFINITIONS
from advocacy.reach.judging import RULES
from advocacy.reach.models import FigureReading, ReadBack, ReadingState
from advocacy.reach.totals import Scope
from advocacy.sharing.models import Connection, Link, Share


@pytest.fixture
def share(make):
    return make.share(make.user("Ada Advocate"), make.item("Grid report"))


@pytest.fixture
def clicked(share, visit, db, house, clicks):
    """Two people, one of them twice, and three programs followed the link."""
    with db.reading() as session:
        code = session.get_one(Link, share.link_id).code
    for address in ("81.166.1.1", "81.166.1.1", "81.166.1.2"):
        visit(code, address=address, Referer="https://bsky.app/")
    for agent in ("Twitterbot/1.0", "curl/8.5"):
        visit(code, User_Agent=agent)
    visit(code, method="HEAD")
    importing.keep_up(house.db, house.clock, directory=clicks)
    return share


@pytest.fixture
def read(share, db, clock):
    """The network told likes and reposts, and nothing about views."""
    with db.transaction() as session:
        reading = FigureReading(
            share_id=share.id, at=clock.now(), state=ReadingState.READ, likes=1204, reposts=2, replies=0
        )
        session.add(reading)
        session.flush()
        plan = ReadBack(share_id=share.id, step=1, failures=0, newest_id=reading.id)
        plan.next_at = clock.now() + timedelta(minutes=8)
        session.add(plan)
    return share


@pytest.fixture
def ada(signed_in, share, db):
    from advocacy.people.models import User

    with db.reading() as session:
        return signed_in(session.get_one(User, share.user_id))


def test_a_sharer_sees_all_four_click_figures_and_why_clicks_were_filtered(ada, clicked):
    page = ada.get(f"/shares/{clicked.id}/reach")
    assert page.status_code == 200
    text = " ".join(page.text.split())
    for shown in ("Clicks by people", "Visitors", "Filtered", "Raw", "Known crawler", "Asked only whether"):
        assert shown in text
    assert "3 clicks by people and 3 filtered ones" in text
    assert "Not available" in text, "this post has no network figures"


def test_a_share_nobody_has_followed_says_so(ada, share):
    assert "Nobody has followed your link yet" in ada.get(f"/shares/{share.id}/reach").text


def test_a_share_published_a_moment_ago_says_when_its_network_is_first_asked(ada, share, db, clock):
    with db.transaction() as session:
        account = Connection(
            user_id=share.user_id, network=share.network, remote_id="1", handle="@ada", connected_at=clock.now()
        )
        session.add(account)
        session.flush()
        mine = session.get_one(Share, share.id)
        mine.remote_id, mine.published_at, mine.connection_id = "1", clock.now(), account.id
    text = " ".join(ada.get(f"/shares/{share.id}/reach").text.split())
    assert "We look for the first time" in text
    assert "the network tells us nothing" not in text
    assert "Read again now" not in text, "nobody can be asked before it stands on the timetable"


def test_network_figures_say_when_they_were_read_and_what_is_not_available(ada, read):
    text = " ".join(ada.get(f"/shares/{read.id}/reach").text.split())
    assert "1,204" in text
    assert "Not available" in text, "views"
    assert "We look again" in text


def test_a_sharer_asks_for_a_look_now_and_is_asked_to_wait_the_second_time(ada, read):
    ada.submit(f"/shares/{read.id}/reach", form=f"/shares/{read.id}/reach/look")
    assert "We are asking the network" in ada.get(f"/shares/{read.id}/reach").text
    ada.submit(f"/shares/{read.id}/reach", form=f"/shares/{read.id}/reach/look")
    assert "Try again in" in ada.get(f"/shares/{read.id}/reach").text


@pytest.mark.parametrize("page", ["", "/clicks", "/summary"])
def test_a_colleague_and_a_leader_do_not_see_a_persons_share(clicked, signed_in, make, page):
    for user in (make.user(), make.leader(), make.curator(), make.admin()):
        assert signed_in(user).get(f"/shares/{clicked.id}/reach{page}").status_code == 404


def test_a_figure_opens_down_to_its_rows_and_the_rule_of_each(ada, clicked):
    page = ada.get(f"/shares/{clicked.id}/reach/clicks?show=filtered")
    assert page.text.count("Known crawler") >= 2
    assert "A person" not in page.text
    assert "Browsers do not do that" in page.text
    people = ada.get(f"/shares/{clicked.id}/reach/clicks?show=human").text
    assert people.count("first visit that day") == 2
    assert people.count("came back that day") == 1
    assert "bsky.app" in people
    assert "81.166" not in people
    one_rule = ada.get(f"/shares/{clicked.id}/reach/clicks?show=filtered&rule=head").text
    assert one_rule.count("Browsers do not do that") == 1


def test_an_address_typed_by_hand_never_breaks_the_list(ada, clicked):
    for query in ("show=nonsense", "rule=nonsense", "show=human&rule=crawler"):
        assert ada.get(f"/shares/{clicked.id}/reach/clicks?{query}").status_code == 200
    assert ada.get(f"/shares/{clicked.id}/reach/clicks?after=nonsense").status_code == 422


def test_my_shares_shows_a_line_of_figures(ada, clicked, read):
    fragment = ada.get(f"/shares/{read.id}/reach/summary")
    assert "3 clicks by people" in fragment.text
    assert "1,204 likes" in fragment.text
    assert "<html" not in fragment.text
    assert f"/shares/{read.id}/reach" in ada.get("/my-shares?show=past").text


def test_curators_and_leaders_see_an_items_reach_without_names(clicked, read, signed_in, make):
    for user in (make.leader("Lea Leader"), make.curator("Cura Curator")):
        browser = signed_in(user)
        page = browser.get(f"/library/{clicked.item_id}/reach")
        assert page.status_code == 200
        text = " ".join(page.text.split())
        assert "1 post · 1 person" in text
        assert "1,204" in text
        assert "Ada" not in text
        rows = browser.get(f"/library/{clicked.item_id}/reach/clicks")
        assert rows.status_code == 200
        assert "Ada" not in rows.text
    assert signed_in(make.user()).get(f"/library/{clicked.item_id}/reach").status_code == 403


def test_an_item_nobody_shared_says_what_comes(signed_in, make):
    item = make.item()
    assert "Nobody has shared this yet" in signed_in(make.curator()).get(f"/library/{item.id}/reach").text


def test_every_figure_is_defined_for_everybody(signed_in, make):
    page = signed_in(make.user()).get("/definitions")
    for one in DEFINITIONS:
        assert f'id="{one.name}"' in page.text
        assert one.basis in ("measured", "estimated", "self-reported")
    assert "never added together" in page.text


def test_the_rules_are_published_with_their_counts(signed_in, make, clicked):
    page = signed_in(make.user()).get("/definitions/clicks")
    for rule in RULES:
        assert rule.name in page.text
    assert "Hetzner" in page.text


def test_a_persons_own_data_holds_the_figures_of_their_shares_and_erasing_stops_the_looking(
    clicked, read, house, db, make
):
    with db.transaction() as session:
        told = house.part(Holdings).export(session, house.clock, user_id=clicked.user_id)["reach"]
    assert [day["human"] for day in told["clicks_by_day"]] == [3]
    assert [reading["likes"] for reading in told["network_figures"]] == [1204]
    other = make.user()
    with db.transaction() as session:
        assert house.part(Holdings).export(session, house.clock, user_id=other.id)["reach"]["clicks_by_day"] == []
        house.part(Holdings).erase(session, house.clock, user_id=clicked.user_id, by=clicked.user_id)
    with db.reading() as session:
        assert session.get_one(ReadBack, clicked.id).next_at is None
        assert totals.clicks(session, Scope(item_id=clicked.item_id)).human == 3, "the item keeps its figures"
