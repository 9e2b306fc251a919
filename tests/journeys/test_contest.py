"""A team from all departments wins a challenge, and two of it want the last piece of a reward at the same instant."""

import gettext
import re
from datetime import timedelta
from pathlib import Path

import pytest

from advocacy.base import events
from advocacy.recognition import challenges, closing, points

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TRANSLATIONS = Path(__file__).resolve().parents[2] / "translations"
AT_ONCE = "setTimeout(() => document.querySelector('form[action$=redeem]').requestSubmit(), 200)"


def share(house, person, item_share) -> None:
    """A network has confirmed a post."""
    with house.db.transaction() as session:
        data = {"user_id": person.id, "share_id": item_share.id}
        events.record(
            session,
            house.clock,
            kind="share.published",
            actor_id=person.id,
            subject=("share", item_share.id),
            data=data,
        )
    points.keep_up(house.db)


@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_team_wins_and_the_last_piece_goes_to_one_of_two(site, house, make, db, clock, axe, language):
    say = gettext.translation("messages", TRANSLATIONS, [language], fallback=language == "en").gettext
    sales, technology = make.team("Sales"), make.team("Technology")
    people = [make.user(f"Person {n}", team=(sales, technology)[n % 2], locale=language) for n in range(10)]
    kari, ola = people[0], people[1]
    organiser = make.curator("Nora Strand", locale=language)

    page = site.visit(organiser, language=language)
    page.goto("/leaderboard/challenges")
    page.get_by_role("link", name=say("New challenge")).first.click()
    page.get_by_label(say("Title"), exact=True).fill("Red and Blue")
    page.locator("#kind").select_option("mixed")
    page.get_by_label(say("Names of the mixed teams")).fill("Red\nBlue")
    first = clock.now().date() + timedelta(days=1)
    page.get_by_label(say("First day")).fill(first.isoformat())
    page.get_by_label(say("Last day")).fill((first + timedelta(days=6)).isoformat())
    page.locator("#prize_points").fill("30")
    page.get_by_role("button", name=say("Announce it")).click()
    page.wait_for_url(re.compile(r"/challenges/\d+$"))
    where = page.url.removeprefix(site.url)
    challenge_id = int(where.rpartition("/")[2])

    page = site.visit(kari, width=390, language=language)
    page.goto(where)
    page.get_by_role("row").filter(has_text="Red").get_by_role("button", name=say("Join")).click()
    page.get_by_text(say("You take part.")).wait_for()
    assert axe(page) == []
    with db.transaction() as session:
        red, blue = (side.id for side in challenges.sides(session, challenge_id=challenge_id))
        for place, person in enumerate(people[1:], start=1):
            side = red if place < 5 else blue
            challenges.join(session, clock, challenge_id=challenge_id, user=person, side_id=side)

    clock.move(days=2)
    closing.tick(house)
    for person in (kari, ola, people[9]):
        share(house, person, make.share(person))
    page = site.visit(kari, width=390, language=language)
    page.goto(where)
    mine = page.get_by_role("row").filter(has_text="Red").inner_text()
    assert mine.split()[0] == "1"
    assert mine.split()[-1] == "4", "two posts of five people: four points per head"

    clock.move(days=8)
    points.keep_up(house.db)
    closing.tick(house)
    points.keep_up(house.db)
    page = site.visit(kari, width=390, language=language)
    page.goto(where)
    page.get_by_text(say("Won by %(names)s") % {"names": "Red"}).wait_for()
    assert axe(page) == []

    page = site.visit(organiser, language=language)
    page.goto("/rewards/edit/new")
    page.get_by_label(say("Title"), exact=True).fill("The last cup")
    page.get_by_label(say("Price in points")).fill("40")
    page.get_by_label(say("Pieces left")).fill("1")
    page.get_by_role("button", name=say("Save")).click()
    page.get_by_text(say("The reward is saved.")).wait_for()

    both = [site.visit(person, language=language) for person in (kari, ola)]
    for page in both:
        page.goto("/rewards")
        page.get_by_role("link", name="The last cup").click()
        page.locator("form[action$=redeem]").wait_for()
    for page in both:
        page.evaluate(AT_ONCE)
    told = []
    gone = say("The last one has just gone to a colleague. Your points are untouched: you have {left}.").format(
        left=40
    )
    for page in both:
        page.get_by_text(say("It is yours.")).or_(page.get_by_text(gone)).wait_for()
        assert axe(page) == []
        told.append("gone" if page.get_by_text(gone).count() else "got")
    assert sorted(told) == ["gone", "got"]
    got, kept = (both[told.index(one)] for one in ("got", "gone"))
    for page, left in ((got, 0), (kept, 40)):
        page.goto("/rewards/mine")
        assert re.search(rf"\b{left}\b", page.locator("p").filter(has=page.locator(".figure")).first.inner_text())
    assert say("To be handed out") in got.get_by_role("main").inner_text()
    assert say("You have not taken anything yet") in kept.get_by_role("main").inner_text()
