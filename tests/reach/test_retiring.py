"""Old clicks and events go when the company says so; what was made of them stays."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from advocacy.base import events, old_events, retention
from advocacy.base.events import Consumer, Event
from advocacy.insights import checking
from advocacy.reach import importing, item_sums, retiring, sums
from advocacy.reach.journal import Journal, Line
from advocacy.reach.models import Agent, Click, ReachDay, RequestKind, line_id


@pytest.fixture
def clicked(db, clock):
    """Has a person follow a share's link on some day."""
    with db.transaction() as session:
        kind = RequestKind(method="GET", agent=Agent(text="Firefox"))
        session.add(kind)
        session.flush()
        kind_id = kind.id
    numbers = itertools.count()

    def go(share, day):
        number = next(numbers)
        row = Click(
            id=line_id(1000, number),
            kind_id=kind_id,
            link_id=share.link_id,
            day=day,
            ms=0,
            visitor=number,
            is_human=True,
            is_first_today=True,
        )
        with db.transaction() as session:
            session.add(row)
            session.flush()
            sums.add_up(
                session,
                ReachDay.__table__,
                [
                    {
                        "day": day,
                        "link_id": share.link_id,
                        "user_id": share.user_id,
                        "item_id": share.item_id,
                        "network": share.network,
                        "raw": 1,
                        "filtered": 0,
                        "human": 1,
                        "unique_visitors": 1,
                    }
                ],
                sums=("raw", "human", "unique_visitors"),
            )
            item_sums.add_clicks(session, [(day, share.item_id, share.network, 1, 0, 1, 1)])

    return go


@pytest.fixture
def year(make, clock, clicked):
    """A post with a click on the first day of each of the last twelve months."""
    share = make.share(make.user())
    for months in range(12):
        clicked(share, retention.first_kept(clock.now().date(), months))
    return share


def decide(house, make, kind, months):
    admin = make.admin()
    with house.db.transaction() as session:
        retention.lay_down(session, house.clock, by=admin.id, kind=kind, months=months)


def all_of(db, what):
    with db.reading() as session:
        return session.scalar(what)


@pytest.mark.parametrize(
    ("today", "months", "first"),
    [
        (date(2026, 11, 27), 3, date(2026, 8, 1)),
        (date(2026, 1, 1), 12, date(2025, 1, 1)),
        (date(2028, 2, 29), 24, date(2026, 2, 1)),
    ],
)
def test_whole_months_are_kept_before_the_running_one(today, months, first):
    assert retention.first_kept(today, months) == first


def test_old_clicks_go_a_day_after_it_was_decided_and_every_sum_stays(house, db, make, clock, year, monkeypatch):
    monkeypatch.setattr(retiring, "BATCH", 3)
    decide(house, make, retention.CLICKS, 6)
    assert retiring.remove(house) == 0, "a slip of the hand can be taken back for a day"
    clock.move(hours=25)
    human = all_of(db, select(func.sum(ReachDay.human)))
    gone = all_of(db, select(func.count(Click.id)).where(Click.day < retention.first_kept(clock.now().date(), 6)))
    assert gone == 5
    assert retiring.remove(house) == gone
    assert retiring.remove(house) == 0
    assert all_of(db, select(func.count(Click.id))) == 12 - gone
    assert checking.check(house).is_fine
    sums.rebuild(db, first=clock.now().date() - timedelta(days=400), last=clock.now().date())
    assert all_of(db, select(func.sum(ReachDay.human))) == human == 12
    with db.reading() as session:
        assert retention.in_force(session)[retention.CLICKS].removed == gone


def test_a_click_that_comes_after_its_day_is_over_is_summed_and_goes(house, db, make, clock, year, clicked):
    decide(house, make, retention.CLICKS, 3)
    clock.move(hours=25)
    retiring.remove(house)
    clicked(year, retention.first_kept(clock.now().date(), 10))
    assert checking.check(house).is_fine
    assert retiring.remove(house) == 1
    assert all_of(db, select(func.sum(ReachDay.human))) == 13


def test_what_requests_said_of_themselves_goes_with_their_last_click_and_may_come_again(
    house, db, make, clock, year, clicks
):
    def come(agent, days_ago):
        at = clock.now() - timedelta(days=days_ago)
        writing = Journal(clicks)
        writing.append(
            Line(int(at.timestamp() * 1000), year.link_id, "GET", "a" * 24, "b" * 16, "", "", "old.example", agent)
        )
        writing.close()
        importing.keep_up(db, clock, directory=clicks)

    def said():
        return all_of(db, select(func.count(RequestKind.id)).where(RequestKind.referrer_host == "old.example"))

    come("Firefox/1", 300)
    come("Firefox/2", 300)
    come("Firefox/2", 1)
    assert said() == 2
    decide(house, make, retention.CLICKS, 6)
    clock.move(hours=25)
    retiring.remove(house)
    assert said() == 1, "the other has a click that is kept"
    come("Firefox/1", 1)  # the importer remembers it, but not its number
    assert said() == 2
    with db.reading() as session:
        known = set(session.scalars(select(RequestKind.id)))
        assert set(session.scalars(select(Click.kind_id))) <= known


def test_a_day_half_gone_is_never_made_anew(house, db, make, clock, year, monkeypatch):
    monkeypatch.setattr(retiring, "ROUND", 0)  # killed right after it said what goes
    decide(house, make, retention.CLICKS, 6)
    clock.move(hours=25)
    retiring.remove(house)
    with db.transaction() as session:
        session.delete(session.scalars(select(Click).order_by(Click.day).limit(1)).one())
    assert checking.check(house).is_fine
    sums.rebuild(db, first=clock.now().date() - timedelta(days=400), last=clock.now().date())
    assert all_of(db, select(func.sum(ReachDay.human))) == 12


def test_old_events_go_when_everybody_who_acts_on_them_has_seen_them(house, db, make, clock):
    seen = []
    slow = Consumer("test.slow", frozenset({"test.happened"}), lambda _session, event: seen.append(event.id))

    def happen():
        with db.transaction() as session:
            events.record(session, clock, kind="test.happened", actor_id=None, subject=("test", None))

    happen()
    events.consume(db, slow)
    happen()
    decide(house, make, retention.EVENTS, 3)
    clock.move(days=200)
    happen()
    kept = select(func.count()).where(Event.kind == "test.happened")
    old_events.remove(house)
    assert all_of(db, kept) == 2, "the second was not seen yet"
    while events.consume(db, slow):
        pass
    old_events.remove(house)
    assert (all_of(db, kept), len(seen)) == (1, 3)


def test_an_administrator_chooses_in_months_and_reads_what_went(signed_in, make, house, clock, year, monkeypatch):
    monkeypatch.setattr("advocacy.migrating.is_current", lambda _db: True)  # tables of tests come without migrations
    admin = signed_in(make.admin())
    admin.submit("/admin/health", {"click": "6"}, form="/admin/health/keep")
    assert '<option selected value="6">' in admin.get("/admin/health").text
    clock.move(hours=25)
    retiring.remove(house)
    page = admin.get("/admin/health").text
    assert "5 were removed so far" in page
    rows = admin.get(f"/library/{year.item_id}/reach/clicks").text
    assert "are not kept" in rows
