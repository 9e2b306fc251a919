"""Challenges: fair per head, of fixed days, closed once, and telling of nobody who did not choose it."""

import itertools
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from advocacy.base import events
from advocacy.base.errors import Conflict, Invalid
from advocacy.base.events import Event, EventCursor
from advocacy.library import campaigns
from advocacy.messages import notifications
from advocacy.people.models import User, UserState
from advocacy.people.privacy import Holdings
from advocacy.recognition import challenge_standing, challenges, closing, points, standings, tallies
from advocacy.recognition.challenge_models import Challenge, ChallengePart, ChallengeTally
from advocacy.recognition.challenges import ChallengeKind, ChallengeState, Counts, Stage, Written
from advocacy.recognition.models import PointsEntry

OSLO = "Europe/Oslo"


@pytest.fixture
def announce(db, clock, make):
    """Announces a challenge of 9 to 15 March, in Oslo."""
    organiser = make.curator("Orga Niser")

    def add(kind: ChallengeKind, *, smallest: int = 2, challenge_id: int | None = None, **fields) -> Challenge:
        given = {
            "title": "March",
            "description": "",
            "counts": Counts.POINTS,
            "starts_on": date(2026, 3, 9),
            "ends_on": date(2026, 3, 15),
            **fields,
        }
        with db.transaction() as session:
            written = Written(kind=kind, **given)
            return challenges.save(
                session,
                clock,
                written=written,
                zone=OSLO,
                smallest=smallest,
                by=organiser.id,
                challenge_id=challenge_id,
            )

    return add


@pytest.fixture
def earn(db, clock):
    """Writes an entry of the ledger: at the moment of the clock unless told otherwise."""
    numbers = itertools.count(1)

    def write(
        person, earned: int = 10, *, rule: str = "published", at: datetime | None = None, **fields
    ) -> PointsEntry:
        moment = at or clock.now()
        given = {"cause": f"test:{next(numbers)}", "rule_version": 1, **fields}
        with db.transaction() as session:
            entry = PointsEntry(
                user_id=person.id, rule=rule, points=earned, at=moment, day=moment.astimezone(UTC).date(), **given
            )
            standings.write(session, entry)
        return entry

    return write


@pytest.fixture
def over(house, db, clock):
    """Goes to the minutes after the end, when the ledger has been written, and lets the clock's job run."""

    def close(challenge: Challenge) -> None:
        clock.set(challenge.ends_at + closing.WAIT)
        read_everything(db)
        closing.tick(house)

    return close


def read_everything(db) -> None:
    """The ledger has read all events that there are."""
    with db.transaction() as session:
        newest = session.execute(select(Event.txid, Event.id).order_by(Event.txid.desc(), Event.id.desc())).first()
        session.merge(EventCursor(consumer="points", txid=newest.txid, event_id=newest.id))


def board(db, challenge, reader):
    with db.reading() as session:
        kept = challenges.get(session, challenge_id=challenge.id)
        return challenge_standing.board(session, kept, reader=reader)


def of_people(db, challenge, reader):
    with db.reading() as session:
        kept = challenges.get(session, challenge_id=challenge.id)
        return challenge_standing.people(session, kept, reader=reader)


def join(db, clock, challenge, *people, side=None) -> None:
    with db.transaction() as session:
        for person in people:
            challenges.join(session, clock, challenge_id=challenge.id, user=person, side_id=side)


def give_prizes(db) -> None:
    """The ledger reads every prize there is in the log."""
    with db.transaction() as session:
        for happened in session.scalars(select(Event).where(Event.kind == "challenge.won")):
            points.take(session, happened)


def test_teams_are_compared_per_head_with_everybody_below_them_and_equal_ones_share_a_rank(
    db, clock, make, announce, earn
):
    big, small, third, tiny = (make.team(name) for name in ("Big", "Small", "Third", "Tiny"))
    below = make.team("Below", parent=big)
    many = [make.user(team=big), make.user(team=big), make.user(team=below), make.user(team=below)]
    few = [make.user(team=small), make.user(team=small)]
    others = [make.user(team=third), make.user(team=third), make.user(team=third, state=UserState.DISABLED)]
    alone = make.user(team=tiny)
    challenge = announce(ChallengeKind.TEAMS, team_ids=[big.id, small.id, third.id, tiny.id])
    clock.set(challenge.starts_at)
    for person, earned in ((many[3], 40), (few[0], 20), (others[0], 10), (others[2], 500), (alone, 900)):
        earn(person, earned)
    lines = board(db, challenge, many[2])
    assert [(line.name, line.rank, line.heads) for line in lines] == [
        ("Big", 1, 4), ("Small", 1, 2), ("Third", 3, 2), ("Tiny", None, 1),
    ]  # fmt: skip
    assert [line.name for line in lines if line.is_mine] == ["Big"]


