"""Leaders get last month's figures beside the month before's, once, on the first working morning of the month where they are."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from advocacy.base.letters import Printer
from advocacy.insights import monthly_letters
from advocacy.insights.models import MonthlyLetter
from advocacy.insights.periods import month_of
from advocacy.people.mail_models import OutgoingMail
from advocacy.people.privacy import Holdings

MORNING = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
"""A Monday, the first working day of March: half past eight in Oslo."""


@pytest.fixture
def oslo(make):
    """A leader in Oslo."""
    return make.leader("Kim Leader", time_zone="Europe/Oslo")


@pytest.fixture
def written(house, clock, monkeypatch):
    """What `written(at=...)` put into the outbox at a moment: letters as they were, newest last."""
    put = []
    real = monthly_letters.outbox.put

    def keep(*args, **values):
        put.append((values["to"], values["letter"], values["locale"]))
        return real(*args, **values)

    monkeypatch.setattr(monthly_letters.outbox, "put", keep)

    def at(moment):
        clock.set(moment)
        before = len(put)
        monthly_letters.tick(house)
        return put[before:]

    return at


def test_the_first_working_day_is_no_weekend():
    assert monthly_letters.first_working_day(date(2026, 3, 20)) == date(2026, 3, 2)
    assert monthly_letters.first_working_day(date(2026, 8, 31)) == date(2026, 8, 3)
    assert monthly_letters.first_working_day(date(2026, 4, 1)) == date(2026, 4, 1)


def test_the_letter_holds_both_months_leads_to_the_pages_and_names_nobody(oslo, house, company, written):
    ((to, letter, locale),) = written(MORNING)
    assert to == oslo.email
    message = house.part(Printer).message(letter, to=to, locale=locale, message_id="m")
    plain = message.get_body(("plain",)).get_content()
    for month in (month_of(date(2026, 2, 1)), month_of(date(2026, 1, 1))):
        clicked = company.clicked(month.first, month.last)
        human = sum(click["is_human"] for click in clicked)
        sharers = len({share["user_id"] for share in company.out(month.first, month.last)})
        assert str(human) in plain
        assert str(sharers) in plain
    assert "In January 2026:" in plain
    assert "Estimated" in plain
    assert "Self-reported" in plain
    assert "/insights/summary?period=custom&from=2026-02-01&to=2026-02-28" in plain
    assert "/insights/teams?month=2026-02" in plain
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Person Number" not in message.as_string()


def test_it_is_written_once_however_often_and_by_however_many_it_is_tried(oslo, house, company, written, monkeypatch):
    assert len(written(MORNING)) == 1
    assert written(MORNING.replace(hour=8)) == []
    assert written(MORNING.replace(day=3)) == []
    with house.db.reading() as session:
        user, told = oslo, monthly_letters.figures(session, month_of(date(2026, 2, 1)), now=house.clock.now())
    letter = monthly_letters.written(house, user, told)
    assert not monthly_letters._put(
        house, user, date(2026, 2, 1), letter
    )  # another worker had looked before the note
    with house.db.reading() as session:
        assert len(session.scalars(select(OutgoingMail).where(OutgoingMail.kind == "figures")).all()) == 1
    assert len(written(datetime(2026, 4, 1, 6, 30, tzinfo=UTC))) == 1


@pytest.mark.parametrize(
    ("moment", "comes"),
    [
        (datetime(2026, 3, 1, 7, 30, tzinfo=UTC), False),  # a Sunday
        (datetime(2026, 3, 2, 6, 30, tzinfo=UTC), False),  # half past seven in Oslo
        (datetime(2026, 3, 2, 13, 30, tzinfo=UTC), False),  # no morning any more
        (datetime(2026, 3, 3, 7, 30, tzinfo=UTC), True),  # the hub was away on Monday
        (datetime(2026, 3, 9, 7, 30, tzinfo=UTC), False),  # too long
    ],
)
def test_it_comes_in_the_leaders_own_morning_or_one_soon_after(oslo, company, written, moment, comes):
    assert bool(written(moment)) == comes


def test_only_leaders_get_it_and_only_if_there_is_something_to_say(make, clock, written):
    make.leader(time_zone="UTC")
    assert written(datetime(2026, 3, 2, 8, 30, tzinfo=UTC)) == []
    make.curator(time_zone="UTC")
    make.share(make.user(), published_at=datetime(2026, 2, 10, tzinfo=UTC))
    assert len(written(datetime(2026, 3, 2, 8, 40, tzinfo=UTC))) == 1


def test_who_wants_no_more_of_them_says_so_on_their_page_or_with_one_click(
    oslo, make, signed_in, client, company, written
):
    other = make.leader("Bo Other", time_zone="Europe/Oslo")
    browser = signed_in(other)
    page = browser.get("/me/messages").text
    assert re.search(r'name="figures" value="1" checked', page)
    browser.post("/me/messages", data={"csrf_token": browser.token(), "letters": "1", "newsletter": "1"})
    ((to, letter, _),) = written(MORNING)
    assert to == oslo.email
    stop = letter.unsubscribe.partition("/unsubscribe/")[2]
    asked = client.get(f"/unsubscribe/{stop}")
    assert "monthly letter" in asked.text
    assert client.post(f"/unsubscribe/{stop}", data={"csrf_token": client.token()}).status_code == 200
    assert written(datetime(2026, 4, 1, 6, 30, tzinfo=UTC)) == []


def test_who_does_not_lead_is_not_asked_and_keeps_their_choice(make, signed_in, db):
    from advocacy.messages import choices

    person = make.user()
    browser = signed_in(person)
    assert 'name="figures"' not in browser.get("/me/messages").text
    browser.post("/me/messages", data={"csrf_token": browser.token()})
    with db.reading() as session:
        assert choices.settings_of(session, person.id).wants_figures


def test_the_note_of_a_letter_is_in_ones_data_and_goes_with_one(oslo, house, db, company, written):
    written(MORNING)
    with db.transaction() as session:
        told = house.part(Holdings).export(session, house.clock, user_id=oslo.id)["insights"]
        assert told["monthly_letters"][0]["month"] == "2026-02-01"
        house.part(Holdings).erase(session, house.clock, user_id=oslo.id, by=oslo.id)
        assert session.scalars(select(MonthlyLetter)).all() == []
