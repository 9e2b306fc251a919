"""Passing on a post of the company's: as it is or with words, once, where it is."""

from datetime import timedelta

import pytest

from advocacy.base.errors import Conflict, Invalid
from advocacy.library import disclosure_policy, review
from advocacy.library.disclosure_policy import Rule
from advocacy.library.models import ContentItem, ItemKind
from advocacy.library.text_rules import TextRules
from advocacy.sharing import claims, planning, rules
from advocacy.sharing.gates import Gates
from advocacy.sharing.models import Connection, Proof, Share, ShareKind, ShareState
from advocacy.sharing.my_shares import Action, standing
from tests.connectors.fakes.server import Fault
from tests.sharing.conftest import PUBLIC_URL


@pytest.fixture
def ada(make):
    return make.user("Ada Lovelace")


@pytest.fixture
def account(sharing, ada):
    return sharing.connect(ada)


@pytest.fixture
def post(sharing, make):
    """A post of the company's at Bluesky, as a curator took it into the library."""
    sharing.bluesky.person("nordlys.test")
    uri = sharing.bluesky.post_by("nordlys.test", "We built a wind farm")
    address = f"https://bsky.app/profile/nordlys.test/post/{uri.rsplit('/', 1)[-1]}"
    return make.item("Our wind farm", kind=ItemKind.POST, source_url=address)


def published(sharing, clock, share) -> Share:
    clock.move(seconds=11)
    sharing.work()
    return sharing.now(share)


def test_a_post_is_passed_on_as_it_is_without_words_or_a_link(sharing, clock, ada, account, post):
    [share] = sharing.share(ada, post, account, text="not said", as_it_is=True)
    assert (share.kind, share.text, share.link_id) == (ShareKind.REPOST, "", None)
    done = published(sharing, clock, share)
    assert (done.state, done.proof, done.permalink) == (ShareState.PUBLISHED, Proof.NETWORK, post.source_url)
    [repost] = sharing.bluesky.reposts_of("ada.test")
    assert repost["subject"]["uri"].endswith(post.source_url.rsplit("/", 1)[-1])


def test_with_words_it_is_quoted_and_says_who_speaks(sharing, clock, ada, account, post, make, house):
    boss = make.admin()
    with house.db.transaction() as session:
        disclosure_policy.lay_down(session, house.clock, rule=Rule("", "I work at {company}."), by=boss)
    [share] = sharing.share(ada, post, account, text="I built it")
    assert (share.kind, share.text) == (ShareKind.COMMENT, "I built it\n\nI work at Nordlys.")
    done = published(sharing, clock, share)
    assert done.permalink != post.source_url
    record = next(iter(sharing.bluesky.posts_of("ada.test")))
    assert record["embed"]["record"]["uri"].endswith(post.source_url.rsplit("/", 1)[-1])
    clock.move(hours=2)
    with pytest.raises(Invalid, match="who speaks"):
        sharing.share(ada, post, account, as_it_is=True)


def test_an_unclear_answer_is_looked_for_and_never_passed_on_twice(sharing, clock, ada, account, post):
    sharing.bluesky.fail(Fault.LOST, "POST /xrpc/com.atproto.repo.putRecord", times=1)
    [share] = sharing.share(ada, post, account, as_it_is=True)
    assert published(sharing, clock, share).state is not ShareState.FAILED
    for _ in range(3):
        clock.move(minutes=10)
        sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    assert len(sharing.bluesky.reposts_of("ada.test")) == 1


def test_the_rules_of_sharing_hold_for_it(sharing, clock, ada, account, post, house):
    sharing.share(ada, post, account, as_it_is=True)
    with pytest.raises(Conflict):
        sharing.share(ada, post, account, as_it_is=True)
    with house.db.transaction() as session:
        rules.pause(session, clock, by=session.merge(ada), note="")
    with pytest.raises(Invalid, match="paused"):
        sharing.share(ada, post, account, text="words")


def test_it_goes_only_where_the_post_is_and_not_without_words(sharing, ada, account, post):
    elsewhere = sharing.connect(ada, "mastodon")
    with pytest.raises(Invalid, match="where it is: Bluesky"):
        sharing.share(ada, post, elsewhere, text="words")
    with pytest.raises(Invalid, match="no text"):
        sharing.share(ada, post, account, text=" ")


def test_what_is_passed_on_as_it_is_has_no_words_to_change(sharing, clock, ada, account, post):
    [share] = sharing.share(ada, post, account, as_it_is=True, due_at=clock.now() + timedelta(hours=3))
    assert Action.EDIT not in standing(sharing.now(share), clock.now()).actions
    with pytest.raises(Invalid, match="without words"):
        sharing.do(planning.edit, ada, share, networks=sharing.networks, text="x", public_url=PUBLIC_URL)


