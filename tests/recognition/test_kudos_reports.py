"""An unkind thank you, also one between two, is reported, looked at by a curator who is not concerned, and answered."""

import pytest

from advocacy.base.errors import NotFound
from advocacy.messages import notifications
from advocacy.people.privacy import Holdings
from advocacy.recognition import kudos, reports, values
from advocacy.recognition.kudos_models import KudosReport


@pytest.fixture
def unkind(db, make, clock):
    """Kari's words to Ola, between the two."""
    kari, ola = make.user("Kari"), make.user("Ola Hansen")
    with db.transaction() as session:
        values.start(session)
        value = values.everything(session)[0]
        given = kudos.give(
            session, clock, giver=kari, to=[ola.id], words="Even you managed it.", value_id=value.id, key="one"
        )
        number = given.id
    return kari, ola, number


def report(browser, number, what="It mocks me."):
    return browser.submit(f"/company/kudos/{number}", {"what": what}, form=f"/company/kudos/{number}/report")


def told(browser):
    return browser.get("/me/notifications").text


def test_a_private_thank_you_is_seen_by_curators_only_once_it_is_reported_and_until_they_answer(
    make, signed_in, unkind, house
):
    kari, ola, number = unkind
    curator = signed_in(make.curator())
    page = f"/company/kudos/{number}"
    assert "Nothing is reported" in curator.get("/company/kudos/reported").text
    assert curator.get(page).status_code == 404
    mine = signed_in(ola)
    assert report(mine, number, what=" ").status_code == 422
    assert report(mine, number).status_code == 302
    assert "You reported this thank you" in mine.get(page).text
    waiting = curator.get("/company/kudos/reported").text
    assert "Even you managed it." in waiting
    assert "Somebody it is for:</span> It mocks me." in waiting
    assert "Ola Hansen" not in waiting, "who reported it is not told"
    assert "(1)" in curator.get("/company/kudos").text
    assert "report" not in signed_in(kari).get(page).text.casefold().replace("reports", "")
    curator.submit("/company/kudos/reported", form=f"{page}/leave")
    assert curator.get(page).status_code == 404, "it is between the two again"
    notifications.keep_up(house)
    assert "and left it" in told(mine)
    assert "reported" not in told(signed_in(kari))


def test_a_curator_hides_what_was_reported_and_everybody_concerned_hears_of_it(make, signed_in, unkind, house, db):
    kari, ola, number = unkind
    person = make.curator()
    curator, mine, page = signed_in(person), signed_in(ola), f"/company/kudos/{number}"
    report(mine, number)
    notifications.keep_up(house)
    assert "asks you to look" in told(curator)
    assert "asks you to look" not in told(signed_in(kari))
    curator.submit(page, {"reason": "Not how we speak"}, form=f"{page}/hide")
    assert "Nothing is reported" in curator.get("/company/kudos/reported").text
    assert "Not how we speak" in signed_in(kari).get(page).text
    notifications.keep_up(house)
    assert "hid the thank you that you reported" in told(mine)
    assert "A curator hid a thank you that you wrote" in told(signed_in(kari))
    with db.transaction() as session, pytest.raises(NotFound):
        reports.leave_it(session, house.clock, kudos_id=number, by=person)


def test_whoever_is_concerned_does_not_decide_and_a_stranger_cannot_report_what_they_cannot_read(
    make, signed_in, db, clock
):
    writer, reader = make.curator("Cur Ator"), make.curator("Re Ader")
    with db.transaction() as session:
        values.start(session)
        value = values.everything(session)[0]
        number = kudos.give(session, clock, giver=writer, to=[reader.id], words="Hm.", value_id=value.id, key="k").id
    page = f"/company/kudos/{number}"
    stranger = signed_in(make.user())
    token = {"csrf_token": stranger.token(), "what": "x"}
    assert stranger.post(f"{page}/report", data=token).status_code == 404
    mine, own = signed_in(reader), signed_in(writer)
    assert own.post(f"{page}/report", data={"csrf_token": own.token(), "what": "x"}).status_code == 403
    assert report(mine, number).status_code == 302
    for browser in (mine, own):
        assert "Nothing is reported" in browser.get("/company/kudos/reported").text
        assert browser.post(f"{page}/leave", data={"csrf_token": browser.token()}).status_code == 403
    assert "It mocks me." in signed_in(make.admin()).get("/company/kudos/reported").text


def test_what_was_reported_is_in_ones_data_and_goes_with_its_reporter(make, signed_in, unkind, house, db):
    _, ola, number = unkind
    report(signed_in(ola), number)
    with db.transaction() as session:
        exported = house.part(Holdings).export(session, house.clock, user_id=ola.id)["recognition"]
        assert [one["reason"] for one in exported["kudos_reported"]] == ["It mocks me."]
        house.part(Holdings).erase(session, house.clock, user_id=ola.id, by=ola.id)
    with db.reading() as session:
        assert session.query(KudosReport).all() == []
