"""The board ranks fairly, names only who chose it, and always shows one's own place."""

import re
from datetime import UTC, datetime

import pytest

from advocacy.recognition import leaderboard
from advocacy.recognition.leaderboard import Period, bounds
from advocacy.recognition.models import PointsEntry


@pytest.fixture
def give(db, clock):
    """Writes an entry straight into the ledger."""
    counter = iter(range(10_000))

    def add(user, points: int, *, at: datetime | None = None, rule: str = "published") -> None:
        at = at or clock.now()
        with db.transaction() as session:
            session.add(
                PointsEntry(
                    user_id=user.id,
                    rule=rule,
                    rule_version=1,
                    points=points,
                    cause=f"test:{next(counter)}",
                    at=at,
                    day=at.date(),
                )
            )

    return add


def board_of(db, clock, reader, **kwargs):
    with db.reading() as session:
        return leaderboard.board(session, reader=reader, now=clock.now(), **{"period": Period.MONTH, **kwargs})


def test_equal_points_share_a_rank_and_the_next_is_left_out(db, make, give, clock):
    people = [make.user(ranked_by_name=True) for _ in range(4)]
    for person, points in zip(people, (30, 20, 20, 10), strict=True):
        give(person, points)
    assert [line.rank for line in board_of(db, clock, people[0]).lines] == [1, 2, 2, 4]


def test_only_those_who_chose_it_are_named_and_i_always_see_myself(db, make, give, clock):
    open_one, shy, me = make.user("Open One", ranked_by_name=True), make.user("Shy Person"), make.user("Me Myself")
    give(open_one, 30)
    give(shy, 20)
    give(me, 10)
    assert [line.name for line in board_of(db, clock, me).lines] == ["Open One", None, "Me Myself"]
    assert [line.name for line in board_of(db, clock, open_one).lines] == ["Open One", None, None]


def test_my_own_rank_is_there_also_when_my_line_is_on_another_page(db, make, give, clock):
    me = make.user("Me")
    give(me, 1)
    for points in range(2, 12):
        give(make.user(), points)
    board = board_of(db, clock, me, size=5)
    assert me.name not in [line.name for line in board.lines]
    assert (board.mine.rank, board.ranked) == (11, 11)
    assert [line.rank for line in board_of(db, clock, me, size=5, first_rank=6).lines] == [6, 7, 8, 9, 10]


def test_a_month_is_the_readers_own_month(db, make, give, clock):
    clock.set(datetime(2026, 3, 15, 12, tzinfo=UTC))
    oslo = make.user("Oslo", time_zone="Europe/Oslo")
    give(oslo, 5, at=datetime(2026, 2, 28, 23, 30, tzinfo=UTC))  # already March in Oslo
    give(oslo, 7, at=datetime(2026, 2, 28, 22, 30, tzinfo=UTC))
    assert board_of(db, clock, oslo).mine.points == 5
    assert board_of(db, clock, make.user("London")).lines == []


@pytest.mark.parametrize(
    ("period", "now", "begins", "ends"),
    [
        (Period.WEEK, datetime(2026, 12, 31, 12, tzinfo=UTC), "2026-12-28", "2027-01-04"),
        (Period.MONTH, datetime(2028, 2, 29, 12, tzinfo=UTC), "2028-02-01", "2028-03-01"),
        (Period.QUARTER, datetime(2026, 11, 23, 12, tzinfo=UTC), "2026-10-01", "2027-01-01"),
        (Period.YEAR, datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "2027-01-01", "2028-01-01"),
    ],
)
def test_periods_begin_and_end_by_the_calendar(period, now, begins, ends):
    found = bounds(period, now=now, time_zone="Europe/Oslo")
    assert tuple(moment.date().isoformat() for moment in found) == (begins, ends)


def test_disabled_people_and_zero_points_are_not_on_the_board(db, make, give, clock):
    gone, back_to_zero, reader = make.user(state="disabled"), make.user(), make.user()
    give(gone, 50)
    give(back_to_zero, 10)
    give(back_to_zero, -10, rule="removed")
    assert board_of(db, clock, reader).lines == []


def test_teams_are_ranked_by_points_per_head(db, make, give, clock):
    small, large = make.team("Small"), make.team("Large")
    one = make.user(team=small)
    many = [make.user(team=large) for _ in range(4)]
    give(one, 20)
    give(many[0], 40)
    with db.reading() as session:
        asked = {"reader": one, "now": clock.now(), "period": Period.MONTH}
        lines = leaderboard.team_board(session, **asked, smallest=1)
        large_only = leaderboard.team_board(session, **asked, smallest=4)
    assert [line.people for line in large_only] == [4], "a team of one would tell whose points these are"
    assert [(line.rank, line.name, line.per_head) for line in lines] == [(1, "Small", 20.0), (2, "Large", 10.0)]


def test_my_own_place_is_a_card_that_other_pages_fetch(signed_in, make, give):
    me, other = make.user("Me Myself"), make.user("Other")
    assert "No points yet this month" in signed_in(me).get("/leaderboard/mine").text
    give(other, 1500)
    give(me, 10)
    give(me, 2, rule="visitor")
    page = signed_in(me).get("/leaderboard/mine").text
    assert "<html" not in page
    facts = re.findall(r"<dt[^>]*>([^<]+)</dt><dd[^>]*>([^<]+)</dd>", page)
    assert facts == [("place of 2", "2"), ("points", "12"), ("visitor", "1")]
    assert "Other" not in page


def test_within_a_team_nobody_stands_on_the_board_who_did_not_choose_to(db, make, clock, give):
    team = make.team("Board")
    named, shy, reader = make.user("Nina", team=team, ranked_by_name=True), make.user(team=team), make.user(team=team)
    give(named, 10)
    give(shy, 30)
    give(reader, 20)
    with db.reading() as session:
        board = leaderboard.board(session, reader=reader, now=clock.now(), period=Period.ALL, team_ids=[team.id])
        whole = leaderboard.board(session, reader=reader, now=clock.now(), period=Period.ALL)
    assert [(line.rank, line.name, line.points) for line in board.lines] == [(1, reader.name, 20), (2, "Nina", 10)]
    assert board.ranked == 2
    assert [line.points for line in whole.lines] == [30, 20, 10]