def test_the_days_are_those_of_the_company_when_its_clocks_go_forward(db, clock, make, announce, earn):
    kari = make.user()
    challenge = announce(ChallengeKind.PEOPLE, starts_on=date(2026, 3, 28), ends_on=date(2026, 3, 29))
    assert challenge.ends_at - challenge.starts_at == timedelta(hours=47)
    join(db, clock, challenge, kari)
    for at, counted in (
        ("2026-03-27T22:59:59", 0), ("2026-03-27T23:00:00", 10), ("2026-03-29T21:59:59", 20), ("2026-03-29T22:00:00", 20),
    ):  # fmt: skip
        earn(kari, at=datetime.fromisoformat(at).replace(tzinfo=UTC))
        with db.reading() as session:
            assert (session.scalar(select(ChallengeTally.score)) or 0) == counted, at


@pytest.mark.parametrize("counts", list(Counts))
def test_what_moves_with_each_entry_is_what_the_ledger_says(db, clock, make, announce, earn, counts):
    kari, ola = make.user(), make.user()
    campaign = make.campaign()
    item, other = make.item(campaign_id=campaign.id), make.item()
    before, within = make.share(kari, item), make.share(kari, item)
    narrow = {} if counts is Counts.COURSES else {"campaign_id": campaign.id}
    challenge = announce(ChallengeKind.PEOPLE, counts=counts, **narrow)
    earn(kari, share_id=before.id, item_id=item.id)
    clock.set(challenge.starts_at)
    earn(kari, share_id=within.id, item_id=item.id)
    earn(ola, 2, rule="visitor", item_id=item.id)
    visit = earn(kari, 2, rule="visitor", item_id=item.id)
    earn(ola, item_id=other.id)
    earn(ola, 5, rule="thanked", item_id=item.id, cause="thanked:1")
    earn(ola, 20, rule="course")
    earn(ola, 500, rule="prize")
    clock.set(challenge.ends_at)
    earn(kari, -10, rule="removed", share_id=before.id, item_id=item.id)
    earn(ola, item_id=item.id)
    brought = {
        Counts.POINTS: {kari.id: 12, ola.id: 7},
        Counts.SHARES: {kari.id: 1},
        Counts.VISITORS: {kari.id: 1, ola.id: 1},
        Counts.COURSES: {ola.id: 1},
    }
    for late in (False, True):
        if late:
            earn(ola, -5, rule="undone", item_id=item.id, cause="undone:thanked:1")
            earn(kari, -2, rule="no_visitor", item_id=item.id, cause=f"no_visitor:{visit.id}")
            earn(kari, -10, rule="removed", share_id=within.id, item_id=item.id)
        moved = tally(db)
        with db.transaction() as session:
            tallies.rebuild(session, challenges.get(session, challenge_id=challenge.id))
        assert {one: score for one, score in moved.items() if score} == {
            one: score for one, score in tally(db).items() if score
        }
        if not late:
            assert moved == brought[counts]
    if counts is Counts.POINTS:
        assert tally(db)[kari.id] == 0


def test_of_a_campaign_that_is_removed_what_counted_stays_and_nothing_else_counts(
    db, clock, make, announce, earn, over
):
    kari, ola, campaign = make.user(), make.user(), make.campaign()
    item = make.item(campaign_id=campaign.id)
    challenge = announce(ChallengeKind.PEOPLE, campaign_id=campaign.id)
    join(db, clock, challenge, kari, ola)
    clock.set(challenge.starts_at)
    earn(kari, item_id=item.id)
    with db.transaction() as session:
        campaigns.remove(session, clock, campaign_id=campaign.id, by=kari.id)
    earn(ola, 99)
    over(challenge)
    assert tally(db) == {kari.id: 10}
    assert of_people(db, challenge, kari).mine.has_won


def tally(db) -> dict[int, int]:
    with db.reading() as session:
        return {row.user_id: row.score for row in session.scalars(select(ChallengeTally))}


def test_the_result_is_kept_once_and_a_late_correction_stands_beside_it(db, clock, house, make, announce, earn, over):
    red, blue = make.team("Red"), make.team("Blue")
    people = [make.user(team=team) for team in (red, red, blue, blue)]
    challenge = announce(ChallengeKind.TEAMS, team_ids=[red.id, blue.id], prize_points=25)
    clock.set(challenge.starts_at)
    share = make.share(people[0])
    earn(people[0], 30, share_id=share.id)
    earn(people[2], 10)
    over(challenge)
    over(challenge)
    earn(people[0], -30, rule="removed", share_id=share.id)
    with db.transaction() as session:
        session.get_one(User, people[1].id).team_id = blue.id
    lines = board(db, challenge, people[1])
    assert [(line.name, line.rank, line.score, line.has_won, line.now) for line in lines] == [
        ("Red", 1, 30, True, 0), ("Blue", 2, 10, False, None),
    ]  # fmt: skip
    assert lines[0].is_mine, "a change of teams after the end changes no result"
    for _ in range(2):
        give_prizes(db)
    with db.reading() as session:
        assert [points.total(session, user_id=person.id) for person in people] == [25, 25, 10, 0]
        assert session.scalar(select(func.count()).where(Event.kind == "challenge.closed")) == 1


