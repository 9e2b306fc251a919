"""Whoever takes their choice back while a page, a letter or an approval is being made does not stand in it."""

import contextlib
import threading

import pytest
from sqlalchemy import event, select

from advocacy.base.errors import Conflict
from advocacy.messages import choices, mailing, newsletters
from advocacy.messages.newsletters import Written
from advocacy.people import outbox
from advocacy.people.models import User
from advocacy.recognition import kudos, stories, values, wall
from advocacy.recognition.newsletter_block import KUDOS
from advocacy.recognition.story_models import StoryState

ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""A reader of SQLite sees one state from its first question to its last, and there is one writer at a time."""


@pytest.fixture
def public(db, make, clock):
    """Kari thanks Ola by name, and Ola lets it stand."""
    kari, ola = make.user("Kari"), make.user("Ola Hansen")
    with db.transaction() as session:
        values.start(session)
        given = kudos.give(
            session,
            clock,
            giver=kari,
            to=[ola.id],
            words="Ola saved the day.",
            value_id=values.everything(session)[0].id,
            key="k",
        )
        kudos.choose(session, clock, kudos_id=given.id, user=ola, is_public=True)
        number = given.id
    return ola, number


def take_back(db, clock, ola, number):
    with db.transaction() as session:
        kudos.choose(session, clock, kudos_id=number, user=ola, is_public=False)


@contextlib.contextmanager
def just_before(db, table, act):
    """Lets something happen once, just before a table is asked for."""
    done = []

    def step(_connection, _cursor, statement, *_rest):
        if f"FROM {table}" in statement and threading.current_thread() is threading.main_thread() and not done:
            done.append(True)
            other = threading.Thread(target=act)
            other.start()
            other.join()

    event.listen(db.engine, "before_cursor_execute", step)
    yield done
    event.remove(db.engine, "before_cursor_execute", step)


@ON_POSTGRESQL
def test_the_wall_leaves_out_what_was_taken_back_after_its_words_were_read(db, clock, make, public):
    ola, number = public
    reader = make.user()
    with (
        just_before(db, "kudos_receiver", lambda: take_back(db, clock, ola, number)) as done,
        db.reading() as session,
    ):
        assert wall.page(session, reader=reader).items == []
    assert done


@ON_POSTGRESQL
def test_a_newsletter_leaves_out_what_was_taken_back_while_it_was_drawn(db, clock, make, public):
    ola, number = public
    reader = make.user()
    with (
        just_before(db, "kudos_receiver", lambda: take_back(db, clock, ola, number)) as done,
        db.reading() as session,
    ):
        assert KUDOS.draw(session, clock, reader, number) is None
    assert done


@pytest.fixture
def written(house, db, clock, make, public):
    """A newsletter with the thank you, in the outbox for one reader."""
    _, number = public
    reader, editor = make.user(email="reader@example.com"), make.curator()
    with db.transaction() as session:
        words = Written("News", "Hello.", blocks={"kudos": [number]})
        found = newsletters.save(session, clock, written=words, by=editor.id)
        newsletters.plan(session, clock, newsletter_id=found.id, on=clock.now().date(), hour=0, by=editor.id)
    mailing.tick(house)
    return reader, found.id


def sent_to(house, email) -> list[str]:
    folder = house.part(outbox.Post).folder
    return [text for file in folder.glob("*.eml") if f"To: {email}" in (text := file.read_text(encoding="utf-8"))]


def test_a_letter_that_waited_for_the_mail_server_does_not_tell_what_was_taken_back_since(
    house, db, clock, public, written
):
    ola, number = public
    reader, _ = written
    take_back(db, clock, ola, number)
    clock.move(hours=3)
    outbox.send_due(house)
    [letter] = sent_to(house, reader.email)
    assert "Hello." in letter
    assert "saved the day" not in letter
    assert "Ola" not in letter


def test_a_letter_whose_reader_stops_newsletters_while_it_waits_is_not_sent_and_counts_as_skipped(house, db, written):
    reader, number = written
    with db.transaction() as session:
        choices.stop(session, user_id=reader.id, letters=choices.NEWSLETTER)
    outbox.send_due(house)
    mailing.tick(house)
    assert sent_to(house, reader.email) == []
    with db.reading() as session:
        counts = newsletters.get(session, newsletter_id=number).counts
        others = len(session.scalars(select(User.id)).all()) - 1
    assert counts == {"sent": others, "refused": 0, "unclear": 0, "waiting": 0, "skipped": 1}


def test_a_letter_as_it_was_chosen_is_sent_as_it_was_written_with_counted_links(house, written):
    reader, _ = written
    outbox.send_due(house)
    [letter] = sent_to(house, reader.email)
    assert "saved the day" in letter
    assert "/n/" in letter


@ON_POSTGRESQL
def test_whoever_refuses_a_story_at_the_instant_it_is_approved_is_heard(db, clock, make):
    teller, ola, curator = make.user("Kari"), make.user("Ola Hansen"), make.curator()
    with db.transaction() as session:
        told = stories.tell(session, clock, written=stories.Written("A title", "Words", [ola.id]), by=teller)
        stories.agree(session, clock, story_id=told.id, user=ola, agrees=True)
    ready = threading.Event()
    ended = []

    def refuse():
        with db.transaction() as session:
            ready.set()
            stories.agree(session, clock, story_id=told.id, user=ola, agrees=False)
        ended.append(True)

    other = threading.Thread(target=refuse)
    with db.transaction() as session:
        stories.approve(session, clock, story_id=told.id, by=curator)
        other.start()
        ready.wait(10)
        other.join(0.5)
        assert not ended, "it waits for the approval, to take it back"
    other.join(10)
    with db.reading() as session:
        assert session.get(stories.Story, told.id).state is StoryState.WAITING
    with db.transaction() as session, pytest.raises(Conflict):
        stories.approve(session, clock, story_id=told.id, by=curator)
