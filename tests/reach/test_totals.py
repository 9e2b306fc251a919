"""Figures for others: summed in every way, traceable to their rows, and never unlike things together."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from advocacy.base.errors import Invalid
from advocacy.reach import charts, evidence, importing, sums, totals
from advocacy.reach.evidence import Show
from advocacy.reach.models import Click, FigureReading, FilteredDay, ReachDay, ReadBack, ReadingState
from advocacy.reach.totals import By, Clicks, Scope, Sum
from advocacy.sharing.models import Link

CRAWLER = "Twitterbot/1.0"


@pytest.fixture
def follow(visit, db, house, clicks):
    """Follows a share's link a number of times, each by another visitor, and imports."""
    visitors = iter(range(1, 250))

    def go(share, times=1, **how):
        with db.reading() as session:
            code = session.get_one(Link, share.link_id).code
        for _ in range(times):
            visit(code, **{"address": f"81.166.1.{next(visitors)}", **how})
        importing.keep_up(house.db, house.clock, directory=clicks)

    return go


@pytest.fixture
def company(make, follow, clock):
    """Two teams, three people, two items, two networks, two days."""

    class Company:
        sales, lab = make.team("Sales"), make.team("Lab")
        ada, bo, cy = make.user(team=sales), make.user(team=sales), make.user(team=lab)
        grid, wind = make.item("Grid"), make.item("Wind")
        one = make.share(ada, grid)
        two = make.share(bo, wind, network="mastodon")
        three = make.share(cy, grid, network="mastodon")

    follow(Company.one, 3)
    follow(Company.one, 2, User_Agent=CRAWLER)
    follow(Company.two, 1)
    clock.move(days=1)
    follow(Company.one, 1)
    follow(Company.three, 4)
    follow(Company.three, 1, method="HEAD")
    return Company


def test_clicks_are_summed_by_every_scope(db, company):
    def human(**scope) -> int:
        with db.reading() as session:
            return totals.clicks(session, Scope(**scope)).human

    assert human() == 9
    assert human(share_id=company.one.id) == 4
    assert human(user_id=company.bo.id) == 1
    assert human(item_id=company.grid.id) == 8
    assert human(item_ids=[company.wind.id]) == 1
    assert human(item_ids=[]) == 0
    assert human(team_ids=[company.sales.id]) == 5
    assert human(network="mastodon") == 5
    assert human(first=date(2026, 3, 3)) == 5
    assert human(last=date(2026, 3, 2)) == 4
    assert human(team_ids=[company.lab.id], network="mastodon", first=date(2026, 3, 3), last=date(2026, 3, 3)) == 4


def test_the_four_figures_stand_side_by_side(db, company):
    with db.reading() as session:
        assert totals.clicks(session, Scope(share_id=company.one.id)) == Clicks(6, 2, 4, 4)
        assert totals.clicks(session, Scope(share_id=987654)) == Clicks(0, 0, 0, 0)


def test_clicks_are_told_apart_by_every_key(db, company):
    def human(by, **scope) -> dict:
        with db.reading() as session:
            found = totals.clicks_by(session, Scope(**scope), by=by)
        return {key: clicks.human for key, clicks in found.items()}

    assert human(By.DAY) == {date(2026, 3, 2): 4, date(2026, 3, 3): 5}
    assert list(human(By.DAY)) == [date(2026, 3, 2), date(2026, 3, 3)]
    assert human(By.SHARE) == {company.one.id: 4, company.three.id: 4, company.two.id: 1}
    assert human(By.USER) == {company.ada.id: 4, company.cy.id: 4, company.bo.id: 1}
    assert human(By.ITEM) == {company.grid.id: 8, company.wind.id: 1}
    assert human(By.TEAM) == {company.sales.id: 5, company.lab.id: 4}
    assert human(By.NETWORK, item_id=company.grid.id) == {"bluesky": 4, "mastodon": 4}
    assert human(By.TEAM, team_ids=[company.lab.id], item_id=company.grid.id) == {company.lab.id: 4}


def test_what_was_filtered_is_told_by_rule_and_adds_up(db, company):
    with db.reading() as session:
        told = totals.filtered_by_rule(session, Scope())
        of_share = totals.filtered_by_rule(session, Scope(share_id=company.three.id))
        filtered = totals.clicks(session, Scope()).filtered
    assert [(rule.name, count) for rule, count in told] == [("crawler", 2), ("head", 1)]
    assert sum(count for _, count in told) == filtered
    assert [rule.name for rule, _ in of_share] == ["head"]


def test_every_figure_is_the_number_of_rows_behind_it(db, company):
    with db.reading() as session:
        for scope in (Scope(), Scope(item_id=company.grid.id), Scope(team_ids=[company.sales.id])):
            figure = totals.clicks(session, scope)
            for show, expected in (
                (Show.ALL, figure.raw),
                (Show.HUMAN, figure.human),
                (Show.FILTERED, figure.filtered),
                (Show.UNIQUE, figure.unique_visitors),
            ):
                assert len(evidence.clicks(session, scope, show=show).items) == expected


