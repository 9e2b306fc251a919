"""Asking for a share: what is taken, what is refused in which words, and the same form sent twice."""

import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from advocacy.base.errors import Conflict, Invalid, NotAllowed, NotFound
from advocacy.library.models import Caption, Dimension, Editing, ItemKind
from advocacy.people import policies
from advocacy.sharing import rules, shares
from advocacy.sharing.models import ConnectionState, Link, Share, ShareState
from advocacy.sharing.shares import Wanted
from tests.sharing.conftest import PUBLIC_URL

pytestmark = pytest.mark.usefixtures("sums_agree")


@pytest.fixture
def ada(make):
    return make.user("Ada Byron", time_zone="Europe/Oslo")


@pytest.fixture
def account(sharing, ada):
    return sharing.connect(ada, "bluesky")


def count(house, table=Share):
    with house.db.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_several_networks_are_asked_for_at_once_each_with_a_link_of_its_own(sharing, make, ada, account):
    mastodon = sharing.connect(ada, "mastodon")
    one, other = sharing.share(ada, make.item(), account, mastodon, text="Look at {link} today")
    assert {one.network, other.network} == {"bluesky", "mastodon"}
    assert one.link_id != other.link_id
    assert one.text.startswith("Look at http://localhost/r/")
    assert one.text.endswith(" today")
    assert one.deadline_at == one.due_at + timedelta(hours=2)
    assert one.next_attempt_at == one.due_at + timedelta(seconds=10)


def test_if_one_network_refuses_none_is_taken(sharing, make, ada, account, house):
    mastodon = sharing.connect(ada, "mastodon")
    with pytest.raises(Invalid, match="too long for Bluesky"):
        sharing.share(ada, make.item(), mastodon, account, text="x" * 400)
    assert count(house) == 0
    assert count(house, Link) == 0


def test_the_tracked_link_leads_to_the_item_and_says_where_from(sharing, make, ada, account):
    campaign = make.campaign("Summer of Work!")
    item = make.item(source_url="https://example.com/a?x=1&utm_source=own#part", campaign_id=campaign.id)
    [share] = sharing.share(ada, item, account)
    target = urlsplit(sharing.now(share).link.target)
    assert target.fragment == "part"
    assert parse_qs(target.query) == {
        "x": ["1"],
        "utm_source": ["own"],
        "utm_medium": ["employee"],
        "utm_campaign": ["summer-of-work"],
        "utm_content": [f"item-{item.id}"],
    }
    assert len(sharing.now(share).link.code) >= 8


def test_an_item_that_leads_nowhere_needs_no_link(sharing, make, ada, account):
    [share] = sharing.share(ada, make.item(kind=ItemKind.TEXT, source_url=""), account, text="Just words {link}")
    assert share.text == "Just words"
    assert share.link_id is None


def test_a_disclosure_that_is_missing_is_added_and_one_that_is_there_is_left(sharing, make, ada, account):
    item, other = make.item(disclosure="#employee"), make.item(disclosure="#employee")
    assert sharing.share(ada, item, account, text="I like this")[0].text == "I like this #employee"
    assert sharing.share(ada, other, account, text="#Employee: I like this")[0].text == "#Employee: I like this"


def test_a_word_that_only_holds_the_disclosure_does_not_disclose(sharing, make, ada, account):
    [share] = sharing.share(ada, make.item(disclosure="#ad"), account, text="#adventures at work")
    assert share.text == "#adventures at work #ad"


def test_a_locked_text_goes_out_as_it_is_or_not_at_all(sharing, make, ada, account):
    item = make.item(editing=Editing.LOCKED, captions=["{first_name} of {company}: read {link}"], disclosure="#ad")
    with pytest.raises(Invalid, match="fixed"):
        sharing.share(ada, item, account, text="Ada of Nordlys: read this {link}")
    [share] = sharing.share(ada, item, account, text="Ada of Nordlys: read {link}")
    assert share.state is ShareState.SCHEDULED


def test_a_caption_for_another_network_is_no_excuse_for_a_locked_one(sharing, make, ada, account):
    captions = [Caption(text="For here", network="bluesky"), Caption(text="For there", network="mastodon")]
    item = make.item(editing=Editing.LOCKED, captions=captions)
    with pytest.raises(Invalid, match="fixed"):
        sharing.share(ada, item, account, text="For there")


def test_a_personal_text_must_differ_by_so_many_words(sharing, make, ada, account):
    ready = "We are hiring people who love the sea"
    item = make.item(editing=Editing.PERSONAL, min_words_changed=3, captions=["Come and work with us", ready])
    with pytest.raises(Invalid, match=r"change at least 3 words .* it is 2"):
        sharing.share(ada, item, account, text="We are hiring folks who love the mountains")
    [share] = sharing.share(ada, item, account, text="They are hiring folks who love the mountains")
    assert share.state is ShareState.SCHEDULED


def test_an_item_for_others_is_not_there(sharing, make, ada, account):
    item = make.item(audience={Dimension.TEAM: [make.team("Sales")]})
    with pytest.raises(NotFound):
        sharing.share(ada, item, account)


@pytest.mark.parametrize("fields", [{"publish_from": 1}, {"expires_at": -1}])
def test_an_item_outside_its_window_is_not_there(sharing, make, ada, account, clock, fields):
    item = make.item(**{name: clock.now() + timedelta(hours=hours) for name, hours in fields.items()})
    with pytest.raises(NotFound):
        sharing.share(ada, item, account)


