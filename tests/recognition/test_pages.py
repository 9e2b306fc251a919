"""The pages of recognition, as people meet them."""

import re
from datetime import timedelta

import pytest

from advocacy.recognition import standings
from advocacy.recognition.models import PointsEntry


@pytest.fixture
def earned(make, db, clock):
    """Somebody of a team of five who got 10 points for a post yesterday on Bluesky, and 7 today on Mastodon."""
    team, campaign = make.team("Sales"), make.campaign("Spring")
    nina = make.user("Nina Named", team=team, ranked_by_name=True)
    for _ in range(4):
        make.user(team=team)
    posts = [
        (make.share(user=nina, network="bluesky", item=make.item(campaign_id=campaign.id)), 10, 1),
        (make.share(user=nina, network="mastodon"), 7, 0),
    ]
    with db.transaction() as session:
        for number, (share, points, days) in enumerate(posts):
            at = clock.now() - timedelta(days=days)
            entry = {"user_id": nina.id, "rule": "published", "rule_version": 1, "points": points, "at": at}
            about = {"day": at.date(), "share_id": share.id, "item_id": share.item_id, "cause": f"test:{number}"}
            standings.write(session, PointsEntry(**entry, **about))
    return team, campaign


def test_an_empty_board_says_what_to_do(signed_in, make):
    page = signed_in(make.user()).get("/leaderboard")
    assert "Nobody has points in this period yet" in page.text


def test_the_rules_are_published(signed_in, make):
    page = signed_in(make.user()).get("/points")
    assert "A person followed your link" in page.text
    assert "25 times for one post" in page.text


def test_every_period_and_strange_addresses_are_answered(signed_in, make):
    browser = signed_in(make.user())
    for query in (
        *("?period=week", "?period=all", "?period=nonsense", "?from=-5", "?from=9999999999", "?team=987654"),
        *("?period=own", "?period=own&begin=0001-01-01", "?period=own&begin=31.12.2025&end=x", "?campaign=987654"),
        *("?network=nonsense", "?period=own&begin=2026-03-02&end=9999-12-31&network=bluesky&campaign=1&team=1"),
    ):
        assert browser.get("/leaderboard" + query).status_code == 200
        assert browser.get("/leaderboard/teams" + query).status_code == 200


def test_my_points_list_what_each_was_for(signed_in, make):
    assert "No points yet" in signed_in(make.user()).get("/me/points").text
    assert signed_in(make.user()).get("/me/points?after=nonsense").status_code == 422


def points_on(page: str) -> list[str]:
    return re.findall(r'data-label="Points"[^>]*>\s*(?:<[^>]+>\s*)*([\d.,]+)', page)


def test_a_board_is_narrowed_to_days_a_team_a_campaign_and_a_network_in_its_address(signed_in, make, earned, clock):
    team, campaign = earned
    other, today = make.team("Other"), clock.now().date()
    browser = signed_in(make.user())
    narrowed = {
        "": "17",
        f"period=own&begin={today}&end={today}": "7",
        f"team={team.id}": "17",
        f"team={other.id}": None,
        f"campaign={campaign.id}": "10",
        "network=mastodon": "7",
        f"network=mastodon&campaign={campaign.id}": None,
    }
    for query, points in narrowed.items():
        page = browser.get(f"/leaderboard?{query}").text
        assert ("Nina Named" in page) == (points is not None), query
        assert points is None or points in points_on(page), query
        teams = browser.get(f"/leaderboard/teams?{query}").text
        if "team=" not in query:
            assert points_on(teams)[0] == (points or "0"), query
    page = browser.get(f"/leaderboard?period=own&begin={today}&end={today}&network=mastodon").text
    assert f'name="begin" value="{today}"' in page, "the choice stays"
    assert "period=week&amp;network=mastodon" in page, "and goes along to another period"


def test_days_that_cannot_be_are_refused_in_words_and_the_month_is_shown(signed_in, make, earned):
    browser = signed_in(make.user())
    for query, words in {
        "begin=2026-03-09&end=2026-03-02": "comes after the last",
        "begin=yesterday": "such as 2026-03-31",
        "begin=2001-01-01": "three years at most",
    }.items():
        page = browser.get(f"/leaderboard?period=own&{query}").text
        assert words in page
        assert "Nina Named" in page
