"""HR sets a goal, measures, sees the gap, tells and teaches sales, measures again and evaluates: in a real browser."""

import gettext
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from advocacy.base.sealing import Sealer
from advocacy.learning import courses, lessons
from advocacy.library.models import Dimension, ItemState
from advocacy.people.models import Role, User
from advocacy.programme import measuring
from advocacy.programme.models import Programme
from advocacy.voice import answering, rounds
from advocacy.voice.survey_models import Survey, SurveyRound

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TRANSLATIONS = Path(__file__).resolve().parents[2] / "translations"
HEADINGS = {"en": ("New goal", "Goal and result"), "nb": ("Nytt mål", "Mål og resultat")}


@pytest.fixture
def sales(house, make):
    """A department of ten beside another, and for it an item with a brief and a course that nobody sees yet."""
    team, others = make.team("Sales"), make.team("Operations")
    people = [make.user(f"Seller {number}", team=team) for number in range(10)]
    for _ in range(6):
        make.user(team=others)
    item = make.item(
        "Power at all hours",
        state=ItemState.IN_REVIEW,
        audience={Dimension.TEAM: (team,)},
        captions=["Power at all hours, also when it is calm."],
        summary="What we promise from the first of April.",
        internal_brief="Tell it in your own words: hydro steps in when it is calm.",
    )
    with house.db.transaction() as session:
        written = courses.Written(title="The promise in four minutes", audience={Dimension.TEAM: (str(team.id),)})
        course = courses.save(session, house.clock, written=written, by=people[0].id)
        lessons.save(
            session, house.clock, course_id=course.id, written=lessons.WrittenLesson("What we promise", "All hours.")
        )
    return people, item, course


def ask_sales(house, clock, people, right, opens_at):
    """A round of the survey opens, sales answer it, so many of them rightly, and it closes."""
    clock.set(opens_at)
    rounds.tick(house)
    with house.db.transaction() as session:
        opened = session.scalars(select(SurveyRound).order_by(SurveyRound.id.desc())).first()
        key = opened.questions[0]["key"]
        for place, person in enumerate(people):
            given = {key: ["0" if place < right else "1"]}
            user = session.get_one(User, person.id)
            answering.answer(session, clock, house.part(Sealer), user=user, round_id=opened.id, given=given)
        closes_at = opened.closes_at
    clock.set(closes_at)
    rounds.tick(house)
    measuring.tick(house)


def press(page, name):
    """Presses a button and waits until the hub has done what it is for."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name=name).click()


@pytest.mark.parametrize("language", ["en", "nb"])
def test_hr_sees_the_gap_closes_it_and_evaluates(site, house, make, db, axe, clock, sales, language):
    say = gettext.translation("messages", TRANSLATIONS, [language], fallback=language == "en").gettext
    people, item, course = sales
    hr = make.user("Nora Strand", Role.CURATOR, Role.LEADER, locale=language, email="nora@example.com")

    page = site.visit(hr, language=language)
    page.goto("/company/surveys/new")
    for code, title, question in (
        ("en", "Do we know it?", "What do we promise?"),
        ("nb", "Vet vi det?", "Hva lover vi?"),
    ):
        page.locator(f"#title_{code}").fill(title)
        page.locator(f"#questions-0-text_{code}").fill(question)
    page.get_by_label(say("Kind"), exact=True).first.select_option("quiz")
    page.locator("#questions-0-kind").select_option("choice")
    page.locator("#questions-0-options").fill(
        "* Power at all hours | Kraft døgnet rundt\nThe lowest price | Laveste pris"
    )
    page.get_by_label("Sales", exact=True).check()
    page.get_by_label(say("Days it is open")).fill("3")
    page.get_by_label(say("Asked"), exact=True).select_option("weekly")
    page.get_by_role("button", name=say("Save")).click()
    page.wait_for_url(re.compile(r"/surveys/all/\d+"))
    ask_sales(house, clock, people, 3, datetime(2026, 3, 3, 9, tzinfo=UTC))

    page = site.visit(hr, language=language)
    page.goto("/company/plan")
    page.get_by_role("link", name=say("New programme")).first.click()
    page.get_by_label(say("Title"), exact=True).fill("Sales first")
    page.get_by_label(say("The message")).fill("Nobody in sales hears the promise from a customer.")
    page.get_by_label(say("Last day")).fill("2026-03-31")
    page.get_by_label("Sales", exact=True).check()
    page.get_by_role("button", name=say("Save")).click()
    page.wait_for_url(re.compile(r"/company/plan/\d+$"))
    page.get_by_role("link", name=say("New goal")).click()
    assert page.get_by_role("heading", level=1).inner_text() == HEADINGS[language][0]
    goal = "70 % of sales know the new promise by 31 March"
    page.get_by_label(say("What is to be reached")).fill(goal)
    page.get_by_label(say("Question of a survey")).select_option(index=1)
    page.get_by_label(say("Target"), exact=True).fill("70")
    page.get_by_role("button", name=say("Save")).click()
    page.wait_for_url(re.compile(r"/goals/\d+$"))
    assert "30 %" in page.get_by_role("main").inner_text(), "the gap: 30 of the 70 wanted"
    assert axe(page) == []

    page.goto(f"/library/items/{item.id}")
    press(page, say("Approve"))
    page.goto(f"/learning/edit/{course.id}")
    press(page, say("Open it to people"))
    with db.reading() as session:
        programme_id = session.scalars(select(Programme.id)).one()
    page.goto(f"/company/plan/{programme_id}/belongs")
    for label, title in ((say("Add an item"), item.title), (say("Add a course"), course.title)):
        page.get_by_label(label).select_option(label=title)
        page.locator("form").filter(has=page.get_by_label(label)).get_by_role("button").click()
        page.get_by_role("listitem").filter(has_text=title).wait_for()

    seller = site.visit(people[4], width=390)
    seller.goto(f"/company/plan/{programme_id}")
    assert axe(seller) == []
    assert seller.get_by_role("link", name=course.title).is_visible()
    seller.get_by_role("link", name=item.title).click()
    assert "hydro steps in" in seller.get_by_role("main").inner_text()

    with db.reading() as session:
        second = session.scalars(select(Survey)).one().next_round_at
    ask_sales(house, clock, people, 8, second)
    page = site.visit(hr, language=language)
    page.goto(f"/company/plan/{programme_id}")
    assert say("Reached") in page.get_by_role("main").inner_text()
    page.get_by_role("link", name=say("Evaluation")).click()
    main = page.get_by_role("main")
    assert HEADINGS[language][1] in main.inner_text()
    assert all(figure in main.inner_text() for figure in ("30 %", "70 %", "80 %"))
    page.get_by_label(say("What we learned")).fill("Tell sales **first**; four minutes were enough.")
    page.get_by_role("button", name=say("Evaluate and end it")).click()
    page.get_by_text(say("The programme is evaluated. Everybody can read it.")).wait_for()
    page.emulate_media(media="print")
    assert axe(page) == []
    assert page.get_by_text("four minutes were enough").is_visible()
    assert page.get_by_role("button", name=say("Let the programme go on")).count() == 0, "paper has no buttons"
