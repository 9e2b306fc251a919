"""What a person does to a share of theirs, and when it is too late for it."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from advocacy.base import events
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.text import Text
from advocacy.sharing import claims, connections, my_shares, planning, publishing, removing, shares
from advocacy.sharing.gates import Gates
from advocacy.sharing.models import Proof, Share, ShareState
from advocacy.sharing.my_shares import Action
from tests.sharing.conftest import PUBLIC_URL


@pytest.fixture
def ada(make):
    return make.user("Ada", time_zone="Europe/Oslo")


@pytest.fixture
def planned(sharing, make, ada, clock):
    """A share that is planned for tomorrow."""
    [share] = sharing.share(ada, make.item(), sharing.connect(ada, "bluesky"), due_at=clock.now() + timedelta(days=1))
    return share


def edit(sharing, user, share, text):
    with sharing.house.db.transaction() as session:
        return planning.edit(
            session,
            sharing.house.clock,
            sharing.networks,
            user=user,
            share_id=share.id,
            text=text,
            public_url=PUBLIC_URL,
        )


def buttons(sharing, share):
    return my_shares.standing(sharing.now(share), sharing.house.clock.now()).actions


def test_a_planned_share_is_edited_and_goes_out_with_the_new_words(sharing, planned, ada, bluesky):
    edit(sharing, ada, planned, "Better words {link}")
    sharing.house.clock.move(days=1)
    sharing.work()
    [post] = bluesky.posts_of("ada.test")
    assert post["text"] == sharing.now(planned).text
    assert post["text"].startswith("Better words http://localhost/r/")


def test_words_that_do_not_fit_change_nothing(sharing, planned, ada):
    with pytest.raises(Invalid, match="too long"):
        edit(sharing, ada, planned, "x" * 301)
    assert sharing.now(planned).text == planned.text


def test_a_planned_share_is_moved_to_another_time(sharing, planned, ada, clock):
    sharing.do(planning.reschedule, ada, planned, due_at=clock.now() + timedelta(days=3))
    clock.move(days=1, minutes=5)
    assert sharing.work() == 0
    clock.move(days=2)
    assert sharing.work() == 1


def test_what_the_publisher_has_can_no_longer_be_changed(sharing, planned, ada):
    sharing.house.clock.move(days=1)
    publishing.claim_due(sharing.house.db, "a worker", 1)
    for change, values in ((planning.cancel, {}), (planning.reschedule, {"due_at": None})):
        with pytest.raises(Conflict, match="moved on"):
            sharing.do(change, ada, planned, **values)
    with pytest.raises(Conflict, match="moved on"):
        edit(sharing, ada, planned, "Other words")
    assert sharing.now(planned).state is ShareState.PUBLISHING


def test_somebody_elses_share_is_not_there(sharing, planned, make):
    bo = make.user("Bo")
    for change in (planning.cancel, planning.it_is_there, planning.send_again, planning.leave_it):
        with pytest.raises(NotFound):
            sharing.do(change, bo, planned)
    with pytest.raises(NotFound):
        edit(sharing, bo, planned, "Mine now")


def test_a_share_that_is_not_unconfirmed_cannot_be_settled_by_word(sharing, planned, ada):
    for change in (planning.it_is_there, planning.send_again, planning.leave_it):
        with pytest.raises(Conflict):
            sharing.do(change, ada, planned)


def test_while_it_is_looked_for_it_is_not_sent_again(sharing, planned, ada, clock):
    with sharing.house.db.transaction() as session:
        session.execute(
            update(Share).values(state=ShareState.UNCONFIRMED, unsettled_at=clock.now(), next_attempt_at=clock.now())
        )
    with pytest.raises(Conflict):
        sharing.do(planning.send_again, ada, planned)
    with pytest.raises(Conflict):
        sharing.do(planning.leave_it, ada, planned)
    assert buttons(sharing, planned) == (Action.IT_IS_THERE,)


def test_a_published_share_is_deleted_at_the_network_once(sharing, planned, ada, bluesky):
    sharing.house.clock.move(days=1)
    sharing.work()
    assert Action.DELETE in buttons(sharing, planned)
    removing.remove(sharing.house, user_id=ada.id, share_id=planned.id)
    removing.remove(sharing.house, user_id=ada.id, share_id=planned.id)
    assert bluesky.posts_of("ada.test") == []
    assert len(bluesky.asked("deleteRecord")) == 1
    assert sharing.now(planned).removed_at is not None
    assert buttons(sharing, planned) == ()


def test_every_state_says_in_plain_words_what_it_is_and_what_to_do(sharing, planned):
    for state in ShareState:
        for settled in (None, sharing.house.clock.now()):
            share = Share(
                state=state, proof=Proof.NONE, due_at=planned.due_at, next_attempt_at=settled, permalink="p"
            )
            stands = my_shares.standing(share, sharing.house.clock.now())
            assert str(stands.word)
            assert stands.tone in ("neutral", "info", "success", "warning", "error")
            if stands.tone in ("warning", "error"):
                assert stands.meaning
                assert stands.actions


class TestShareLinks:
    """A share that the person posts by hand."""

    @pytest.fixture
    def by_hand(self, sharing, ada):
        with sharing.house.db.transaction() as session:
            [share] = shares.request(
                session,
                sharing.house.clock,
                sharing.networks,
                user=ada,
                item_id=self.item_id,
                wanted=[shares.Wanted("linkedin_link", "My words")],
                request_key="by hand",
                due_at=None,
                public_url=PUBLIC_URL,
            )
        return share

    @pytest.fixture(autouse=True)
    def _item(self, make):
        self.item_id = make.item().id

    def human_click(self, sharing, share):
        with sharing.house.db.transaction() as session:
            events.record(
                session,
                sharing.house.clock,
                kind="click.human_first",
                actor_id=None,
                subject=("link", share.link_id),
                data={"link_id": share.link_id},
            )
        claims.confirm(sharing.house)

    def open(self, sharing, user, share):
        with sharing.house.db.transaction() as session:
            return claims.opened(
                session, sharing.house.clock, user_id=user.id, share_id=share.id, before=sharing.house.part(Gates)
            )

    def test_its_page_is_filled_in_with_the_tracked_link(self, sharing, by_hand, ada):
        with sharing.house.db.reading() as session:
            url = claims.page_of(
                session, sharing.networks, user_id=ada.id, share_id=by_hand.id, public_url=PUBLIC_URL
            )
        code = sharing.now(by_hand).link.code
        assert url == f"https://www.linkedin.com/sharing/share-offsite/?url=http%3A%2F%2Flocalhost%2Fr%2F{code}"

    def test_opening_claims_it_and_a_click_of_a_person_confirms_it(self, sharing, by_hand, ada):
        self.open(sharing, ada, by_hand)
        assert sharing.now(by_hand).proof is Proof.CLAIMED
        self.human_click(sharing, by_hand)
        assert sharing.now(by_hand).proof is Proof.CONFIRMED
        published_at = sharing.now(by_hand).published_at
        self.human_click(sharing, by_hand)
        assert sharing.now(by_hand).published_at == published_at

    def test_opening_twice_claims_it_once(self, sharing, by_hand, ada):
        first = self.open(sharing, ada, by_hand).published_at
        sharing.house.clock.move(hours=1)
        assert self.open(sharing, ada, by_hand).published_at == first

    def test_who_did_not_post_after_all_takes_the_claim_back(self, sharing, by_hand, ada):
        self.open(sharing, ada, by_hand)
        assert Action.NOT_POSTED in buttons(sharing, by_hand)
        sharing.do(planning.cancel, ada, by_hand)
        assert sharing.now(by_hand).state is ShareState.CANCELLED

    def test_a_confirmed_one_cannot_be_taken_back(self, sharing, by_hand, ada):
        self.open(sharing, ada, by_hand)
        self.human_click(sharing, by_hand)
        with pytest.raises(Conflict):
            sharing.do(planning.cancel, ada, by_hand)

    def test_a_click_on_a_share_that_we_published_changes_nothing(self, sharing, planned):
        sharing.house.clock.move(days=1)
        sharing.work()
        self.human_click(sharing, planned)
        assert sharing.now(planned).proof is Proof.NETWORK


def test_a_disconnected_account_is_told_on_its_planned_shares(sharing, planned, ada, house):
    connections.disconnect(house, user_id=ada.id, connection_id=planned.connection_id)
    stands = my_shares.standing(sharing.now(planned), house.clock.now())
    assert stands.actions[0] is Action.RECONNECT
    assert "disconnected" in str(Text.from_json(stands.reason))


def test_lists_are_paged_without_losing_or_repeating_a_share(sharing, make, ada, clock):
    account = sharing.connect(ada, "bluesky")
    made = [
        sharing.share(ada, make.item(), account, due_at=clock.now() + timedelta(hours=20 * number + 1))[0].id
        for number in range(7)
    ]
    found, after = [], None
    while True:
        with sharing.house.db.reading() as session:
            page = my_shares.planned(session, user_id=ada.id, after=after, size=3)
        found += [share.id for share in page.items]
        after = page.next_cursor
        if after is None:
            break
    assert found == made
