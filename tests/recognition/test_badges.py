"""Badges are given once for good; weeks in a row outlive holidays, changes of the clock and turns of the year."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from advocacy.base import events
from advocacy.base.errors import Invalid
from advocacy.base.events import Event, EventCursor
from advocacy.people.privacy import Holdings
from advocacy.reach.models import ReachDay
from advocacy.recognition import badges, earning, kudos, streaks, time_off, values
from advocacy.recognition.badge_models import ActiveWeek, BadgeGiven, PersonCount
from advocacy.recognition.badges import Badge
from advocacy.recognition.levels import LEVELS, level_of, next_level
from advocacy.sharing.models import ShareState

MONDAY = date(2026, 3, 2)
WEEK = timedelta(days=7)


@pytest.fixture
def happened(db, clock):
    """Records an event as an area would."""

    def record(kind, user, **data):
        with db.transaction() as session:
            events.record(session, clock, kind=kind, actor_id=user.id, subject=("note", 1), data=data)

    return record


def has(db, user):
    earning.keep_up(db)
    with db.reading() as session:
        return set(session.scalars(select(BadgeGiven.badge).where(BadgeGiven.user_id == user.id)))


def test_a_first_share_gives_a_badge_and_taking_it_down_leaves_it(db, make, happened):
    kari = make.user()
    assert has(db, kari) == set()
    share = make.share(kari)
    happened("share.published", kari)
    happened("share.confirmed", kari)
    assert has(db, kari) == {"first_share"}
    with db.transaction() as session:
        assert session.get_one(PersonCount, (kari.id, "shares")).count == 1, "one share, whatever proved it"
        session.merge(share).state = ShareState.CANCELLED
    happened("share.removed", kari)
    assert has(db, kari) == {"first_share"}
    with db.reading() as session:
        assert session.get_one(PersonCount, (kari.id, "shares")).count == 0


def test_visitors_give_badges_at_their_counts_and_not_before(db, make, happened):
    kari = make.user()
    for _ in range(9):
        happened("click.counted", kari)
    assert has(db, kari) == set()
    happened("click.counted", kari)
    assert has(db, kari) == {"visitors_10"}


def test_visitors_who_came_in_together_count_as_many(db, make, happened):
    kari = make.user()
    happened("click.counted", kari, visitors=8)
    assert has(db, kari) == set()
    happened("click.counted", kari, visitors=8)
    assert has(db, kari) == {"visitors_10"}


def test_a_log_that_is_read_again_gives_nothing_twice(db, make, happened):
    kari = make.user()
    happened("course.passed", kari)
    assert "first_course" in has(db, kari)
    with db.transaction() as session:
        cursor = session.get_one(EventCursor, "badges")
        cursor.txid = cursor.event_id = 0
    has(db, kari)
    with db.reading() as session:
        assert len(session.scalars(select(Event).where(Event.kind == "badge.given")).all()) == 1


def test_badges_for_thanks_count_different_colleagues(db, make, clock):
    kari, ola = make.user(), make.user()
    others = [make.user() for _ in range(10)]
    with db.transaction() as session:
        values.start(session)
        value_id = values.everything(session)[0].id

    def thank(giver, *to):
        with db.transaction() as session:
            key = f"{giver.id} {len(to)} {clock.now()}"
            kudos.give(
                session, clock, giver=giver, to=[one.id for one in to], words="Thanks", value_id=value_id, key=key
            )
        clock.move(days=1)

    for _ in range(10):
        thank(kari, ola)
    assert has(db, kari) == {"thanked_1"}
    assert has(db, ola) == set()
    thank(kari, *others)
    assert "thanked_10" in has(db, kari)
    for one in others:
        thank(one, ola)
    assert has(db, ola) == {"thanked_by_10"}


def test_a_badge_whose_rule_changes_is_kept_and_whoever_has_reached_the_new_one_gets_it(
    db, make, house, happened, monkeypatch, signed_in
):
    kari, ola = make.user(), make.user()
    for user, count in ((kari, 10), (ola, 6)):
        for _ in range(count):
            happened("click.counted", user)
    assert has(db, kari) == {"visitors_10"}
    assert has(db, ola) == set()
    heard = badges.badge_named("visitors_10")
    changed = Badge("visitors_5", "visitors", 5, heard.title, heard.sentence, heard.icon)
    monkeypatch.setattr(badges, "BADGES", (changed,))
    monkeypatch.setattr(earning, "BADGES", (changed,))
    assert earning.catch_up(house) == 2
    assert earning.catch_up(house) == 0
    assert has(db, ola) == {"visitors_5"}
    assert has(db, kari) == {"visitors_10", "visitors_5"}
    page = signed_in(kari).get("/me/recognition").text
    assert page.count("Heard") >= 2, "the earlier one still stands there by its name"


def test_a_week_is_the_persons_own_whatever_the_clock_and_the_year_do(db, make, happened, clock):
    assert streaks.monday_of(datetime(2026, 3, 1, 23, 30, tzinfo=UTC), "Europe/Oslo") == MONDAY
    assert streaks.monday_of(datetime(2026, 3, 2, 4, 30, tzinfo=UTC), "America/New_York") == MONDAY - WEEK
    assert streaks.monday_of(datetime(2027, 1, 1, 12, 0, tzinfo=UTC), "UTC") == date(2026, 12, 28)
    assert streaks.monday_of(datetime(2027, 1, 1, 12, 0, tzinfo=UTC), "Nowhere/At_All") == date(2026, 12, 28)
    kari = make.user(time_zone="Europe/Oslo")
    # Sundays just before midnight in Oslo, across the change to summer time on 29 March 2026.
    for day in ("2026-03-22T22:59", "2026-03-29T21:59", "2026-04-05T21:59"):
        clock.set(datetime.fromisoformat(day).replace(tzinfo=UTC))
        happened("share.published", kari)
    earning.keep_up(db)
    with db.reading() as session:
        weeks = session.scalars(select(ActiveWeek.week).order_by(ActiveWeek.week)).all()
        assert weeks == [date(2026, 3, 16), date(2026, 3, 23), date(2026, 3, 30)]


def mondays(*numbers):
    return {MONDAY + WEEK * number for number in numbers}


@pytest.mark.parametrize(
    ("active", "off", "now", "current", "longest"),
    [
        ((0, 1, 2), (), 2, 3, 3),
        ((0, 1, 2), (), 3, 3, 3),
        ((0, 1, 2), (), 4, 0, 3),
        ((0, 1, 3), (2,), 3, 3, 3),
        ((0, 1, 2, 3), (2,), 3, 3, 3),
        ((0, 1), (2, 3), 4, 2, 2),
        ((), (), 0, 0, 0),
    ],
)
def test_a_week_off_neither_counts_nor_breaks_and_this_week_is_not_over(active, off, now, current, longest):
    found = streaks.count(mondays(*active), mondays(*off).__contains__, MONDAY + WEEK * now)
    assert (found.current, found.longest) == (current, longest)
    assert [week.monday for week in found.weeks] == sorted(mondays(*range(min(active, default=now), now + 1)))


@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)), st.integers(0, 60))
def test_taking_a_week_off_never_shortens_a_row_it_does_not_count_in(active, off, extra):
    this_week = MONDAY + WEEK * 60
    before = streaks.count(mondays(*active), mondays(*off).__contains__, this_week)
    after = streaks.count(mondays(*active), mondays(*off, extra).__contains__, this_week)
    assert before.current <= before.longest <= len(active - off)
    if extra not in active:
        assert after.current >= before.current
        assert after.longest >= before.longest
    else:
        assert after.longest >= before.longest - 1


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 9)), max_size=5))
def test_days_away_count_working_days_once(spans):
    absences = [(MONDAY + timedelta(days=first), MONDAY + timedelta(days=first + length)) for first, length in spans]
    away = {day for first, last in absences for day in range((first - MONDAY).days, (last - MONDAY).days + 1)}
    assert streaks.days_away(MONDAY, absences) == len(away & set(range(5)))


def test_a_row_goes_on_over_the_companys_holiday_and_ones_own_absence(db, make, happened, clock, signed_in):
    kari, admin = make.user(), make.admin()
    for number in range(7):
        if number not in (2, 5):
            happened("lesson.passed", kari)
        clock.move(days=7)
    earning.keep_up(db)
    browser = signed_in(kari)
    assert "1 week in a row now" in browser.get("/me/recognition").text
    signed_in(admin).submit("/company/holiday-weeks", {"day": "2026-03-18", "name": "Ski week"})
    assert "1 week in a row now" in browser.get("/me/recognition").text
    away = {"first_day": "2026-04-06", "last_day": "2026-04-08"}
    assert browser.submit("/me/recognition", away, form="/me/recognition/away").status_code == 302
    assert "5 weeks in a row now" in browser.get("/me/recognition").text
    happened("lesson.passed", kari)
    assert has(db, kari) == {"weeks_4"}
    signed_in(admin).submit("/company/holiday-weeks", form="/company/holiday-weeks/remove")
    assert "4 weeks in a row now" in browser.get("/me/recognition").text
    assert has(db, kari) == {"weeks_4"}


def test_days_away_cannot_mend_a_row_of_long_ago(db, make, clock, signed_in):
    kari, ola = make.user(), make.user()

    def away(first, last):
        with db.transaction() as session:
            return time_off.be_away(session, user=kari, first_day=first, last_day=last, now=clock.now())

    kept = away(MONDAY - 2 * WEEK, MONDAY)
    for first, last in ((MONDAY - 2 * WEEK - timedelta(days=1), MONDAY), (MONDAY, MONDAY - WEEK)):
        with pytest.raises(Invalid):
            away(first, last)
    spy = signed_in(ola)
    answer = spy.post(f"/me/recognition/away/{kept.id}/remove", data={"csrf_token": spy.token()})
    assert answer.status_code == 404
    with db.reading() as session:
        kinds = session.scalars(select(Event.kind).where(Event.actor_id == kari.id)).all()
        assert [kind for kind in kinds if "away" in kind or "absence" in kind] == []


def test_a_page_is_for_others_only_once_its_owner_opens_it(db, make, happened, signed_in, house):
    kari, ola = make.user("Kari Nordmann"), make.user()
    happened("course.passed", kari)
    earning.keep_up(db)
    path = f"/people/{kari.id}/recognition"
    assert signed_in(ola).get(path).status_code == 404
    assert "Eager to learn" in signed_in(kari).get(path).text
    signed_in(kari).submit("/company/kudos/mine", {"page_public": "y"}, form="/company/kudos/mine")
    page = signed_in(ola).get(path).text
    assert "Kari Nordmann" in page
    assert "Eager to learn" in page
    assert "away" not in page
    with db.transaction() as session:
        told = house.part(Holdings).export(session, house.clock, user_id=kari.id)["recognition"]
        assert {one["badge"] for one in told["badges"]} == {"first_course"}
        house.part(Holdings).erase(session, house.clock, user_id=kari.id, by=kari.id)
        assert session.scalars(select(BadgeGiven)).all() == []
        assert session.scalars(select(ActiveWeek)).all() == []
    assert signed_in(ola).get(path).status_code == 404


def test_levels_rise_with_points_and_nobody_falls_below_the_first():
    assert [level.points for level in LEVELS] == sorted({level.points for level in LEVELS})
    assert level_of(-5) is LEVELS[0]
    assert level_of(49) is LEVELS[0]
    assert level_of(50) is LEVELS[1]
    assert next_level(49) is LEVELS[1]
    assert next_level(10**9) is None


def test_visitors_who_are_none_by_newer_rules_count_no_more_and_a_badge_stays(db, make, happened, clock):
    kari, ola = make.user(), make.user()
    share = make.share(kari)
    happened("click.counted", kari, visitors=12)
    assert has(db, kari) == {"visitors_10"}
    day = ReachDay(day=clock.now().date(), link_id=share.link_id, user_id=kari.id, item_id=share.item_id)
    day.network, day.raw, day.filtered, day.human, day.unique_visitors = "bluesky", 12, 3, 9, 9
    with db.transaction() as session:
        session.add(day)
    happened("clicks.rejudged", kari, visitors=9, user_id=kari.id)
    with db.transaction() as session:  # came in after the rules had changed, and before the badges looked
        session.get_one(ReachDay, (day.day, day.link_id)).unique_visitors = 11
    happened("click.counted", kari, visitors=2, user_id=kari.id)
    happened("click.counted", ola, visitors=40, user_id=ola.id)
    assert has(db, kari) == {"visitors_10"}, "given for good"
    with db.reading() as session:
        assert session.get_one(PersonCount, (kari.id, "visitors")).count == 11


def test_thanks_that_are_hidden_or_taken_back_count_no_more_for_what_comes_next(db, make, clock):
    kari, ola, curator = make.user(), make.user(), make.curator()
    with db.transaction() as session:
        values.start(session)
        value_id = values.everything(session)[0].id

    def thank(key):
        with db.transaction() as session:
            given = kudos.give(session, clock, giver=kari, to=[ola.id], words="Hm", value_id=value_id, key=key)
            kudos.choose(session, clock, kudos_id=given.id, user=ola, is_public=True)
            return given.id

    def counts():
        earning.keep_up(db)
        with db.reading() as session:
            return [session.get_one(PersonCount, key).count for key in ((kari.id, "thanked"), (ola.id, "thanked_by"))]

    number = thank("a")
    assert counts() == [1, 1]
    with db.transaction() as session:
        kudos.hide(session, clock, kudos_id=number, by=curator, reason="Unkind")
    assert counts() == [0, 0]
    with db.transaction() as session:
        kudos.show_again(session, clock, kudos_id=number, by=curator)
    assert counts() == [1, 1]
    with db.transaction() as session:
        kudos.remove(session, clock, kudos_id=number, by=session.merge(kari))
    assert counts() == [0, 0]
