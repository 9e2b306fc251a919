"""Programmes: read by everybody, written by editors, of a department, several or the whole company, and followed."""

from sqlalchemy import select

from advocacy.base.events import Event
from advocacy.library.models import Dimension
from advocacy.programme import following
from advocacy.programme.models import Programme


def test_an_editor_makes_a_programme_that_everybody_can_read(make, signed_in, db):
    sales = make.team("Sales")
    make.team("Nordic", parent=sales)
    leader = make.leader()
    browser = signed_in(leader)
    wrong = {"title": "Promise", "starts_on": "2026-03-02", "ends_on": "2026-03-01"}
    assert "cannot end before" in browser.submit("/company/plan/new", wrong).text
    assert (
        "could not find a colleague"
        in browser.submit("/company/plan/new", {"title": "P", "owner": "no@one.example"}).text
    )
    browser.submit(
        "/company/plan/new",
        {"title": "Our promise", "message": "Power at **all** hours", "teams": [str(sales.id)]},
    )
    with db.reading() as session:
        programme = session.scalars(select(Programme)).one()
    reader = signed_in(make.user())
    assert "Our promise" in reader.get("/company/plan").text
    page = reader.get(f"/company/plan/{programme.id}").text
    assert "<strong>all</strong>" in page
    assert leader.name in page
    assert "Sales" in page
    assert "New goal" not in page
    assert reader.get(f"/company/plan/{programme.id}/edit").status_code == 403


def test_a_joint_programme_names_its_departments_once(begin, make):
    sales, service = make.team("Sales"), make.team("Service")
    nordic = make.team("Nordic", parent=sales)
    assert begin(teams=[nordic.id, service.id, sales.id]).teams == [sales.id, service.id]


def test_everybody_sees_of_its_items_and_courses_what_is_for_them(begin, make, teach, signed_in):
    sales = make.team("Sales")
    item = make.item("The promise, in short", audience={Dimension.TEAM: (str(sales.id),)})
    course, open_to_all = teach("Sell it", audience={Dimension.TEAM: (str(sales.id),)}), teach("Know it")
    programme = begin()
    here = f"/company/plan/{programme.id}/belongs"
    editor = signed_in(make.leader())
    for field in ({"add_item": item.id}, {"add_course": course.id}, {"add_course": open_to_all.id}):
        editor.post(here, data={"csrf_token": editor.token()} | field)
    inside = signed_in(make.user(team=sales)).get(f"/company/plan/{programme.id}").text
    outside = signed_in(make.user()).get(f"/company/plan/{programme.id}").text
    assert ["The promise, in short" in inside, "Sell it" in inside, "Know it" in inside] == [True, True, True]
    assert ["The promise, in short" in outside, "Sell it" in outside, "Know it" in outside] == [False, False, True]
    editor.post(here, data={"csrf_token": editor.token(), "item": item.id, "course": course.id})
    assert "The promise, in short" not in signed_in(make.user(team=sales)).get(f"/company/plan/{programme.id}").text


def test_whoever_follows_a_plan_is_whom_a_change_is_told_to(begin, make, signed_in, db, house):
    programme = begin()
    kari, gone = make.user("Kari"), make.user("Gone")
    browser = signed_in(kari)
    here = f"/company/plan/{programme.id}"
    for _ in range(2):
        browser.post(f"{here}/follow", data={"csrf_token": browser.token(), "follow": "1"})
    with db.transaction() as session:
        following.follow(session, house.clock, programme_id=programme.id, user_id=gone.id)
        session.merge(gone).state = "disabled"
    with db.reading() as session:
        assert following.followers(session, programme_id=programme.id) == [kari.id]
    assert "Stop following" in browser.get(here).text
    editor = signed_in(make.leader())
    editor.submit(f"{here}/edit", {"title": "Another title"})
    with db.reading() as session:
        changed = session.scalars(select(Event).where(Event.kind == "plan.changed")).one()
        assert (changed.subject_type, changed.subject_id) == ("programme", programme.id)
        assert changed.data["path"] == here
    browser.post(f"{here}/follow", data={"csrf_token": browser.token(), "follow": "0"})
    with db.reading() as session:
        assert following.followers(session, programme_id=programme.id) == []


def test_the_list_goes_on_page_by_page(begin, make, signed_in):
    for number in range(32):
        begin(f"Programme {number}.")
    browser = signed_in(make.user())
    first = browser.get("/company/plan").text
    assert first.count("Programme ") == 30
    following_page = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert browser.get(following_page).text.count("Programme ") == 2


def test_an_empty_plan_says_what_to_do_to_those_who_can(make, signed_in):
    assert "will stand here" in signed_in(make.user()).get("/company/plan").text
    assert "New programme" in signed_in(make.curator()).get("/company/plan").text


def test_what_is_taken_out_of_a_programme_is_told_to_its_followers_once(begin, make, signed_in, db, house):
    programme, item = begin(), make.item("Wind for homes", captions=["Look"])
    browser = signed_in(make.admin())
    here = f"/company/plan/{programme.id}/belongs"
    for field in ("add_item", "item", "item"):
        browser.post(here, data={"csrf_token": browser.token(), field: str(item.id)})
    with db.reading() as session:
        told = session.scalars(select(Event.data).where(Event.kind == "plan.changed").order_by(Event.id)).all()
    assert [one["what"]["template"] for one in told] == ["An item was added.", "An item was taken out."]
