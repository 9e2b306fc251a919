"""A post that takes several calls is taken up where an earlier try stood, by whoever holds its lease."""

import pytest
from sqlalchemy import select, update

from advocacy.base.errors import Conflict
from advocacy.sharing.marking import mark_sent
from advocacy.sharing.models import Share, ShareAttempt, ShareState
from connectors import OutcomeUnknown, Reason, Transient

SAID = Reason("The network said {what}.", {"what": "something"})


class Stepwise:
    """Makes a container first, keeps its id, and fails before it can be published the first time."""

    def __init__(self, plain):
        self.plain, self.publish_plain = plain, plain.publish
        self.made, self.used, self.fails_with = 0, [], [Transient(SAID)]

    def publish(self, draft, credentials):
        container = draft.progress.get("container")
        if container is None:
            self.made += 1
            container = f"container-{self.made}"
            draft.progress.keep("container", container)
        self.used.append(container)
        if self.fails_with:
            raise self.fails_with.pop()
        return self.publish_plain(draft, credentials)


@pytest.fixture
def stepwise(plain, monkeypatch):
    network = Stepwise(plain)
    monkeypatch.setattr(plain, "publish", network.publish)
    return network


@pytest.fixture
def share(sharing, make):
    ada = make.user("Ada")
    [share] = sharing.share(ada, make.item(), sharing.connect(ada, "plain"))
    sharing.house.clock.move(seconds=11)
    return share


def test_the_next_try_takes_up_what_was_kept(sharing, share, stepwise):
    sharing.work()
    assert sharing.now(share).progress == {"container": "container-1"}
    sharing.house.clock.move(minutes=20)
    sharing.work()
    assert stepwise.used == ["container-1", "container-1"]
    assert sharing.now(share).state is ShareState.PUBLISHED


def test_one_whose_lease_is_lost_keeps_nothing_and_sends_nothing_more(sharing, share, stepwise, plain):
    stepwise.fails_with = []
    seen = []

    def lose_the_lease(draft, credentials):
        with sharing.house.db.transaction() as session:
            session.execute(update(Share).values(lease_owner="somebody else"))
        with pytest.raises(Conflict) as lost:
            draft.progress.keep("container", "mine")
        seen.append(lost.value)
        raise OutcomeUnknown(SAID)

    plain.publish = lose_the_lease
    sharing.work()
    assert len(seen) == 1
    assert sharing.now(share).progress is None
    assert plain.posts == []


def test_what_gets_lost_before_the_post_is_about_to_be_made_is_simply_made_again(sharing, share, plain, monkeypatch):
    publish, fails = plain.publish, [OutcomeUnknown(SAID)]

    def send_its_picture_ahead(draft, credentials):
        if fails:
            raise fails.pop()
        draft.progress.about_to_post()
        return publish(draft, credentials)

    monkeypatch.setattr(plain, "announces", True, raising=False)
    monkeypatch.setattr(plain, "publish", send_its_picture_ahead)
    sharing.work()
    assert sharing.now(share).state is ShareState.SCHEDULED
    sharing.house.clock.move(minutes=20)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert plain.asked.count("find") == 0


def test_an_attempt_is_marked_as_sent_once(sharing, share, plain):
    marked = []

    def mark_again(draft, credentials):
        with sharing.house.db.reading() as session:
            [attempt] = session.scalars(select(ShareAttempt))
        marked.append(mark_sent(sharing.house, attempt_id=attempt.id, connector=plain, price=0))
        raise Transient(SAID)

    plain.publish = mark_again
    sharing.work()
    assert marked == [False]
