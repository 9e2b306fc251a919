"""The board ranks fairly, names only who chose it, and always shows one's own place."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from advocacy.people import personnel
from advocacy.recognition import leaderboard, standings
from advocacy.recognition.models import PointsDay, PointsEntry, Standing
from advocacy.recognition.periods import EVER, Period, begins, ends
from advocacy.recognition.points import keep_up
from advocacy.recognition.ranges import Narrow


@pytest.fixture
def give(db, clock):
    """Writes an entry straight into the ledger."""
    counter = iter(range(10_000))

    def add(user, points: int, *, at: datetime | None = None, rule: str = "published", share=None) -> None:
        at = at or clock.now()
        with db.transaction() as session:
            standings.write(
                session,
                PointsEntry(
                    user_id=user.id,
                    rule=rule,
                    rule_version=1,
                    points=points,
                    cause=f"test:{next(counter)}",
                    at=at,
                    day=at.date(),
                    share_id=share.id if share else None,
                    item_id=share.item_id if share else None,
                ),
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


def test_a_month_is_the_same_days_for_everybody(db, make, give, clock):
    clock.set(datetime(2026, 3, 15, 12, tzinfo=UTC))
    oslo, london = make.user("Oslo", time_zone="Europe/Oslo"), make.user("London")
    give(oslo, 5, at=datetime(2026, 3, 1, 0, 0, tzinfo=UTC))
    give(oslo, 7, at=datetime(2026, 2, 28, 23, 30, tzinfo=UTC))  # March in Oslo, and February on everybody's board
    for reader in (oslo, london):
        assert [line.points for line in board_of(db, clock, reader).lines] == [5]


@pytest.mark.parametrize(
    ("period", "day", "first", "last"),
    [
        (Period.WEEK, date(2026, 12, 31), date(2026, 12, 28), date(2027, 1, 3)),
        (Period.MONTH, date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
        (Period.QUARTER, date(2026, 11, 23), date(2026, 10, 1), date(2026, 12, 31)),
        (Period.YEAR, date(2026, 12, 31), date(2026, 1, 1), date(2026, 12, 31)),
        (Period.ALL, date(2026, 12, 31), EVER, None),
    ],
)
def test_periods_begin_and_end_by_the_calendar(period, day, first, last):
    assert (begins(period, day), ends(period, day)) == (first, last)


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
        asked = {"now": clock.now(), "period": Period.MONTH}
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


def test_a_narrowed_board_counts_its_own_points_and_names_nobody_who_did_not_choose_it(db, make, give, clock):
    named, shy, reader = make.user("Nina", ranked_by_name=True), make.user("Shy"), make.user("Reader")
    campaign = make.campaign()
    item, other = make.item(campaign_id=campaign.id), make.item()
    there, elsewhere = make.share(named, item, network="mastodon"), make.share(named, other, network="bluesky")
    give(named, 10, share=there)
    give(named, 7, share=elsewhere, at=clock.now() - timedelta(days=1))
    give(shy, 50)
    give(reader, 3)
    day = clock.now().date()
    narrowed = {
        Narrow(days=(day, day)): [("Nina", 10), ("Reader", 3)],
        Narrow(days=(day - timedelta(days=1), day)): [("Nina", 17), ("Reader", 3)],
        Narrow(network="bluesky", days=(day - timedelta(days=1), day)): [("Nina", 7)],
        Narrow(campaign_id=campaign.id): [("Nina", 10)],
        Narrow(campaign_id=campaign.id, network="bluesky"): [],
    }
    for narrow, expected in narrowed.items():
        board = board_of(db, clock, reader, narrow=narrow)
        assert [(line.name, line.points) for line in board.lines] == expected, narrow
        assert board.ranked == len(expected)


def test_who_is_disabled_leaves_the_board_and_who_comes_back_stands_there_again(db, make, give, clock, house):
    person, reader, admin = make.user(), make.user(), make.admin()
    give(person, 10)
    for change, lines in ((personnel.disable, 0), (personnel.enable, 1)):
        with db.transaction() as session:
            change(session, house.clock, user_id=person.id, by=admin.id)
        keep_up(db)
        assert len(board_of(db, clock, reader).lines) == lines


def test_sums_that_were_spoilt_are_found_and_made_anew_from_the_ledger(db, make, give, clock):
    one, other, reader = make.user(), make.user(team=make.team()), make.user()
    give(one, 10, share=make.share(one))
    give(one, 2, rule="visitor")
    give(other, 5)
    with db.reading() as session:
        assert standings.differing(session) == []
        before = _sums(session)
    with db.transaction() as session:
        session.execute(update(Standing).where(Standing.user_id == one.id).values(points=Standing.points + 1))
        session.execute(delete(PointsDay).where(PointsDay.user_id == other.id))
        session.execute(update(Standing).where(Standing.user_id == other.id).values(team_id=None))
    with db.reading() as session:
        wrong = standings.differing(session)
    assert wrong == [one.id, other.id]
    standings.rebuild(db, wrong)
    with db.reading() as session:
        assert _sums(session) == before
        assert standings.differing(session) == []
    assert [line.points for line in board_of(db, clock, reader).lines] == [12, 5]


def _sums(session) -> list[tuple]:
    tables = (PointsDay.__table__, Standing.__table__)
    return [tuple(row) for table in tables for row in session.execute(select(table).order_by(*table.primary_key))]
