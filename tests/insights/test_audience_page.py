"""The potential audience as leaders see it: sums with their day, who is counted, and what is not available."""

from datetime import timedelta

import pytest

from advocacy.people.models import Role
from advocacy.reach.follower_models import AudienceDay, FollowerSnapshot
from advocacy.sharing.models import Connection
from tests.insights.conftest import queries

__all__ = ["queries"]


@pytest.fixture
def leader(make, signed_in):
    return signed_in(make.user("Lea Leader", Role.LEADER))


@pytest.fixture
def audience(db, clock):
    """Sums of the last days, the newest first."""

    def keep(*followers: int, network="bluesky", accounts=12, waiting=1, unavailable=2) -> None:
        with db.transaction() as session:
            for ago, count in enumerate(followers):
                at = clock.now() - timedelta(days=ago)
                session.add(
                    AudienceDay(
                        day=at.date(),
                        network=network,
                        followers=count,
                        accounts=accounts,
                        waiting=waiting,
                        unavailable=unavailable,
                        counted_at=at,
                    )
                )

    return keep


def words(page) -> str:
    return " ".join(page.text.split())


def test_a_leader_sees_each_networks_sum_with_its_day_and_who_is_not_in_it(leader, audience, clock):
    audience(12_345, 12_000)
    audience(800, network="mastodon", accounts=6, waiting=0, unavailable=0)
    page = words(leader.get("/insights/audience"))
    for shown in ("12,345", "800", "13,145", "Followers of connected accounts", "Measured", "+3%"):
        assert shown in page, shown
    assert f"{clock.now():%-d %b %Y}" in page
    assert "Accounts not available" in page
    assert "never added to views or clicks" in page
    assert "Show as table" in page


def test_a_network_with_too_few_people_is_not_available_and_not_zero(leader, make, db, clock):
    owner = make.user("Ada")
    with db.transaction() as session:
        account = Connection(user_id=owner.id, network="bluesky", remote_id="1", connected_at=clock.now())
        session.add(account)
        session.flush()
        session.add(
            FollowerSnapshot(connection_id=account.id, day=clock.now().date(), at=clock.now(), followers=4_242)
        )
    page = words(leader.get("/insights/audience"))
    assert "Not available" in page
    assert "4,242" not in page
    assert words(leader.get("/insights/audience?network=bluesky")).count(">1<") == 1, (
        "it is one that is not available"
    )
    assert "at least 5 people" in page


def test_without_an_account_the_page_says_what_will_stand_here(leader):
    assert "No account is connected yet" in leader.get("/insights/audience").text


def test_the_days_and_the_network_that_are_chosen_are_those_shown(leader, audience):
    audience(*range(500, 460, -1))
    audience(9_999, network="mastodon")
    page = words(leader.get("/insights/audience?period=7d&network=bluesky"))
    assert "9,999" not in page
    assert ">494<" in page
    assert ">493<" not in page


def test_the_same_as_a_file_says_what_each_figure_means(leader, audience):
    audience(70, 60)
    plain = leader.get("/insights/files/audience.csv?form=plain").get_data(as_text=True).splitlines()
    assert plain[0].endswith("Network,Followers,Accounts counted,Accounts waiting,Accounts not available")
    assert [line.split(",")[1:] for line in plain[1:3]] == [
        ["Bluesky", "60", "12", "1", "2"],
        ["Bluesky", "70", "12", "1", "2"],
    ]
    assert leader.get("/insights/files/audience.xlsx").status_code == 200


def test_it_is_for_leaders_and_curators_alone(make, signed_in, audience):
    audience(70)
    assert signed_in(make.user("Ada")).get("/insights/audience").status_code == 403


def test_the_page_asks_the_database_no_more_often_for_a_year(leader, audience, queries):
    audience(70)
    leader.get("/insights/audience")
    with queries() as few:
        leader.get("/insights/audience?period=7d")
    audience(*range(300, 0, -1), network="mastodon")
    with queries() as many:
        leader.get("/insights/audience?period=year")
    assert len(many) == len(few) <= 12
