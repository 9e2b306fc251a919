"""The plan: steps that wait for one another and never in a circle, read and commented by everybody, changes told."""

from datetime import date

import pytest
from sqlalchemy import select

from advocacy.base.errors import Invalid
from advocacy.base.events import Event
from advocacy.messages import notifications
from advocacy.people.privacy import Holdings
from advocacy.programme import following, steps
from advocacy.programme.step_models import PlanComment, PlanStep, StepState


def told(db, kind="plan.changed"):
    with db.reading() as session:
        return [
            event.data["what"]["template"].format(**event.data["what"]["params"])
            for event in session.scalars(select(Event).where(Event.kind == kind).order_by(Event.id))
        ]


def change(house, one, **fields):
    with house.db.transaction() as session:
        values = {"title": one.title, "due_on": one.due_on} | fields
        steps.save(
            session, house.clock, programme_id=one.programme_id, written=steps.Written(**values), by=1, step_id=one.id
        )


def test_steps_never_wait_for_one_another_in_a_circle(house, begin, step, db):
    programme = begin()
    first = step(programme, "First")
    second = step(programme, "Second", needs=[first.id])
    third = step(programme, "Third", needs=[second.id])
    for circle in ([third.id], [first.id]):
        with pytest.raises(Invalid, match="wait for one another"):
            change(house, first, needs=circle)
    change(house, third, needs=[first.id, second.id])
    with db.reading() as session:
        assert steps.needs(session, step_id=first.id) == []
        assert sorted(steps.needs(session, step_id=third.id)) == [first.id, second.id]


def test_a_step_of_another_plan_cannot_be_waited_for(house, begin, step):
    here, there = step(begin()), step(begin("Another"))
    with pytest.raises(Invalid, match="no longer there"):
        change(house, here, needs=[there.id])


def test_a_step_begins_when_what_it_waits_for_is_done_and_its_owner_says_so(begin, step, make, signed_in, db):
    programme = begin()
    kari = make.user("Kari")
    first = step(programme, "Write the brief")
    second = step(programme, "Tell sales", needs=[first.id], owner_email=kari.email)

    def move(browser, one, state):
        where = f"/company/plan/steps/{one.id}/state"
        return browser.post(where, data={"csrf_token": browser.token(), "state": state}).status_code

    browser, editor = signed_in(kari), signed_in(make.leader())
    page = browser.get(f"/company/plan/{programme.id}").text
    assert "Waits for: Write the brief" in page
    move(browser, second, "done")
    assert "Finish that first" in browser.get(f"/company/plan/steps/{second.id}").text
    assert move(browser, first, "done") == 403
    move(editor, first, "done")
    move(browser, second, "done")
    with db.reading() as session:
        assert {one.state for one in session.scalars(select(PlanStep))} == {StepState.DONE}
        assert following.is_following(session, programme_id=programme.id, user_id=kari.id)
    assert told(db)[-2:] == ["Done: Write the brief", "Done: Tell sales"]


def test_every_change_is_told_in_its_own_words(house, begin, step, make, db):
    one = step(begin(), "Tell sales", due_on=date(2026, 3, 20))
    change(house, one, due_on=date(2026, 3, 27))
    change(house, one, due_on=date(2026, 3, 27), owner_email=make.user(email="kari@example.com").email)
    assert told(db) == [
        "A new step, by 2026-03-20: Tell sales",
        "Now by 2026-03-27: Tell sales",
        "Somebody else does it: Tell sales",
    ]


