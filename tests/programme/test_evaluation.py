"""The evaluation: goal beside result beside survey trend, kept as they stood, with what was learned."""

from datetime import timedelta

from sqlalchemy import select

from advocacy.base.events import Event
from advocacy.programme import measuring
from advocacy.programme.goal_models import GoalSource
from advocacy.sharing.models import Proof
from advocacy.voice import rounds
from advocacy.voice.survey_models import Repeats, SurveyRound
from tests.programme.conftest import FIRST
from tests.programme.test_goals import KNOWS, share


def again(house, asking, opened):
    """The next round of the same survey."""
    house.clock.set(opened.opens_at + timedelta(days=28, minutes=1))
    rounds.tick(house)
    with house.db.reading() as session:
        newest = (
            select(SurveyRound).where(SurveyRound.survey_id == opened.survey_id).order_by(SurveyRound.number.desc())
        )
        return session.scalars(newest).first()


def two_rounds(house, asking, people, first, second):
    opened = asking.open(KNOWS, repeats=Repeats.MONTHLY)
    for right in (first, second):
        for place, user in enumerate(people):
            asking.answer(user, opened, know=0 if place < right else 1)
        asking.close(opened)
        measuring.tick(house)
        opened = again(house, asking, opened)
    return opened.survey_id


def test_goal_result_and_trend_stand_beside_one_another(house, asking, begin, aim, make, signed_in):
    survey_id = two_rounds(house, asking, asking.people(30), 6, 24)
    programme = begin()
    aim(programme, GoalSource.SURVEY, 70, title="They know it", question=f"{survey_id}:know")
    page = signed_in(make.user()).get(f"/company/plan/{programme.id}/evaluation").text
    for words in ("They know it", "70 %", "80 %", "From 20 % to 80 % in 2 rounds.", "larger than chance", "goes on"):
        assert words in page
    assert "Evaluate and end it" not in page


def test_what_may_be_chance_is_called_that(house, asking, begin, aim, make, signed_in):
    survey_id = two_rounds(house, asking, asking.people(10), 4, 6)
    programme = begin()
    aim(programme, GoalSource.SURVEY, 70, question=f"{survey_id}:know")
    assert "it may be chance" in signed_in(make.user()).get(f"/company/plan/{programme.id}/evaluation").text


def test_results_are_kept_as_they_stood_and_the_plan_can_no_longer_be_changed(
    house, begin, aim, step, make, signed_in, clock, db
):
    kari = make.user()
    share(make, kari, FIRST, proof=Proof.NETWORK)
    programme = begin()
    goal, one = aim(programme, GoalSource.SHARES, 1, title="One post"), step(programme)
    browser = signed_in(make.leader())
    here = f"/company/plan/{programme.id}/evaluation"
    assert browser.submit(here, {"learned": " "}, form=here).status_code == 422
    browser.submit(here, {"learned": "Tell them **first**."}, form=here)
    share(make, kari, FIRST, proof=Proof.NETWORK)
    measuring.tick(house)
    with db.transaction() as session:
        session.merge(goal).target = 1000
    page = signed_in(kari).get(here).text
    assert "<strong>first</strong>" in page
    assert "1 of one goal reached" in page
    token = {"csrf_token": browser.token()}
    for path in (
        f"/company/plan/goals/{goal.id}/remove",
        f"/company/plan/steps/{one.id}/remove",
        f"/company/plan/{programme.id}/edit",
        here,
    ):
        assert browser.post(path, data=token | {"learned": "Again"}).status_code == 409
    assert "Edit" not in browser.get(f"/company/plan/{programme.id}").text
    with db.reading() as session:
        assert session.scalar(select(Event.id).where(Event.kind == "programme.evaluated"))
    browser.post(f"/company/plan/{programme.id}/reopen", data=token)
    assert "Tell them" in browser.get(here).text
    assert browser.get(f"/company/plan/{programme.id}/edit").status_code == 200


def test_an_empty_programme_has_an_evaluation_page_too(begin, make, signed_in):
    page = signed_in(make.user()).get(f"/company/plan/{begin().id}/evaluation").text
    assert "No goals yet" in page
    assert "No steps yet" in page


def test_a_button_prints_it_without_what_is_for_the_screen(begin, make, site, axe):
    programme = begin()
    page = site.visit(make.user(), width=390)
    page.goto(f"/company/plan/{programme.id}/evaluation")
    assert axe(page) == []
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.get_by_role("button", name="Print").click()
    assert page.title() == "printed"
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Print").is_visible()
    assert not page.get_by_role("navigation").first.is_visible()
    assert page.get_by_role("heading", level=1).is_visible()
