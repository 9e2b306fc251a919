"""Inviting many by a list."""

import io
import time

import pytest
from sqlalchemy import func, select

from advocacy.base.sealing import Sealer
from advocacy.people import people_files, people_rows, teams
from advocacy.people.entry_models import Invitation, PeopleFile
from advocacy.people.mail_models import OutgoingMail
from advocacy.people.models import Team, User
from tests.pages import PageClient

HEADING = "email,name,team,roles,location,languages,time zone\n"
GOOD = (
    HEADING
    + 'kari@example.com,Kari Nordmann,Sales > Nordic,curator,Oslo,"nb, en",Europe/Oslo\n'
    + "ola@example.com,Ola Hansen,Sales,,Bergen,nb,\n"
)


@pytest.fixture
def ada(make) -> User:
    return make.admin("Ada Admin")


@pytest.fixture
def admin(signed_in, ada) -> PageClient:
    return signed_in(ada)


def bring(admin, text, makes_teams=True):
    fields = {"file": (io.BytesIO(text.encode() if isinstance(text, str) else text), "people.csv")}
    if makes_teams:
        fields["makes_teams"] = "y"
    return admin.post(
        "/admin/people-lists",
        data={"csrf_token": admin.token(), **fields},
        content_type="multipart/form-data",
    )


def judged(house, ada, text, makes_teams=True):
    with house.db.transaction() as session:
        kept = people_files.keep(
            session, house.clock, data=text.encode(), file_name="x.csv", makes_teams=makes_teams, by=ada.id
        )
    with house.db.reading() as session:
        return people_rows.judge(session, house.clock, session.get(PeopleFile, kept.id))


def told(report) -> dict[int, str]:
    return {row.number: " ".join(str(problem) for _, problem in row.problems) for row in report.wrong}


def test_a_country_is_read_by_its_letters_and_by_its_name_in_either_language(house, ada):
    rows = ["a@example.com,se", "b@example.com,Tyskland", "c@example.com,united  kingdom", "d@example.com,Atlantis"]
    report = judged(house, ada, "\n".join(["e-post,land", *rows]))
    assert [row.invitee.country for row in report.right] == ["SE", "DE", "GB"]
    assert "Atlantis" in told(report)[5]


def count(db, table) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_list_is_looked_at_before_anybody_is_invited(admin, db, letters):
    answer = bring(admin, GOOD)
    page = admin.get(answer.location).text
    assert "Everything is in order" in page
    assert "Sales &gt; Nordic" in page
    assert "These teams will be made: Sales; Sales &gt; Nordic" in page
    assert (count(db, Invitation), count(db, Team)) == (0, 0)
    answer = admin.submit(answer.location, {"locale": "nb", "days": "30"})
    assert "2 people are invited" in admin.get(answer.location).text
    assert sorted(letter["To"] for letter in letters()) == ["kari@example.com", "ola@example.com"]
    with db.reading() as session:
        kari = session.scalars(select(Invitation).where(Invitation.email == "kari@example.com")).one()
        assert teams.path_name(session, kari.team_id) == "Sales > Nordic"
        assert (kari.roles, kari.languages, kari.time_zone) == (["curator"], ["nb", "en"], "Europe/Oslo")
        assert kari.locale == "nb"
    assert count(db, PeopleFile) == 0, "the list is not kept"


def test_each_row_says_in_plain_words_what_is_wrong_with_it(house, ada, make):
    make.user(email="here@example.com")
    report = judged(
        house,
        ada,
        HEADING
        + "kari@example.com,Kari,,,,,\n"
        + "not an address,Per,,,,,\n"
        + "KARI@example.com,Kari again,,,,,\n"
        + "here@example.com,Here,,,,,\n"
        + "ola@example.com,Ola,Nowhere,,,,\n"
        + "eva@example.com,Eva,,boss,,,\n"
        + "siv@example.com,Siv,,,,klingonsk!,\n"
        + "tor@example.com,Tor,,,,,Mars/Olympus\n"
        + ',"=HYPERLINK(""http://evil"")",Sales >,admin,,,\n'
        + "\n"
        + "last@example.com,Last,,,,,\n",
        makes_teams=False,
    )
    assert [row.number for row in report.right] == [2, 12]
    words = told(report)
    assert "does not look like an e-mail address" in words[3]
    assert "stands in row 2 already" in words[4]
    assert "is here already" in words[5]
    assert "There is no team “Nowhere”" in words[6]
    assert "“boss” is not a role" in words[7]
    assert "“klingonsk!” is not a language" in words[8]
    assert "“Mars/Olympus” is not a time zone" in words[9]
    for part in ("e-mail address", "which no name does", "A name is missing beside “>”"):
        assert part in words[10], "a row tells everything that is wrong with it at once"


