"""Who comes back is told of groups alone: enough people did and did not, and nothing can be subtracted until few are left."""

import io
import re
from datetime import UTC, date, datetime

from openpyxl import load_workbook

from advocacy.insights import cohorts, periods
from tests.insights.test_pages import words
from tests.insights.world import build


def shared(make, people, *months):
    """These people had a post go out in each of these months of 2026 (negative: of 2025)."""
    for person in people:
        for month in months:
            year = 2026 if month > 0 else 2025
            make.share(person, published_at=datetime(year, abs(month), 15, 12, tzinfo=UTC))


def told(house, clock, *, smallest=5):
    """The groups by the month in which they began: size, and who shared again."""
    with house.db.reading() as session:
        found = cohorts.cohorts(session, now=clock.now(), smallest=smallest)
    return {line.month.first: (line.size, [one.people for one in line.again if one.is_over]) for line in found}


def test_people_are_counted_by_their_first_month_and_each_month_after_it(house, make, clock):
    december = [make.user() for _ in range(20)]
    shared(make, december, -12)
    shared(make, december[:12], 1)
    shared(make, december[:6], 2)
    shared(make, [make.user() for _ in range(7)], 1)
    assert told(house, clock) == {date(2026, 1, 1): (7, [None]), date(2025, 12, 1): (20, [12, None])}


def test_small_groups_and_figures_of_too_few_are_withheld_on_both_sides(house, make, clock):
    december, small = [make.user() for _ in range(20)], [make.user() for _ in range(4)]
    shared(make, december, -12)
    shared(make, small, -11)
    shared(make, december[:17], 1)  # three did not
    shared(make, december[:3], 2)  # three did
    assert told(house, clock) == {
        date(2025, 12, 1): (20, [None, None]),
        date(2025, 11, 1): (None, [None, None, None]),
    }


def test_people_who_are_named_elsewhere_do_not_make_a_group_large(house, make, clock):
    shared(make, [make.user(ranked_by_name=True) for _ in range(9)] + [make.user() for _ in range(4)], -12)
    assert told(house, clock)[date(2025, 12, 1)][0] is None


def test_what_is_left_of_a_month_is_never_few_people(house, make, clock):
    """Sharers of a month are known; were one cell alone withheld, it would be what is left."""
    october, november = [make.user() for _ in range(20)], [make.user() for _ in range(20)]
    shared(make, october, -10)
    shared(make, november, -11)
    shared(make, october[:8], -12)
    shared(make, november[:2], -12)
    found = told(house, clock)
    assert found[date(2025, 10, 1)][1][1] is None  # would be told alone, but 10 less 8 are two
    assert found[date(2025, 11, 1)][1][0] is None


def test_in_a_company_no_month_leaves_few_people_when_everything_shown_is_subtracted(house, make, clock):
    world = build(house, make, people=90, shares=420, clicks=0)
    months = [one.first for one in reversed(periods.months(clock.now(), most=13)[1:])]
    shy = {one["id"] for one in world.people if not one["ranked_by_name"]}
    first, by_month = {}, {}
    for share in world.out(date(2000, 1, 1), months[-1].replace(day=28)):
        month = share["published_at"].date().replace(day=1)
        first[share["user_id"]] = min(month, first.get(share["user_id"], month))
        by_month.setdefault(month, set()).add(share["user_id"])
    checked = 0
    for start, (size, again) in told(house, clock).items():
        group = {one for one, month in first.items() if month == start}
        assert size == (len(group) if len(group & shy) >= 5 else None)
        for number, people in enumerate(again):
            if people is not None:
                month = months[months.index(start) + 1 + number]
                assert people == len(group & by_month.get(month, set()))
                checked += 1
    for month in months:
        returning = {one for one in by_month.get(month, set()) if first[one] < month}
        shown = set()
        for start, (_, again) in told(house, clock).items():
            place = months.index(month) - months.index(start) - 1
            if 0 <= place < len(again) and again[place] is not None:
                shown |= {one for one in returning if first[one] == start}
        rest = (returning - shown) & shy
        assert not rest or len(rest) >= 5 or not shown, month
    assert checked


def test_the_page_and_the_file_say_it_in_words(make, signed_in, house, clock):
    browser = signed_in(make.leader())
    assert "No month to tell of yet" in browser.get("/insights/cohorts").text
    people = [make.user() for _ in range(20)]
    shared(make, people, 1)
    shared(make, people[:8], 2)
    said = words(browser.get("/insights/cohorts").text)
    assert "Of 20 people who first shared in January 2026, 8 shared again one month later (40%)." in said
    assert re.search(r"January 2026 20 8 40%", said)
    book = load_workbook(io.BytesIO(browser.get("/insights/files/cohorts.xlsx").data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[1][:3] == (datetime.combine(date(2026, 1, 1), datetime.min.time()), 20, 8)
    assert b"20,8" in browser.get("/insights/files/cohorts.csv").data
