"""An employee criticises anonymously, a leader answers, and the employee sees that it is done: in a real browser."""

import re

import pytest
from sqlalchemy import select

from advocacy.voice.forum_models import ForumTopic

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORDS = {
    "en": {"write": "Put it into the forum", "without": "Write anonymously", "kind": "Criticism", "line": "In one line",
           "say": "What do you want to say?", "stand": "Where it stands", "answer": "Answer that everybody sees",
           "publish": "Publish the answer", "done": "Done"},
    "nb": {"write": "Legg det i forumet", "without": "Skriv anonymt", "kind": "Kritikk", "line": "Med én linje",
           "say": "Hva vil du si?", "stand": "Hvor det står", "answer": "Svar som alle ser",
           "publish": "Publiser svaret", "done": "Ferdig"},
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "nb"])
def test_an_anonymous_critic_sees_that_it_is_done(site, make, db, axe, language):
    words = WORDS[language]
    kari, leader = make.user("Kari Nordmann", locale=language), make.leader(locale=language)
    page = site.visit(kari, width=390, language=language)
    page.goto("/company/forum/new")
    page.get_by_label(words["kind"], exact=True).check()
    page.get_by_label(words["line"]).fill("The canteen closes too early")
    page.get_by_label(words["say"]).fill("Those who come late go hungry.")
    page.get_by_label(words["without"]).check()
    page.get_by_role("button", name=words["write"]).click()
    page.wait_for_url(re.compile(r"/company/forum/[0-9a-f]{24}"))
    assert "Kari" not in page.locator("main").inner_text()
    assert axe(page) == []
    desk = site.visit(leader, language=language)
    desk.goto("/company/forum")
    desk.get_by_role("link", name="The canteen closes too early").click()
    desk.get_by_label(words["stand"]).select_option("done")
    desk.get_by_label(words["answer"]).fill("It is open until eight from Monday.")
    desk.get_by_role("button", name=words["publish"]).click()
    assert axe(desk) == []
    page.goto("/company/forum/mine")
    card = page.get_by_role("listitem").filter(has_text="The canteen closes too early")
    assert words["done"] in card.inner_text()
    assert "open until eight" in card.inner_text()
    with db.reading() as session:
        topic = session.scalars(select(ForumTopic)).one()
        assert topic.user_id is None
        assert topic.votes == 0