def test_an_internal_item_can_be_read_and_not_shared(sharing, make, ada, account):
    with pytest.raises(NotAllowed, match="for colleagues only"):
        sharing.share(ada, make.item(internal_only=True), account)


def test_nobody_shares_before_they_accepted_the_policy(sharing, make, ada, account, house):
    admin = make.admin()
    with house.db.transaction() as session:
        policy = policies.write(session, house.clock, title="Rules", body="Be kind.", by=admin.id)
    with pytest.raises(Invalid, match="accept the social media policy"):
        sharing.share(ada, make.item(), account)
    with house.db.transaction() as session:
        policies.accept(session, house.clock, user_id=ada.id, policy_id=policy.id)
    assert sharing.share(ada, make.item(), account)


def test_a_colleagues_account_cannot_be_shared_with(sharing, make, account):
    with pytest.raises(Invalid, match="not connected"):
        sharing.share(make.user("Bo"), make.item(), account)


def test_an_account_that_needs_a_sign_in_says_so(sharing, make, ada, account, house):
    with house.db.transaction() as session:
        session.merge(account).state = ConnectionState.NEEDS_SIGN_IN
    with pytest.raises(Invalid, match="needs to be connected again"):
        sharing.share(ada, make.item(), account)


def test_the_same_form_sent_twice_is_one_share(sharing, make, ada, account, house):
    item = make.item()
    first = sharing.share(ada, item, account, key="the form")
    again = sharing.share(ada, item, account, key="the form")
    assert [share.id for share in first] == [share.id for share in again]
    assert count(house) == 1
    assert count(house, Link) == 1


def test_another_body_under_a_key_that_was_used_is_refused(sharing, make, ada, account, house):
    item = make.item()
    sharing.share(ada, item, account, key="the form")
    with pytest.raises(Invalid) as refused:
        sharing.share(ada, item, account, key="the form", text="Other words")
    assert refused.value.field == "request_key"
    assert count(house) == 1


def test_one_persons_key_says_nothing_about_anothers(sharing, make, ada, account, house):
    bo = make.user("Bo")
    item = make.item()
    sharing.share(ada, item, account, key="the form")
    sharing.share(bo, item, sharing.connect(bo, "bluesky", handle="bo.test"), key="the form")
    assert count(house) == 2


def test_ten_clicks_at_the_same_moment_are_one_share(sharing, make, ada, account, house):
    item, answers = make.item(), []

    def click():
        try:
            answers.append([share.id for share in sharing.share(ada, item, account, key="the form")])
        except BaseException as error:
            answers.append(error)

    clicks = [threading.Thread(target=click) for _ in range(10)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert answers == [answers[0]] * 10
    assert count(house) == 1


def test_two_tabs_with_a_form_each_are_one_share_too(sharing, make, ada, account):
    item = make.item()
    sharing.share(ada, item, account)
    with pytest.raises(Conflict, match="on its way"):
        sharing.share(ada, item, account)
    sharing.house.clock.move(seconds=11)
    sharing.work()
    with pytest.raises(Conflict, match="less than an hour ago"):
        sharing.share(ada, item, account)
    sharing.house.clock.move(hours=1, seconds=1)
    assert sharing.share(ada, item, account)


def test_a_day_takes_ten_shares_of_a_network_by_the_persons_own_midnight(sharing, make, ada, account, clock):
    late = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # 23:30 in Oslo
    for number in range(rules.DAILY_CAP):
        sharing.share(ada, make.item(), account, due_at=late + timedelta(minutes=number))
    with pytest.raises(Invalid, match="You have 10 shares on this network that day"):
        sharing.share(ada, make.item(), account, due_at=late + timedelta(minutes=20))
    assert sharing.share(ada, make.item(), account, due_at=late + timedelta(minutes=30))


@pytest.mark.parametrize(
    ("due_in", "words"), [({"minutes": -2}, "has passed"), ({"days": 400}, "within the next year")]
)
def test_a_time_that_makes_no_sense_is_refused(sharing, make, ada, account, clock, due_in, words):
    with pytest.raises(Invalid, match=words):
        sharing.share(ada, make.item(), account, due_at=clock.now() + timedelta(**due_in))


def test_a_time_after_the_items_end_is_refused(sharing, make, ada, account, clock):
    item = make.item(expires_at=clock.now() + timedelta(days=1))
    with pytest.raises(Invalid, match="ends before that time"):
        sharing.share(ada, item, account, due_at=clock.now() + timedelta(days=2))


def test_a_share_link_waits_to_be_opened_and_a_page_that_needs_a_link_says_so(sharing, make, ada):
    def by_hand(item, network):
        with sharing.house.db.transaction() as session:
            return shares.request(
                session,
                sharing.house.clock,
                sharing.networks,
                user=ada,
                item_id=item.id,
                wanted=[Wanted(network, "Words")],
                request_key=f"{network} {item.id}",
                due_at=None,
                public_url=PUBLIC_URL,
            )

    [share] = by_hand(make.item(), "linkedin_link")
    assert share.state is ShareState.DRAFT
    assert share.connection_id is None
    with pytest.raises(Invalid, match="only shares links"):
        by_hand(make.item(kind=ItemKind.TEXT, source_url=""), "linkedin_link")


def test_the_counter_before_agrees_with_the_check_after(sharing, make, ada, account):
    item = make.item()
    with pytest.raises(Invalid):
        sharing.share(ada, item, account, text="x" * 301)
    assert sharing.share(ada, item, account, text="x" * 300)
    counted = sharing.networks.count("bluesky", "x" * 300, "http://localhost/r/xxxxxxxx", has_card=True)
    assert (counted.left, counted.fits) == (0, True)
