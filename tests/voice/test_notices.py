"""The notice board: who sees what, and who says that they have read it."""

import pytest
from sqlalchemy import select

from advocacy.library.models import Dimension
from advocacy.voice import notices
from advocacy.voice.models import Notice


@pytest.fixture
def write(house, make):
    """Puts a notice on the board."""
    curator = make.curator()

    def publish(title="Doors close at six", team=None, **fields):
        audience = {Dimension.TEAM: (str(team.id),)} if team else {}
        with house.db.transaction() as session:
            written = notices.Written(title=title, body="Please *mind* them.", audience=audience, **fields)
            return notices.publish(session, house.clock, written=written, by=curator.id)

    return publish


def test_a_reader_confirms_once_and_the_writer_sees_how_many_did(write, make, signed_in):
    notice = write(asks_confirmation=True)
    kari, leader = make.user("Kari"), make.leader()
    browser = signed_in(kari)
    assert "1 to confirm" in browser.get("/company/notices/waiting").text
    for _ in range(2):
        browser.post(f"/company/notices/{notice.id}/read", data={"csrf_token": browser.token()})
    assert "1 to confirm" not in browser.get("/company/notices/waiting").text
    page = browser.get(f"/company/notices/{notice.id}").text
    assert "<em>mind</em>" in page
    assert "You have confirmed" in page
    assert "Readers" not in page
    assert "1 of 3" in signed_in(leader).get(f"/company/notices/{notice.id}").text


def test_a_notice_for_a_team_is_there_for_that_team_and_those_below_it_alone(write, make, signed_in):
    sales = make.team("Sales")
    nordic = make.team("Nordic", parent=sales)
    notice = write("For sales", team=sales)
    inside, outside = signed_in(make.user(team=nordic)), signed_in(make.user())
    assert "For sales" in inside.get("/company/notices").text
    assert "For sales" not in outside.get("/company/notices").text
    assert outside.get(f"/company/notices/{notice.id}").status_code == 404
    answer = outside.post(f"/company/notices/{notice.id}/read", data={"csrf_token": outside.token()})
    assert answer.status_code == 404


def test_the_board_goes_on_page_by_page_past_what_is_for_others(write, make, signed_in):
    team = make.team()
    for number in range(25):
        write(f"For all {number}")
    for _ in range(70):
        write("For a team", team=team)
    browser = signed_in(make.user())
    first = browser.get("/company/notices").text
    assert first.count("For all ") == 20
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert browser.get(following).text.count("For all ") == 5


def test_a_leader_writes_on_the_board_and_takes_it_off(make, signed_in, db):
    browser = signed_in(make.leader())
    assert browser.submit("/company/notices/new", {"title": "Hello", "body": ""}).status_code == 422
    browser.submit("/company/notices/new", {"title": "Hello", "body": "All of you"})
    with db.reading() as session:
        notice = session.scalars(select(Notice)).one()
    browser.submit(f"/company/notices/{notice.id}", form=f"/company/notices/{notice.id}/withdraw")
    assert browser.get(f"/company/notices/{notice.id}").status_code == 404
