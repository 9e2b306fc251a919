"""From draft to the feed and out of it: who may, in which order, and what is told."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select

from advocacy.base.errors import Conflict, Invalid, NotAllowed
from advocacy.base.events import Event
from advocacy.library import bulk, content, history, items, remarks, review, visibility
from advocacy.library.content import CaptionText, Content
from advocacy.library.models import ContentItem, ItemKind, ItemState
from advocacy.library.text_rules import TextRule, TextRules

WRITTEN = Content(title="News", source_url="https://example.com/news")
RULES = TextRules(
    [TextRule("bluesky", "Bluesky", "bluesky", lambda text, link, has_card: len(text), max_length=20)],
    company="Nordlys",
)


@pytest.fixture
def editor(make):
    return make.curator("Ed Itor")


@pytest.fixture
def second(make):
    return make.curator("Sec Ond")


@pytest.fixture
def draft(db, clock, editor):
    with db.transaction() as session:
        return items.create(session, clock, written=WRITTEN, by=editor.id)


def now(db, item):
    with db.reading() as session:
        return session.get(ContentItem, item.id)


def do(db, act, clock, item, **more):
    with db.transaction() as session:
        return act(session, clock, item_id=item.id, **more)


def test_the_whole_way_is_kept_with_who_and_why(db, clock, draft, editor, second):
    steps = [
        (review.submit, {"by": editor.id, "note": "Please look"}, ItemState.IN_REVIEW),
        (review.send_back, {"by": second.id, "note": "Shorter"}, ItemState.DRAFT),
        (review.submit, {"by": editor.id}, ItemState.IN_REVIEW),
        (review.approve, {"by": second.id}, ItemState.APPROVED),
        (review.withdraw, {"by": second.id, "note": "Wrong figure"}, ItemState.WITHDRAWN),
        (review.reopen, {"by": editor.id}, ItemState.DRAFT),
    ]
    for act, given, state in steps:
        clock.move(hours=1)
        assert do(db, act, clock, draft, **given).state is state
    with db.reading() as session:
        entries = history.page(session, item_id=draft.id).items
        kinds = list(session.scalars(select(Event.kind).where(Event.subject_type == "item").order_by(Event.id)))
    assert [entry.number for entry in entries] == [7, 6, 5, 4, 3, 2, 1]
    assert (entries[2].by, entries[1].note, entries[1].state) == ("Sec Ond", "Wrong figure", ItemState.WITHDRAWN)
    told = ["created", "submitted", "sent_back", "submitted", "approved", "withdrawn", "reopened"]
    assert kinds == [f"item.{what}" for what in told]


def test_only_sensible_steps_are_possible(db, clock, make, editor):
    possible = {
        ItemState.DRAFT: {review.submit, review.approve},
        ItemState.IN_REVIEW: {review.approve, review.send_back, review.withdraw},
        ItemState.APPROVED: {review.withdraw, review.expire},
        ItemState.WITHDRAWN: {review.submit, review.approve, review.reopen},
    }
    acts = [review.submit, review.approve, review.withdraw, review.reopen, review.expire]
    acts.append(partial(review.send_back, note="Why"))
    for state, allowed in possible.items():
        for act in acts:
            item = make.item(state=state)
            if getattr(act, "func", act) in allowed:
                do(db, act, clock, item, by=editor.id)
            else:
                with pytest.raises(Conflict):
                    do(db, act, clock, item, by=editor.id)
                assert now(db, item).state is state


def test_people_see_an_approved_item_and_lose_a_withdrawn_one_at_once(db, clock, make, draft, editor):
    user = make.user()

    def seen():
        with db.reading() as session:
            return [item.id for item in session.scalars(visibility.visible_items(session, clock, user=user))]

    assert seen() == []
    do(db, review.approve, clock, draft, by=editor.id)
    assert seen() == [draft.id]
    do(db, review.withdraw, clock, draft, by=editor.id)
    assert seen() == []


def test_ending_takes_an_item_away_now(db, clock, make, editor):
    user, item = make.user(), make.item()
    do(db, review.expire, clock, item, by=editor.id)
    with db.reading() as session:
        assert list(session.scalars(visibility.visible_items(session, clock, user=user))) == []


def test_sending_back_needs_a_reason(db, clock, draft, editor):
    do(db, review.submit, clock, draft, by=editor.id)
    with pytest.raises(Invalid) as refused:
        do(db, review.send_back, clock, draft, by=editor.id, note=" ")
    assert refused.value.field == "note"


def test_nobody_approves_what_they_did_not_see(db, clock, draft, editor, second):
    with db.transaction() as session:
        items.edit(
            session,
            clock,
            item_id=draft.id,
            written=replace(WRITTEN, title="Other"),
            expected_version=1,
            by=editor.id,
        )
    with pytest.raises(items.ChangedMeanwhile):
        do(db, review.approve, clock, draft, by=second.id, expected_version=1)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"source_url": ""}, "no link"),
        ({"kind": ItemKind.IMAGE}, "no picture"),
        ({"kind": ItemKind.TEXT, "source_url": ""}, "nothing to read"),
        (
            {"captions": (CaptionText("x" * 21, "bluesky", label="Long"),)},
            "“Long” is 1 characters too long for Bluesky",
        ),
        ({"captions": (CaptionText("{first name}", label="Odd"),)}, "holds {first name}"),
    ],
)
def test_an_item_that_lacks_something_stays_where_it_is(db, clock, editor, change, sentence):
    with db.transaction() as session:
        item = items.create(session, clock, written=replace(WRITTEN, **change), by=editor.id)
    for act in (review.submit, review.approve):
        with pytest.raises(Invalid, match=sentence):
            do(db, act, clock, item, by=editor.id, rules=RULES)
    assert now(db, item).state is ItemState.DRAFT


def test_with_four_eyes_the_editor_cannot_approve_and_a_colleague_can(db, clock, draft, editor, second):
    with pytest.raises(NotAllowed, match="review first"):
        do(db, review.approve, clock, draft, by=second.id, four_eyes=True)
    do(db, review.submit, clock, draft, by=editor.id)
    with pytest.raises(NotAllowed, match="yourself"):
        do(db, review.approve, clock, draft, by=editor.id, four_eyes=True)
    with db.reading() as session:
        item = session.get(ContentItem, draft.id)
        assert not review.may_approve(session, item=item, by=editor.id, four_eyes=True)
        assert review.may_approve(session, item=item, by=second.id, four_eyes=True)
    do(db, review.approve, clock, draft, by=second.id, four_eyes=True)


def test_with_four_eyes_a_change_to_a_live_item_has_to_be_seen_by_another(db, clock, draft, editor, second):
    do(db, review.submit, clock, draft, by=editor.id)
    do(db, review.approve, clock, draft, by=second.id, four_eyes=True)
    first_appeared = now(db, draft).live_from
    clock.move(days=1)
    with db.transaction() as session:
        written = replace(content.of_item(session.get(ContentItem, draft.id)), title="Changed")
        items.edit(
            session, clock, item_id=draft.id, written=written, expected_version=3, by=second.id, four_eyes=True
        )
    assert now(db, draft).state is ItemState.IN_REVIEW
    with pytest.raises(NotAllowed):
        do(db, review.approve, clock, draft, by=second.id, four_eyes=True)
    do(db, review.approve, clock, draft, by=editor.id, four_eyes=True)
    assert now(db, draft).live_from == first_appeared, "a corrected item does not jump to the top of the feed"


def test_what_was_withdrawn_comes_back_as_new(db, clock, draft, editor):
    do(db, review.approve, clock, draft, by=editor.id)
    clock.move(days=1)
    do(db, review.withdraw, clock, draft, by=editor.id)
    clock.move(days=1)
    do(db, review.approve, clock, draft, by=editor.id)
    assert now(db, draft).live_from == clock.now()


def test_many_at_once_go_through_one_by_one(db, clock, make, editor):
    good, done_already, changed = make.item(state=ItemState.DRAFT), make.item(), make.item(state=ItemState.DRAFT)
    with db.transaction() as session:
        outcome = bulk.each(
            session,
            [(good.id, 1), (done_already.id, 1), (changed.id, 7), (4711, None)],
            partial(review.approve, session, clock, by=editor.id),
        )
    assert list(outcome.done) == [good.id]
    assert [title for title, _ in outcome.refused] == [done_already.title, changed.title, "4711"]
    assert now(db, good).state is ItemState.APPROVED
    assert now(db, changed).state is ItemState.DRAFT


def test_a_topic_is_added_to_many_once(db, clock, make, editor):
    topic = make.topic("Culture")
    item = make.item(topics=[topic])
    other = make.item()
    with db.transaction() as session:
        act = partial(review.add_topic, session, clock, topic=session.merge(topic), by=editor.id)
        bulk.each(session, [(item.id, None), (other.id, None)], act)
    assert [topic.name for topic in now(db, item).topics] == ["Culture"]
    assert now(db, item).version == 1
    assert [topic.name for topic in now(db, other).topics] == ["Culture"]
    assert "culture" in now(db, other).search_words


def test_remarks_stand_in_their_order(db, clock, draft, editor, second):
    do(db, remarks.add, clock, draft, by=editor.id, text="Is the figure right?")
    clock.move(minutes=1)
    do(db, remarks.add, clock, draft, by=second.id, text="It is.")
    with db.reading() as session:
        assert [(remark.text, name) for remark, name in remarks.of_item(session, item_id=draft.id)] == [
            ("Is the figure right?", "Ed Itor"),
            ("It is.", "Sec Ond"),
        ]
    with pytest.raises(Invalid):
        do(db, remarks.add, clock, draft, by=editor.id, text=" \n ")