def test_two_clocks_that_close_at_once_keep_one_result(db, clock, make, announce, earn):
    people = [make.user(), make.user()]
    challenge = announce(ChallengeKind.PEOPLE, prize_points=5)
    join(db, clock, challenge, *people)
    clock.set(challenge.starts_at)
    earn(people[0])
    clock.set(challenge.ends_at)
    ready, found = threading.Barrier(2), []

    def run() -> None:
        ready.wait()
        with db.transaction() as session:
            found.append(closing.close(session, clock, challenge_id=challenge.id))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, True]
    with db.reading() as session:
        assert session.scalar(select(func.count()).where(Event.kind == "challenge.won")) == 1
        assert session.scalar(select(func.count()).select_from(ChallengePart)) == 2


def test_nothing_is_closed_while_the_ledger_has_not_read_what_happened_before_the_end(
    house, db, clock, make, announce
):
    kari = make.user()
    challenge = announce(ChallengeKind.PEOPLE)
    clock.set(challenge.starts_at)
    read_everything(db)
    with db.transaction() as session:
        events.record(
            session,
            clock,
            kind="user.onboarded",
            actor_id=kari.id,
            subject=("user", kari.id),
            data={"user_id": kari.id},
        )
    clock.set(challenge.ends_at + closing.WAIT)
    closing.tick(house)
    with db.reading() as session:
        kept = challenges.get(session, challenge_id=challenge.id)
        assert challenges.stage(kept, clock.now()) is Stage.BEING_COUNTED
    read_everything(db)
    closing.tick(house)
    with db.reading() as session:
        assert challenges.get(session, challenge_id=challenge.id).state is ChallengeState.CLOSED


def test_of_single_people_only_those_are_listed_who_chose_it_and_everybody_sees_their_own_rank(
    db, clock, make, announce, earn, over, signed_in
):
    named, hidden, third = make.user("Nam Ed", ranked_by_name=True), make.user("Hid Den"), make.user("Thi Rd")
    challenge = announce(ChallengeKind.PEOPLE)
    join(db, clock, challenge, named, hidden, third)
    clock.set(challenge.starts_at)
    for person, earned in ((hidden, 30), (named, 20), (third, 20)):
        earn(person, earned)
    for is_over in (False, True):
        if is_over:
            over(challenge)
        seen = of_people(db, challenge, named)
        assert [(line.rank, line.name) for line in seen.lines] == [(2, "Nam Ed")]
        assert seen.taking_part == 3
        assert of_people(db, challenge, hidden).mine.rank == 1
        assert of_people(db, challenge, third).mine.rank == 2
        page = signed_in(make.leader()).get(f"/leaderboard/challenges/{challenge.id}").text
        assert "Nam Ed" in page
        assert "Hid Den" not in page
        assert ">30<" not in page


def test_one_joins_changes_over_and_leaves_until_the_start_and_not_after(db, clock, make, announce, signed_in):
    kari = make.user()
    challenge = announce(ChallengeKind.MIXED, names=["Red", "Blue"])
    where, browser = f"/leaderboard/challenges/{challenge.id}", signed_in(kari)
    with db.reading() as session:
        red, blue = (side.id for side in challenges.sides(session, challenge_id=challenge.id))
    for side in (red, blue):
        browser.post(f"{where}/join", data={"csrf_token": browser.token(), "side": side})
        assert [line.side_id for line in board(db, challenge, kari) if line.is_mine] == [side]
    assert browser.post(f"{where}/join", data={"csrf_token": browser.token(), "side": 987654}).status_code == 404
    assert "You take part</span>" in browser.get("/leaderboard/challenges").text
    browser.submit(where, form=f"{where}/leave")
    assert not [line for line in board(db, challenge, kari) if line.is_mine]
    clock.set(challenge.starts_at)
    with pytest.raises(Conflict, match="has started"):
        join(db, clock, challenge, kari, side=red)


