"""Kudos: who is thanked decides who reads it, and nothing tells what they did not want told."""

import pytest
from sqlalchemy import select

from advocacy.base.errors import Invalid
from advocacy.messages import notifications
from advocacy.people import personnel
from advocacy.people.models import UserState
from advocacy.people.privacy import Holdings
from advocacy.recognition import kudos, points, values
from advocacy.recognition.kudos_models import Kudos, KudosReceiver
from advocacy.recognition.newsletter_block import KUDOS
from advocacy.recognition.standing import names


@pytest.fixture
def value(db):
    """The first of the company's values."""
    with db.transaction() as session:
        values.start(session)
        return values.everything(session)[0]


@pytest.fixture
def thank(value, signed_in, db):
    """A colleague thanks others on the page; gives the kudos' number."""

    def give(giver, *receivers, words="You saved the day."):
        browser = signed_in(giver)
        page = f"/company/kudos/new?{'&'.join(f'to={one.id}' for one in receivers)}"
        answer = browser.submit(page, {"value": str(value.id), "message": words})
        assert answer.status_code == 302, answer.text
        return int(answer.location.rsplit("/", 1)[1])

    return give


def choose(browser, number, public):
    browser.post(f"/company/kudos/{number}/choice", data={"csrf_token": browser.token(), "public": public})


def test_kudos_stand_on_the_wall_only_once_their_receiver_wants_it(make, signed_in, thank):
    kari, ola = make.user("Kari Nordmann"), make.user("Ola Hansen")
    number = thank(kari, ola)
    others = signed_in(make.user())
    assert "You saved the day" not in others.get("/company/kudos").text
    assert others.get(f"/company/kudos/{number}").status_code == 404
    assert "You saved the day" in signed_in(kari).get("/company/kudos/mine?which=given").text
    mine = signed_in(ola)
    assert "You saved the day" in mine.get("/company/kudos/mine").text
    mine.submit("/company/kudos/mine", {"kudos_public": "y"}, form="/company/kudos/mine")
    page = others.get("/company/kudos").text
    assert "Kari Nordmann thanks" in page
    assert "Ola Hansen" in page
    choose(mine, number, "0")
    assert "You saved the day" not in others.get("/company/kudos").text


def test_of_several_who_are_thanked_only_those_who_want_it_are_named(make, signed_in, thank):
    kari, ola, per = make.user("Kari"), make.user("Ola Hansen"), make.user("Per Silent")
    number = thank(kari, ola, per)
    choose(signed_in(ola), number, "1")
    page = signed_in(make.user()).get("/company/kudos").text
    assert "Ola Hansen" in page
    assert "1 colleague" in page
    assert "Per Silent" not in page
    assert "Per Silent" in signed_in(ola).get(f"/company/kudos/{number}").text


def test_words_that_name_somebody_who_does_not_want_it_stay_off_the_wall(make, signed_in, thank):
    kari, ola, per = make.user("Kari"), make.user("Ola Hansen"), make.user("Per Silent")
    number = thank(kari, ola, per, words="Ola and pers patience made it.")
    choose(signed_in(ola), number, "1")
    others = signed_in(make.user())
    assert "patience" not in others.get("/company/kudos").text
    choose(signed_in(per), number, "1")
    assert "patience" in others.get("/company/kudos").text


def test_a_part_of_a_name_is_found_in_words_and_not_inside_others():
    assert names("Thanks, KARI!", "Kari Nordmann")
    assert names("Karis idea", "Kari Nordmann")
    assert names("Kari's idea", "Kari Nordmann")
    assert names("Thanks to Oystein and ASE", "Øystein Lie")
    assert names("Thanks to Oystein and ASE", "Åse-Marie Bø")
    assert not names("The karisma of it", "Kari Nordmann")
    assert not names("It was so good", "Bo So Li Lund")


def test_whoever_is_told_by_other_words_than_their_name_takes_it_off_the_wall(make, signed_in, thank):
    ola, per = make.user("Ola Hansen"), make.user("Reidun Persen")
    number = thank(make.user("Kari"), ola, per, words="You and the boss of the canteen.")
    page = f"/company/kudos/{number}"
    choose(signed_in(ola), number, "1")
    others, mine = signed_in(make.user()), signed_in(per)
    assert "boss of the canteen" in others.get("/company/kudos").text
    assert "The words tell" not in signed_in(ola).get(page).text, "who stands there by name says no such thing"
    mine.submit(page, form=f"{page}/names-me")
    assert "boss of the canteen" not in others.get("/company/kudos").text
    assert "boss of the canteen" in signed_in(ola).get(page).text
    choose(mine, number, "1")
    assert "boss of the canteen" in others.get("/company/kudos").text
    assert others.post(f"{page}/names-me", data={"csrf_token": others.token()}).status_code == 404


