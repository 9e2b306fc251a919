"""The page for shares of which nobody knows whether they are out: what we know, one question, and what answers do."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from advocacy.base.errors import NotFound
from advocacy.sharing import unclear
from advocacy.sharing.models import Connection, ConnectionState, Proof, Share, ShareState
from advocacy.sharing.unclear import Answer, Said
from connectors import OutcomeUnknown, Reason, Transient

pytestmark = pytest.mark.usefixtures("sums_agree")

HERE = "/my-shares/unclear"
SAID = Reason("The network said {what}.", {"what": "something"})


@pytest.fixture
def ada(make):
    return make.user("Ada", time_zone="Europe/Oslo")


@pytest.fixture
def account(sharing, ada, house):
    made = sharing.connect(ada, "plain")
    with house.db.transaction() as session:
        session.execute(update(Connection).values(profile_url="https://www.plain.example/ada"))
    return made


@pytest.fixture
def outage(sharing, make, ada, account, plain):
    """So many shares that were sent into silence, and looked for in vain."""

    def make_unclear(number=1):
        found = []
        for _ in range(number):
            [share] = sharing.share(ada, make.item(), account, text=f"Words number {len(found)} of mine")
            found.append(share)
            plain.fails(OutcomeUnknown(SAID, network_said="ReadTimeout"))
        sharing.house.clock.move(seconds=11)
        sharing.work()
        sharing.house.clock.move(minutes=1)
        sharing.work()
        assert [sharing.now(one).state for one in found] == [ShareState.UNCONFIRMED] * number
        return found

    return make_unclear


def answers(browser, *shares, seen=2, all="", **fields):
    data = {"csrf_token": browser.token(), "share": [one.id for one in shares], "all": all}
    data |= {f"seen-{one.id}": seen for one in shares}
    return browser.post(HERE, data={**data, **fields}, follow_redirects=True)


def test_the_page_tells_what_was_sent_what_came_back_and_where_to_look(signed_in, ada, outage):
    browser = signed_in(ada)
    assert "Nothing is unclear" in browser.get(HERE).text
    [share] = outage()
    assert f'href="{HERE}#share-{share.id}"' in browser.get("/my-shares").text
    page = browser.get(HERE).text
    for shown in (
        "Words number 0 of mine",
        "ada.test",
        "We sent it. No clear answer came back.",
        "ReadTimeout",
        "We looked among your posts, and did not find it.",
        "10:00",
        'href="https://www.plain.example/ada"',
    ):
        assert shown in page


def test_where_a_page_cannot_hold_all_it_shows_what_waits_for_an_answer(signed_in, ada, outage, house, monkeypatch):
    looked_for, waits = outage(2)
    with house.db.transaction() as session:
        soon = house.clock.now() + timedelta(minutes=5)
        session.execute(update(Share).where(Share.id == looked_for.id).values(next_attempt_at=soon))
    monkeypatch.setattr(unclear, "MOST", 1)
    page = signed_in(ada).get(HERE).text
    assert f'id="share-{waits.id}"' in page
    assert f'id="share-{looked_for.id}"' not in page


def test_each_answer_settles_its_share_alone(signed_in, ada, outage, sharing, plain):
    there, again, gone, left = outage(4)
    browser = signed_in(ada)
    fields = {f"answer-{there.id}": "there", f"address-{there.id}": "https://plain.example/ada/1"}
    fields |= {f"answer-{again.id}": "send", f"answer-{gone.id}": "drop"}
    page = answers(browser, there, again, gone, left, **fields).text
    assert "It counts as published" in page
    assert "Sending it again. One is left as it is." in page
    stands = sharing.now(there)
    assert (stands.state, stands.proof) == (ShareState.PUBLISHED, Proof.CLAIMED)
    assert stands.permalink == "https://plain.example/ada/1"
    assert sharing.now(gone).state is ShareState.CANCELLED
    assert sharing.now(left).state is ShareState.UNCONFIRMED
    sharing.house.clock.move(seconds=11)
    sharing.work()
    assert sharing.now(again).state is ShareState.PUBLISHED
    assert [post.text.split("\n")[0] for post in plain.posts] == [again.text]


def test_after_an_outage_one_answer_does_for_all_and_one_of_its_own_goes_before_it(signed_in, ada, outage, sharing):
    first, second, third = outage(3)
    answers(signed_in(ada), first, second, third, all="drop", **{f"answer-{second.id}": "there"})
    states = [sharing.now(one).state for one in (first, second, third)]
    assert states == [ShareState.CANCELLED, ShareState.PUBLISHED, ShareState.CANCELLED]


def test_the_same_answer_sent_twice_sends_once(signed_in, ada, outage, sharing, plain):
    [share] = outage()
    browser = signed_in(ada)
    answers(browser, share, **{f"answer-{share.id}": "send"})
    assert "settled in the meantime" in answers(browser, share, **{f"answer-{share.id}": "send"}).text
    sharing.house.clock.move(seconds=11)
    sharing.work()
    assert len(plain.posts) == 1


def test_an_answer_to_an_earlier_try_is_none_to_a_later_one(signed_in, ada, outage, sharing, plain):
    [share] = outage()
    browser = signed_in(ada)
    answers(browser, share, **{f"answer-{share.id}": "send"})
    plain.fails(OutcomeUnknown(SAID))
    for seconds in (11, 60):
        sharing.house.clock.move(seconds=seconds)
        sharing.work()
    assert sharing.now(share).state is ShareState.UNCONFIRMED
    for stale in ("send", "drop"):
        assert "settled in the meantime" in answers(browser, share, **{f"answer-{share.id}": stale}).text
        assert sharing.now(share).state is ShareState.UNCONFIRMED


def test_what_the_worker_finds_meanwhile_outweighs_a_late_answer(signed_in, ada, outage, sharing, house):
    [share] = outage()
    with house.db.transaction() as session:
        session.execute(update(Share).values(state=ShareState.PUBLISHED, remote_id="post-9", proof=Proof.NETWORK))
    answers(signed_in(ada), share, **{f"answer-{share.id}": "drop"})
    stands = sharing.now(share)
    assert (stands.state, stands.remote_id) == (ShareState.PUBLISHED, "post-9")


def test_while_we_look_only_a_yes_is_taken(signed_in, ada, outage, sharing, house):
    [share] = outage()
    with house.db.transaction() as session:
        session.execute(update(Share).values(next_attempt_at=house.clock.now()))
    browser = signed_in(ada)
    assert "We are still looking" in browser.get(HERE).text
    for wanted in ("send", "drop"):
        answers(browser, share, **{f"answer-{share.id}": wanted})
        assert sharing.now(share).state is ShareState.UNCONFIRMED
    answers(browser, share, seen=0, **{f"answer-{share.id}": "there"})
    assert sharing.now(share).state is ShareState.PUBLISHED


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://plain.example/1", "beginning with https://"),
        ("javascript:alert(1)", "beginning with https://"),
        ("https://user@plain.example/1", "beginning with https://"),
        ("https://[", "beginning with https://"),
        ("https://evil.example/1", "is not on www.plain.example"),
    ],
)
def test_an_address_that_cannot_be_the_posts_is_refused_and_kept_in_the_form(
    signed_in, ada, outage, sharing, address, words
):
    share, other = outage(2)
    fields = {f"answer-{share.id}": "there", f"address-{share.id}": address, f"answer-{other.id}": "drop"}
    page = answers(signed_in(ada), share, other, **fields)
    assert page.status_code == 422
    assert words in page.text
    assert address in page.text
    assert sharing.now(share).state is ShareState.UNCONFIRMED
    assert sharing.now(other).state is ShareState.CANCELLED


def test_an_answer_can_be_taken_back_until_something_is_sent(signed_in, ada, outage, sharing, plain):
    again, gone = outage(2)
    browser = signed_in(ada)
    fields = {f"answer-{again.id}": "send", f"answer-{gone.id}": "drop"}
    ids = f"{again.id},{gone.id}"
    assert ids in answers(browser, again, gone, **fields).text

    def undo():
        data = {"csrf_token": browser.token(), "ids": ids}
        return browser.post(f"{HERE}/undo", data=data, follow_redirects=True).text

    assert "Taken back. We ask you again." in undo()
    sharing.house.clock.move(minutes=1)
    assert sharing.work() == 0, "nothing is sent that was taken back"
    assert [sharing.now(one).state for one in (again, gone)] == [ShareState.UNCONFIRMED] * 2
    assert sharing.now(gone).unsettled_at is not None
    answers(browser, again, gone, **fields)
    sharing.house.clock.move(seconds=11)
    sharing.work()
    assert "too late" in undo()
    assert sharing.now(again).state is ShareState.PUBLISHED
    assert len(plain.posts) == 1


def test_what_was_never_sent_does_not_become_a_question(sharing, make, ada, account, house):
    [planned] = sharing.share(ada, make.item(), account)
    with house.db.transaction() as session:
        assert unclear.ask_again(session, house.clock, user=ada, share_ids=[planned.id]) == 0
    assert sharing.now(planned).state is ShareState.SCHEDULED


def test_what_was_surely_not_taken_and_is_tried_again_does_not_become_a_question(
    sharing, make, ada, account, house, plain
):
    [waiting] = sharing.share(ada, make.item(), account)
    plain.fails(Transient(SAID))
    house.clock.move(seconds=11)
    sharing.work()
    with house.db.transaction() as session:
        assert unclear.ask_again(session, house.clock, user=ada, share_ids=[waiting.id]) == 0
    assert sharing.now(waiting).state is ShareState.SCHEDULED


def test_a_share_cannot_be_sent_again_by_an_account_that_is_signed_out(signed_in, ada, outage, sharing, house):
    [share] = outage()
    with house.db.transaction() as session:
        session.execute(update(Connection).values(state=ConnectionState.NEEDS_SIGN_IN))
    browser = signed_in(ada)
    assert "No, send it" not in browser.get(HERE).text
    assert "needs to be connected again" in answers(browser, share, **{f"answer-{share.id}": "send"}).text
    assert sharing.now(share).state is ShareState.UNCONFIRMED


def test_nobody_sees_or_answers_for_somebody_else(signed_in, make, outage, sharing, house):
    [share] = outage()
    eve = make.user("Eve")
    assert "Nothing is unclear" in signed_in(eve).get(HERE).text
    with house.db.transaction() as session, pytest.raises(NotFound):
        unclear.settle(session, house.clock, user=eve, said=[Said(share.id, Answer.THERE, 2)])
    with house.db.transaction() as session, pytest.raises(NotFound):
        unclear.ask_again(session, house.clock, user=eve, share_ids=[share.id])
    with house.db.reading() as session:
        assert session.scalar(select(Share.state)) is ShareState.UNCONFIRMED
