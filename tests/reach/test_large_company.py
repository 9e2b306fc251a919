"""The large company that benchmarks measure: what is filled in at once is what the hub would have written bit by bit."""

import pytest
from sqlalchemy import func, select, update

from advocacy.people.models import User
from advocacy.reach.models import Click, ReachDay
from advocacy.recognition import leaderboard
from advocacy.recognition.models import PointsEntry
from advocacy.recognition.periods import Period
from advocacy.sharing.models import Share
from benchmarks import company

PEOPLE, SHARES, CLICKS, DAYS = 390, 1_000, 20_000, 40


@pytest.fixture
def filled(house, monkeypatch):
    for name, count in (("PEOPLE", PEOPLE), ("SHARES", SHARES), ("CLICKS", CLICKS), ("DAYS", DAYS)):
        monkeypatch.setattr(company, name, count)
    company.fill(house)
    return house


def test_every_sum_of_the_large_company_is_that_of_its_rows_and_a_wrong_one_is_found(filled):
    company.compare(filled)
    with filled.db.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (User, Share, Click)]
        assert counts == [PEOPLE, SHARES, CLICKS]
        early = select(func.count()).select_from(Click).join(Share, Share.link_id == Click.link_id)
        assert session.scalar(early.where(Click.day < func.date(Share.published_at))) == 0
        board = leaderboard.board(session, reader=session.get_one(User, 7), now=company.NOW, period=Period.ALL)
        assert len(board.lines) == 50
        paid = select(func.count()).select_from(PointsEntry).where(PointsEntry.rule == "visitor")
        most = session.scalars(paid.group_by(PointsEntry.share_id)).all()
        assert max(most) == 25, "a post earns for as many visitors as the rule says"
    with filled.db.transaction() as session:
        session.execute(update(ReachDay).where(ReachDay.link_id == 1).values(human=ReachDay.human + 1))
    with pytest.raises(SystemExit, match="not those of the rows"):
        company.compare(filled)
