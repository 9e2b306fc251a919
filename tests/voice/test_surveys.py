"""Surveys: written, answered, closed by themselves, and read."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, null, select, update

from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.library.models import Dimension
from advocacy.people import outbox
from advocacy.people.mail_models import OutgoingMail
from advocacy.people.models import UserState
from advocacy.voice import results, rounds, surveys
from advocacy.voice.questions import Question, QuestionKind, read
from advocacy.voice.survey_models import Repeats, Survey, SurveyRound
from tests.voice.conftest import ENPS, SCALE, WHY

OPTIONS = ({"en": "Yes", "nb": "Ja"}, {"en": "No", "nb": "Nei"}, {"en": "Perhaps", "nb": "Kanskje"})
CHOICE = Question("knows", QuestionKind.CHOICE, {"en": "Do you know it?"}, OPTIONS, right=(0,))
FOLLOW = Question("what", QuestionKind.TEXT, {"en": "What is missing?"}, only_if=("knows", (1,)))
RANKING = Question("rank", QuestionKind.RANKING, {"en": "What first?"}, OPTIONS)
SEVERAL = Question("some", QuestionKind.SEVERAL, {"en": "Which?"}, OPTIONS)


def test_each_kind_of_question_takes_what_it_asks_for_and_nothing_else():
    assert read(
        [SCALE, SEVERAL, RANKING],
        {"mood": ["4"], "some": ["2", "0"], "rank.0": ["2"], "rank.1": ["3"], "rank.2": ["1"]},
    ) == {
        "mood": 4,
        "some": [0, 2],
        "rank": [2, 0, 1],
    }
    for question, wrong in (
        (SCALE, {"mood": ["6"]}),
        (SCALE, {}),
        (SEVERAL, {"some": ["0", "3"]}),
        (RANKING, {"rank.0": ["1"], "rank.1": ["1"], "rank.2": ["2"]}),
    ):
        with pytest.raises(Invalid) as refused:
            read([question], wrong)
        assert refused.value.field == question.key


def test_a_question_that_hangs_on_another_is_asked_of_those_who_gave_that_answer():
    with pytest.raises(Invalid, match="answer this"):
        read([CHOICE, FOLLOW], {"knows": ["1"]})
    assert read([CHOICE, FOLLOW], {"knows": ["0"], "what": ["sent all the same"]}) == {"knows": 0}


def test_enps_is_promoters_less_detractors_with_an_interval_that_holds_it():
    figure = results.figure_of(ENPS, [10, 9, 9, 8, 7, 6, 0, 10])
    assert figure is not None
    assert figure.value == pytest.approx(100 * (4 - 2) / 8)
    assert -100 <= figure.low < figure.value < figure.high <= 100
    assert figure.count == 8


def test_a_curator_writes_a_survey_in_both_languages_and_a_colleague_answers_it(asking, make, signed_in, house):
    people = asking.people(6)
    editor = signed_in(make.curator())
    answer = editor.submit(
        "/company/surveys/new",
        {
            "title_en": "What we promise",
            "title_nb": "Hva vi lover",
            "kind": "quiz",
            "opens_at": house.clock.now().strftime("%Y-%m-%dT%H:%M"),
            "questions-0-text_en": "Which is our promise?",
            "questions-0-text_nb": "Hva er løftet vårt?",
            "questions-0-kind": "choice",
            "questions-0-options": "* Green power | Grønn kraft\nCheap power | Billig kraft",
            "questions-1-text_en": "What confused you?",
            "questions-1-kind": "text",
            "questions-1-if_question": "1",
            "questions-1-if_option": "2",
        },
        form="/company/surveys/new",
    )
    assert answer.status_code == 302, answer.text
    with house.db.transaction() as session:
        opened = session.scalars(select(SurveyRound)).one()
        session.merge(people[0]).locale = "nb"
    browser = signed_in(people[0])
    page = browser.get(f"/company/surveys/{opened.id}/answer").text
    assert "Hva er løftet vårt?" in page
    assert "Billig kraft" in page
    key = opened.questions[0]["key"]
    assert browser.submit(f"/company/surveys/{opened.id}/answer", {key: ""}).status_code == 422
    assert browser.submit(f"/company/surveys/{opened.id}/answer", {key: "0"}).status_code == 302
    assert "Grønn kraft" in browser.get(f"/company/surveys/{opened.id}/thanks").text
    assert browser.get(f"/company/surveys/{opened.id}/answer").status_code == 302
    again = browser.post(f"/company/surveys/{opened.id}/answer", data={"csrf_token": browser.token(), key: "0"})
    assert again.status_code == 302
    with house.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(rounds.SurveyBoxed)) == 1


def test_a_pulse_comes_again_and_its_trend_has_counts_and_intervals(asking, house, signed_in, make):
    people = asking.people(6)
    first = asking.open(SCALE, repeats=Repeats.WEEKLY, open_days=3)
    for place, user in enumerate(people):
        asking.answer(user, first, mood=2 + place % 2)
    asking.close(first)
    house.clock.move(days=4)
    rounds.tick(house)
    rounds.tick(house)
    with house.db.reading() as session:
        second = session.scalars(select(SurveyRound).where(SurveyRound.number == 2)).one()
    for user in people:
        asking.answer(user, second, mood=5)
    asking.close(second)
    with house.db.reading() as session:
        both = list(session.scalars(select(SurveyRound)))
        trend = [figure for _, figure in results.trends(both, keys=["mood"])["mood"]]
    assert [(figure.value, figure.count) for figure in trend] == [(2.5, 6), (5.0, 6)]
    assert trend[0].low < 2.5 < trend[0].high
    page = signed_in(make.leader()).get(f"/company/surveys/all/{first.survey_id}").text
    assert "From round to round" in page


def test_what_people_wrote_is_read_page_by_page_and_each_of_it_once(asking, house, signed_in, make):
    people, said = asking.people(26), {f"Reason {place}" for place in range(26)}
    opened = asking.open(WHY)
    for user, words in zip(people, said, strict=True):
        asking.answer(user, opened, why=words)
    asking.close(opened)
    with house.db.reading() as session:
        round_, [result] = results.of_round(session, round_id=opened.id)
        first = results.words(session, round_, result.question, rows=13)
        rest = results.words(session, round_, result.question, rows=13, after=first.next_cursor or "")
    assert (len(result.words), len(first.items), rest.next_cursor) == (20, 13, None)
    assert {*first.items, *rest.items} == said
    leader, shown = signed_in(make.leader()), f"/company/surveys/all/{opened.survey_id}"
    assert "Read all 26" in leader.get(shown).text
    whole = leader.get(f"{shown}/words/{opened.id}/why").text
    assert all(words in whole for words in said)


def test_words_that_too_few_wrote_have_no_page(asking, signed_in, make):
    people, opened = asking.people(6), asking.open(SCALE, WHY)
    for place, user in enumerate(people):
        asking.answer(user, opened, mood=3, **({"why": "We met at night"} if place < 2 else {}))
    asking.close(opened)
    leader, shown = signed_in(make.leader()), f"/company/surveys/all/{opened.survey_id}"
    assert "met at night" not in leader.get(shown).text
    assert leader.get(f"{shown}/words/{opened.id}/why").status_code == 404
    assert leader.get(f"{shown}/words/{opened.id}/mood").status_code == 404


def test_a_round_that_closed_before_results_were_kept_is_summed_up(asking, house, db):
    people, opened = asking.people(6), asking.open(SCALE)
    for user in people:
        asking.answer(user, opened, mood=4)
    kept = asking.close(opened).results
    with db.transaction() as session:
        session.execute(update(SurveyRound).values(results=null()))
    with db.reading() as session, pytest.raises(NotFound):
        results.of_round(session, round_id=opened.id)
    rounds.tick(house)
    with db.reading() as session:
        assert session.get_one(SurveyRound, opened.id).results == kept
        _, [result] = results.of_round(session, round_id=opened.id)
    assert (result.count, result.figure.value) == (6, 4)


def test_only_those_who_have_not_answered_are_reminded_and_only_once(asking, house, db):
    people = asking.people(6)
    opened = asking.open()
    asking.answer(people[0], opened, mood=3)
    house.clock.move(days=5)
    rounds.tick(house)
    rounds.tick(house)
    with db.reading() as session:
        letters = list(session.scalars(select(OutgoingMail.to)))
    assert sorted(letters) == sorted([*(user.email for user in people[1:]), "editor@example.com"])
    outbox.send_due(house)
    asking.close(opened)
    with db.reading() as session:
        left = list(session.scalars(select(OutgoingMail.to)))
    assert left == [], "the list of letters would tell for 30 days who had not answered, and so who had"


def test_an_anonymous_survey_of_too_few_people_is_refused(asking, make):
    team = make.team()
    asking.people(4, team=team)
    with pytest.raises(Invalid, match="at least 5"):
        asking.open(audience={Dimension.TEAM: (str(team.id),)})


def test_a_survey_that_was_asked_once_is_asked_again_and_has_a_trend(asking, signed_in, house, db):
    people = asking.people(6)
    first = asking.open()
    browser, here = signed_in(asking.editor), f"/company/surveys/all/{first.survey_id}"
    assert "Ask again" not in browser.get(here).text, "it is open"
    assert browser.post(f"{here}/again", data={"csrf_token": browser.token()}).status_code == 409
    for person in people:
        asking.answer(person, first, mood=2)
    asking.close(first)
    browser.submit(here, form=f"{here}/again")
    with db.reading() as session:
        [second, _] = surveys.rounds(session, survey_id=first.survey_id)
        assert surveys.get(session, survey_id=first.survey_id).next_round_at is None, "and then no more by itself"
    assert (second.number, second.closed_at, second.asked) == (2, None, 7)
    for person in people:
        asking.answer(person, second, mood=5)
    asking.close(second)
    page = browser.get(here).text
    assert "From round to round" in page
    assert signed_in(people[0]).get(here).status_code == 403


def test_an_anonymous_survey_is_not_asked_again_of_too_few(asking, house, db):
    people = asking.people(6)
    first = asking.open()
    asking.close(first)
    with db.transaction() as session:
        for person in people[:3]:
            session.merge(person).state = UserState.DISABLED
    with db.transaction() as session, pytest.raises(Conflict, match="would ask 4 people"):
        surveys.ask_again(session, house.clock, survey_id=first.survey_id, by=asking.editor.id, smallest=5)


@pytest.mark.parametrize(("zone", "hour"), [("Europe/Oslo", 7), ("UTC", 8)])
def test_a_weekly_survey_comes_at_the_same_hour_when_the_clocks_change(asking, house, clock, zone, hour):
    """Nine in Oslo is eight in UTC until the last Sunday of March, and seven from then on."""
    clock.set(datetime(2026, 3, 25, 8, 0, tzinfo=UTC))
    asking.people(5)
    opened = asking.open(open_days=2, repeats=Repeats.WEEKLY)
    with house.db.transaction() as session:
        survey = session.get_one(Survey, opened.survey_id)
        survey.next_round_at = clock.now()
        rounds.open_next(session, clock, survey_id=survey.id, smallest=5, zone=ZoneInfo(zone))
        assert survey.next_round_at == datetime(2026, 4, 1, hour, 0, tzinfo=UTC)


def test_a_survey_asks_those_who_post_in_a_language_and_keeps_what_its_form_chose(asking, make, signed_in, house):
    spoken = [*asking.people(5, languages=["nb-NO"]), *asking.people(1, languages=["en", "nb"])]
    other = asking.people(2, languages=["en"])[0]
    editor = signed_in(make.curator())
    fields = {
        "title_nb": "På norsk",
        "kind": "survey",
        "opens_at": house.clock.now().strftime("%Y-%m-%dT%H:%M"),
        "questions-0-text_nb": "Hvordan går det?",
        "questions-0-kind": "scale",
        "people_language": ["nb"],
    }
    here = editor.submit("/company/surveys/new", fields, form="/company/surveys/new").location
    with house.db.reading() as session:
        opened = session.scalars(select(SurveyRound)).one()
        assert surveys.get(session, survey_id=opened.survey_id).audience == {"language": ["nb"]}
    assert opened.asked == 6
    for one in spoken:
        assert "På norsk" in signed_in(one).get("/company/surveys").text
    assert "På norsk" not in signed_in(other).get("/company/surveys").text
    assert signed_in(other).get(f"/company/surveys/{opened.id}/answer").status_code == 404
    boxes = editor.get(f"{here}/edit").text.split('name="people_language"')[1:]
    assert [("checked" in one.split(">")[0]) for one in boxes if 'value="nb"' in one.split(">")[0]] == [True]
    editor.submit(f"{here}/edit", {"title_nb": "Fortsatt på norsk"}, form=f"{here}/edit")
    with house.db.reading() as session:
        assert surveys.get(session, survey_id=opened.survey_id).audience == {"language": ["nb"]}
