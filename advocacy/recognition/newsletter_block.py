"""Kudos and stories in a newsletter: only what stands on the wall at the moment of sending, with the names that stand there."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.blocks import Block, Drawn
from advocacy.base.clock import Clock
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.recognition import values
from advocacy.recognition.kudos_models import CompanyValue, Kudos, KudosReceiver
from advocacy.recognition.story_models import Story, StoryState
from advocacy.recognition.wall import stands

OFFERED = 20


def _offered(session: Session, _clock: Clock) -> list[tuple[int, str]]:
    query = select(Kudos).where(Kudos.on_wall).order_by(Kudos.given_at.desc(), Kudos.id.desc()).limit(OFFERED)
    found = [(one, _who(session, one)) for one in session.scalars(query).all()]
    return [(one.id, f"{who}: {one.words[:80]}") for one, who in found if who]


def _draw(session: Session, _clock: Clock, user: User, kudos_id: int) -> Drawn | None:
    kudos = session.get(Kudos, kudos_id, populate_existing=True)
    if kudos is None or not kudos.on_wall:
        return None
    who = _who(session, kudos)
    if not who:
        return None
    value = session.get(CompanyValue, kudos.value_id) if kudos.value_id is not None else None
    title = values.in_language(value.name, user.locale) if value is not None else who
    return Drawn(title, f"{kudos.words}\n\n{who}", f"/company/kudos/{kudos.id}", Text("Read it on the wall"))


def _who(session: Session, kudos: Kudos) -> str:
    """Who thanks whom; "" where somebody took their choice back since the words were read."""
    giver = session.scalar(select(User.name).where(User.id == kudos.giver_id))
    query = (
        select(KudosReceiver, User.name)
        .join(User, KudosReceiver.user_id == User.id)
        .where(KudosReceiver.kudos_id == kudos.id)
        .order_by(User.search_words)
        .execution_options(populate_existing=True)
    )
    rows = session.execute(query).all()
    if not stands([row for row, _ in rows]):
        return ""
    return f"{giver} → {', '.join(name for row, name in rows if row.shows)}"


KUDOS = Block("kudos", Text("Kudos"), _offered, _draw)


def _stories(session: Session, _clock: Clock) -> list[tuple[int, str]]:
    on_wall = select(Story).where(Story.state == StoryState.APPROVED)
    newest = on_wall.order_by(Story.approved_at.desc(), Story.id.desc()).limit(OFFERED)
    return [(one.id, one.title) for one in session.scalars(newest)]


def _draw_story(session: Session, _clock: Clock, _user: User, story_id: int) -> Drawn | None:
    story = session.get(Story, story_id, populate_existing=True)
    if story is None or story.state is not StoryState.APPROVED:
        return None
    teller = session.scalar(select(User.name).where(User.id == story.user_id)) or ""
    return Drawn(story.title, teller, f"/company/stories/{story.id}", Text("Read the story"))


STORY = Block("story", Text("Stories"), _stories, _draw_story)
