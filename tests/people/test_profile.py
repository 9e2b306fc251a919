"""A person's own page."""

import pytest
from sqlalchemy import select

from advocacy.base.events import Event
from advocacy.people.models import User


@pytest.fixture
def kari(make) -> User:
    team = make.team("Nordic", parent=make.team("Sales"))
    return make.user("Kari Nordmann", team=team, languages=["nb", "en"], time_zone="Europe/Oslo")


def fresh(db, user) -> User:
    with db.reading() as session:
        return session.get(User, user.id)


def test_a_person_changes_what_is_theirs(kari, signed_in, db):
    browser = signed_in(kari)
    page = browser.get("/me").text
    assert "Sales &gt; Nordic" in page
    answer = browser.submit(
        "/me",
        {
            "name": "Kari Berg",
            "job_title": "Engineer",
            "language": "en",
            "more_languages": ["nb", "en", "de"],
            "time_zone": "America/New_York",
            "locale": "nb",
            "theme": "dark",
            "ranked_by_name": "y",
        },
    )
    assert answer.location == "/me"
    now = fresh(db, kari)
    assert (now.name, now.job_title, now.languages) == ("Kari Berg", "Engineer", ["en", "nb", "de"])
    assert (now.time_zone, now.locale, now.theme, now.ranked_by_name) == ("America/New_York", "nb", "dark", True)
    assert '<html lang="nb" data-theme="dark"' in browser.get("/me").text


def test_the_form_sent_untouched_changes_nothing(kari, signed_in, db):
    before = {column: getattr(kari, column) for column in ("name", "languages", "time_zone", "locale", "theme")}
    signed_in(kari).submit("/me")
    assert {column: getattr(fresh(db, kari), column) for column in before} == before


def test_appearing_by_name_is_a_choice_that_can_be_proved(kari, signed_in, db):
    browser = signed_in(kari)
    assert fresh(db, kari).ranked_by_name is False
    browser.submit("/me", {"ranked_by_name": "y"})
    browser.submit("/me", {"ranked_by_name": "y"})
    browser.submit("/me", {"ranked_by_name": None})
    with db.reading() as session:
        chosen = session.scalars(select(Event.data).where(Event.kind == "user.ranking_chosen").order_by(Event.id))
        assert list(chosen) == [{"by_name": True}, {"by_name": False}]


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"name": "x" * 121}, {"time_zone": "Mars/Olympus"}, {"locale": "xx"}, {"theme": "pink"}],
)
def test_what_cannot_be_is_refused(kari, signed_in, db, wrong):
    assert signed_in(kari).submit("/me", wrong).status_code == 422
    assert fresh(db, kari).name == "Kari Nordmann"


def test_nobody_gives_themselves_a_role_or_a_team(kari, signed_in, db):
    signed_in(kari).submit("/me", {"roles": ["admin"], "team_id": "", "state": "active", "email": "x@example.com"})
    now = fresh(db, kari)
    assert (now.team_id, now.email) == (kari.team_id, kari.email)
    assert [role.value for role in now.roles] == ["advocate"]


def test_theme_and_language_are_one_click_away_on_every_page(kari, signed_in, db):
    browser = signed_in(kari)
    answer = browser.submit("/me", {"theme": "light", "next": "/me"}, form="/appearance")
    assert answer.location == "/me"
    assert fresh(db, kari).theme == "light"
    browser.submit("/me", {"locale": "nb"}, form="/appearance")
    assert (fresh(db, kari).locale, fresh(db, kari).theme) == ("nb", "light")
