"""How many follow my accounts, as I see it; how its reading goes, as an administrator does; nobody else sees any."""

from datetime import timedelta

import pytest

from advocacy.admin import health
from advocacy.admin.health import Verdict
from advocacy.base.text import Text
from advocacy.people.models import Role
from advocacy.reach.definitions import DEFINITIONS
from advocacy.reach.follower_models import FollowerPlan, FollowerSnapshot
from advocacy.reach.models import ReadPause
from advocacy.sharing.models import Connection
from tests.insights.conftest import queries

__all__ = ["queries"]


@pytest.fixture
def ada(make):
    return make.user("Ada Advocate")


@pytest.fixture
def followed(db, clock):
    """An account with readings of the last days, the newest first; None for a day that brought no number."""

    def keep(user, *counts, network="bluesky", handle="ada.test", why=None) -> Connection:
        with db.transaction() as session:
            connection = Connection(
                user_id=user.id, network=network, remote_id=handle, handle=f"@{handle}", connected_at=clock.now()
            )
            session.add(connection)
            session.flush()
            for ago, count in enumerate(counts):
                at = clock.now() - timedelta(days=ago)
                reason = (
                    None if count is not None else Text("The network did not mention this account in its answer.")
                )
                session.add(
                    FollowerSnapshot(
                        connection_id=connection.id,
                        day=at.date(),
                        at=at,
                        followers=count,
                        reason=reason.to_json() if reason else None,
                    )
                )
            plan = FollowerPlan(connection_id=connection.id, next_at=clock.now() + timedelta(hours=9), failures=0)
            plan.failures, plan.reason = (1, why.to_json()) if why else (0, None)
            session.add(plan)
        return connection

    return keep


def words(page) -> str:
    return " ".join(page.text.split())


def test_i_see_how_many_follow_each_account_how_it_moved_and_every_day_as_a_table(ada, signed_in, followed, clock):
    followed(ada, 1312, None, 1300)
    page = words(signed_in(ada).get("/connections/followers"))
    day = f"{clock.now() - timedelta(days=2):%-d %b %Y}"
    for shown in ("@ada.test", "1,312", f"12 more than on {day}", "Show as table", "Not available", "1,300"):
        assert shown in page, shown
    assert page.count("<circle") == 2, "a day without a number is a gap, not a zero"


def test_losing_followers_and_none_at_all_are_told_as_they_are(ada, signed_in, followed):
    followed(ada, 0, 3)
    page = words(signed_in(ada).get("/connections/followers"))
    assert "3 fewer than on" in page
    assert ">0<" in page


def test_an_account_whose_network_does_not_tell_says_why(ada, signed_in, followed):
    why = Text("{network} does not tell us how many follow an account.", network="LinkedIn")
    followed(ada, None, network="mastodon", why=why)
    for path in ("/connections/followers", "/connections/followers/card"):
        page = words(signed_in(ada).get(path))
        assert "LinkedIn does not tell us how many follow an account." in page
        assert "Not available" in page
        assert ">0<" not in page


def test_the_first_reading_is_announced_and_without_an_account_there_is_a_way_to_one(ada, signed_in, followed):
    browser = signed_in(ada)
    assert "No account is connected yet" in browser.get("/connections/followers").text
    assert browser.get("/connections/followers/card").text.strip() == ""
    followed(ada)
    assert "The first reading comes within minutes" in browser.get("/connections/followers").text


def test_the_page_of_my_networks_asks_for_the_card_and_leads_there_without_script(ada, signed_in, followed):
    followed(ada, 5, 4, 4)
    page = signed_in(ada).get("/connections").text
    assert 'hx-get="/connections/followers/card"' in page
    assert 'href="/connections/followers"' in page
    card = words(signed_in(ada).get("/connections/followers/card"))
    assert "1 more than on" in card
    assert "Followers of @ada.test over the last 3 days" in card


def test_nobody_sees_the_followers_of_somebody_else(ada, make, signed_in, followed):
    followed(ada, 4242)
    for role in (Role.ADMIN, Role.LEADER, Role.CURATOR):
        browser = signed_in(make.user(f"Some {role.value}", role))
        for path in ("/connections/followers", "/connections/followers/card"):
            assert "4,242" not in browser.get(path).text


def test_a_page_of_many_accounts_asks_the_database_no_more_often(ada, signed_in, followed, queries):
    followed(ada, 1, 2)
    browser = signed_in(ada)
    browser.get("/connections/followers")
    with queries() as one:
        browser.get("/connections/followers")
    for number in range(4):
        followed(ada, 3, 4, handle=f"more{number}.test")
    with queries() as five:
        browser.get("/connections/followers")
    assert len(five) == len(one)


def test_letting_an_account_go_says_that_the_readings_go(ada, signed_in, followed):
    connection = followed(ada, 5)
    page = signed_in(ada).get(f"/connections/{connection.id}/disconnect").text
    assert "How many followed it, read day by day, is deleted." in page


def test_followers_are_defined_with_formula_unit_source_and_label(ada, signed_in):
    [definition] = [one for one in DEFINITIONS if one.name == "followers"]
    page = words(signed_in(ada).get("/definitions"))
    assert definition.basis == "measured"
    assert "never added to views or clicks" in page


@pytest.fixture
def found(house, monkeypatch):
    monkeypatch.setattr("advocacy.migrating.is_current", lambda _db: True)
    return lambda: {str(check.name): check for check in health.examine(house)}


def test_the_health_page_tells_how_many_were_read_and_which_network_asked_to_wait(found, ada, followed, db, clock):
    followed(ada, 5)
    check = found()["Followers"]
    assert (check.verdict, str(check.says)) == (
        Verdict.FINE,
        "1 of 1 linked accounts were read today. 0 could not be read when last tried.",
    )
    with db.transaction() as session:
        session.add(ReadPause(network="bluesky", server="", until=clock.now() + timedelta(minutes=30)))
    waits = found()["Bluesky"]
    assert waits.verdict is Verdict.LOOK
    assert "not to read figures before" in str(waits.says)


def test_the_health_page_tells_when_many_fail_or_nobody_reads(found, ada, followed, db, clock):
    why = Text("The network did not mention this account in its answer.")
    for number in range(5):
        followed(ada, handle=f"a{number}.test", why=why)
    assert found()["Followers"].verdict is Verdict.LOOK
    clock.move(hours=16)
    assert "should have been read hours ago" in str(found()["Followers"].says)
