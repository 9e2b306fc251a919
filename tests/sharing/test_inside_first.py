"""What we tell our own people first: the brief before the share, and the hours before it may go outside."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from advocacy.base.errors import Invalid
from advocacy.library import content, items
from advocacy.library.brief_models import BriefReading, ItemBrief
from advocacy.library.models import ContentItem
from advocacy.messages import notifications
from advocacy.people.privacy import Holdings
from advocacy.sharing import briefs_first, claims, planning, shares, slots
from advocacy.sharing.gates import Gates, Held
from advocacy.sharing.models import ComposerDraft, Share, ShareState
from advocacy.sharing.networks import Networks
from advocacy.sharing.shares import Wanted
from tests.sharing.conftest import PUBLIC_URL


def asked(session, house, user, item, due_at=None, network="bluesky", connection_id=None, key="k"):
    return shares.request(
        session,
        house.clock,
        house.part(Networks),
        user=user,
        item_id=item.id,
        wanted=[Wanted(network, "Our own words {link}", connection_id=connection_id)],
        request_key=key,
        due_at=due_at,
        public_url=PUBLIC_URL,
        before=house.part(Gates),
    )


def read_by(db):
    with db.reading() as session:
        return [(one.user_id, one.edition) for one in session.scalars(select(BriefReading))]


def edit(db, clock, item, by, **more):
    with db.transaction() as session:
        known = session.get(ContentItem, item.id)
        written = content.of_item(known)
        changed = content.Content(**{**vars(written), "internal_brief": f"{written.internal_brief} And more."})
        items.edit(session, clock, item_id=item.id, written=changed, expected_version=known.version, by=by.id, **more)


def test_the_composer_shows_the_brief_and_keeps_what_is_written_until_it_is_read(signed_in, make, connect, db):
    kari = make.user("Kari")
    item = make.item("Wind", captions=["Proud"], internal_brief="We **tell** you first.", brief_first=True)
    account = connect(kari)
    browser = signed_in(kari)
    page = browser.get(f"/share/{item.id}").text
    assert "We <strong>tell</strong> you first." in page
    typed = {"do": "share", f"text-c{account.id}": "My very own words"}
    answer = browser.submit(f"/share/{item.id}", typed)
    assert answer.location == f"/share/{item.id}#brief"
    with db.reading() as session:
        assert session.scalars(select(Share)).all() == []
    assert "My very own words</textarea>" in browser.get(f"/share/{item.id}").text
    fields = {"csrf_token": browser.token(), "edition": 1, "to": f"c{account.id}", f"text-c{account.id}": "Better"}
    assert browser.post(f"/share/{item.id}/brief", data=fields).location == f"/share/{item.id}"
    browser.post(f"/share/{item.id}/brief", data=fields)
    assert read_by(db) == [(kari.id, 1)], "once, however often the button is pressed"
    page = browser.get(f"/share/{item.id}").text
    assert "I have read it" not in page
    assert "Better</textarea>" in page
    assert browser.submit(f"/share/{item.id}", {"do": "share"}).status_code == 303
    with db.reading() as session:
        assert len(session.scalars(select(Share)).all()) == 1


def test_what_is_typed_beside_the_brief_is_kept_as_a_draft(signed_in, make, connect, db):
    kari = make.user("Kari")
    item = make.item("Wind", internal_brief="First.", brief_first=True)
    account = connect(kari)
    browser = signed_in(kari)
    browser.post(
        f"/share/{item.id}/brief",
        data={"csrf_token": browser.token(), "edition": 1, f"text-c{account.id}": "Half a sent"},
    )
    with db.reading() as session:
        assert session.scalar(select(ComposerDraft.text)) == "Half a sent"


def test_no_share_is_taken_before_the_brief_is_read_whoever_asks(db, house, make, connect):
    kari = make.user("Kari")
    account, item = connect(kari), make.item(internal_brief="First.", brief_first=True)
    with pytest.raises(Held), db.transaction() as session:
        asked(session, house, kari, item, connection_id=account.id)


def test_a_changed_brief_is_asked_for_again_only_if_the_editor_says_so(db, clock, make, signed_in, house):
    kari, cora = make.user("Kari"), make.curator("Cora")
    item = make.item(internal_brief="First.", brief_first=True)
    browser = signed_in(kari)
    browser.post(f"/share/{item.id}/brief", data={"csrf_token": browser.token(), "edition": 1})
    edit(db, clock, item, cora)
    assert "I have read it" not in browser.get(f"/share/{item.id}").text
    edit(db, clock, item, cora, read_again=True)
    assert "I have read it" in browser.get(f"/share/{item.id}").text
    browser.post(f"/share/{item.id}/brief", data={"csrf_token": browser.token(), "edition": 1})
    assert read_by(db) == [(kari.id, 1)], "they read the older one, so the newer is still to be read"
    notifications.keep_up(house)
    assert "A brief that you read has changed." in browser.get("/me/notifications").text
    browser.post(f"/share/{item.id}/brief", data={"csrf_token": browser.token(), "edition": 2})
    assert read_by(db) == [(kari.id, 1), (kari.id, 2)]


def test_a_person_reads_the_brief_in_their_language_and_takes_their_reading_along(db, clock, house, make, signed_in):
    kari = make.user("Kari", locale="nb")
    item = make.item(
        internal_brief="In English.", briefs=[ItemBrief(language="nb", text="På norsk.")], brief_first=True
    )
    browser = signed_in(kari)
    page = browser.get(f"/feed/items/{item.id}").text
    assert "På norsk." in page
    assert "In English." not in page
    browser.submit(f"/feed/items/{item.id}", form=f"/share/{item.id}/brief")
    holdings = house.part(Holdings)
    with db.transaction() as session:
        assert [
            one["edition"] for one in holdings.export(session, clock, user_id=kari.id)["library"]["briefs_read"]
        ] == [1]
        holdings.erase(session, clock, user_id=kari.id, by=kari.id)
    assert read_by(db) == []


def test_hours_inside_let_nothing_out_before_and_plans_for_afterwards(db, house, clock, make, connect):
    kari = make.user("Kari")
    account = connect(kari)
    item = make.item(inside_hours=24)
    opens = clock.now() + timedelta(hours=24)
    for due_at in (None, opens - timedelta(minutes=1)):
        with pytest.raises(Invalid) as refused, db.transaction() as session:
            asked(session, house, kari, item, due_at, connection_id=account.id)
        assert refused.value.field == "when"
    with pytest.raises(Invalid), db.transaction() as session:  # by hand its page would open at once
        asked(session, house, kari, item, opens, network="linkedin_link")
    with db.transaction() as session:
        (share,) = asked(session, house, kari, item, opens, connection_id=account.id)
    assert share.state is ShareState.SCHEDULED
    with pytest.raises(Invalid), db.transaction() as session:
        planning.reschedule(session, clock, user=kari, share_id=share.id, due_at=None)
    with db.reading() as session:
        slot = slots.next_slot(session, clock, user=kari, item_id=item.id)
    assert slot.at >= opens


def test_a_share_that_was_planned_before_the_hours_were_given_waits_for_their_end(db, clock, house, make, sharing):
    kari = make.user("Kari")
    account, item = sharing.connect(kari), make.item()
    (share,) = sharing.share(kari, item, account, due_at=clock.now() + timedelta(minutes=30))
    with db.transaction() as session:
        (by_hand,) = asked(session, house, kari, item, network="linkedin_link", key="other")
        session.get(ContentItem, item.id).inside_hours = 1
    with pytest.raises(Invalid), db.transaction() as session:
        claims.opened(session, clock, user_id=kari.id, share_id=by_hand.id, before=house.part(Gates))
    clock.move(minutes=31)
    sharing.work()
    assert sharing.now(share).state is ShareState.SCHEDULED
    assert sharing.bluesky.records == {}
    clock.move(minutes=60)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED


def test_the_feed_says_from_when_it_may_be_shared_and_offers_to_plan(signed_in, make, connect, clock):
    kari = make.user("Kari", time_zone="Europe/Oslo")
    connect(kari)
    item = make.item("Wind", inside_hours=5)
    browser = signed_in(kari)
    feed = browser.get("/feed").text
    assert "May be shared from" in feed
    assert "Plan a share" in feed
    assert "May be shared from" not in browser.get(f"/feed/items/{item.id}").text.split("<main")[0]
    page = browser.get(f"/share/{item.id}").text
    assert "For us first" in page
    assert 'value="now"' not in page
    clock.move(hours=5)
    assert "May be shared from" not in browser.get("/feed").text
    assert 'value="now"' in browser.get(f"/share/{item.id}").text


def test_an_item_without_a_brief_holds_nobody(db, clock, make):
    kari, item = make.user("Kari"), make.item(brief_first=True)
    with db.reading() as session:
        assert briefs_first.hold(session, clock, kari, session.get(ContentItem, item.id)) is None


def require_brief(db, clock, item, by):
    with db.transaction() as session:
        known = session.get(ContentItem, item.id)
        written = content.Content(**{**vars(content.of_item(known)), "brief_first": True, "internal_brief": "First."})
        items.edit(session, clock, item_id=item.id, written=written, expected_version=known.version, by=by.id)


def test_a_share_planned_before_its_brief_was_required_waits_for_its_reader_and_then_goes_out(
    sharing, make, house, db, clock, signed_in
):
    kari, ola, cora = make.user("Kari"), make.user("Ola"), make.curator("Cora")
    item, other = make.item("Wind"), make.item("Sun")
    due = clock.now() + timedelta(hours=1)
    account = sharing.connect(kari)
    [share] = sharing.share(kari, item, account, due_at=due)
    sharing.share(kari, other, account, text="Of the sun", due_at=due)
    require_brief(db, clock, item, cora)
    notifications.keep_up(house)
    browser = signed_in(kari)
    assert "waits until you have read what we tell our own people" in browser.get("/me/notifications").text
    assert "waits until" not in signed_in(ola).get("/me/notifications").text
    page = browser.get("/my-shares").text
    assert page.count("Waits for you") == 1
    assert f'href="/feed/items/{item.id}#brief"' in page
    clock.move(hours=1, minutes=1)
    sharing.work()
    assert sharing.now(share).state is ShareState.SCHEDULED, "held"
    page = browser.get("/my-shares").text
    assert "Waits until you have read what we tell our own people about it." in page
    browser.submit(f"/feed/items/{item.id}", form=f"/share/{item.id}/brief")
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED, "at once, not after the next wait"


def test_a_share_whose_brief_nobody_reads_in_time_is_missed_and_its_person_is_asked(
    sharing, make, house, db, clock, signed_in
):
    kari, cora, item = make.user("Kari"), make.curator("Cora"), make.item("Wind")
    [share] = sharing.share(kari, item, sharing.connect(kari), due_at=clock.now() + timedelta(hours=1))
    require_brief(db, clock, item, cora)
    for _ in range(5):
        clock.move(hours=1)
        sharing.work()
    assert sharing.now(share).state is ShareState.MISSED
    notifications.keep_up(house)
    assert "was not sent in time" in signed_in(kari).get("/me/notifications").text


def test_a_share_to_post_by_hand_cannot_be_opened_before_a_brief_that_is_required_since(db, clock, make, house):
    kari, cora, item = make.user("Kari"), make.curator("Cora"), make.item("Wind")
    with db.transaction() as session:
        [share] = asked(session, house, kari, item, network="x_link")
    require_brief(db, clock, item, cora)
    with db.transaction() as session, pytest.raises(Invalid, match="read what we tell our own people"):
        claims.opened(session, clock, user_id=kari.id, share_id=share.id, before=house.part(Gates))
