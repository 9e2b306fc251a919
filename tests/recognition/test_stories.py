"""Stories stand on the wall once a curator approved them and everybody they name agreed, and no longer than that."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from advocacy.people.privacy import Holdings
from advocacy.reach.models import ReachDay
from advocacy.recognition import kudos, points, values
from advocacy.recognition.newsletter_block import STORY
from advocacy.recognition.story_models import Story, StoryState

BODY = "The customer **wrote back**.<script>alert(1)</script> [x](javascript:alert(1))"


@pytest.fixture
def told(signed_in, db):
    """Somebody tells a story on the page; gives its number."""

    def tell(user, *people, title="A customer wrote back", **fields):
        browser = signed_in(user)
        typed = {"title": title, "body": BODY, "to": [str(one.id) for one in people], **fields}
        answer = browser.submit("/company/stories/new", typed, content_type="multipart/form-data")
        assert answer.status_code == 302, answer.text
        return int(answer.location.rsplit("/", 1)[1])

    return tell


def press(browser, number, what, **fields):
    path = f"/company/stories/{number}/{what}"
    return browser.post(path, data={"csrf_token": browser.token(), **fields})


def wall(browser):
    return browser.get("/company/kudos").text


def test_a_story_waits_for_a_curator_and_for_those_it_names(make, signed_in, told):
    kari, ola = make.user("Kari Nordmann"), make.user("Ola Hansen")
    number = told(kari, ola)
    others, curator = signed_in(make.user()), signed_in(make.curator())
    assert others.get(f"/company/stories/{number}").status_code == 404
    assert "A customer wrote back" in curator.get("/company/stories/waiting").text
    press(curator, number, "approve")
    assert "Ola Hansen" in curator.get(f"/company/stories/{number}").text
    assert "A customer wrote back" not in wall(others), "Ola has not agreed"
    assert press(others, number, "agree", agrees="1").status_code == 404
    press(signed_in(ola), number, "agree", agrees="1")
    press(curator, number, "approve")
    assert "A customer wrote back" in wall(others)
    page = others.get(f"/company/stories/{number}").text
    assert "<strong>wrote back</strong>" in page
    assert "alert(1)</script>" not in page
    assert 'href="javascript' not in page
    press(signed_in(ola), number, "agree", agrees="0")
    assert "A customer wrote back" not in wall(others), "and changed their mind"


def test_a_curator_sends_it_back_and_a_changed_text_asks_everybody_anew(make, signed_in, told, db):
    kari, ola, curator = make.user(), make.user(), signed_in(make.curator())
    number = told(kari, ola)
    press(signed_in(ola), number, "agree", agrees="1")
    assert press(curator, number, "send-back", reason=" ").status_code == 422
    press(curator, number, "send-back", reason="Which customer?")
    teller = signed_in(kari)
    assert "Which customer?" in teller.get(f"/company/stories/{number}").text
    assert press(signed_in(ola), number, "edit", title="Mine").status_code == 403
    teller.submit(
        f"/company/stories/{number}/edit", {"title": "Bergen wrote back"}, content_type="multipart/form-data"
    )
    press(curator, number, "approve")
    with db.reading() as session:
        assert session.get_one(Story, number).state is StoryState.WAITING, "Ola agreed to other words"
    press(signed_in(ola), number, "agree", agrees="1")
    press(curator, number, "approve")
    assert "Bergen wrote back" in wall(signed_in(make.user()))
    assert press(signed_in(make.user()), number, "withdraw").status_code == 404
    assert teller.get(f"/company/stories/{number}/edit").status_code == 409
    press(teller, number, "withdraw")
    assert "Bergen wrote back" not in wall(signed_in(make.user()))


def test_a_picture_needs_words_and_a_figure_is_of_ones_own_post(make, signed_in, told, db, clock):
    kari, ola = make.user(), make.user()
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(drawn, "PNG")
    typed = {"title": "Blue", "body": "Look", "picture": (io.BytesIO(drawn.getvalue()), "blue.png")}
    browser = signed_in(kari)
    answer = browser.submit("/company/stories/new", typed, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "say what the picture shows" in answer.text
    share, foreign = make.share(kari), make.share(ola)
    typed = {"title": "Blue", "body": "Look", "share": str(foreign.id)}
    assert browser.submit("/company/stories/new", typed, content_type="multipart/form-data").status_code == 422
    with db.transaction() as session:
        counts = {"raw": 9, "filtered": 2, "human": 7, "unique_visitors": 5, "network": share.network}
        about = {"link_id": share.link_id, "user_id": kari.id, "item_id": share.item_id}
        session.add(ReachDay(day=clock.now().date(), **about, **counts))
    picture = (io.BytesIO(drawn.getvalue()), "blue.png")
    number = told(kari, picture=picture, alt_text="All blue", share=str(share.id))
    press(signed_in(make.curator()), number, "approve")
    page = wall(signed_in(ola))
    assert 'alt="All blue"' in page
    assert "7 people followed the post" in page


def test_looking_for_a_colleague_keeps_what_was_typed(make, signed_in):
    kari, ola = make.user("Kari"), make.user("Ola Hansen")
    typed = {"title": "So far", "find": "hans", "search": "1"}
    page = signed_in(kari).submit("/company/stories/new", typed, content_type="multipart/form-data")
    assert page.status_code == 200
    assert "So far" in page.text
    assert f'value="{ola.id}"' in page.text


def test_a_story_pays_when_somebody_else_approves_it_until_it_is_withdrawn(make, signed_in, told, db):
    kari, curator = make.user(), make.curator()
    numbers = {kari: told(kari), curator: told(curator)}
    for number in numbers.values():
        press(signed_in(curator), number, "approve")

    def of(user):
        points.keep_up(db)
        with db.reading() as session:
            return points.total(session, user_id=user.id)

    assert (of(kari), of(curator)) == (15, 0)
    press(signed_in(kari), numbers[kari], "withdraw")
    assert of(kari) == 0


def test_the_wall_mixes_stories_and_kudos_and_loses_none_between_pages(make, signed_in, told, db, clock):
    kari, ola, curator = make.user("Kari"), make.user("Ola"), signed_in(make.curator())
    with db.transaction() as session:
        values.start(session)
        value_id = values.everything(session)[0].id
    for number in range(15):
        story = told(kari, title=f"Thing {number:02}")
        press(curator, story, "approve")
        for again in range(2):
            with db.transaction() as session:
                words, key = f"Thing {15 + 2 * number + again:02}", f"{number} {again}"
                given = kudos.give(session, clock, giver=kari, to=[ola.id], words=words, value_id=value_id, key=key)
                kudos.choose(session, clock, kudos_id=given.id, user=ola, is_public=True)
        if number % 5 == 4:
            clock.move(days=1)
    reader, path, seen = signed_in(make.user()), "/company/kudos", []
    for _ in range(4):
        page = reader.get(path).text
        seen += [word.split("<")[0] for word in page.split("Thing ")[1:]]
        if 'rel="next"' not in page:
            break
        path = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert sorted(seen) == [f"{number:02}" for number in range(45)]
    assert reader.get("/company/kudos?after=WzEsMiwzXQ").status_code == 422


def test_what_names_somebody_who_erases_themselves_goes(make, signed_in, told, db, house):
    kari, ola, curator = make.user(), make.user(), signed_in(make.curator())
    about_ola, of_ola = told(kari, ola), told(ola, title="Mine")
    press(signed_in(ola), about_ola, "agree", agrees="1")
    press(curator, about_ola, "approve")
    with db.transaction() as session:
        assert [one for one, _ in STORY.offered(session, house.clock)] == [about_ola]
        exported = house.part(Holdings).export(session, house.clock, user_id=ola.id)["recognition"]
        assert [one["id"] for one in exported["stories_told"]] == [of_ola]
        assert [one["story_id"] for one in exported["stories_that_name_me"]] == [about_ola]
        house.part(Holdings).erase(session, house.clock, user_id=ola.id, by=ola.id)
    with db.reading() as session:
        states = dict(session.execute(select(Story.id, Story.state)).all())
        assert states == {about_ola: StoryState.WITHDRAWN}
        assert STORY.draw(session, house.clock, kari, about_ola) is None
