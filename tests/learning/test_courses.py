"""Courses: written by their editors, taken and passed by people, proved by a certificate."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from advocacy.learning import courses, requirements, taking
from advocacy.learning.models import Completion, QuizTry
from advocacy.library.models import Dimension
from advocacy.people import team_changes
from advocacy.people.privacy import Holdings


def test_an_editor_writes_a_course_and_a_person_passes_it(make, signed_in, db):
    editor, kari = signed_in(make.leader()), signed_in(make.user("Kari Nordmann"))
    assert "No course yet" in editor.get("/learning/edit").text
    assert "No course for you yet" in kari.get("/learning/courses").text
    here = editor.submit("/learning/edit/new", {"title": "Sharing well", "minutes": "5"}).location
    assert (
        "no lesson yet"
        in editor.post(f"{here}/open", data={"csrf_token": editor.token()}, follow_redirects=True).text
    )
    film = (io.BytesIO(b"\x00\x00\x00\x18ftypmp42" + b"film" * 40), "welcome.mp4")
    lesson = {
        "title": "Who reads you",
        "body": "Everybody *may*.",
        "file": film,
        "video_url": "https://example.com/v",
    }
    assert editor.submit(f"{here}/lessons/new", lesson).status_code == 303
    asked = {"text": "Who reads you?", "option-0": "Nobody", "option-1": "All", "right-1": "on"}
    assert editor.submit(f"{here}/questions/new", asked).status_code == 303
    editor.post(f"{here}/open", data={"csrf_token": editor.token()})

    with db.reading() as session:
        course = courses.page(session).items[0].course
        lesson_id, question_id = course.lessons[0].id, course.questions[0].id
    there = f"/learning/courses/{course.id}"
    assert kari.get(f"{there}/quiz").location == there, "lessons come first"
    assert "/company/feedback/" not in kari.get(there).text, "nobody can say yet whether it helped"
    page = kari.get(f"{there}/lessons/{lesson_id}").text
    assert "<em>may</em>" in page
    with kari.get(page.split("<video")[1].split('src="')[1].split('"')[0]) as played:
        assert played.mimetype == "video/mp4"
    assert kari.submit(f"{there}/lessons/{lesson_id}").location == f"{there}/quiz"
    assert "Please answer every question" in kari.submit(f"{there}/quiz").text
    wrong = kari.submit(f"{there}/quiz", {f"q{question_id}": "0"})
    page = kari.get(wrong.location).text
    assert "Not passed this time" in page
    assert "Right answer" not in page, "what is right is not told as long as one can try again"
    passed = kari.submit(f"{there}/quiz", {f"q{question_id}": "1"})
    assert "You passed" in kari.get(passed.location).text
    assert f"/company/feedback/course:{course.id}/card" in kari.get(there).text
    paper = kari.get(f"{there}/certificate.pdf")
    assert paper.mimetype == "application/pdf"
    assert paper.data.startswith(b"%PDF-")
    assert "Kari Nordmann" in editor.get(f"{here}/people").text


def test_a_certificate_is_checked_by_anybody_and_tells_nothing_but_that_it_is_valid(
    teach, pass_it, make, signed_in, client, db
):
    course, kari = teach("Secret plans"), make.user("Kari Nordmann")
    pass_it(signed_in(kari), course)
    with db.reading() as session:
        code = session.scalars(select(Completion)).one().code
    page = client.get(f"/certificates?code={code[:4].lower()}-{code[4:8]}-{code[8:]}").text
    assert "Yes, it is valid" in page
    assert "Kari" not in page
    assert "Secret plans" not in page
    assert "No valid certificate" in client.get("/certificates?code=AAAA-BBBB-CCCC").text


def test_a_certificate_prints_names_from_all_over_europe(teach, pass_it, make, signed_in):
    course, user = teach("Łączność"), make.user("Þóra Ćwiklińska Ολυμπία Юлия")
    browser = signed_in(user)
    pass_it(browser, course)
    assert len(browser.get(f"/learning/courses/{course.id}/certificate.pdf").data) > 5_000


def test_tries_end_until_an_editor_allows_them_again(teach, pass_it, make, signed_in, db):
    course, kari = teach(most_tries=1), make.user("Kari Nordmann")
    browser = signed_in(kari)
    page = browser.get(pass_it(browser, course, right=False).location).text
    assert "You have used every try" in page
    assert "Right answer" in page
    assert browser.get(f"/learning/courses/{course.id}/quiz").status_code == 302
    editor = signed_in(make.leader())
    again = f"/learning/edit/{course.id}/people/{kari.id}/again"
    editor.post(again, data={"csrf_token": editor.token()})
    assert "You passed" in browser.get(pass_it(browser, course).location).text


def test_the_same_answers_sent_twice_are_one_try(teach, make, house):
    course, kari = teach(pass_percent=100), make.user()
    answers = {str(course.questions[0].id): [0]}
    with house.db.transaction() as session:
        taking.finish(session, house.clock, user=kari, course_id=course.id, lesson_id=course.lessons[0].id)
        for _ in range(2):
            taking.answer(session, house.clock, user=kari, course_id=course.id, number=1, answers=answers)
    with house.db.reading() as session:
        assert len(list(session.scalars(select(QuizTry)))) == 1


def test_a_question_with_several_right_answers_needs_all_and_no_other(teach):
    question = teach().questions[0]
    question.options = [{"text": one, "is_right": one != "c"} for one in "abc"]
    results = [
        taking.judge([question], {str(question.id): chosen})[0].is_right for chosen in ([0, 1], [0], [0, 1, 2])
    ]
    assert results == [True, False, False]


def test_a_course_is_there_for_those_it_is_for(teach, make, signed_in):
    sales = make.team("Sales")
    nordic = make.team("Nordic", parent=sales)
    course = teach(audience={Dimension.TEAM: (str(sales.id),)})
    inside, outside = signed_in(make.user(team=nordic)), signed_in(make.user())
    assert inside.get(f"/learning/courses/{course.id}").status_code == 200
    assert outside.get(f"/learning/courses/{course.id}").status_code == 404
    assert course.title not in outside.get("/learning/courses").text


def test_a_newcomer_has_two_weeks_whatever_the_deadline(teach, make, house, clock):
    course = teach(is_required=True, due_on=clock.now().date() + timedelta(days=3))
    old = make.user()
    clock.move(days=10)
    new = make.user()
    with house.db.reading() as session:
        assert requirements.owed(session, clock, user=old)[0].due_on == old.created_at.date() + timedelta(days=14)
        assert requirements.owed(session, clock, user=new)[0].due_on == new.created_at.date() + timedelta(days=14)
    assert course.is_required


@pytest.mark.parametrize("file", [(b"MZ\x90", "tool.exe"), (b"<html>", "page.pdf"), (b"%PDF-1.7", "page.mp4")])
def test_only_documents_and_films_are_taken_and_their_bytes_must_agree(teach, make, signed_in, file):
    course = teach()
    sent = {"title": "More", "file": (io.BytesIO(file[0]), file[1])}
    answer = signed_in(make.curator()).submit(f"/learning/edit/{course.id}/lessons/new", sent)
    assert answer.status_code == 422
    assert "This file cannot be used" in answer.text


def test_what_one_learned_is_exported_and_goes_with_the_person(teach, pass_it, make, signed_in, house):
    course, kari = teach(), make.user()
    pass_it(signed_in(kari), course)
    holdings = house.part(Holdings)
    with house.db.transaction() as session:
        told = holdings.export(session, house.clock, user_id=kari.id)["learning"]
        assert [len(told[key]) for key in ("lessons_read", "quizzes", "courses_passed")] == [1, 1, 1]
        holdings.erase(session, house.clock, user_id=kari.id, by=kari.id)
        assert session.scalars(select(Completion)).all() == []
        assert session.scalars(select(QuizTry)).all() == []


def test_a_course_for_a_team_that_was_removed_is_for_nobody(teach, make, house, signed_in):
    """And not for everybody: its editors would count the whole company among those who have yet to pass it."""
    team, kari = make.team("Gone Soon"), make.user("Kari Nordmann")
    course = teach(audience={Dimension.TEAM: (str(team.id),)})
    with house.db.transaction() as session:
        team_changes.delete(session, house.clock, team_id=team.id, by=kari.id)
    with house.db.reading() as session:
        assert courses.reach(session, courses.get(session, course_id=course.id)).people == 0
    page = signed_in(make.leader()).get(f"/learning/edit/{course.id}/people").text
    assert "Kari Nordmann" not in page


def test_the_pages_of_learning_belong_to_the_company_in_the_bar(make, signed_in):
    page = signed_in(make.user()).get("/learning/courses").text
    bar = page[: page.index("<main")]
    assert re.search(r'href="/company" aria-current="page"', bar)