@pytest.mark.parametrize(
    ("to", "says"),
    [("self", "You cannot thank yourself"), ("nobody", "Please choose whom"), ("disabled", "no longer here")],
)
def test_nobody_thanks_themselves_or_nobody(make, value, house, to, says):

    kari, gone = make.user("Kari"), make.user("Gone", state=UserState.DISABLED)
    people = {"self": [kari.id], "nobody": [], "disabled": [gone.id]}[to]
    with house.db.transaction() as session, pytest.raises(Invalid, match=says):
        kudos.give(session, house.clock, giver=kari, to=people, words="Thanks", value_id=value.id, key="k")


def test_a_form_sent_twice_is_one_thank_you_and_the_day_has_an_end(make, value, house, db, clock):

    kari, ola = make.user("Kari"), make.user("Ola")

    def give(key):
        with db.transaction() as session:
            return kudos.give(session, clock, giver=kari, to=[ola.id], words="Thanks", value_id=value.id, key=key).id

    assert give("one") == give("one")
    for number in range(kudos.MOST_A_DAY - 1):
        give(f"more {number}")
    with pytest.raises(Invalid, match="tomorrow"):
        give("too many")
    clock.move(days=1)
    give("tomorrow")


def test_looking_for_a_colleague_keeps_what_was_typed(make, value, signed_in):
    kari, ola, per = make.user("Kari"), make.user("Ola Hansen"), make.user("Per Olsen")
    browser = signed_in(kari)
    typed = {"find": "ol", "search": "1", "message": "So far", "to": str(ola.id), "value": str(value.id)}
    page = browser.submit("/company/kudos/new", typed)
    assert page.status_code == 200
    assert "So far" in page.text
    assert f'value="{ola.id}" checked' in page.text
    assert f'value="{per.id}">' in page.text
    assert "no longer" not in page.text
    assert browser.submit("/company/kudos/new", {"message": "x"}).status_code == 422


def test_the_giver_takes_it_back_and_the_receiver_need_not_keep_it(make, signed_in, thank, db):
    kari, ola, per = make.user("Kari"), make.user("Ola"), make.user("Per")
    number, other = thank(kari, ola), thank(kari, ola, per)
    stranger = signed_in(make.user())
    assert stranger.post(f"/company/kudos/{number}/remove", data={"csrf_token": stranger.token()}).status_code == 404
    giver, receiver = signed_in(kari), signed_in(ola)
    giver.post(f"/company/kudos/{number}/remove", data={"csrf_token": giver.token()})
    receiver.post(f"/company/kudos/{other}/remove", data={"csrf_token": receiver.token()})
    with db.reading() as session:
        assert session.get(Kudos, number) is None
        assert session.scalars(select(KudosReceiver.user_id)).all() == [per.id]


def test_a_curator_hides_with_a_reason_that_giver_and_receiver_read(make, signed_in, thank):
    kari, ola, curator = make.user("Kari"), make.user("Ola"), make.curator()
    number = thank(kari, ola, words="<script>alert(1)</script> unkind")
    moderator = signed_in(curator)
    assert moderator.get(f"/company/kudos/{number}").status_code == 404, "what is between two is theirs"
    choose(signed_in(ola), number, "1")
    page = f"/company/kudos/{number}"
    assert moderator.submit(page, {"reason": " "}, form=f"{page}/hide").status_code == 422
    moderator.submit(page, {"reason": "Not how we speak"}, form=f"{page}/hide")
    assert "unkind" not in signed_in(make.user()).get("/company/kudos").text
    for person in (kari, ola):
        assert "Not how we speak" in signed_in(person).get(page).text
    moderator.submit("/company/kudos/hidden", form=f"{page}/show-again")
    assert "unkind" in signed_in(make.user()).get("/company/kudos").text


def test_a_curator_does_not_hide_what_is_about_themselves(make, signed_in, thank):
    curator = make.curator()
    number = thank(make.user("Kari"), curator)
    browser = signed_in(curator)
    choose(browser, number, "1")
    answer = browser.post(f"/company/kudos/{number}/hide", data={"csrf_token": browser.token(), "reason": "x"})
    assert answer.status_code == 403


