"""Clicks of the past judged again by newer rules: sums and points follow, and what was judged before stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from advocacy.base.errors import Conflict
from advocacy.reach import importing, judging, rejudging, retiring, sums
from advocacy.reach.journal import Journal, Line
from advocacy.reach.judging import Rule
from advocacy.reach.models import Click, ReachDay
from advocacy.reach.rejudging_models import EarlierJudgement, Rejudging, RunState
from advocacy.recognition import points, standings
from advocacy.recognition.models import PointsDay, PointsEntry
from advocacy.sharing.models import Link
from tests.reach.conftest import FIREFOX

pytestmark = pytest.mark.usefixtures("sums_agree")

OPERA = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/129.0.0.0 Safari/537.36 OPR/115.0.0.0"


@pytest.fixture
def clicked(visit, db, house, clicks):
    """Has people follow a share's link, and imports it as the worker does."""

    def go(share, *addresses, agent=FIREFOX):
        with db.reading() as session:
            code = session.get_one(Link, share.link_id).code
        for address in addresses:
            visit(code, address=address, User_Agent=agent)
        importing.keep_up(db, house.clock, directory=clicks)
        points.keep_up(db)

    return go


@pytest.fixture
def newer_rules(monkeypatch):
    """Rules that take one more kind of browser for a program."""

    def take(agent, *, version=99):
        more = Rule("test_only", judging.RULES[0].title, judging.RULES[0].why, lambda facts: facts.agent == agent)
        monkeypatch.setattr(judging, "RULES", (*judging.RULES, more))
        monkeypatch.setattr(judging, "BY_NAME", {**judging.BY_NAME, more.name: more})
        monkeypatch.setattr(judging, "VERSION", version)

    return take


@pytest.fixture
def again(db, house, clock, make):
    """Judges the days until yesterday again, to the end, and pays what follows."""
    admin = make.admin()

    def go():
        with db.transaction() as session:
            yesterday = clock.now().date() - timedelta(days=1)
            first = rejudging.first_day(session) or yesterday
            run = rejudging.begin(session, clock, by=admin.id, first=first, last=yesterday)
        rejudging.tick(house)
        points.keep_up(db)
        with db.reading() as session:
            return session.get_one(Rejudging, run.id)

    return go


def figures(db):
    with db.reading() as session:
        total = select(func.sum(ReachDay.raw), func.sum(ReachDay.human), func.sum(ReachDay.unique_visitors))
        return tuple(session.execute(total).one())


def points_of(db, user):
    with db.reading() as session:
        return points.total(session, user_id=user.id)


def test_clicks_that_newer_rules_filter_leave_sums_and_points_and_show_what_they_were(
    db, make, clicked, newer_rules, again, clock, signed_in
):
    sharer = make.user()
    share = make.share(sharer)
    clicked(share, "81.0.0.1", "81.0.0.2")
    clicked(share, "81.0.0.2", "81.0.0.3", agent=OPERA)
    assert figures(db) == (4, 4, 4)
    assert points_of(db, sharer) == 8
    clock.move(days=1)
    newer_rules(OPERA)
    run = again()
    assert (run.state, run.clicks, run.to_filtered, run.to_human) == (RunState.DONE, 4, 2, 0)
    assert figures(db) == (4, 2, 2)
    assert points_of(db, sharer) == 4
    with db.reading() as session:
        ledger = list(session.scalars(select(PointsEntry.points).order_by(PointsEntry.id)))
        assert ledger == [2, 2, 2, 2, -2, -2], (
            "what was paid stays in the ledger, and what is taken back stands beside it"
        )
        assert session.scalar(select(func.sum(PointsDay.visitors))) == 2
        assert standings.differing(session) == []
        assert all(sums.differing(session, day) == [] for day in session.scalars(select(Click.day).distinct()))
        kept = session.scalars(select(EarlierJudgement)).all()
        assert [(row.rule, row.is_first_today, row.rules_version) for row in kept] == [("", True, 3)] * 2
    for path, browser in (
        (f"/shares/{share.id}/reach/clicks?show=filtered", signed_in(sharer)),
        ("/insights/clicks?which=filtered", signed_in(make.leader())),
    ):
        assert browser.get(path).text.count("Before, by version 3 of the rules: A person") == 2, path


def test_rules_that_filter_less_bring_visitors_back_each_once_a_day(
    db, make, clicked, again, clock, newer_rules, monkeypatch
):
    sharer = make.user()
    share = make.share(sharer)
    with monkeypatch.context() as strict:
        for name, value in (("RULES", judging.RULES), ("BY_NAME", judging.BY_NAME), ("VERSION", 3)):
            strict.setattr(judging, name, value)
        newer_rules(OPERA, version=2)
        clicked(share, "81.0.0.1", "81.0.0.1", "81.0.0.2", agent=OPERA)
        clicked(share, "81.0.0.1")
        assert figures(db) == (4, 1, 1)
    monkeypatch.setattr(judging, "RULES", tuple(rule for rule in judging.RULES if rule.name != "test_only"))
    clock.move(days=1)
    run = again()
    assert run.to_human == 3
    assert figures(db) == (4, 4, 3), "an address with two browsers is two visitors, one that came twice is one"
    assert points_of(db, sharer) == 6
    assert again().to_human == 0, "the same rules once more change nothing"
    assert points_of(db, sharer) == 6