def test_everybody_reads_and_comments_and_removes_what_is_theirs(begin, step, make, signed_in, db):
    programme = begin()
    one = step(programme)
    kari, ola = signed_in(make.user("Kari Nordmann")), signed_in(make.user("Ola Hansen"))
    for here in (f"/company/plan/{programme.id}", f"/company/plan/steps/{one.id}"):
        assert kari.submit(here, {"body": "  "}, form=f"{here}/comments").status_code == 422
        kari.submit(here, {"body": "May we *tell* customers?"}, form=f"{here}/comments")
        page = ola.get(here).text
        assert "<em>tell</em>" in page
        assert page.count("Kari Nordmann") == 1
    assert told(db, "plan.commented") == ["Somebody commented.", "Somebody commented on: A step"]
    with db.reading() as session:
        written = session.scalars(select(PlanComment.id)).all()

    def remove(browser, comment_id):
        where = f"/company/plan/comments/{comment_id}/remove"
        return browser.post(where, data={"csrf_token": browser.token()}).status_code

    editor = signed_in(make.curator())
    assert [remove(ola, written[0]), remove(kari, written[0]), remove(editor, written[1])] == [403, 303, 303]
    with db.reading() as session:
        assert session.scalars(select(PlanComment)).all() == []


def test_an_editor_writes_a_step_in_a_form(begin, step, make, signed_in, db):
    programme = begin()
    first = step(programme, "First")
    browser = signed_in(make.curator())
    here = f"/company/plan/{programme.id}/steps/new"
    wrong = {"title": "Second", "starts_on": "2026-04-02", "due_on": "2026-04-01"}
    assert "cannot end before" in browser.submit(here, wrong).text
    made = browser.submit(here, wrong | {"due_on": "2026-04-09", "needs": [str(first.id)]}).location
    page = signed_in(make.user()).get(made).text
    assert "First" in page
    assert "Remove this step" not in page
    browser.post(f"{made}/remove", data={"csrf_token": browser.token()})
    assert browser.get(made).status_code == 404


def test_a_late_step_is_marked_until_it_is_done(begin, step, make, signed_in, clock):
    programme = begin()
    one = step(programme, due_on=date(2026, 3, 3))
    clock.move(days=2)
    browser = signed_in(make.leader())
    assert ">Late<" in browser.get(f"/company/plan/{programme.id}").text.replace("</svg>", ">")
    browser.post(f"/company/plan/steps/{one.id}/state", data={"csrf_token": browser.token(), "state": "done"})
    assert "Late" not in browser.get(f"/company/plan/{programme.id}").text


def test_a_long_plan_goes_on_page_by_page(begin, step, make, signed_in):
    programme = begin()
    for number in range(33):
        step(programme, f"Step {number}.")
    browser = signed_in(make.user())
    first = browser.get(f"/company/plan/{programme.id}").text
    assert first.count(">Step ") == 30
    following_page = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert browser.get(following_page).text.count(">Step ") == 3


def test_what_a_person_did_in_plans_is_theirs_to_take_and_to_erase(house, begin, step, make, signed_in, db):
    kari = make.user("Kari")
    programme = begin(owner_email=kari.email)
    step(programme, owner_email=kari.email)
    browser = signed_in(kari)
    here = f"/company/plan/{programme.id}"
    browser.submit(here, {"body": "Mine"}, form=f"{here}/comments")
    with db.transaction() as session:
        mine = house.part(Holdings).export(session, house.clock, user_id=kari.id)["programme"]
    assert [
        len(mine[name]) for name in ("plans_followed", "programmes_owned", "steps_owned", "comments_on_plans")
    ] == [1] * 4
    with db.transaction() as session:
        house.part(Holdings).erase(session, house.clock, user_id=kari.id, by=kari.id)
    page = signed_in(make.user()).get(here).text
    assert "Mine" in page
    assert "Kari" not in page


def test_a_change_and_a_comment_reach_whoever_follows_and_nobody_else(house, begin, step, make, signed_in):
    programme = begin()
    kari, ola = make.user("Kari"), make.user("Ola")
    browser = signed_in(kari)
    here = f"/company/plan/{programme.id}"
    browser.post(f"{here}/follow", data={"csrf_token": browser.token(), "follow": "1"})
    step(programme, "Tell sales")
    other = signed_in(ola)
    other.submit(here, {"body": "When?"}, form=f"{here}/comments")
    notifications.keep_up(house)
    heard = browser.get("/me/notifications").text
    assert "A new step, by 2026-05-31: Tell sales" in heard
    assert "Somebody commented." in heard
    assert "Tell sales" not in other.get("/me/notifications").text
