"""Sums of what went out are what the shares say, whatever becomes of them, in whatever order, on both databases."""

import random
import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from advocacy.base.errors import Conflict
from advocacy.sharing import claims, planning, post_sums, removing, states
from advocacy.sharing.gates import OPEN
from advocacy.sharing.models import Proof, Share, ShareState
from advocacy.sharing.post_sum_models import PostSum, SharerGap

OUT, BACK = ShareState.PUBLISHED, ShareState.CANCELLED


@pytest.fixture
def company(make):
    """Three people, three items."""
    return [make.user() for _ in range(3)], [make.item() for _ in range(3)]


def kept(db):
    """Every sum that is not 0, as it stands."""
    columns = (PostSum.by_network, PostSum.by_click, PostSum.claimed, PostSum.taken_down)
    with db.reading() as session:
        sums = {tuple(row[:4]): tuple(row[4:]) for row in session.execute(select(PostSum.__table__))}
        gaps = {tuple(row[:3]): row[3] for row in session.execute(select(SharerGap.__table__))}
    assert len(columns) == 4
    return {key: value for key, value in sums.items() if any(value)}, {k: v for k, v in gaps.items() if v}


def made_anew(db):
    """The same, once everything is thrown away and made from the shares."""
    with db.transaction() as session:
        session.execute(delete(PostSum))
        session.execute(delete(SharerGap))
    with db.reading() as session:
        months = post_sums.differing(session)
    post_sums.rebuild(db, months)
    return kept(db)


def people_between(db, first, last, network=post_sums.ALL):
    with db.reading() as session:
        return session.scalar(post_sums.sharers(first, last, network=network)) or 0


def test_sums_moved_with_every_share_equal_those_made_anew(db, house, make, company, clock):
    people, items = company
    dice = random.Random(11)
    shares = []
    for _ in range(60):
        clock.move(hours=dice.randrange(1, 40))
        is_out = dice.random() < 0.5
        network = dice.choice(["bluesky", "mastodon", "linkedin_link"])
        shares.append(
            make.share(
                dice.choice(people),
                dice.choice(items),
                network=network,
                state=OUT if is_out else ShareState.UNCONFIRMED,
                proof=dice.choice([Proof.NETWORK, Proof.CLAIMED]) if is_out else Proof.NONE,
                published_at=clock.now() - timedelta(days=dice.randrange(9)) if is_out else None,
                unsettled_at=None if is_out else clock.now() - timedelta(days=dice.randrange(30)),
            )
        )
    for _ in range(150):
        clock.move(hours=1)
        share = dice.choice(shares)
        what = dice.randrange(4)
        with db.reading() as session:
            state, proof = session.execute(select(Share.state, Share.proof).where(Share.id == share.id)).one()
            owner = next(one for one in people if one.id == share.user_id)
        if what == 0 and state is ShareState.UNCONFIRMED:
            with db.transaction() as session:
                planning.it_is_there(session, clock, user=owner, share_id=share.id)
        elif what == 1 and proof is Proof.CLAIMED:
            with db.transaction() as session:
                planning.cancel(session, clock, user=owner, share_id=share.id)
        elif what == 2 and state is OUT and proof is Proof.CLAIMED:
            with db.transaction() as session:
                states.move(session, clock, share_id=share.id, at={OUT}, to=OUT, proof=Proof.CONFIRMED)
        elif what == 3 and state is OUT:
            removing._write_down(house, user_id=owner.id, share_id=share.id)
    with db.reading() as session:
        assert post_sums.differing(session) == []
        out = session.execute(
            select(Share.user_id, Share.published_at, Share.network).where(Share.state == OUT)
        ).all()
    moved = kept(db)
    assert len(moved[0]) > 50
    assert moved == made_anew(db)
    days = sorted({row.published_at.date() for row in out})
    for network in ("", "bluesky"):
        for first, last in [(days[0], days[-1]), (days[3], days[9]), (days[5], days[5]), (days[-4], days[-1])]:
            who = {
                row.user_id
                for row in out
                if first <= row.published_at.date() <= last and network in ("", row.network)
            }
            assert people_between(db, first, last, network) == len(who)


def test_a_share_that_is_opened_taken_back_and_opened_by_a_colleague_counts_as_it_stands(db, make, company, clock):
    (ada, bo, _), (item, *_) = company
    first, second = (
        make.share(who, item, network="linkedin_link", state=ShareState.DRAFT, proof=Proof.NONE, published_at=None)
        for who in (ada, bo)
    )
    today = clock.now().date()
    with db.transaction() as session:
        claims.opened(session, clock, user_id=ada.id, share_id=first.id, before=OPEN)
    assert people_between(db, today, today) == 1
    with db.transaction() as session:
        claims.opened(session, clock, user_id=bo.id, share_id=second.id, before=OPEN)
        planning.cancel(session, clock, user=ada, share_id=first.id)
    assert people_between(db, today, today) == 1
    with db.transaction() as session, pytest.raises(Conflict):
        planning.cancel(session, clock, user=ada, share_id=first.id)
    with db.reading() as session:
        assert post_sums.differing(session) == []


def test_a_transaction_that_fails_leaves_the_sums_as_they_were(db, make, company, clock):
    (ada, *_), (item, *_) = company
    share = make.share(ada, item, state=ShareState.UNCONFIRMED, proof=Proof.NONE, published_at=None)
    before = kept(db)

    def fail():
        with db.transaction() as session:
            planning.it_is_there(session, clock, user=ada, share_id=share.id)
            raise RuntimeError("power is gone")

    with pytest.raises(RuntimeError, match="power"):
        fail()
    assert kept(db) == before
    with db.transaction() as session:
        planning.it_is_there(session, clock, user=ada, share_id=share.id)
    with db.reading() as session:
        assert post_sums.differing(session) == []
    assert kept(db) != before


def test_two_posts_of_a_person_that_go_out_at_the_same_moment_make_one_person(db, house, make, company, clock):
    (ada, *_), items = company
    shares = [
        make.share(
            ada,
            items[number % 3],
            state=ShareState.UNCONFIRMED,
            proof=Proof.NONE,
            published_at=None,
            unsettled_at=clock.now() - timedelta(days=number % 4),
        )
        for number in range(16)
    ]
    together = threading.Barrier(4, timeout=30)
    errors = []

    def publish(mine):
        try:
            together.wait()
            for share in mine:
                with db.transaction() as session:
                    planning.it_is_there(session, clock, user=ada, share_id=share.id)
        except BaseException as error:  # told by the main thread
            errors.append(error)

    threads = [threading.Thread(target=publish, args=(shares[number::4],)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert errors == []
    with db.reading() as session:
        assert post_sums.differing(session) == []
    today = clock.now().date()
    assert people_between(db, today - timedelta(days=9), today) == 1


def test_a_sum_that_went_wrong_is_found_and_mended_by_its_month(db, make, company, clock):
    (ada, *_), (item, *_) = company
    old = make.share(ada, item, published_at=clock.now() - timedelta(days=70))
    make.share(ada, item)
    right = kept(db)
    with db.transaction() as session:
        session.execute(update(PostSum).where(PostSum.begins == old.published_at.date()).values(by_network=7))
        session.execute(update(SharerGap).where(SharerGap.day == clock.now().date()).values(people=3))
    with db.reading() as session:
        wrong = post_sums.differing(session)
    assert wrong == sorted({old.published_at.date().replace(day=1), clock.now().date().replace(day=1)})
    post_sums.rebuild(db, wrong)
    assert kept(db) == right