def test_bursts_are_judged_again_as_they_were_judged_first(db, make, clicked, again, clock):
    share = make.share(make.user())
    clicked(share, *["81.0.0.9"] * 40)
    before = figures(db)
    clock.move(days=1)
    run = again()
    assert (run.to_human, run.to_filtered, run.other_reason) == (0, 0, 0)
    assert figures(db) == before == (40, 30, 1)


def test_late_clicks_are_told_by_who_counts_now_though_the_importer_remembers_others(
    db, make, house, clicks, again, clock, newer_rules, monkeypatch
):
    """As many visitors as before, but others: the number alone would not tell."""
    share = make.share(make.user())
    then = int(clock.now().timestamp() * 1000)

    def come(visitor, agent):
        writing = Journal(clicks)
        writing.append(Line(then, share.link_id, "GET", visitor * 24, visitor * 16, "", "", "", agent))
        writing.close()
        importing.keep_up(db, house.clock, directory=clicks)

    with monkeypatch.context() as before:
        for name, value in (("RULES", judging.RULES), ("BY_NAME", judging.BY_NAME), ("VERSION", 3)):
            before.setattr(judging, name, value)
        newer_rules(OPERA, version=2)
        come("a", FIREFOX)
        come("b", OPERA)
    assert figures(db) == (2, 1, 1)
    monkeypatch.setattr(judging, "RULES", tuple(rule for rule in judging.RULES if rule.name != "test_only"))
    newer_rules(FIREFOX)
    clock.move(days=1)
    assert again().to_human == 1
    assert figures(db) == (2, 1, 1)
    come("b", OPERA)
    assert figures(db) == (3, 2, 1)


def test_a_run_that_was_killed_half_way_goes_on_and_counts_nothing_twice(
    db, house, make, clicked, newer_rules, clock, monkeypatch, again
):
    monkeypatch.setattr(rejudging, "LINKS_AT_ONCE", 1)
    sharer = make.user()
    for _ in range(3):
        clicked(make.share(sharer), "81.0.0.1", agent=OPERA)
    clock.move(days=1)
    newer_rules(OPERA)
    real, calls = rejudging._change, []

    def dies_at_the_third(*given):
        calls.append(given)
        if len(calls) == 3:
            raise RuntimeError("killed")
        real(*given)

    monkeypatch.setattr(rejudging, "_change", dies_at_the_third)
    with pytest.raises(RuntimeError):
        again()
    assert figures(db) == (3, 1, 1), "two links are judged again, the third is not"
    rejudging.tick(house)
    points.keep_up(db)
    with db.reading() as session:
        run = rejudging.runs(session)[0]
        assert (run.state, run.clicks, run.to_filtered) == (RunState.DONE, 3, 3)
        assert session.scalar(select(func.count()).select_from(EarlierJudgement)) == 3
    assert figures(db) == (3, 0, 0)
    assert points_of(db, sharer) == 0


def test_a_share_with_more_visitors_than_are_paid_loses_points_only_below_the_cap(
    db, make, clicked, newer_rules, again, clock
):
    sharer = make.user()
    share = make.share(sharer)
    clicked(share, *[f"81.0.1.{number}" for number in range(24)])
    clicked(share, *[f"81.0.2.{number}" for number in range(3)], agent=OPERA)
    assert points_of(db, sharer) == 50
    clock.move(days=1)
    newer_rules(OPERA)
    again()
    assert points_of(db, sharer) == 48


def test_an_administrator_begins_watches_and_stops_and_two_at_once_are_one(make, signed_in, clicked, clock, db):
    admin = signed_in(make.admin())
    assert "No click to judge" in admin.get("/admin/links/rejudging").text
    clicked(make.share(make.user()), "81.0.0.1")
    clock.move(days=3)
    today, yesterday = clock.now().date(), clock.now().date() - timedelta(days=1)
    first = yesterday - timedelta(days=2)
    wrong = admin.submit("/admin/links/rejudging", {"first": first.isoformat(), "last": today.isoformat()})
    assert wrong.status_code == 422
    assert "yesterday at the latest" in wrong.text
    chosen = {"first": first.isoformat(), "last": yesterday.isoformat()}
    assert admin.submit("/admin/links/rejudging", chosen).status_code == 303
    assert 'value="0" max="3"' in admin.get("/admin/links/rejudging").text
    with db.transaction() as session, pytest.raises(Conflict):
        rejudging.begin(session, clock, by=1, first=first, last=yesterday)
    with db.reading() as session:
        run = rejudging.under_way(session)
    assert admin.submit("/admin/links/rejudging", {}, form=f"/admin/links/rejudging/{run.id}/stop").status_code == 303
    assert "Stopped" in admin.get("/admin/links/rejudging").text
    assert "Days that were judged again" in signed_in(make.user()).get("/definitions/clicks").text


def test_what_was_judged_before_goes_with_its_click(db, house, make, clicked, newer_rules, again, clock):
    clicked(make.share(make.user()), "81.0.0.1", agent=OPERA)
    clock.move(days=1)
    newer_rules(OPERA)
    again()
    with db.transaction() as session:
        rejudging.forget(session, clock.now().date() - timedelta(days=1))
        assert session.scalar(select(func.count()).select_from(EarlierJudgement)) == 1
        rejudging.forget(session, clock.now().date())
        assert session.scalar(select(func.count()).select_from(EarlierJudgement)) == 0
    assert retiring.remove(house) == 0
