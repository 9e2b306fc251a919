"""Items as editors write them: what is kept, what is refused, and two people at once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from advocacy.base import comparing
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.events import Event
from advocacy.library import content, differences, history, items
from advocacy.library.content import CaptionText, Content
from advocacy.library.models import ContentItem, Dimension, Editing, ItemKind, ItemState, PreviewCard

MOST = Content(title="Norway's best workplace", summary="Again", source_url="https://example.com/best")


@pytest.fixture
def editor(make):
    return make.curator()


def create(db, clock, editor, written=MOST):
    with db.transaction() as session:
        return items.create(session, clock, written=written, by=editor.id)


def read(db, item_id):
    with db.reading() as session:
        return content.of_item(session.get(ContentItem, item_id))


def test_everything_an_editor_writes_is_kept(db, clock, make, editor):
    team, campaign = make.team("Sales"), make.campaign()
    topics = (make.topic("Culture"), make.topic("Awards"))
    written = Content(
        title="Norway's best workplace",
        kind=ItemKind.VIDEO,
        summary="Again",
        body="# Hello\n\n**world**",
        source_url="https://example.com/best",
        language="nb",
        topic_ids=tuple(sorted(topic.id for topic in topics)),
        campaign_id=campaign.id,
        audience={Dimension.LOCATION: ("Bergen", "Oslo"), Dimension.TEAM: (str(team.id),)},
        publish_from=clock.now(),
        expires_at=clock.now() + timedelta(days=3),
        pinned=True,
        internal_only=True,
        editing=Editing.PERSONAL,
        min_words_changed=4,
        disclosure="#employee",
        internal_brief="Why we tell it",
        captions=(CaptionText("Proud of us!", "bluesky", "en", "Proud"), CaptionText("Se her {link}", "", "nb")),
    )
    item = create(db, clock, editor, written)
    kept = read(db, item.id)
    without_ids = replace(kept, captions=tuple(replace(caption, id=None) for caption in kept.captions))
    assert without_ids == written
    assert Content.from_json(kept.to_json()) == kept
    assert item.state is ItemState.DRAFT


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"source_url": "https://"}, "source_url"),
        ({"source_url": "https://user:secret@example.com/"}, "source_url"),
        ({"source_url": "ftp://example.com/"}, "source_url"),
        ({"picture_id": 1, "alt_text": " "}, "alt_text"),
        ({"editing": Editing.PERSONAL, "min_words_changed": 0}, "min_words_changed"),
        ({"captions": (CaptionText("  "),)}, "captions"),
        ({"captions": (CaptionText("text", label="x" * 41),)}, "captions"),
        ({"audience": {Dimension.TEAM: ("12345",)}}, "audience"),
        ({"audience": {Dimension.TEAM: ("1 or 1",)}}, "audience"),
        ({"audience": {Dimension.ROLE: ("king",)}}, "audience"),
        ({"topic_ids": (4711,)}, "topic_ids"),
        ({"campaign_id": 4711}, "campaign_id"),
        ({"picture_id": 4711, "alt_text": "A dog"}, "picture_id"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_kept(db, clock, editor, change, field):
    with pytest.raises(Invalid) as refused:
        create(db, clock, editor, replace(MOST, **change))
    assert refused.value.field == field
    with db.reading() as session:
        assert session.scalar(select(ContentItem)) is None


def test_an_item_cannot_end_before_it_begins(db, clock, editor):
    with pytest.raises(Invalid) as refused:
        create(db, clock, editor, replace(MOST, publish_from=clock.now(), expires_at=clock.now()))
    assert refused.value.field == "expires_at"


def test_the_second_of_two_editors_is_told_by_name_and_overwrites_nothing(db, clock, make, editor):
    item = create(db, clock, editor)
    other = make.curator("Kari Nordmann")
    with db.transaction() as session:
        items.edit(
            session, clock, item_id=item.id, written=replace(MOST, title="Hers"), expected_version=1, by=other.id
        )
    with pytest.raises(items.ChangedMeanwhile, match="Kari Nordmann") as refused, db.transaction() as session:
        items.edit(
            session, clock, item_id=item.id, written=replace(MOST, title="Mine"), expected_version=1, by=editor.id
        )
    assert refused.value.number == 2
    assert read(db, item.id).title == "Hers"


def test_saving_without_a_change_makes_no_version(db, clock, editor):
    item = create(db, clock, editor)
    with db.transaction() as session:
        items.edit(session, clock, item_id=item.id, written=read(db, item.id), expected_version=1, by=editor.id)
    with db.reading() as session:
        assert [entry.number for entry in history.page(session, item_id=item.id).items] == [1]


def test_a_caption_keeps_its_identity_while_others_come_and_go(db, clock, editor):
    item = create(db, clock, editor, replace(MOST, captions=(CaptionText("One"), CaptionText("Two"))))
    one, two = read(db, item.id).captions
    written = replace(
        MOST, captions=(CaptionText("Three"), replace(two, text="Two, better"), CaptionText("Four", id=99))
    )
    with db.transaction() as session:
        items.edit(session, clock, item_id=item.id, written=written, expected_version=1, by=editor.id)
    now = read(db, item.id).captions
    assert [caption.text for caption in now] == ["Three", "Two, better", "Four"]
    assert now[1].id == two.id
    assert one.id not in {caption.id for caption in now}


def test_a_caption_of_another_item_is_not_taken_over(db, clock, editor):
    theirs = create(db, clock, editor, replace(MOST, captions=(CaptionText("Theirs"),)))
    stolen = read(db, theirs.id).captions[0]
    mine = create(db, clock, editor, replace(MOST, captions=(replace(stolen, text="Mine"),)))
    assert read(db, theirs.id).captions == (stolen,)
    assert read(db, mine.id).captions[0].id != stolen.id


def test_a_link_wants_its_card_once(db, clock, editor):
    first, second = create(db, clock, editor), create(db, clock, editor)
    with db.reading() as session:
        cards = list(session.scalars(select(PreviewCard)))
        assert [card.next_try_at for card in cards] == [clock.now()]
        assert (
            session.get(ContentItem, first.id).card_id == session.get(ContentItem, second.id).card_id == cards[0].id
        )


def test_an_older_version_comes_back_as_a_new_one(db, clock, make, editor):
    topic, team = make.topic("Gone soon"), make.team("Sales")
    written = replace(
        MOST, topic_ids=(topic.id,), audience={Dimension.TEAM: (str(team.id),)}, captions=(CaptionText("First"),)
    )
    item = create(db, clock, editor, written)
    caption = read(db, item.id).captions[0]
    with db.transaction() as session:
        items.edit(
            session, clock, item_id=item.id, written=replace(MOST, title="Worse"), expected_version=1, by=editor.id
        )
        session.delete(session.merge(topic))
    with db.transaction() as session:
        items.restore(
            session, clock, item_id=item.id, number=1, expected_version=2, by=editor.id, note="Better before"
        )
    back = read(db, item.id)
    assert (back.title, back.topic_ids, back.audience) == (MOST.title, (), written.audience)
    assert back.captions[0].text == caption.text
    with db.reading() as session:
        newest = history.page(session, item_id=item.id).items[0]
        assert (newest.number, newest.note, newest.by) == (3, "Better before", editor.name)


def test_a_copy_is_a_draft_of_its_own(db, clock, editor):
    written = replace(MOST, captions=(CaptionText("One"),), expires_at=clock.now() + timedelta(days=1), pinned=True)
    item = create(db, clock, editor, written)
    with db.transaction() as session:
        copy = items.duplicate(session, clock, item_id=item.id, title="Copy", by=editor.id)
    kept = read(db, copy.id)
    assert (kept.title, kept.expires_at, kept.pinned, kept.captions[0].text) == ("Copy", None, False, "One")
    assert kept.captions[0].id != read(db, item.id).captions[0].id


def test_only_what_nobody_can_have_seen_is_deleted(db, clock, make, editor):
    draft, live = create(db, clock, editor), make.item()
    with db.transaction() as session:
        items.remove(session, clock, item_id=draft.id, by=editor.id)
        with pytest.raises(Conflict):
            items.remove(session, clock, item_id=live.id, by=editor.id)
    with db.reading() as session:
        with pytest.raises(NotFound):
            items.get(session, item_id=draft.id)
        assert items.get(session, item_id=live.id).title == live.title


def test_every_change_is_told_to_the_rest_of_the_house(db, clock, editor):
    item = create(db, clock, editor)
    with db.transaction() as session:
        items.edit(
            session, clock, item_id=item.id, written=replace(MOST, title="New"), expected_version=1, by=editor.id
        )
    with db.reading() as session:
        told = list(session.scalars(select(Event).where(Event.subject_type == "item").order_by(Event.id)))
        assert [(event.kind, event.actor_id, event.subject_id) for event in told] == [
            ("item.created", editor.id, item.id),
            ("item.edited", editor.id, item.id),
        ]
        assert told[1].data["changed"] == ["title"]


def test_differences_show_what_was_removed_and_added(db, clock, make, editor):
    team = make.team("Sales")
    before = replace(MOST, summary="We won a prize", captions=(CaptionText("Hello", label="Warm"),))
    after = replace(
        before,
        summary="We won two prizes",
        audience={Dimension.TEAM: (str(team.id),)},
        captions=(CaptionText("Hello again", label="Warm"),),
    )
    with db.reading() as session:
        found = {str(one.label): one for one in differences.between(session, before, after)}
    assert set(found) == {"Summary", "Ready-made posts", "Who it is for"}
    assert [(piece.change, piece.text) for piece in found["Summary"].pieces] == [
        ("same", "We won "),
        ("removed", "a prize"),
        ("added", "two prizes"),
    ] or "".join(piece.text for piece in found["Summary"].pieces if piece.change != "removed") == "We won two prizes"
    assert [(str(label), names) for label, names in found["Who it is for"].after] == [("Team", "Sales")]


def test_a_difference_always_holds_both_texts():
    texts = ["", "a", "a b", "a  b\nc", "ø " * 2000, "line\n" * 2000, "c b a"]
    for before in texts:
        for after in texts:
            pieces = comparing.pieces(before, after)
            assert "".join(piece.text for piece in pieces if piece.change != "added") == before
            assert "".join(piece.text for piece in pieces if piece.change != "removed") == after
