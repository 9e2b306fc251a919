"""Success stories: told by anybody, on the wall once a curator approved them and everybody they name agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotAllowed, NotFound
from advocacy.base.text import Text
from advocacy.library.models import ContentItem, Picture
from advocacy.people.models import User, UserState
from advocacy.reach import totals
from advocacy.reach.totals import Scope
from advocacy.recognition.story_models import Story, StoryPerson, StoryState
from advocacy.sharing.models import Proof, Share, ShareState

__all__ = ["Story", "StoryState"]

LONGEST = 10_000
MOST_NAMED = 10
MOST_WAITING = 10
"""Stories of one person that wait at once."""
OFFERED = 30
"""Own posts that a figure can be taken from: the newest."""
GONE = Text("We could not find that story. It may have been withdrawn.")


@dataclass(frozen=True)
class Written:
    """A story as its teller writes it.

    Args:
        title: one line.
        body: Markdown.
        people: ids of those whom it names.
        picture: the hash of a kept picture, which only who has seen it knows; "" for none.
        alt_text: what the picture shows.
        share_id: an own post whose visitors stand with it; None for none.
    """

    title: str
    body: str
    people: Sequence[int] = ()
    picture: str = ""
    alt_text: str = ""
    share_id: int | None = None


@dataclass(frozen=True)
class Named:
    """Somebody whom a story names, and whether they agreed; None: not answered yet."""

    user_id: int
    name: str
    agrees: bool | None


def get(session: Session, *, story_id: int, reader: User, is_curator: bool) -> Story:
    """A story that this person may read: on the wall, their own, one that names them, or any for a curator.

    Raises:
        NotFound: there is none, or it is not for them yet.
    """
    story = session.get(Story, story_id)
    if story is not None and (
        story.state is StoryState.APPROVED
        or story.user_id == reader.id
        or is_curator
        or session.get(StoryPerson, (story_id, reader.id)) is not None
    ):
        return story
    raise NotFound(GONE)


def named(session: Session, *, story_id: int) -> list[Named]:
    """Whom it names."""
    query = select(StoryPerson, User.name).join(User, User.id == StoryPerson.user_id)
    rows = session.execute(query.where(StoryPerson.story_id == story_id).order_by(User.search_words))
    return [Named(row.user_id, name, row.agrees) for row, name in rows]


def teller(session: Session, story: Story) -> str:
    """The name of whoever tells it."""
    return session.scalar(select(User.name).where(User.id == story.user_id)) or ""


def own_posts(session: Session, *, user_id: int) -> list[tuple[int, str]]:
    """Posts of one's own that a figure can be taken from, newest first, as (id, title of the item)."""
    query = (
        select(Share.id, ContentItem.title)
        .join(ContentItem, ContentItem.id == Share.item_id)
        .where(*_proven(user_id))
        .order_by(Share.published_at.desc(), Share.id.desc())
        .limit(OFFERED)
    )
    return [(row.id, row.title) for row in session.execute(query)]


def _proven(user_id: int) -> list[ColumnElement[bool]]:
    proofs = (Proof.NETWORK, Proof.CONFIRMED)
    return [Share.user_id == user_id, Share.state == ShareState.PUBLISHED, Share.proof.in_(proofs)]


def tell(session: Session, clock: Clock, *, written: Written, by: User, story_id: int | None = None) -> Story:
    """Hands a story in, or a changed one again; everybody it names newly is asked.

    Raises:
        Invalid: on `title`, `body`, `people`, `alt_text` or `share`.
        NotFound, NotAllowed: it is another's. Conflict: it is on the wall or withdrawn.
    """
    title = " ".join(written.title.split())
    if not title or len(title) > 160:
        raise Invalid("title", Text("Please say in one line what it is about."))
    if not written.body.strip():
        raise Invalid("body", Text("Please write what happened."))
    if len(written.body) > LONGEST:
        raise Invalid("body", Text("Please keep this below {count} characters.", count=LONGEST))
    picture = picture_of(session, sha256=written.picture)
    if written.picture and picture is None:
        raise Invalid("picture", Text("This picture is no longer there. Please choose it again."))
    if picture is not None and not written.alt_text.strip():
        raise Invalid("alt_text", Text("Please say what the picture shows, for people who cannot see it."))
    mine = select(Share.id).where(Share.id == written.share_id, *_proven(by.id))
    if written.share_id and session.scalar(mine) is None:
        raise Invalid("share", Text("Please choose a post of your own."))
    if story_id is not None:
        _held(session, story_id)
    story = own(session, story_id=story_id, by=by) if story_id is not None else _new(session, clock, by)
    story.title, story.body, story.state, story.reason = title, written.body.strip(), StoryState.WAITING, ""
    story.picture = picture
    story.alt_text = " ".join(written.alt_text.split())[:500] if picture is not None else ""
    story.share_id, story.figure, story.figure_on = written.share_id or None, None, None
    session.add(story)
    session.flush()
    asked = _name(session, story, by, written.people)
    _record(session, clock, "story.told", story, by=by.id, people=asked)
    return story


def picture_of(session: Session, *, sha256: str) -> Picture | None:
    """A kept picture by its content's hash; None for none."""
    return session.scalar(select(Picture).where(Picture.sha256 == sha256)) if sha256 else None


def _new(session: Session, clock: Clock, by: User) -> Story:
    waits = select(func.count()).where(Story.user_id == by.id, Story.state == StoryState.WAITING)
    if (session.scalar(waits) or 0) >= MOST_WAITING:
        raise Invalid(
            "title", Text("{count} of your stories wait already. Please wait for an answer.", count=MOST_WAITING)
        )
    return Story(user_id=by.id, created_at=clock.now())


