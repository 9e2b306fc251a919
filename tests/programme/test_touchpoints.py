"""The touchpoint audit: what we promise where, what employees know of it, and gaps that become steps by one press."""

import pytest
from sqlalchemy import select

from advocacy.programme.models import Programme
from advocacy.programme.step_models import PlanStep
from advocacy.programme.touchpoint_models import Touchpoint, TouchpointGap
from tests.programme.test_goals import ask

HERE = "/company/touchpoints"


@pytest.fixture
def invoice(make, signed_in, db):
    """A touchpoint that its editor wrote, and the editor's browser."""
    browser = signed_in(make.curator())

    def one(**fields):
        wrote = {"name": "The invoice", "contact": "invoice", "promise": "No *surprises*"} | fields
        browser.submit(f"{HERE}/new", wrote)
        with db.reading() as session:
            return browser, session.scalars(select(Touchpoint)).one()

    return one


def gap(browser, touchpoint, db, text="The number is not on it"):
    browser.submit(f"{HERE}/{touchpoint.id}", {"text": text}, form=f"{HERE}/{touchpoint.id}/gaps")
    with db.reading() as session:
        return session.scalars(select(TouchpointGap)).one()


def test_everybody_reads_what_is_promised_where_and_who_answers_for_it(invoice, make, signed_in):
    _, one = invoice(owner=make.user("Emma Dahl", email="emma@example.com").email)
    reader = signed_in(make.user())
    page = reader.get(f"{HERE}/{one.id}").text
    assert "<em>surprises</em>" in page
    assert "Owner: Emma Dahl" in page
    assert "Note the gap" not in page
    assert "Not measured" in reader.get(HERE).text


def test_what_employees_know_comes_from_the_baseline_survey(asking, invoice, make, signed_in):
    closed = ask(asking, asking.people(10), 4)
    _, one = invoice(question=f"{closed.survey_id}:know", wanted="70")
    page = signed_in(make.user()).get(f"{HERE}/{one.id}").text
    assert "40 %" in page
    assert "of 70 % wanted" in page
    assert "Gap" in signed_in(make.user()).get(HERE).text


def test_a_gap_becomes_a_step_by_one_press_and_once_only(invoice, begin, make, signed_in, db):
    emma = make.user("Emma Dahl", email="emma@example.com")
    programme = begin()
    browser, one = invoice(owner=emma.email)
    missing = gap(browser, one, db)
    action = f"{HERE}/gaps/{missing.id}/step"
    assert browser.submit(f"{HERE}/{one.id}", form=action).location.startswith("/company/plan/steps/")
    again = {"csrf_token": browser.token(), "programme": str(programme.id)}
    browser.post(action, data=again)
    with db.reading() as session:
        step = session.scalars(select(PlanStep)).one()
        assert (step.title, step.owner_id) == ("The invoice: The number is not on it", emma.id)
    assert "1 open" in browser.get(HERE).text
    browser.post(f"/company/plan/steps/{step.id}/state", data={"csrf_token": browser.token(), "state": "done"})
    assert "All closed" in browser.get(HERE).text


def test_without_an_open_programme_a_gap_waits(invoice, begin, db, signed_in, make):
    browser, one = invoice()
    missing = gap(browser, one, db)
    assert "no open programme" in browser.get(f"{HERE}/{one.id}").text
    programme = begin()
    with db.transaction() as session:
        session.merge(programme).state = "evaluated"
    answer = browser.post(
        f"{HERE}/gaps/{missing.id}/step", data={"csrf_token": browser.token(), "programme": programme.id}
    )
    assert "has been evaluated" in browser.get(answer.location).text
    with db.reading() as session:
        assert session.scalars(select(PlanStep)).all() == []
        assert session.scalars(select(Programme)).one()
    browser.post(f"{HERE}/gaps/{missing.id}/forget", data={"csrf_token": browser.token()})
    assert "The number is not on it" not in browser.get(f"{HERE}/{one.id}").text


def test_a_removed_touchpoint_leaves_its_steps_in_their_plans(invoice, begin, db):
    begin()
    browser, one = invoice()
    missing = gap(browser, one, db)
    browser.submit(f"{HERE}/{one.id}", form=f"{HERE}/gaps/{missing.id}/step")
    browser.post(f"{HERE}/{one.id}/remove", data={"csrf_token": browser.token()})
    with db.reading() as session:
        assert session.scalars(select(Touchpoint)).all() == []
        assert len(session.scalars(select(PlanStep)).all()) == 1
    assert "No touchpoints yet" in browser.get(HERE).text
