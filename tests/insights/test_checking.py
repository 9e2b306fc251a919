"""Each night sums are compared with raw rows; a difference is said aloud and mended."""

from datetime import timedelta

from sqlalchemy import func, select, update

from advocacy.admin import health
from advocacy.admin.health import Verdict
from advocacy.base.grains import Grain
from advocacy.insights import checking
from advocacy.insights.checking import Found
from advocacy.reach.models import FilteredDay, ReachDay
from advocacy.reach.sum_models import ClickSum, FigureSum, RuleSum
from advocacy.recognition import standings
from advocacy.recognition.models import PointsEntry, Standing
from advocacy.sharing.post_sum_models import PostSum, SharerGap

SUMS = {"posts": PostSum, "people": SharerGap, "clicks": ClickSum, "rules": RuleSum, "figures": FigureSum}


def test_a_sum_that_differs_from_its_rows_is_said_on_the_health_page_and_made_anew(
    db, house, make, company, clock, monkeypatch
):
    monkeypatch.setattr("advocacy.migrating.is_current", lambda _db: True)
    person = make.user()
    entry = {"rule": "published", "rule_version": 1, "points": 10, "cause": "test:1"}
    with db.transaction() as session:
        standings.write(session, PointsEntry(user_id=person.id, at=clock.now(), day=clock.now().date(), **entry))
    first = checking.check(house)
    assert first.is_fine
    assert first.days > 1
    assert _of_sums(house).verdict is Verdict.FINE
    with db.transaction() as session:
        human = session.scalar(select(func.sum(ReachDay.human)))
        day = session.scalar(select(func.min(ReachDay.day)))
        filtered = session.scalar(select(func.min(FilteredDay.day)).where(FilteredDay.day > day))
        session.execute(update(ReachDay).where(ReachDay.day == day).values(human=ReachDay.human + 1))
        session.execute(update(FilteredDay).where(FilteredDay.day == filtered).values(clicks=FilteredDay.clicks + 1))
        session.execute(update(Standing).values(points=11))
        sums = {name: session.execute(select(table.__table__)).all() for name, table in SUMS.items()}
        month = session.scalar(select(func.max(PostSum.begins)).where(PostSum.grain == Grain.ITEM_MONTH.value))
        for table, column in ((PostSum, "claimed"), (ClickSum, "raw"), (FigureSum, "likes")):
            session.execute(
                update(table)
                .where(table.grain == Grain.ITEM_MONTH.value, table.begins == month)
                .values({column: getattr(table, column) + 1})
            )
    months = {day.replace(day=1) for day in (day, filtered, month)}
    assert checking.check(house) == Found(days=first.days, wrong_days=2, wrong_people=1, wrong_months=len(months))
    assert _of_sums(house).verdict is Verdict.LOOK
    with db.reading() as session:
        assert session.scalar(select(func.sum(ReachDay.human))) == human
        assert set(session.scalars(select(Standing.points))) == {10}
        for name, table in SUMS.items():
            assert sorted(session.execute(select(table.__table__)).all()) == sorted(sums[name]), name
    assert checking.check(house).is_fine


def test_the_check_runs_once_a_night(db, house, clock):
    clock.set(clock.now().replace(hour=1))
    checks = []
    for hours in (0, 2, 3, 22):  # one o'clock, three, six, and four the next night
        clock.move(hours=hours)
        checking.tick(house)
        with db.reading() as session:
            last = checking.newest(session)
        checks.append(last and clock.now() - last[0])
    assert checks == [None, timedelta(0), timedelta(hours=3), timedelta(0)]


def _of_sums(house):
    return next(check for check in health.examine(house) if str(check.name) == "Sums")
