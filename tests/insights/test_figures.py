"""Figures are what a plain count over the same rows gives, on both databases."""

from collections import Counter

import pytest

from advocacy.insights import clicks, figures, items, overview, posts, wording
from advocacy.insights.items import Order
from advocacy.insights.posts import Posts
from advocacy.insights.scope import Scope
from advocacy.people import groups
from advocacy.reach.totals import KINDS, Clicks, NetworkFigures, Sum
from advocacy.sharing.models import Proof, ShareState


def posts_of(shares) -> Posts:
    proofs = Counter(share["proof"] for share in shares)
    return Posts(
        by_network=proofs[Proof.NETWORK],
        by_click=proofs[Proof.CONFIRMED],
        claimed=proofs[Proof.CLAIMED],
        taken_down=sum(share["removed_at"] is not None for share in shares),
    )


def clicks_of(rows) -> Clicks:
    human = sum(row["is_human"] for row in rows)
    return Clicks(
        raw=len(rows),
        filtered=len(rows) - human,
        human=human,
        unique_visitors=sum(row["is_first_today"] for row in rows),
    )


def scopes_of(company, span):
    """Ways to narrow what is counted, each with the same as a plain test of a share."""
    item = company.items[3]
    tests = {
        "network": ("bluesky", lambda share: share["network"] == "bluesky"),
        "item_id": (item, lambda share: share["item_id"] == item),
    }
    for chosen in ([], ["network"], ["item_id"], ["network", "item_id"]):
        scope = Scope(span=span, **{name: tests[name][0] for name in chosen})
        yield scope, lambda share, chosen=chosen: all(tests[name][1](share) for name in chosen)


def test_posts_and_clicks_add_up_to_what_is_there(db, company, month):
    for scope, keep in scopes_of(company, month):
        out = company.out(month.first, month.last, keep)
        clicked = company.clicked(month.first, month.last, keep)
        assert out
        assert clicked
        asked_for = Counter(
            share["state"]
            for share in company.shares
            if share["state"] is not ShareState.PUBLISHED
            and month.first <= share["created_at"].date() <= month.last
            and keep(share)
        )
        with db.reading() as session:
            assert posts.with_sharers(session, scope)[0] == posts_of(out)
            assert posts.sharers(session, scope) == len({share["user_id"] for share in out})
            assert posts.not_out(session, scope) == asked_for
            assert clicks.total(session, scope) == clicks_of(clicked)
            by_rule = Counter(click["rule"] for click in clicked if click["rule"])
            assert dict(clicks.by_rule(session, scope)) == by_rule


def test_every_way_to_divide_gives_the_same_whole(db, company, month):
    scope = Scope(span=month)
    out, clicked = company.out(month.first, month.last), company.clicked(month.first, month.last)
    with db.reading() as session:
        for divided in (
            posts.by_day_and_network(session, scope).values(),
            [one for one, _ in posts.by_team(session, scope).values()],
        ):
            assert posts.together(divided) == posts_of(out)
        for divided in (
            clicks.by_day_and_network(session, scope).values(),
            clicks.by_team(session, scope).values(),
        ):
            assert clicks.together(divided) == clicks_of(clicked)
        points = overview.over_time(session, scope)
    assert len(points) == 30
    for point in points:
        day = point.bucket.first
        assert point.posts == posts_of(company.out(day, day))
        assert point.clicks == clicks_of(company.clicked(day, day))


def test_network_figures_are_sums_of_the_newest_readings_and_missing_ones_are_counted(db, company, month):
    newest = {reading["share_id"]: reading for reading in company.readings}
    with db.reading() as session:
        scope = Scope(span=month)
        found = figures.by_network(session, scope, posts.by_day_and_network(session, scope))
    for network in ("bluesky", "mastodon", "linkedin_link"):
        out = company.out(month.first, month.last, lambda share, network=network: share["network"] == network)
        for kind in KINDS:
            values = [newest[share["id"]][kind] for share in out]
            known = [value for value in values if value is not None]
            figure = getattr(found[network], kind)
            assert (figure.known, figure.shares) == (len(known), len(out))
            assert figure.value == (sum(known) if known else None), f"{kind} of {network}"
    assert found["linkedin_link"].likes.value is None
    assert found["bluesky"].quotes.value is not None


def test_views_of_several_networks_are_never_added_up():
    one = NetworkFigures(**dict.fromkeys(KINDS, Sum(value=5, known=1, shares=2)))
    both = figures.together([one, one])
    assert (both.views.value, both.views.known) == (None, 2)
    assert both.likes == Sum(value=10, known=2, shares=4)
    assert figures.together([one]).views.value == 5


@pytest.mark.parametrize("order", Order)
def test_items_come_in_order_page_by_page_and_none_is_lost(db, company, month, order):
    scope, found, after = Scope(span=month), [], ""
    with db.reading() as session:
        while True:
            page = items.page(session, scope, order=order, after=after, size=5)
            found += page.items
            if page.next_cursor is None:
                break
            after = page.next_cursor
    expected = {}
    for item in company.items:
        out = company.out(month.first, month.last, lambda share, item=item: share["item_id"] == item)
        clicked = company.clicked(month.first, month.last, lambda share, item=item: share["item_id"] == item)
        expected[item] = (posts_of(out), clicks_of(clicked))
    assert {line.item_id: (line.posts, line.clicks) for line in found} == expected
    assert len(found) == len(expected)
    keys = [line.clicks.human if order is Order.HUMAN else line.posts.measured for line in found]
    assert keys == sorted(keys, reverse=True)


def test_an_items_networks_stand_with_their_clicks_until_now(db, company, clock):
    item = company.items[0]
    with db.reading() as session:
        worth = wording.worth(session, item_id=item, now=clock.now())
    human = Counter(click["link_id"] for click in company.clicks if click["is_human"])
    expected = {}
    for network in ("bluesky", "mastodon", "linkedin_link"):
        each = [
            human[share["link_id"]]
            for share in company.shares
            if share["item_id"] == item and share["network"] == network and share["state"] is ShareState.PUBLISHED
        ]
        expected[network] = (len(each), sum(each), sum(one * one for one in each))
    assert {name: (one.uses, one.human, one.squares) for name, one in worth.networks} == expected


def test_the_tree_knows_who_stands_where(db, company):
    with db.reading() as session:
        tree = groups.tree(session, smallest=5)
    sales, nordic = company.teams["Sales"], company.teams["Nordic"]
    people = Counter(one["team_id"] for one in company.people)
    assert tree.size(sales) == people[sales] + people[nordic]
    assert tree.is_small(company.teams["Board"])
    assert not tree.is_shown(company.teams["Board"])
    assert tree.is_shown(nordic)
    assert tree.name(nordic) == "Sales > Nordic"
