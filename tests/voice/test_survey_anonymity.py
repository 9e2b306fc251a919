"""An attacker who is leader, curator and administrator, with every filter; and one who has the whole database."""

import itertools
import json
import re
from types import SimpleNamespace

import pytest
from sqlalchemy import inspect, select, text

from advocacy.base.db import Base
from advocacy.base.errors import NotFound
from advocacy.base.events import Event
from advocacy.people.models import Role
from advocacy.recognition import points
from advocacy.voice import division, results
from advocacy.voice.own_data import HOLDING
from advocacy.voice.survey_models import SurveyBoxed, SurveyParticipation, SurveySheet
from advocacy.web import requests
from tests.voice.conftest import WHY

SECRET = "The roof leaks above my desk"


def test_nothing_is_told_while_the_survey_is_open(asking, signed_in, make, house):
    """Results that grow answer by answer would tell whose came last."""
    people = asking.people(12)
    opened = asking.open()
    spy = signed_in(make.user("Spy", Role.LEADER, Role.CURATOR, Role.ADMIN))
    seen = set()
    for place, user in enumerate(people):
        asking.answer(user, opened, mood=1 + place % 5, why=SECRET)
        page = spy.get(f"/company/surveys/all/{opened.survey_id}").text
        assert SECRET not in page
        seen.add(re.sub(r'"[^"]*"', "", page))
    assert len(seen) == 1
    with house.db.reading() as session, pytest.raises(NotFound):
        results.of_round(session, round_id=opened.id)


def test_no_address_and_no_filter_shows_fewer_than_the_threshold(asking, signed_in, make, house):
    sales, tech = make.team("Sales"), make.team("Tech")
    people = [*asking.people(6, team=sales), *asking.people(6, team=tech), *asking.people(5)]
    opened = asking.open()
    # Sales: 6 answers; Tech: 5 of 6; nobody's: 2. Told apart, the 2 would be what is left of the total.
    answering = [*people[:6], *people[6:11], *people[12:14]]
    for user in answering:
        asking.answer(user, opened, mood=1 if user.team_id == tech.id else 5)
    asking.close(opened)
    with house.db.reading() as session:
        assert set(session.scalars(select(SurveySheet.group))) == {sales.id, None}, "not even the database knows Tech"
    spy = signed_in(make.user("Spy", Role.LEADER, Role.CURATOR, Role.ADMIN))
    address = f"/company/surveys/all/{opened.survey_id}"
    plain = spy.get(address).text
    counts = [int(found) for found in re.findall(r"· (\d+) answers?", plain)]
    assert counts == [13, 6, 7]
    assert "Tech" not in plain.split("Departments")[1].split("</table>")[0]
    for name, value in itertools.product(
        ("team", "group", "location", "role", "user", "mood", "from", "to", "round"), ("1", str(tech.id), "Tech", "9")
    ):
        assert [
            int(found) for found in re.findall(r"· (\d+) answers?", spy.get(f"{address}?{name}={value}").text)
        ] == counts
    for ending in ("/csv", "/export", ".csv", "/rows", "/sheets", "/1"):
        assert spy.get(address + ending).status_code == 404


def test_whatever_is_shown_and_whatever_is_left_is_at_least_the_threshold():
    """All ways in which up to three groups and everybody else can have answered."""
    for sizes in itertools.product(range(9), repeat=4):
        answered = [group for group, size in zip((1, 2, 3, None), sizes, strict=True) for _ in range(size)]
        shown = division.shown(answered, smallest=5)
        left = sum(1 for group in answered if group not in shown)
        assert left == 0 or left >= 5 or not shown
        assert all(answered.count(group) >= 5 for group in shown)


def test_a_question_that_few_were_asked_shows_nothing(asking, signed_in, make):
    people = asking.people(8)
    opened = asking.open()
    for user in people[:4]:
        asking.answer(user, opened, mood=3, why=SECRET)
    for user in people[4:]:
        asking.answer(user, opened, mood=3)
    asking.close(opened)
    page = signed_in(make.leader()).get(f"/company/surveys/all/{opened.survey_id}").text
    assert SECRET not in page
    assert "Too few answered this question" in page


def test_fewer_answers_than_the_threshold_are_thrown_away(asking, db):
    people = asking.people(8)
    opened = asking.open()
    for user in people[:4]:
        asking.answer(user, opened, mood=3, why=SECRET)
    closed = asking.close(opened)
    with db.reading() as session:
        assert closed.answered == 4
        assert session.scalars(select(SurveySheet)).all() == []
        assert session.scalars(select(SurveyBoxed)).all() == []


