"""Feedback on anything: it has to be there, and for the person who says something about it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from advocacy.library.models import Dimension, ItemState
from advocacy.programme import programmes
from advocacy.voice import notices
from advocacy.voice.page_models import Feedback, HandbookPage
from tests.learning.conftest import teach

__all__ = ["teach"]


@pytest.fixture
def say(db):
    """Sends a card; gives the status and how many are kept."""

    def send(browser, about, **fields):
        answer = browser.post(
            f"/company/feedback/{about}", data={"csrf_token": browser.token(), "helpful": "1"} | fields
        )
        with db.reading() as session:
            return answer.status_code, session.scalar(select(func.count()).select_from(Feedback))

    return send


@pytest.fixture
def things(house, make, teach):
    """One of each kind for a team alone, where the kind can be for a team."""
    team = make.team("Sales")
    audience = {Dimension.TEAM: (str(team.id),)}
    curator = make.curator()
    item, course = make.item("For sales", audience=audience), teach("Sell it", audience=audience)
    with house.db.transaction() as session:
        written = notices.Written(title="For sales", body="Words", audience=audience)
        notice = notices.publish(session, house.clock, written=written, by=curator.id)
        plan = programmes.Written(title="Plan", starts_on=date(2026, 3, 2), ends_on=date(2026, 5, 31))
        programme = programmes.save(session, house.clock, written=plan, by=curator.id)
        page = HandbookPage(title="Travel", body="Go", updated_at=house.clock.now())
        session.add(page)
    for_sales = [f"item:{item.id}", f"course:{course.id}", f"notice:{notice.id}"]
    return team, for_sales, [f"plan:{programme.id}", f"handbook:{page.id}"]


def test_what_one_may_see_can_be_spoken_of_and_what_is_for_others_cannot(things, make, signed_in, say):
    team, for_sales, for_all = things
    outside, inside = signed_in(make.user()), signed_in(make.user(team=team))
    for about in for_sales:
        assert outside.get(f"/company/feedback/{about}").status_code == 404
        assert outside.get(f"/company/feedback/{about}/card").status_code == 404
        assert say(outside, about) == (404, 0)
    for count, about in enumerate(for_sales + for_all, start=1):
        assert "Did this help you?" in inside.get(f"/company/feedback/{about}").text
        assert say(inside, about) == (302, count)
    for count, about in enumerate(for_all, start=len(for_sales + for_all) + 1):
        assert say(outside, about) == (302, count)


@pytest.mark.parametrize("kind", ["item", "course", "plan", "handbook", "notice"])
def test_nothing_is_kept_about_what_is_not_there(kind, things, make, signed_in, say):
    browser = signed_in(make.admin())
    for number in ("99999", "2147483647", "2147483648", "0", "007", "1.5", "-1", "x"):
        assert say(browser, f"{kind}:{number}") == (404, 0)
    answer = browser.post(f"/company/feedback/{kind}:99999", data={"csrf_token": browser.token(), "helpful": "1"})
    assert "We could not find" in answer.text or "not here" in answer.text


def test_a_kind_that_is_not_ours_is_refused(make, signed_in, say):
    browser = signed_in(make.curator())
    for about in ("page:start", "page:1", "user:1", "survey:1", "Item:1", "item", "item:"):
        assert say(browser, about) == (404, 0)
        assert browser.get(f"/company/feedback/{about}").status_code == 404


def test_a_draft_and_what_has_ended_take_no_more_and_editors_still_read_what_was_said(
    make, signed_in, say, house, clock
):
    item, draft = make.item(expires_at=clock.now() + timedelta(days=1)), make.item(state=ItemState.DRAFT)
    about = f"item:{item.id}"
    leader = signed_in(make.leader())
    assert say(leader, f"item:{draft.id}") == (404, 0)
    people = [signed_in(make.user()) for _ in range(5)]
    for place, browser in enumerate(people):
        assert say(browser, about, why=f"Reason {place}") == (302, place + 1)
    clock.move(days=2)
    assert say(people[0], about, why="Too late") == (404, 5)
    assert people[0].get(f"/company/feedback/{about}").status_code == 404
    page = leader.get(f"/company/feedback/{about}").text
    assert "Reason 3" in page
    assert "This has ended" in page
    assert "Did this help you?" not in page


def test_yes_or_no_has_to_be_said(make, signed_in, say):
    browser = signed_in(make.user())
    about = f"item:{make.item().id}"
    assert say(browser, about, helpful="perhaps") == (422, 0)
    assert say(browser, about, helpful="") == (422, 0)
    assert say(browser, about, helpful="0") == (302, 1)