def own(session: Session, *, story_id: int, by: User) -> Story:
    """A story that its teller can change.

    Raises:
        NotFound, NotAllowed: it is another's. Conflict: it is on the wall or withdrawn.
    """
    story = session.get(Story, story_id)
    if story is None:
        raise NotFound(GONE)
    if story.user_id != by.id:
        raise NotAllowed(Text("Only whoever tells a story can change it."))
    if story.state not in (StoryState.WAITING, StoryState.SENT_BACK):
        raise Conflict(Text("This story is on the wall or withdrawn, and cannot be changed."))
    return story


def _name(session: Session, story: Story, by: User, people: Sequence[int]) -> list[int]:
    """Writes down whom it names. Returns those who are asked: a changed text asks everybody anew."""
    wanted = [one for one in dict.fromkeys(people) if one != by.id]
    if len(wanted) > MOST_NAMED:
        raise Invalid("people", Text("At most {count} people, please.", count=MOST_NAMED))
    here = select(func.count(User.id)).where(User.id.in_(wanted), User.state == UserState.ACTIVE)
    if (session.scalar(here) or 0) < len(wanted):
        raise Invalid("people", Text("Somebody you chose is no longer here. Please look at the list again."))
    for row in session.scalars(select(StoryPerson).where(StoryPerson.story_id == story.id)).all():
        session.delete(row)
    session.flush()
    session.add_all(StoryPerson(story_id=story.id, user_id=one) for one in wanted)
    session.flush()
    return wanted


def agree(session: Session, clock: Clock, *, story_id: int, user: User, agrees: bool) -> None:
    """Somebody whom it names agrees, or does not: then it comes off the wall.

    Raises:
        NotFound: it does not name them.
    """
    story = _held(session, story_id)
    row = session.get(StoryPerson, (story_id, user.id), populate_existing=True)
    if story is None or row is None:
        raise NotFound(GONE)
    row.agrees = agrees
    if not agrees and story.state is StoryState.APPROVED:
        story.state = StoryState.WAITING
    session.flush()
    _record(session, clock, "story.agreed" if agrees else "story.refused", story, by=user.id)


def approve(session: Session, clock: Clock, *, story_id: int, by: User) -> Story:
    """A curator puts it on the wall, with its figure as it is now.

    Raises:
        NotFound: there is none. Conflict: it does not wait, or somebody it names has not agreed.
    """
    story = _waiting(session, story_id)
    missing = [one.name for one in named(session, story_id=story_id) if one.agrees is not True]
    if missing:
        raise Conflict(Text("Not everybody it names has agreed yet: {names}.", names=", ".join(missing)))
    now = clock.now()
    story.state, story.reason, story.approved_at, story.approved_by = StoryState.APPROVED, "", now, by.id
    if story.share_id is not None:
        story.figure = totals.clicks(session, Scope(share_id=story.share_id)).human
        story.figure_on = now.astimezone(UTC).date()
    session.flush()
    _record(session, clock, "story.approved", story, by=by.id)
    return story


def send_back(session: Session, clock: Clock, *, story_id: int, by: User, reason: str) -> None:
    """A curator asks for changes.

    Raises:
        NotFound: there is none. Conflict: it does not wait. Invalid: on `reason`.
    """
    story = _waiting(session, story_id)
    said = " ".join(reason.split())
    if not said or len(said) > 300:
        raise Invalid("reason", Text("Please say why, in 300 characters at most."))
    story.state, story.reason = StoryState.SENT_BACK, said
    session.flush()
    _record(session, clock, "story.sent_back", story, by=by.id)


def withdraw(session: Session, clock: Clock, *, story_id: int, by: User, is_curator: bool) -> None:
    """Its teller or a curator takes it away from everybody else.

    Raises:
        NotFound: there is none, or it is another's.
    """
    story = _held(session, story_id)
    if story is None or not (story.user_id == by.id or is_curator):
        raise NotFound(GONE)
    story.state = StoryState.WITHDRAWN
    session.flush()
    _record(session, clock, "story.withdrawn", story, by=by.id)


def waiting(session: Session) -> list[tuple[Story, str]]:
    """What waits for a curator, the oldest first, with the teller's name; at most 100."""
    query = select(Story, User.name).join(User, User.id == Story.user_id).where(Story.state == StoryState.WAITING)
    return [(story, name) for story, name in session.execute(query.order_by(Story.created_at, Story.id).limit(100))]


def of_person(session: Session, *, user_id: int) -> list[Story]:
    """A person's own, newest first; at most 100."""
    query = select(Story).where(Story.user_id == user_id)
    return list(session.scalars(query.order_by(Story.created_at.desc(), Story.id.desc()).limit(100)))


def _held(session: Session, story_id: int) -> Story | None:
    """A story that nobody else changes until the transaction ends: whoever refuses while a curator approves is heard."""
    query = select(Story).where(Story.id == story_id).with_for_update(of=Story)
    return session.scalar(query.execution_options(populate_existing=True))


def _waiting(session: Session, story_id: int) -> Story:
    story = _held(session, story_id)
    if story is None:
        raise NotFound(GONE)
    if story.state is not StoryState.WAITING:
        raise Conflict(Text("This story does not wait for an answer any more."))
    return story


def _record(session: Session, clock: Clock, kind: str, story: Story, *, by: int, people: Sequence[int] = ()) -> None:
    data = {"user_id": story.user_id, "people": list(people)}
    events.record(session, clock, kind=kind, actor_id=by, subject=("story", story.id), data=data)
