"""A long file is made in the background, followed, fetched by who asked alone, and gone after a day."""

import csv
import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from advocacy.insights import long_files
from advocacy.insights.file_models import FigureFile, FileState
from advocacy.people.privacy import Holdings


@pytest.fixture(autouse=True)
def few_rows_are_long(monkeypatch):
    monkeypatch.setattr(long_files, "LONG", 30)
    monkeypatch.setattr(long_files, "TELL_EVERY", 0)


@pytest.fixture
def kim(make):
    """A leader."""
    return make.leader()


@pytest.fixture
def leader(kim, signed_in):
    """Her browser."""
    return signed_in(kim)


def press(browser, path):
    """Presses a button of a page."""
    return browser.post(path, data={"csrf_token": browser.token()})


def ask(browser, path="/insights/files/posts.xlsx?which=measured"):
    """Follows a link to a file that turns out to be long, and presses the button there."""
    offered = browser.get(path)
    assert offered.status_code == 303
    page = browser.get(offered.location).text
    action = re.search(r'<form method="post" action="(/insights/long-files\?[^"]+)"', page).group(1)
    answer = press(browser, action.replace("&amp;", "&"))
    assert answer.status_code == 303
    return page


def only_file(db):
    """The one that was asked for."""
    with db.reading() as session:
        return session.scalars(select(FigureFile)).one()


def test_a_long_file_is_offered_made_and_fetched_and_holds_what_the_page_shows(leader, house, db, company, month):
    out = company.out(month.first, month.last, lambda share: share["proof"].value in ("network", "confirmed"))
    assert f"Rows of this file: {len(out)}." in ask(leader)
    page = leader.get("/insights/long-files").text
    assert "Waiting" in page
    assert 'hx-trigger="every 2s"' in page
    assert long_files.tick(house) == 1
    page = leader.get("/insights/long-files").text
    assert "Ready" in page
    assert "Which posts: Measured" in page
    assert "hx-trigger" not in page.partition('id="long-files"')[2]
    answer = leader.get(f"/insights/long-files/{only_file(db).id}")
    assert f"insights-posts-{month.first}-{month.last}.xlsx" in answer.headers["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.data))
    assert book.worksheets[0].max_row == len(out) + 1
    assert only_file(db).rows == only_file(db).done == len(out)
    answer.close()


def test_a_csv_made_in_the_background_is_in_the_language_of_who_asked(make, signed_in, house, db, company):
    browser = signed_in(make.leader(locale="nb"))
    offered = browser.get("/insights/files/clicks.csv?form=plain")
    press(browser, offered.location)
    long_files.tick(house)
    with browser.get(f"/insights/long-files/{only_file(db).id}") as answer:
        rows = list(csv.DictReader(io.StringIO(answer.data.decode())))
    assert {row["Regnet som"] for row in rows} >= {"Filtrert"}


def test_nobody_else_fetches_or_cancels_it_not_even_another_leader(leader, make, signed_in, house, db, company):
    ask(leader)
    other = signed_in(make.admin())
    number = only_file(db).id
    assert press(other, f"/insights/long-files/{number}/cancel").status_code == 404
    long_files.tick(house)
    assert other.get(f"/insights/long-files/{number}").status_code == 404
    assert "No long file of yours" in other.get("/insights/long-files").text
    leader.get(f"/insights/long-files/{number}").close()


def test_the_work_of_a_killed_worker_is_begun_anew_and_given_up_after_three(leader, house, db, clock, company):
    ask(leader)
    for turn in (1, 2, 3):
        taken = long_files._take(house)  # and the worker is killed
        assert taken.turn == turn
        assert long_files._take(house) is None
        clock.move(minutes=6)
        if turn == 1:
            assert "Being made" in leader.get("/insights/long-files").text
    assert long_files.tick(house) == 1
    assert only_file(db).state is FileState.FAILED
    assert "interrupted several times" in leader.get("/insights/long-files").text


def test_a_worker_that_was_given_up_for_dead_overwrites_nothing(leader, house, db, clock, company):
    ask(leader)
    slow = long_files._take(house)
    clock.move(minutes=6)
    long_files.tick(house)
    ready = only_file(db)
    assert (ready.state, ready.turn) == (FileState.READY, 2)
    long_files._carry_out(house, slow)
    assert only_file(db).done == ready.done
    assert [place.name for place in long_files.folder_of(house).iterdir()] == [f"{ready.id}-2"]


def test_cancelling_ends_the_making_at_the_next_note_and_leaves_no_file(leader, house, db, company, monkeypatch):
    ask(leader)
    number = only_file(db).id
    real = long_files._note

    def note(the_house, file, **values):
        if "rows" in values:
            press(leader, f"/insights/long-files/{number}/cancel")
        real(the_house, file, **values)

    monkeypatch.setattr(long_files, "_note", note)
    long_files.tick(house)
    assert only_file(db).state is FileState.CANCELLED
    assert list(long_files.folder_of(house).iterdir()) == []
    assert leader.get(f"/insights/long-files/{number}").status_code == 404


def test_a_disk_that_takes_nothing_is_told_with_its_reason(leader, house, db, company, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(long_files.workbooks, "write", full)
    ask(leader)
    long_files.tick(house)
    assert "No space left on device" in leader.get("/insights/long-files").text


def test_a_file_is_gone_after_a_day_and_so_is_what_lies_there_without_a_row(leader, house, db, clock, company):
    ask(leader)
    long_files.tick(house)
    folder = long_files.folder_of(house)
    (folder / "77-1.part").write_bytes(b"left by a worker that was killed")
    long_files.sweep(house)
    assert [place.name for place in folder.iterdir()] == [f"{only_file(db).id}-1"]
    clock.move(hours=24, minutes=1)
    long_files.sweep(house)
    assert list(folder.iterdir()) == []
    assert "No long file of yours" in leader.get("/insights/long-files").text


def test_a_person_has_five_in_the_making_at_most(leader, db, company):
    path = leader.get("/insights/files/posts.csv").location
    for _ in range(6):
        press(leader, path)
    assert "5 files in the making" in leader.get("/insights/long-files").text
    with db.reading() as session:
        assert len(session.scalars(select(FigureFile)).all()) == 5


def test_whose_post_was_not_named_has_no_file_of_its_clicks_either(leader, db, company):
    shy = next(one["id"] for one in company.people if not one["ranked_by_name"])
    share = next(one["id"] for one in company.shares if one["user_id"] == shy)
    assert press(leader, f"/insights/long-files?table=clicks&form=csv&post={share}").status_code == 403
    with db.reading() as session:
        assert session.scalars(select(FigureFile)).all() == []


def test_what_one_asked_for_is_in_ones_data_and_goes_with_one(leader, kim, house, db, company):
    ask(leader)
    with db.transaction() as session:
        told = house.part(Holdings).export(session, house.clock, user_id=kim.id)["insights"]
        assert [one["name"] for one in told["files_of_figures"]] == ["posts"]
        house.part(Holdings).erase(session, house.clock, user_id=kim.id, by=kim.id)
        assert session.scalars(select(FigureFile)).all() == []
