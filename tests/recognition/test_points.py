"""The ledger pays each cause once, within its caps, and never edits the past."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from advocacy.base import events
from advocacy.base.events import EventCursor
from advocacy.recognition import points
from advocacy.recognition.models import PointsDay


@pytest.fixture
def happened(db, clock):
    """Records an event as an area would."""

    def record(kind: str, user, **data) -> None:
        with db.transaction() as session:
            events.record(
                session,
                clock,
                kind=kind,
                actor_id=user.id,
                subject=("note", None),
                data={"user_id": user.id, **data},
            )

    return record


def points_of(db, user) -> int:
    points.keep_up(db)
    with db.reading() as session:
        return points.total(session, user_id=user.id)


def test_a_published_share_pays_once_however_often_the_log_is_read(db, make, happened):
    kari = make.user("Kari")
    happened("share.published", kari)
    assert points_of(db, kari) == 10
    assert points_of(db, kari) == 10


def test_the_fourth_share_of_a_day_pays_nothing_and_the_next_day_pays_again(db, make, happened, clock):
    kari = make.user("Kari")
    shares = [make.share(kari) for _ in range(5)]
    for share in shares[:4]:
        happened("share.published", kari, share_id=share.id)
    assert points_of(db, kari) == 30
    clock.move(days=1)
    happened("share.published", kari, share_id=shares[4].id)
    assert points_of(db, kari) == 40


def test_a_boost_and_a_channel_earn_less_than_a_post_by_rules_of_their_own(db, make, happened):
    kari = make.user("Kari")
    for kind, paid in (("share", 10), ("repost", 15), ("comment", 20), ("channel", 23), ("channel", 23)):
        happened("share.published", kari, share_id=make.share(kari).id, share_kind=kind)
        assert points_of(db, kari) == paid, kind


@pytest.mark.parametrize("kind", ["share", "repost", "channel"])
def test_whatever_was_posted_counts_as_a_post_until_it_is_removed(db, make, happened, kind):
    kari = make.user("Kari")
    share = make.share(kari)
    for event, posts in (("share.published", 1), ("share.removed", 0)):
        happened(event, kari, share_id=share.id, share_kind=kind)
        points.keep_up(db)
        with db.reading() as session:
            assert session.scalar(select(func.sum(PointsDay.posts)).where(PointsDay.user_id == kari.id)) == posts


def test_a_removed_post_gives_back_what_it_earned_and_only_once(db, make, happened):
    kari = make.user("Kari")
    share = make.share(kari)
    happened("share.published", kari, share_id=share.id)
    happened("share.removed", kari, share_id=share.id)
    happened("share.removed", kari, share_id=share.id)
    assert points_of(db, kari) == 0
    with db.reading() as session:
        assert [line.points for line in points.ledger(session, user_id=kari.id).items] == [-10, 10]


def test_visitors_pay_up_to_the_cap_of_each_share(db, make, happened):
    kari = make.user("Kari")
    share = make.share(kari)
    for _ in range(30):
        happened("click.counted", kari, share_id=share.id)
    assert points_of(db, kari) == 50
    other = make.share(kari)
    happened("click.counted", kari, share_id=other.id)
    assert points_of(db, kari) == 52


def test_visitors_who_came_in_together_pay_as_many_entries_as_one_by_one_and_only_once(db, make, happened):
    kari = make.user("Kari")
    share = make.share(kari)
    happened("click.counted", kari, share_id=share.id, visitors=20)
    assert points_of(db, kari) == 40
    with db.reading() as session:
        assert len(points.ledger(session, user_id=kari.id).items) == 20
    with db.transaction() as session:
        session.delete(session.get_one(EventCursor, points.LEDGER.name))  # the log is read again
    assert points_of(db, kari) == 40
    happened("click.counted", kari, share_id=share.id, visitors=20)
    assert points_of(db, kari) == 50, "the cap of the share"


def test_events_of_an_erased_person_are_passed_over(db, make, happened):
    kari, ola = make.user("Kari"), make.user("Ola")
    with db.transaction() as session:
        events.record(
            session,
            make.house.clock,
            kind="share.published",
            actor_id=None,
            subject=("note", None),
            data={"user_id": 987654, "share_id": None},
        )
    happened("share.published", ola)
    assert points_of(db, ola) == 10
    assert points_of(db, kari) == 0


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["share.published", "click.counted", "user.onboarded"]), max_size=12))
def test_the_total_is_the_sum_of_the_ledger(db, make, happened, kinds):
    kari = make.user()
    share = make.share(kari)
    for kind in kinds:
        happened(kind, kari, share_id=share.id)
    total = points_of(db, kari)
    with db.reading() as session:
        assert total == sum(line.points for line in points.ledger(session, user_id=kari.id).items)
    assert total == 10 * min(1, kinds.count("share.published")) + 2 * kinds.count("click.counted") + 20 * (
        "user.onboarded" in kinds
    )
