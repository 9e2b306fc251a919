"""A table saved as a workbook holds real numbers and days, says what they mean, and runs nothing."""

import io
from datetime import datetime

import pytest
from openpyxl import load_workbook

from advocacy.insights import about_files, files
from advocacy.insights.files import Wanted


@pytest.fixture
def leader(make, signed_in):
    """A browser of a leader."""
    return signed_in(make.leader())


def opened(answer):
    """The workbook of an answer."""
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.data))


def test_a_workbook_holds_the_rows_as_numbers_and_moments_under_a_heading_that_stays(leader, company, month):
    posts = opened(leader.get("/insights/files/posts.xlsx")).worksheets[0]
    days = opened(leader.get("/insights/files/days.xlsx")).worksheets[0]
    assert posts.freeze_panes == days.freeze_panes == "A2"
    heading, *rows = posts.iter_rows(values_only=True)
    assert len(rows) == len(company.out(month.first, month.last))
    assert all(isinstance(row[heading.index("When (UTC)")], datetime) for row in rows)
    assert all(isinstance(row[heading.index("All requests")], int) for row in rows)
    heading, *rows = days.iter_rows(values_only=True)
    assert rows[0][0] == datetime.combine(month.first, datetime.min.time())
    human = sum(click["is_human"] for click in company.clicked(month.first, month.last))
    assert sum(row[heading.index("Clicks by people")] for row in rows) == human


def test_a_second_sheet_says_which_days_and_filters_it_is_of_and_what_each_figure_means(
    make, signed_in, company, month
):
    item = company.items[0]
    path = f"/insights/files/clicks.xlsx?network=mastodon&item={item}&which=filtered&rule=head"
    about = opened(signed_in(make.leader()).get(path)).worksheets[1]
    facts = {row[0]: row[1] for row in about.iter_rows(values_only=True)}
    assert facts["First day (UTC)"].date() == month.first
    assert facts["Network"] == "Mastodon"
    assert facts["Item"] == "Item 0"
    assert facts["Which clicks"] == "Filtered"
    assert facts["Rule"]
    assert isinstance(facts["Made at (UTC)"], datetime)
    about = opened(signed_in(make.leader(locale="nb")).get("/insights/files/days.xlsx")).worksheets[1]
    known = {row[0]: row[1] for row in about.iter_rows(values_only=True)}
    assert known["Besøkende"] == "Anslått"
    assert known["Klikk fra mennesker"] == "Målt"


def test_every_figure_of_every_table_has_its_meaning(house, company, month):
    from advocacy.base.text import Text
    from advocacy.insights.scope import Scope
    from advocacy.people import groups

    with house.db.reading() as session:
        tree = groups.tree(session, smallest=5)
    wanted = Wanted(house.db, Scope(month), tree, Text, {})
    tables = [(name, files.table(name, wanted)) for name in files.TABLES]
    for name, made in [*tables, ("teams", files.teams([]))]:
        assert name in about_files.TITLES
        for place, column in enumerate(made.columns):
            values = [row[place] for row in made.rows] if isinstance(made.rows, list) else []
            if any(isinstance(value, int) for value in values) or column in (*files.OF_CLICKS, *files.OF_FIGURES):
                assert column.template in about_files.MEANINGS, f"{name}: {column}"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_workbook_is_a_formula(leader, make, start):
    make.share(make.user(), make.item(f'{start}1+1,"x"'))
    cells = [
        cell for row in opened(leader.get("/insights/files/items.xlsx")).worksheets[0].iter_rows() for cell in row
    ]
    told = next(cell for cell in cells if "1+1" in str(cell.value))
    assert told.data_type == "s"
    assert told.quotePrefix
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_a_table_too_long_for_one_sheet_goes_on_in_another(monkeypatch):
    from advocacy.base import workbooks

    monkeypatch.setattr(workbooks, "MOST_ROWS", 2)
    book = io.BytesIO()
    workbooks.write(book, [workbooks.Sheet("Many: rows", ["A"], [(number,) for number in range(5)])])
    read = load_workbook(book)
    assert read.sheetnames == ["Many rows", "Many rows 2", "Many rows 3"]
    assert [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in read] == [
        ["A", 0, 1],
        ["A", 2, 3],
        ["A", 4],
    ]


def test_every_table_can_be_saved_as_a_workbook(leader, company):
    for table in about_files.TITLES:
        rows = opened(leader.get(f"/insights/files/{table}.xlsx?period=90d")).worksheets[0].max_row
        has_none = ("audience", "conversions", "media-value")
        assert rows > 1 or table in has_none, table
    assert leader.get("/insights/files/secrets.xlsx").status_code == 404
