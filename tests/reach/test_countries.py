"""The country of a visit: only where a database is supplied, and never the address it was told by."""

from dataclasses import dataclass

import pytest
from werkzeug.test import Client

from advocacy.admin import health
from advocacy.app import create_app
from advocacy.reach import countries, importing, observing
from advocacy.sharing.models import Link
from tests.reach.conftest import BROWSER, lines_in
from tests.reach.mmdb import write

RANGES = {
    "81.166.0.0/16": {"country": {"iso_code": "NO"}},
    "85.0.0.0/8": {"country": "SE"},
    "90.0.0.0/8": {"country_code": "DK"},
    "91.0.0.0/8": {"country": {"iso_code": "<b>"}},
}


@pytest.fixture
def file(tmp_path, clock):
    path = tmp_path / "countries.mmdb"
    write(path, RANGES, built=int(clock.now().timestamp()))
    return path


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("81.166.12.34", "NO"),
        ("81.167.0.1", ""),
        ("85.1.2.3", "SE"),
        ("90.9.9.9", "DK"),
        ("91.9.9.9", ""),
        ("2001:db8::1", ""),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_a_database_of_any_maker_tells_the_country_and_never_fails(file, address, code):
    assert countries.lookup(str(file))(address) == code


def test_without_a_file_that_can_be_used_nothing_is_looked_up(tmp_path, settings, house):
    assert countries.lookup("") is observing.nowhere
    rubbish = tmp_path / "rubbish.mmdb"
    rubbish.write_bytes(b"no database")
    for path in (rubbish, tmp_path / "none.mmdb"):
        assert countries.lookup(str(path)) is observing.nowhere


@dataclass
class Followed:
    """A link and how to follow it from some addresses."""

    browser: Client
    code: str

    def by(self, *addresses):
        for address in addresses:
            self.browser.get(f"/r/{self.code}", headers=BROWSER, environ_overrides={"REMOTE_ADDR": address})


@pytest.fixture
def followed(settings, house, make, file, db):
    told = settings.model_copy(update={"country_database": str(file)})
    house._parts[type(told)] = told
    share = make.share(make.user("Ada Advocate"), make.item("Grid report"))
    with db.reading() as session:
        code = session.get_one(Link, share.link_id).code
    return Followed(Client(create_app(told, the_house=house), use_cookies=False), code)


def test_the_country_is_kept_with_the_click_and_small_groups_are_not_told(followed, clicks, house, make, signed_in):
    followed.by(*(f"81.166.0.{number}" for number in range(6)), "85.1.2.3", "198.51.100.7")
    assert [line.country for line in lines_in(clicks)] == ["NO"] * 6 + ["SE", ""]
    assert b"81.166" not in next(clicks.glob("*.log")).read_bytes()
    importing.keep_up(house.db, house.clock, directory=clicks)
    leader = signed_in(make.leader())
    page = " ".join(leader.get("/insights/countries").text.split())
    assert "Norway" in page
    assert "Sweden" not in page, "one click there"
    assert "Other countries" in page
    assert "Country not known" in page
    rows = leader.get("/insights/clicks").text
    assert rows.count("Norway") == 6
    assert "Sweden" not in rows
    file = leader.get("/insights/files/clicks.csv?form=plain").text
    assert (file.count(",NO"), file.count(",SE")) == (6, 0)


def test_doctor_says_whether_the_file_serves(followed, house, file, clock):
    def told():
        return next(check for check in health.examine(house) if str(check.name) == "Countries of visits")

    assert told().verdict is health.Verdict.FINE
    assert "Test-Country" in str(told().says)
    clock.move(days=120)
    assert told().verdict is health.Verdict.LOOK
    file.unlink()
    assert "no such file" in str(told().says)