def test_the_wall_goes_on_page_by_page_and_by_value_and_team(make, signed_in, thank, db, clock):
    sales = make.team("Sales")
    kari, ola, per = make.user("Kari"), make.user("Ola", team=sales), make.user("Per")
    for number in range(22):
        thank(kari, ola, words=f"Word {number:02}")
        clock.move(days=1)
    thank(kari, per, words="For another team")
    for person in (ola, per):
        browser = signed_in(person)
        browser.submit("/company/kudos/mine", {"kudos_public": "y"}, form="/company/kudos/mine")
    reader = signed_in(make.user())
    first = reader.get(f"/company/kudos?team={sales.id}").text
    assert first.count("Word ") == 20
    assert "another team" not in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert reader.get(following).text.count("Word ") == 2
    with db.reading() as session:
        second = values.everything(session)[1]
    assert "Nothing with this choice" in reader.get(f"/company/kudos?value={second.id}").text
    assert reader.get("/company/kudos?after=nonsense").status_code == 422


def test_whoever_leaves_the_company_leaves_the_wall(make, signed_in, thank, db, house):

    admin, ola = make.admin(), make.user("Ola Hansen")
    number = thank(make.user("Kari"), ola)
    choose(signed_in(ola), number, "1")
    reader = signed_in(make.user())
    assert "Ola Hansen" in reader.get("/company/kudos").text
    with db.transaction() as session:
        personnel.disable(session, house.clock, user_id=ola.id, by=admin.id)
    points.keep_up(db)
    assert "Ola Hansen" not in reader.get("/company/kudos").text


def test_an_administrator_writes_the_values_in_both_languages(make, signed_in, value):
    browser = signed_in(make.admin())
    assert browser.submit("/company/values/new", {"name": "", "position": "1"}).status_code == 422
    browser.submit("/company/values/new", {"name": "Humour", "name_nb": "Humor", "position": "9"})
    kari = make.user("Kari", locale="nb")
    assert "Humor" in signed_in(kari).get("/company/kudos/new").text
    page = f"/company/values/{value.id}"
    browser.post(page, data={"csrf_token": browser.token(), "name": "Old", "position": "1"})
    assert "Old" not in signed_in(make.user()).get("/company/kudos/new").text


def test_what_was_thanked_is_in_ones_data_and_goes_with_its_receiver(make, thank, db, house):

    kari, ola, per = make.user("Kari"), make.user("Ola"), make.user("Per")
    first, second = thank(kari, ola, words="Only for one"), thank(kari, ola, per, words="For two")
    third = thank(kari, ola, per, words="Ola, thank you both")
    with db.transaction() as session:
        told = house.part(Holdings).export(session, house.clock, user_id=ola.id)["recognition"]
        assert [one["words"] for one in told["kudos_received"]] == ["Only for one", "For two", "Ola, thank you both"]
        assert (
            len(house.part(Holdings).export(session, house.clock, user_id=kari.id)["recognition"]["kudos_given"]) == 3
        )
        house.part(Holdings).erase(session, house.clock, user_id=ola.id, by=ola.id)
    with db.reading() as session:
        assert session.scalars(select(Kudos.id).where(Kudos.id.in_([first, second, third]))).all() == [second]
        assert session.scalars(select(KudosReceiver.user_id)).all() == [per.id]


def test_a_newsletter_tells_only_what_stands_on_the_wall_when_it_is_sent(make, signed_in, thank, db, house):
    ola, reader = make.user("Ola Hansen"), make.user(locale="nb")
    number = thank(make.user("Kari"), ola, make.user("Per Silent"))
    with db.reading() as session:
        assert KUDOS.offered(session, house.clock) == []
    choose(signed_in(ola), number, "1")
    with db.reading() as session:
        assert [one for one, _ in KUDOS.offered(session, house.clock)] == [number]
        drawn = KUDOS.draw(session, house.clock, reader, number)
        assert drawn.title == "Vi hjelper hverandre"
        assert "Kari → Ola Hansen" in drawn.words
        assert "Silent" not in drawn.words
    choose(signed_in(ola), number, "0")
    with db.reading() as session:
        assert KUDOS.draw(session, house.clock, reader, number) is None


def test_whoever_is_thanked_hears_of_it_and_a_giver_of_what_was_hidden(make, signed_in, thank, house):
    kari, ola, curator = make.user("Kari"), make.user("Ola"), make.curator()
    number, gone = thank(kari, ola), thank(kari, ola, words="Soon gone")
    giver = signed_in(kari)
    giver.post(f"/company/kudos/{gone}/remove", data={"csrf_token": giver.token()})
    choose(signed_in(ola), number, "1")
    moderator, page = signed_in(curator), f"/company/kudos/{number}"
    moderator.submit(page, {"reason": "Not how we speak"}, form=f"{page}/hide")
    notifications.keep_up(house)
    told = signed_in(ola).get("/me/notifications").text
    assert told.count("A colleague thanks you.") == 1
    assert "Kari" not in told
    assert "Not how we speak" in giver.get("/me/notifications").text
