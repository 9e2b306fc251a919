"""The message house: everybody reads it, curators write it, and items are held against what holds today."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from advocacy.base.errors import Invalid
from advocacy.library import aligning, message_house
from advocacy.library.message_house import Proof, WordUse, Written
from advocacy.library.message_models import AcceptedFinding
from advocacy.library.models import Caption, ContentItem, Dimension, ItemState
from advocacy.people.privacy import Holdings

HOUSE = "/company/messages"


def a_message(db, clock, by, said="We power Norway with wind from the sea", **more):
    with db.transaction() as session:
        return message_house.save(session, clock, written=Written({"en": said}, **more), by=by.id)


def found(db, clock, item):
    with db.reading() as session:
        return aligning.of_item(session, clock, item=session.get(ContentItem, item.id))


def test_a_curator_writes_a_message_with_proof_and_words_and_everybody_reads_them(signed_in, make):
    sales, owner = make.team("Sales"), make.user("Olga Owner")
    browser = signed_in(make.curator("Cora"))
    assert "No key message yet" in browser.get(HOUSE).text
    wrong = browser.submit(f"{HOUSE}/new", {"proofs-0-url": "javascript:alert(1)"})
    assert wrong.status_code == 422
    written = {
        "en": "We power Norway",
        "nb": "Vi gir Norge kraft",
        "proofs-0-text": "40 000 homes",
        "proofs-0-url": "https://example.com/homes",
        "owner": owner.email,
        "team": str(sales.id),
    }
    assert browser.submit(f"{HOUSE}/new", written).status_code == 303
    word = {"use": "avoid", "phrase": "green energy", "instead": "renewable power", "word_language": "en"}
    assert browser.submit(HOUSE, word, form=f"{HOUSE}/words").status_code == 303
    assert "This word is there already" in browser.submit(HOUSE, word, form=f"{HOUSE}/words").text
    page = signed_in(make.user("Anna", locale="nb")).get(HOUSE).text
    for words in ("Vi gir Norge kraft", "We power Norway", "40 000 homes", "Olga Owner", "Sales", "renewable power"):
        assert words in page, words
    assert 'href="https://example.com/homes"' in page
    assert f"{HOUSE}/new" not in page


def test_what_is_not_valid_yet_or_no_more_is_shown_to_curators_only_and_holds_for_no_item(db, clock, signed_in, make):
    cora, today = make.curator("Cora"), clock.now().date()
    a_message(db, clock, cora, "We were known for coal", valid_to=today - timedelta(days=1))
    a_message(db, clock, cora, "We will be known for waves", valid_from=today + timedelta(days=1))
    a_message(db, clock, cora, valid_from=today, valid_to=today)
    page = signed_in(cora).get(HOUSE).text
    assert page.index("We power") < page.index("waves") < page.index("coal")
    others = signed_in(make.user("Anna")).get(HOUSE).text
    assert "We power" in others
    assert "waves" not in others
    assert "coal" not in others
    with db.reading() as session:
        assert [one.said("nb") for one in message_house.holding(session, clock).messages] == [
            "We power Norway with wind from the sea"
        ]


def test_a_message_of_a_department_holds_for_its_items_only(db, clock, make):
    cora, sales = make.curator("Cora"), make.team("Sales")
    a_message(db, clock, cora, team_id=sales.id)
    theirs = make.item(audience={Dimension.TEAM: [sales]})
    assert len(found(db, clock, theirs).carried) == 1
    assert found(db, clock, make.item()).carried == []


def test_every_change_is_in_the_history_with_who_made_it_and_what_was_before(db, clock, signed_in, make):
    cora = make.curator("Cora")
    message = a_message(db, clock, cora, "We power Norway")
    browser = signed_in(cora)
    form = f"{HOUSE}/{message.id}/edit"
    browser.submit(form, {"en": "We power the north"}, form=form)
    assert browser.post(f"{HOUSE}/{message.id}/remove", data={"csrf_token": browser.token()}).status_code == 303
    page = browser.get(f"{HOUSE}/history").text
    assert page.index("Removed a key message") < page.index("before: “We power Norway”") < page.index("Added a key")
    assert "Cora" in page
    assert "We power" not in browser.get(HOUSE).text


def test_a_finding_is_shown_with_both_places_and_let_stand_until_the_words_change(db, clock, signed_in, make):
    item = make.item(
        state=ItemState.IN_REVIEW, internal_brief="We hire 40 people.", captions=["We hire 45 people! 🌊 Join us."]
    )
    cora = make.curator("Cora", locale="en")
    browser = signed_in(cora)
    a_message(db, clock, cora, "We hire people")
    page = browser.get(f"/library/items/{item.id}").text
    assert page.index("We hire people") < page.index("In the brief") < page.index("In one post")
    caption = item.captions[0].id
    assert "The brief says “40”, the post says “45”." in page
    assert 'href="#brief-en"' in page
    assert 'id="brief-en"' in page
    assert f'href="#caption-{caption}"' in page
    assert '<mark class="quoted">45</mark>' in page.split(f'id="caption-{caption}"')[1]
    assert "One thing to look at, inside and outside" in browser.get("/library/review").text
    (finding,) = found(db, clock, item).open
    path = f"/library/items/{item.id}/findings/{finding.key}"
    browser.post(f"{path}/accept", data={"csrf_token": browser.token(), "reason": " "})
    assert len(found(db, clock, item).open) == 1, "a reason is asked for"
    browser.post(f"{path}/accept", data={"csrf_token": browser.token(), "reason": "Five more were signed"})
    page = browser.get(f"/library/items/{item.id}").text
    assert "One finding was let stand" in page
    assert "Five more were signed" in page
    assert "to look at" not in browser.get("/library/review").text
    browser.post(f"{path}/take-back", data={"csrf_token": browser.token()})
    assert len(found(db, clock, item).open) == 1
    browser.post(f"{path}/accept", data={"csrf_token": browser.token(), "reason": "Five more were signed"})
    with db.transaction() as session:
        session.get(Caption, caption).text = "We hire 45 great people! 🌊 Join us."
    assert [one.finding for one in found(db, clock, item).accepted] == []
    assert len(found(db, clock, item).open) == 1


def test_a_person_takes_their_name_out_of_the_house(db, clock, house, make):
    gone = make.curator("Gone Soon")
    message = a_message(db, clock, gone, owner_email=gone.email)
    item = make.item(internal_brief="We hire 40.", captions=["We hire 45."])
    (finding,) = found(db, clock, item).open
    with db.transaction() as session:
        item = session.merge(item)
        aligning.accept(session, clock, item=item, key=finding.key, reason="So be it", by=gone.id)
    holdings = house.part(Holdings)
    with db.transaction() as session:
        told = holdings.export(session, clock, user_id=gone.id)["library"]
        assert [one["reason"] for one in told["findings_let_stand"]] == ["So be it"]
        assert [one["id"] for one in told["key_messages_answered_for"]] == [message.id]
        holdings.erase(session, clock, user_id=gone.id, by=gone.id)
    with db.reading() as session:
        assert session.scalar(select(AcceptedFinding.by)) is None
        assert message_house.get(session, message_id=message.id).owner_id is None
        assert found(db, clock, item).accepted[0].by == ""


def test_a_proof_without_words_and_an_end_before_the_beginning_are_refused(db, clock, make):
    cora = make.curator("Cora")
    for more, field in (
        ({"proofs": [Proof("", "https://example.com")]}, "proofs"),
        ({"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)}, "valid_to"),
        ({"owner_email": "nobody@example.com"}, "owner"),
    ):
        with pytest.raises(Invalid) as refused:
            a_message(db, clock, cora, **more)
        assert refused.value.field == field
    with db.reading() as session:
        assert message_house.lines(session, clock) == []
        assert message_house.words(session) == {WordUse.USE: [], WordUse.AVOID: []}