def test_after_the_start_nothing_can_be_changed_but_it_can_be_cancelled_with_a_reason(
    db, clock, make, announce, signed_in, over
):
    challenge = announce(ChallengeKind.PEOPLE)
    join(db, clock, challenge, make.user(), make.user())
    announce(ChallengeKind.PEOPLE, challenge_id=challenge.id, title="April")
    clock.set(challenge.starts_at)
    with pytest.raises(Conflict, match="has started"):
        announce(
            ChallengeKind.PEOPLE, challenge_id=challenge.id, starts_on=date(2026, 4, 1), ends_on=date(2026, 4, 2)
        )
    where, organiser = f"/leaderboard/challenges/{challenge.id}", signed_in(make.leader())
    assert organiser.get(f"{where}/edit").status_code == 303
    assert organiser.submit(f"{where}/cancel").status_code == 422
    organiser.submit(f"{where}/cancel", {"reason": "The network was away for days."})
    assert "The network was away for days." in organiser.get(where).text
    over(challenge)
    with db.reading() as session:
        assert challenges.get(session, challenge_id=challenge.id).state is ChallengeState.CANCELLED


def test_sides_are_at_least_two_and_none_lies_in_another(make, announce):
    sales = make.team("Sales")
    nordic = make.team("Nordic", parent=sales)
    with pytest.raises(Invalid, match="belongs to another team"):
        announce(ChallengeKind.TEAMS, team_ids=[sales.id, nordic.id])
    with pytest.raises(Invalid, match="two teams at least"):
        announce(ChallengeKind.MIXED, names=["Red", "Red ", ""])
    with pytest.raises(Invalid, match="tomorrow at the earliest"):
        announce(ChallengeKind.PEOPLE, starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 9))


def test_whoever_takes_part_hears_of_the_start_of_the_last_day_and_of_the_result_once(
    house, db, clock, make, announce
):
    kari, ola = make.user(), make.user()
    challenge = announce(ChallengeKind.PEOPLE)
    join(db, clock, challenge, kari)
    for moment in (challenge.starts_at, challenge.ends_at - timedelta(days=1), challenge.ends_at + closing.WAIT):
        clock.set(moment)
        read_everything(db)
        for _ in range(2):
            closing.tick(house)
        with db.transaction() as session:
            for happened in session.scalars(select(Event).where(Event.at == moment)):
                notifications.consumer(house).take(session, happened)
    with db.reading() as session:
        told = session.scalars(select(notifications.Notification).order_by(notifications.Notification.id)).all()
        assert [one.user_id for one in told] == [kari.id] * 3
        assert [one.says["one"]["template"].rsplit(" ", 2)[-2:] for one in told] == [
            ["has", "started."], ["ends", "tomorrow."], ["it", "ended."],
        ]  # fmt: skip
        assert ola.id not in {one.user_id for one in told}


def test_a_side_that_is_too_small_shows_no_figure_and_wins_nothing(db, clock, make, announce, earn, over, signed_in):
    red, blue = make.team("Red"), make.team("Blue")
    lone, many = make.user(team=red), [make.user(team=blue) for _ in range(3)]
    challenge = announce(ChallengeKind.TEAMS, smallest=3, team_ids=[red.id, blue.id])
    clock.set(challenge.starts_at)
    earn(lone, 777)
    earn(many[0], 30)
    for is_over in (False, True):
        if is_over:
            over(challenge)
        page = signed_in(many[0]).get(f"/leaderboard/challenges/{challenge.id}").text
        assert "777" not in page
        assert "too few" in page
    assert "Nobody won" in page


def test_a_challenge_is_announced_and_stands_on_the_pages_of_both_languages(make, signed_in):
    red, blue = make.team("Red"), make.team("Blue")
    organiser = signed_in(make.curator(locale="nb"))
    assert "Det er ingen konkurranse ennå" in organiser.get("/leaderboard/challenges").text
    values = {
        "title": "Vårjakten",
        "kind": "teams",
        "teams": [str(red.id), str(blue.id)],
        "prize_points": "20",
        "starts_on": "2026-03-09",
        "ends_on": "2026-03-15",
    }
    assert organiser.submit("/leaderboard/challenges/new", values | {"ends_on": "2026-03-01"}).status_code == 422
    shown = organiser.submit("/leaderboard/challenges/new", values, follow_redirects=True).text
    assert "Hvem som står mot hvem" in shown
    assert "Vårjakten" in signed_in(make.user()).get("/leaderboard/challenges").text


def test_who_is_erased_is_no_member_any_more_and_may_read_it_before(house, db, clock, make, announce):
    kari = make.user()
    challenge = announce(ChallengeKind.PEOPLE)
    join(db, clock, challenge, kari)
    with db.transaction() as session:
        told = house.part(Holdings).export(session, clock, user_id=kari.id)["recognition"]
        assert [one["challenge_id"] for one in told["challenges_joined"]] == [challenge.id]
        house.part(Holdings).erase(session, clock, user_id=kari.id, by=kari.id)
        assert challenges.participants(session, challenges.get(session, challenge_id=challenge.id)) == []
