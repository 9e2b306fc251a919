"""Lists from spreadsheets: read however they were saved, written so that none runs code."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.base import spreadsheets
from advocacy.base.errors import Invalid

LIST = "email;navn\nkåre@example.com;Kåre Ødegård\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_norwegian_letters_survive_whatever_program_saved_the_list(encoding):
    rows = spreadsheets.read(LIST.encode(encoding), most_rows=10)
    assert rows == [["email", "navn"], ["kåre@example.com", "Kåre Ødegård"]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_cells_may_be_separated_in_three_ways(separator):
    data = separator.join(("email", "name")) + "\r\n" + separator.join(("a@b.no", '"Olsen, Kari; leder"'))
    assert spreadsheets.read(data.encode(), most_rows=10)[1] == ["a@b.no", "Olsen, Kari; leder"]


def test_a_cell_may_hold_a_line_break_and_rows_keep_their_numbers():
    rows = spreadsheets.read(b'email,name\n"a@b.no","Kari\nNordmann"\n\nc@d.no,Ola\n\n\n', most_rows=10)
    assert rows == [["email", "name"], ["a@b.no", "Kari\nNordmann"], [], ["c@d.no", "Ola"]]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "could not read this file"),
        (b'email,name\n"a@b.no,Kari', "quotation mark"),
        (b"email\n" + b"a@b.no\n" * 20, "more than 10 rows"),
        (b"email\n" + b"," * 300_000, "more than 200 cells"),
        (b"email\n" + b"a" * 3000, "longer than 2000 characters"),
    ],
)
def test_what_cannot_be_read_is_told_in_plain_words(data, why):
    with pytest.raises(Invalid, match=why) as error:
        spreadsheets.read(data, most_rows=10)
    assert error.value.field == "file"


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=5))
def test_no_cell_that_is_written_opens_as_a_formula(cells):
    data = spreadsheets.write([cells])
    assert data.startswith(b"\xef\xbb\xbf"), "spreadsheets take it for UTF-8 by its mark"
    (row,) = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    for cell, kept in zip(row, cells, strict=True):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert kept in (cell, cell.removeprefix("'"))


def test_numbers_stay_numbers():
    assert spreadsheets.write([[1, -2.5, None]]).decode("utf-8-sig") == "1,-2.5,\r\n"