def test_rows_are_paged_newest_first_and_each_filtered_one_says_why(db, company):
    with db.reading() as session:
        first = evidence.clicks(session, Scope(), size=7)
        second = evidence.clicks(session, Scope(), size=7, after=first.next_cursor)
        crawlers = evidence.clicks(session, Scope(), rule="crawler")
        with pytest.raises(Invalid):
            evidence.clicks(session, Scope(), after="WzEsMl0")
    assert (len(first.items), len(second.items), second.next_cursor) == (7, 5, None)
    times = [row.at for row in (*first.items, *second.items)]
    assert times == sorted(times, reverse=True)
    assert [row.rule.name for row in crawlers.items] == ["crawler", "crawler"]
    assert "crawler" in str(crawlers.items[0].rule.why)


def reading(session, share, at, **values) -> None:
    found = FigureReading(share_id=share.id, at=at, state=ReadingState.READ, **values)
    session.add(found)
    session.flush()
    plan = session.get(ReadBack, share.id) or ReadBack(share_id=share.id, step=0, failures=0)
    plan.newest_id = found.id
    session.add(plan)


def test_network_figures_are_the_newest_of_each_share_each_kind_for_itself(db, company, clock):
    with db.transaction() as session:
        reading(session, company.one, clock.now(), likes=1, reposts=0, replies=0, quotes=0)
        reading(session, company.one, clock.now() + timedelta(hours=1), likes=5, reposts=2, replies=0, quotes=1)
        reading(session, company.two, clock.now(), likes=3, reposts=1, replies=4)
    with db.reading() as session:
        found = totals.network_figures(session, Scope())
        by_network = totals.network_figures_by_network(session, Scope())
        nobody = totals.network_figures(session, Scope(user_id=company.cy.id))
    assert found.likes == Sum(8, 2, 3)
    assert found.quotes == Sum(1, 1, 3), "Mastodon told nothing: that is not a zero in the sum"
    assert found.views == Sum(None, 0, 3)
    assert by_network["bluesky"].likes == Sum(5, 1, 1)
    assert by_network["mastodon"].replies == Sum(4, 1, 2)
    assert nobody.likes == Sum(None, 0, 1)


def test_network_figures_of_a_period_are_those_of_posts_published_in_it(db, company, clock):
    with db.reading() as session:
        within = totals.network_figures(session, Scope(first=date(2026, 3, 2), last=date(2026, 3, 2)))
        after = totals.network_figures(session, Scope(first=date(2026, 3, 3)))
    assert (within.likes.shares, after.likes.shares) == (3, 0)


def test_sums_can_be_made_anew_and_say_what_was_wrong(db, company):
    def all_sums() -> list:
        with db.reading() as session:
            return sorted(
                [(s.day, s.link_id, s.raw, s.filtered, s.human, s.unique_visitors) for s in session.query(ReachDay)]
                + [(s.day, s.link_id, s.rule, s.clicks) for s in session.query(FilteredDay)],
                key=str,
            )

    right = all_sums()
    days = {"first": date(2026, 3, 1), "last": date(2026, 3, 4)}
    assert sums.rebuild(db, **days) == 0
    assert all_sums() == right
    with db.transaction() as session:
        session.execute(update(ReachDay).where(ReachDay.link_id == company.two.link_id).values(human=99))
        session.execute(update(FilteredDay).values(clicks=7))
        session.query(ReachDay).filter(ReachDay.link_id == company.three.link_id).delete()
        session.add(
            ReachDay(day=date(2026, 3, 2), link_id=company.three.link_id, user_id=1, item_id=1, network="x", raw=1)
        )
    assert sums.rebuild(db, **days) == 3
    assert all_sums() == right


def test_days_without_clicks_are_true_zeros_in_a_chart():
    day = date(2026, 3, 2)
    found = {day: Clicks(1, 0, 1, 1), day + timedelta(days=3): Clicks(2, 1, 1, 1)}
    row = charts.every_day(found, until=day + timedelta(days=4))
    assert [clicks.raw for _, clicks in row] == [1, 0, 0, 2, 0]
    assert charts.every_day({}, until=day) == []
    assert len(charts.every_day(found, until=day + timedelta(days=400))) == charts.MOST_DAYS


def test_no_address_and_no_person_stands_in_a_row(db, company):
    with db.reading() as session:
        (row, *_) = evidence.clicks(session, Scope()).items
        kept = {column.name for column in Click.__table__.columns}
    assert "81.166" not in repr(row)
    assert not kept & {"address", "ip", "user_id"}