def test_with_a_problem_nobody_is_invited_unless_those_rows_are_left_out(admin, ada, house, db):
    where = bring(admin, GOOD + "broken,Per,,,,,\n").location
    page = admin.get(where).text
    assert "1 row has a problem" in page
    assert "Invite 2 people, leave the rest out" in page
    answer = admin.post(where, data={"csrf_token": admin.token(), "days": "14"})
    assert answer.location == where
    assert "nobody was invited" in admin.get(where).text
    assert (count(db, Invitation), count(db, Team), count(db, OutgoingMail)) == (0, 0, 0)
    admin.submit(where)
    assert count(db, Invitation) == 2


def test_what_changed_between_looking_and_inviting_is_seen(admin, make, db):
    where = bring(admin, GOOD).location
    make.user(email="kari@example.com")
    answer = admin.post(where, data={"csrf_token": admin.token(), "days": "14"})
    assert answer.location == where
    assert count(db, Invitation) == 0
    assert "is here already" in admin.get(where).text


def test_a_list_is_used_once(admin, db):
    where = bring(admin, GOOD).location
    token = admin.token()
    admin.post(where, data={"csrf_token": token, "days": "14"})
    assert admin.post(where, data={"csrf_token": token, "days": "14"}).status_code == 404
    assert count(db, Invitation) == 2


def test_a_list_is_kept_for_a_day_at_most(admin, clock, house, db):
    where = bring(admin, GOOD).location
    clock.move(hours=25)
    assert admin.get(where).status_code == 404
    with house.db.transaction() as session:
        people_files.sweep(session, clock)
    assert count(db, PeopleFile) == 0


def test_columns_may_be_norwegian_in_any_order_with_two_names(house, ada):
    report = judged(
        house,
        ada,
        "Avdeling;Fornavn;Etternavn;E-post;Ansattnummer;Språk;Rolle\nSalg;Kåre;Ødegård;kare@example.com;42;norsk;leder\n",
    )
    (row,) = report.right
    assert row.invitee.name == "Kåre Ødegård"
    assert row.invitee.languages == ("nb",)
    assert [role.value for role in row.invitee.roles] == ["leader"]
    assert list(report.unused) == ["Ansattnummer"]
    assert list(report.new_teams) == ["Salg"]


def test_a_team_is_found_however_its_path_is_written(house, ada, make):
    nordic = make.team("Nordic", parent=make.team("Sales"))
    report = judged(house, ada, HEADING + "a@example.com,,sales>NORDIC,,,,\n", makes_teams=False)
    assert report.right[0].invitee.team_id == nordic.id


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "holds no people"),
        ("email,name\n", "holds no people"),
        ("name,team\nKari,Sales\n", "no column called “email”"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "could not read this file"),
        ("email\n" + "a@example.com\n" * 5001, "more than 5001 rows"),
    ],
)
def test_a_file_that_is_no_list_is_refused_beside_its_field(admin, text, why):
    answer = bring(admin, text)
    assert answer.status_code == 422
    assert why in answer.text


def test_no_file_is_asked_for(admin):
    answer = admin.post("/admin/people-lists", data={"csrf_token": admin.token()})
    assert answer.status_code == 422
    assert "Please choose a file." in answer.text


def test_rows_to_mend_come_back_as_a_file_that_runs_nothing(admin):
    where = bring(admin, HEADING + '=cmd|x!A1,"@SUM(1+1)",,,,,\n').location
    data = admin.get(f"{where}/problems.csv").data.decode("utf-8-sig")
    assert "'=cmd|x!A1" in data
    assert "'@SUM(1+1)" in data
    assert "does not look like an e-mail address" in data


def test_the_empty_list_can_be_brought_back_as_it_is(admin):
    data = admin.get("/admin/people-lists/template.csv").data
    page = admin.get(bring(admin, data).location).text
    assert "Everything is in order" in page
    assert "are not used" not in page


def test_five_thousand_people_are_judged_and_invited_at_once(house, ada, db):
    rows = "".join(
        f"person{number}@example.com,Person {number},Team {number % 40} > Part {number % 3},,Oslo,nb,Europe/Oslo\n"
        for number in range(5000)
    )
    began = time.monotonic()
    with house.db.transaction() as session:
        kept = people_files.keep(
            session, house.clock, data=(HEADING + rows).encode(), file_name="x", makes_teams=True, by=ada.id
        )
        file_id = kept.id
    with house.db.transaction() as session:
        invited = people_files.invite_all(
            session,
            house.clock,
            house.part(Sealer),
            file_id=file_id,
            leaves_out_wrong=False,
            days=14,
            locale="nb",
            address="http://localhost",
            by=session.merge(ada),
        )
    print(f"5,000 people invited in {time.monotonic() - began:.1f} s")
    assert invited == 5000
    assert (count(db, Invitation), count(db, OutgoingMail), count(db, Team)) == (5000, 5000, 160)


def test_a_long_list_is_shown_in_pages(admin):
    rows = "".join(f"person{number:03}@example.com,,,,,,\n" for number in range(150))
    where = bring(admin, HEADING + rows).location
    first = admin.get(where).text
    assert "person099@example.com" in first
    assert "person100@example.com" not in first
    assert "Page 1 of 2" in first
    assert "person149@example.com" in admin.get(f"{where}?page=2&show=right").text