def test_with_the_whole_database_after_closing_nothing_ties_an_answer_to_a_person(asking, db, house, signed_in):
    sales = asking.make.team("Sales")
    people = [*asking.people(3, team=sales), *asking.people(6)]
    opened = asking.open()
    for place, user in enumerate(people):
        browser = signed_in(user)
        path = f"/company/surveys/{opened.id}/answer"
        browser.submit(path, {"mood": "4", "why": f"{SECRET} {place}"})
        house.clock.move(minutes=7)
    with db.reading() as session:
        # While it is open: who took part, and sealed sheets, with nothing that says when or whose.
        assert len(session.scalars(select(SurveyParticipation)).all()) == 9
        assert {column["name"] for column in inspect(db.engine).get_columns("survey_participation")} == {
            "round_id",
            "user_id",
        }
        sealed = [one.sealed for one in session.scalars(select(SurveyBoxed))]
    assert len({len(one) for one in sealed}) == 1
    asking.close(opened)
    with db.reading() as session:
        sheets = list(session.scalars(select(SurveySheet)))
        assert session.scalars(select(SurveyParticipation)).all() == []
        said = [sheet.answers["why"] for sheet in sheets]
        assert sorted(said) == sorted(f"{SECRET} {place}" for place in range(9))
        assert {sheet.user_id for sheet in sheets} == {None}
        assert {sheet.group for sheet in sheets} == {None}, "a department of three would be known"
        for table in Base.metadata.sorted_tables:
            if table.name == "survey_sheet":
                assert {column.type.python_type for column in table.columns}.isdisjoint({type(opened.opens_at)})
                continue
            kept = json.dumps([list(map(str, row)) for row in session.execute(table.select())])
            assert SECRET not in kept, table.name
        events = list(session.execute(text("SELECT kind FROM event")).scalars())
        assert not [kind for kind in events if "answer" in kind or "participat" in kind]
        if not db.is_sqlite:
            written_by = session.execute(text("SELECT count(DISTINCT xmin::text) FROM survey_sheet")).scalar_one()
            assert written_by == 1, "all sheets are written by one transaction"


def test_neither_keys_nor_row_numbers_tell_in_which_order_answers_came(asking, db):
    people = asking.people(30)
    opened = asking.open(WHY)
    for place, user in enumerate(people):
        asking.answer(user, opened, why=f"{place:02d}")
    with db.reading() as session:
        hidden = "rowid" if db.is_sqlite else "ctid"
        if db.is_sqlite:
            for table in ("survey_participation", "survey_boxed", "survey_sheet"):
                made = session.execute(text(f"SELECT sql FROM sqlite_master WHERE name = '{table}'")).scalar_one()
                assert "WITHOUT ROWID" in made
    asking.close(opened)
    with db.reading() as session:
        order = "id" if db.is_sqlite else hidden
        said = list(session.execute(text(f"SELECT answers FROM survey_sheet ORDER BY {order}")).scalars())
        places = [int(re.search(r"\d\d", str(one)).group()) for one in said]
    assert sorted(places) == list(range(30))
    rising = sum(1 for before, after in itertools.pairwise(places) if before < after)
    assert rising < 26, "30 answers in the order in which they came"


def test_the_file_of_the_database_holds_no_remains_of_the_box(asking, db, tmp_path):
    if not db.is_sqlite:
        return  # PostgreSQL's own files are its administrator's; docs/adr/0008 says what to do there
    people = asking.people(6)
    opened = asking.open()
    for user in people:
        asking.answer(user, opened, mood=3, why=SECRET)
    with db.reading() as session:
        keys = [one.id for one in session.scalars(select(SurveyBoxed))]
        sealed = [one.sealed[30:60] for one in session.scalars(select(SurveyBoxed))]
    asking.close(opened)
    remains = b"".join(path.read_bytes() for path in tmp_path.glob("test.db*"))
    assert SECRET.encode() in remains
    assert not [key for key in keys if key.encode() in remains]
    assert not [part for part in sealed if part in remains]


def test_the_log_names_nobody_where_a_survey_is_answered(asking, signed_in, monkeypatch):
    people = asking.people(6)
    opened = asking.open()
    lines = []
    monkeypatch.setattr(requests, "log", SimpleNamespace(info=lambda _event, **line: lines.append(line)))
    signed_in(people[0]).submit(f"/company/surveys/{opened.id}/answer", {"mood": "4"})
    signed_in(people[0]).get("/company/notices")
    about = [line for line in lines if "/answer" in line.get("path", "")]
    assert len(about) == 2
    assert {line["user"] for line in about} == {None}
    assert people[0].id in {line["user"] for line in lines}


def test_erasing_oneself_leaves_the_answer_and_nothing_that_leads_to_it(asking, db, house):
    people = asking.people(6)
    opened = asking.open()
    for user in people:
        asking.answer(user, opened, mood=3)
    with db.transaction() as session:
        told = HOLDING.export(session, people[0].id)
        assert told["open_surveys_answered"] == [{"round_id": opened.id, "user_id": people[0].id}]
        assert told["answers_with_my_name"] == []
        HOLDING.erase(session, house.clock, people[0].id)
    asking.close(opened)
    with db.reading() as session:
        assert len(session.scalars(select(SurveySheet)).all()) == 6


@pytest.mark.parametrize(("is_anonymous", "earned"), [(True, 0), (False, 5)])
def test_only_an_answer_with_a_name_earns_points_and_is_told_to_the_log(asking, db, is_anonymous, earned):
    kari = asking.people(5)[0]
    opened = asking.open(is_anonymous=is_anonymous)
    asking.answer(kari, opened, mood=4)
    points.keep_up(db)
    with db.reading() as session:
        assert points.total(session, user_id=kari.id) == earned
        told = session.scalars(select(Event.kind).where(Event.actor_id == kari.id)).all()
    assert ("survey.answered" in told) == (earned > 0)
    assert ("survey" in str(told)) == (earned > 0)