def test_where_no_account_or_api_can_the_post_is_opened_and_claimed(sharing, signed_in, make, ada, house, clock, db):
    post = make.item("On X", kind=ItemKind.POST, source_url="https://x.com/nordlys/status/123")
    browser = signed_in(ada)
    assert "Pass it on" in browser.get(f"/share/{post.id}").text
    answer = browser.submit(f"/share/{post.id}", {"do": "own", "by": "x_link", "as-own": "repost", "text-own": ""})
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert 'href="https://x.com/nordlys/status/123"' in page
    with db.transaction() as session:
        share = session.query(Share).one()
        claims.opened(session, clock, user_id=ada.id, share_id=share.id, before=house.part(Gates))
        assert (share.kind, share.proof, share.link_id) == (ShareKind.REPOST, Proof.CLAIMED, None)


def test_only_what_could_pass_the_post_on_is_offered_to_be_connected(sharing, signed_in, make, ada, post):
    elsewhere = make.item("On X", kind=ItemKind.POST, source_url="https://x.com/nordlys/status/123")
    browser = signed_in(ada)
    page = browser.get(f"/share/{post.id}").text
    assert "Connect Bluesky" in page
    assert "Connect Mastodon" not in page
    assert "Connect a network" not in browser.get(f"/share/{elsewhere.id}").text


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("https://bsky.app/profile/nordlys.no/post/3kabc", "Bluesky"),
        ("https://mastodon.social/@nordlys/112233", "Mastodon"),
        ("https://x.com/nordlys/status/123?s=20", "X"),
        ("https://www.linkedin.com/feed/update/urn:li:activity:7123456789/", "LinkedIn"),
        ("https://www.threads.com/@nordlys/post/C8abc", "Threads"),
        ("https://www.instagram.com/p/C8abc/", "Instagram"),
        ("https://www.facebook.com/nordlys/posts/pfbid02abc", "Facebook"),
        ("https://example.com/story", ""),
        ("https://bsky.app/profile/nordlys.no", ""),
        ("javascript:alert(1)//@a/1", ""),
    ],
)
def test_the_network_of_a_post_is_known_by_its_address(house, make, address, network):
    found = house.part(TextRules).post_place(address)
    assert network in found if network else found == ""
    item = make.item(kind=ItemKind.POST, source_url=address)
    with house.db.reading() as session:
        told = review.missing(session.get(ContentItem, item.id), house.part(TextRules))
    assert (told == [review.NO_POST]) == (not network)


def test_words_go_below_the_post_once_and_can_be_changed_until_then(sharing, clock, ada, account, post, signed_in):
    composer = signed_in(ada).get(f"/share/{post.id}").text
    assert f'name="as-c{account.id}" value="reply"' in composer
    sharing.bluesky.fail(Fault.LOST, "POST /xrpc/com.atproto.repo.putRecord", times=1)
    [share] = sharing.share(
        ada, post, account, text="I built it", below=True, due_at=clock.now() + timedelta(hours=3)
    )
    assert share.kind is ShareKind.REPLY
    with pytest.raises(Invalid, match="no text"):
        sharing.do(planning.edit, ada, share, networks=sharing.networks, text=" ", public_url=PUBLIC_URL)
    clock.move(hours=3)
    for _ in range(3):
        published(sharing, clock, share)
        clock.move(minutes=10)
    assert sharing.now(share).state is ShareState.PUBLISHED
    [record] = sharing.bluesky.posts_of("ada.test")
    assert record["text"] == "I built it"
    assert record["reply"]["parent"]["uri"].endswith(post.source_url.rsplit("/", 1)[-1])
    assert "embed" not in record


def test_the_composers_choice_to_comment_below_is_sent_on(ada, account, post, signed_in, db):
    browser, key = signed_in(ada), f"c{account.id}"
    browser.submit(f"/share/{post.id}", {"do": "share", "to": key, f"as-{key}": "reply", f"text-{key}": "I built it"})
    with db.reading() as session:
        assert session.query(Share).one().kind is ShareKind.REPLY


def test_where_a_post_is_passed_on_by_hand_nothing_is_put_below_it(sharing, ada, make):
    post = make.item("On X", kind=ItemKind.POST, source_url="https://x.com/nordlys/status/123")
    with pytest.raises(Invalid, match="comment yourself"):
        sharing.share(ada, post, Connection(id=None, network="x_link"), text="words", below=True)
