"""From an item to approved words: the composer as a person meets it, with and without script."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from advocacy.library.models import Caption, Editing, ItemKind, ItemPicture, Picture
from advocacy.sharing import rules
from advocacy.sharing.models import ComposerDraft, ConnectionState, Proof, Share, ShareState
from tests.pages import form_of


def shares_of(db, user) -> list[Share]:
    with db.reading() as session:
        return list(session.query(Share).where(Share.user_id == user.id).order_by(Share.id))


def test_two_clicks_share_a_ready_made_text(signed_in, make, connect, db):
    kari = make.user("Kari")
    item = make.item("Wind farm", captions=["Proud of {company}: {link}"], disclosure="#employee")
    account = connect(kari)
    answer = signed_in(kari).submit(f"/share/{item.id}", {"do": "share"})
    assert answer.status_code == 303
    (share,) = shares_of(db, kari)
    assert share.state is ShareState.SCHEDULED
    assert share.connection_id == account.id
    assert share.text == "Proud of Nordlys: #employee"


def test_without_an_account_a_share_page_does(signed_in, make, db):
    kari = make.user("Kari")
    item = make.item("Wind farm", captions=["Look at this"])
    browser = signed_in(kari)
    answer = browser.submit(f"/share/{item.id}", {"by": "linkedin_link", "do": "own"})
    page = browser.get(answer.location)
    assert "https://www.linkedin.com/sharing/share-offsite/?url=http%3A%2F%2Flocalhost%2Fr%2F" in page.text
    (share,) = shares_of(db, kari)
    assert share.state is ShareState.DRAFT
    browser.post(f"/shares/{share.id}/opened", data={"csrf_token": browser.token()})
    (share,) = shares_of(db, kari)
    assert (share.state, share.proof) == (ShareState.PUBLISHED, Proof.CLAIMED)


def test_the_variant_that_colleagues_used_least_stands_first(signed_in, make, connect, db):
    kari, ola = make.user("Kari"), make.user("Ola")
    item = make.item("Wind farm", captions=["First words", "Second words"])
    with db.reading() as session:
        first, second = session.scalars(select(Caption.id).order_by(Caption.position))
    make.share(ola, item, caption_id=first)
    for state in (ShareState.CANCELLED, ShareState.DRAFT):  # nobody has seen these
        make.share(ola, item, caption_id=second, state=state)
    connect(kari)
    signed_in(kari).submit(f"/share/{item.id}", {"do": "share"})
    assert shares_of(db, kari)[0].text == "Second words"


def test_another_ready_made_text_is_chosen_without_script(signed_in, make, connect, db):
    kari = make.user("Kari")
    item = make.item("Wind farm", captions=["First words", "Second words"])
    account = connect(kari)
    with db.reading() as session:
        second = session.query(Caption).where(Caption.text == "Second words").one().id
    page = signed_in(kari).submit(f"/share/{item.id}", {"use": f"c{account.id}:{second}"})
    assert page.status_code == 200
    assert "Second words</textarea>" in page.text
    assert shares_of(db, kari) == []


def test_a_text_that_is_too_long_is_told_and_nothing_typed_is_lost(signed_in, make, connect, db):
    kari = make.user("Kari")
    item = make.item("Wind farm", captions=["Short"])
    account = connect(kari)
    page = signed_in(kari).submit(f"/share/{item.id}", {"do": "share", f"text-c{account.id}": "long " * 100})
    assert page.status_code == 422
    assert "Not shared yet" in page.text
    assert "long long long" in page.text
    assert shares_of(db, kari) == []


def test_a_locked_text_cannot_be_changed(signed_in, make, connect, db):
    kari = make.user("Kari")
    item = make.item("Wind farm", captions=["Exactly this"], editing=Editing.LOCKED)
    account = connect(kari)
    page = signed_in(kari).submit(f"/share/{item.id}", {"do": "share", f"text-c{account.id}": "Something else"})
    assert page.status_code == 422
    assert "This text is fixed" in page.text


def test_a_double_click_is_one_share(signed_in, make, connect, db):
    kari = make.user("Kari")
    item = make.item("Wind farm", captions=["Words"])
    account = connect(kari)
    browser = signed_in(kari)
    form = {
        "csrf_token": browser.token(),
        "request_key": "the-same-form",
        "do": "share",
        "to": f"c{account.id}",
        f"text-c{account.id}": "Words",
    }
    answers = [browser.post(f"/share/{item.id}", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(shares_of(db, kari)) == 1


def test_an_account_of_somebody_else_is_not_taken(signed_in, make, connect, db):
    kari, ola = make.user("Kari"), make.user("Ola")
    item = make.item("Wind farm", captions=["Words"])
    theirs = connect(ola)
    browser = signed_in(kari)
    answer = browser.post(
        f"/share/{item.id}",
        data={
            "csrf_token": browser.token(),
            "request_key": "x",
            "do": "share",
            "to": f"c{theirs.id}",
            f"text-c{theirs.id}": "Words",
        },
    )
    assert answer.status_code == 422
    assert shares_of(db, kari) == []


def test_what_is_typed_comes_back_later(signed_in, make, connect):
    kari = make.user("Kari")
    item = make.item("Wind farm", captions=["Words"])
    account = connect(kari)
    browser = signed_in(kari)
    kept = browser.post(
        f"/share/{item.id}/draft", data={"csrf_token": browser.token(), f"text-c{account.id}": "My own words"}
    )
    assert kept.status_code == 204
    assert "My own words</textarea>" in browser.get(f"/share/{item.id}").text


def test_an_account_that_must_be_connected_again_says_so(signed_in, make, connect):
    kari = make.user("Kari")
    item = make.item("Wind farm")
    connect(kari, state=ConnectionState.NEEDS_SIGN_IN)
    assert "asks you to connect again" in signed_in(kari).get(f"/share/{item.id}").text


def test_a_time_in_the_past_or_none_at_all_is_told(signed_in, make, connect):
    kari = make.user("Kari")
    item = make.item("Wind farm", captions=["Words"])
    connect(kari)
    browser = signed_in(kari)
    for at in ("", "nonsense", "2020-01-01T10:00"):
        page = browser.submit(f"/share/{item.id}", {"do": "share", "when": "at", "at": at})
        assert page.status_code == 422, at
        assert "Not shared yet" in page.text


def test_undo_takes_back_what_has_not_gone_out(signed_in, make, connect, db):
    kari = make.user("Kari")
    item = make.item("Wind farm", captions=["Words"])
    connect(kari)
    browser = signed_in(kari)
    browser.submit(f"/share/{item.id}", {"do": "share"})
    assert "Undo" in browser.get("/my-shares").text
    (share,) = shares_of(db, kari)
    browser.post("/my-shares/undo", data={"csrf_token": browser.token(), "ids": str(share.id)})
    assert shares_of(db, kari)[0].state is ShareState.CANCELLED


def test_words_are_kept_only_for_accounts_that_the_person_has(sharing, make, signed_in, house):
    ada, item = make.user("Ada"), make.item()
    account = sharing.connect(ada)
    browser = signed_in(ada)
    made_up = {f"text-c{number}": "Words" for number in range(10_000, 10_050)}
    data = {"csrf_token": browser.token(), f"text-c{account.id}": "Mine", "text-own": "By hand", **made_up}
    assert browser.post(f"/share/{item.id}/draft", data=data).status_code == 204
    with house.db.reading() as session:
        kept = {draft.network: draft.text for draft in session.scalars(select(ComposerDraft))}
    assert kept == {f"c{account.id}": "Mine", "own": "By hand"}


def offered_on(page):
    """The next good time that a composer offers."""
    return page.text.split('name="slot_at" value="', 1)[1].split('"', 1)[0]


def test_a_good_time_that_has_passed_since_it_was_offered_is_not_swapped_for_another(
    sharing, make, signed_in, house, clock
):
    ada, item = make.user("Ada"), make.item()
    account = sharing.connect(ada)
    browser = signed_in(ada)
    page = f"/share/{item.id}"
    offered = offered_on(browser.get(page))
    clock.move(days=1)
    sent = {"to": f"c{account.id}", f"text-c{account.id}": "Mine", "when": "slot", "slot_at": offered, "do": "share"}
    answer = browser.submit(page, sent, form=page)
    assert answer.status_code == 422
    assert "The good time that was offered has passed." in answer.text
    with house.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Share)) == 0


def test_of_colleagues_who_were_offered_the_same_good_time_one_gets_it_and_the_other_the_next(
    sharing, make, signed_in, house
):
    item = make.item()
    page = f"/share/{item.id}"

    def send(key, browser, when):
        sent = {"to": key, f"text-{key}": "Mine", "when": "slot", "slot_at": when, "do": "share"}
        return browser.submit(page, sent, form=page)

    bo, cid = (make.user(time_zone="Europe/Oslo") for _ in range(2))
    [bos, cids] = [(f"c{sharing.connect(one, handle=f'p{one.id}.test').id}", signed_in(one)) for one in (bo, cid)]
    [offered] = {offered_on(browser.get(page)) for _, browser in (bos, cids)}
    assert send(*bos, offered).status_code == 303
    refused = send(*cids, offered)
    assert "Colleagues took the good time that was offered meanwhile." in refused.text
    assert send(*cids, offered_on(refused)).status_code == 303
    with house.db.reading() as session:
        [first, second] = session.scalars(select(Share.due_at).order_by(Share.due_at))
    assert second - first >= rules.SPREAD


@pytest.fixture
def pictured(make, db, house):
    """An item that goes out as six pictures; `pictured.ids` are theirs in their order."""

    def made(words="The harbour"):
        with house.db.transaction() as session:
            rows = [
                Picture(sha256=f"{n}" * 64, mime="image/png", width=9, height=9, size=9, created_at=house.clock.now())
                for n in range(6)
            ]
            session.add_all(rows)
            session.flush()
            ids = [one.id for one in rows]
        item = make.item("Wind farm", captions=["Look"], kind=ItemKind.IMAGE, picture_id=ids[0], alt_text=words)
        with house.db.transaction() as session:
            session.add_all(
                ItemPicture(item_id=item.id, position=place, picture_id=one, alt_text=f"Picture {place}")
                for place, one in enumerate(ids[1:], 1)
            )
        return item, ids

    return made


def test_as_many_pictures_as_the_network_takes_are_ticked_and_the_person_chooses_others(
    signed_in, make, connect, db, pictured
):
    kari = make.user("Kari")
    (item, ids), account = pictured(), connect(kari)
    browser = signed_in(kari)
    page = browser.get(f"/share/{item.id}")
    assert page.text.count('type="checkbox" class="checkbox" name="pictures-') == 6
    assert page.text.count(" checked><img") == 4
    assert "At most 4 of these 6 pictures fit" in page.text
    assert 'data-layout="grid" data-count="4"' in page.text
    _, form = form_of(page.text)
    field = f"pictures-c{account.id}"
    too_many = browser.post(f"/share/{item.id}", data={**form, "do": "share", field: ["", *map(str, ids)]})
    assert too_many.status_code == 422
    assert "at most 4 pictures" in too_many.text
    none = browser.post(f"/share/{item.id}", data={**form, "do": "share", field: [""]})
    assert "Please choose at least one picture" in none.text
    _, form = form_of(too_many.text)
    browser.post(f"/share/{item.id}", data={**form, "do": "share", field: ["", str(ids[5]), str(ids[2])]})
    (share,) = shares_of(db, kari)
    assert share.picture_ids == [ids[5], ids[2]]


def test_a_picture_without_a_description_is_not_shared(signed_in, make, connect, db, pictured):
    kari = make.user("Kari")
    (item, _), _account = pictured(words=""), connect(kari)
    answer = signed_in(kari).submit(f"/share/{item.id}", {"do": "share"})
    assert answer.status_code == 422
    assert "has no description for people who cannot see it" in answer.text
    assert shares_of(db, kari) == []
