"""The wall: kudos that their receivers let stand and stories that were approved, newest first; and one's own kudos."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.people.models import User
from advocacy.recognition.kudos_models import CompanyValue, Kudos, KudosReceiver
from advocacy.recognition.story_models import Story, StoryState


@dataclass(frozen=True)
class Thanked:
    """One of those who are thanked, as a reader may see them.

    Args:
        user_id: whose.
        name: theirs.
        shows: whether everybody sees it.
    """

    user_id: int
    name: str
    shows: bool


@dataclass(frozen=True)
class Line:
    """Kudos as a reader sees it.

    Args:
        kudos: itself.
        giver: the name.
        value: what of the company's values; None when it is no longer known.
        thanked: whose names this reader sees.
        others: how many more were thanked.
        is_mine: the reader gave it.
        is_for_me: the reader was thanked.
        my_choice: whether the reader's own name stands on the wall; None when they were not thanked.
        still_stands: whether those who are thanked still let it stand, as their choices are after the words were read.
    """

    kudos: Kudos
    giver: str
    value: CompanyValue | None
    thanked: Sequence[Thanked]
    others: int
    is_mine: bool
    is_for_me: bool
    my_choice: bool | None
    still_stands: bool


@dataclass(frozen=True)
class Told:
    """A story in the list, with its teller's name."""

    story: Story
    teller: str


@dataclass(frozen=True)
class Entry:
    """Something on the wall: kudos or a story, never both."""

    kudos: Line | None
    story: Told | None


def page(
    session: Session,
    *,
    reader: User,
    value_id: int | None = None,
    team_ids: Sequence[int] | None = None,
    after: str = "",
    size: int = 20,
) -> Page[Entry]:
    """The wall, newest first; of one moment stories come first.

    Args:
        session: for reading.
        reader: who looks.
        value_id: only kudos with this value; None for all, stories too.
        team_ids: only kudos for people of these teams who let it stand with their name, and stories that such people
            tell; None for all.
        after: the cursor of the page before.
        size: rows a page, 1 or more.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    begins = _edge_of_wall(after) if after else None
    query = select(Kudos).where(Kudos.on_wall)
    if value_id is not None:
        query = query.where(Kudos.value_id == value_id)
    if team_ids is not None:
        of_teams = select(KudosReceiver.kudos_id).where(KudosReceiver.team_id.in_(team_ids), KudosReceiver.shows)
        query = query.where(Kudos.id.in_(of_teams))
    if begins is not None:
        at, is_story, last = begins
        same = Kudos.given_at == at
        query = query.where(or_(Kudos.given_at < at, same if is_story else and_(same, Kudos.id < last)))
    thanks = list(session.scalars(query.order_by(Kudos.given_at.desc(), Kudos.id.desc()).limit(size + 1)))
    told = _stories(session, team_ids, begins, size + 1) if value_id is None else []
    keys = [(one.given_at, 0, one.id) for one in thanks]
    keys += [(one.story.approved_at or one.story.created_at, 1, one.story.id) for one in told]
    keys.sort(reverse=True)
    shown = keys[:size]
    wanted = {number for _, is_story, number in shown if not is_story}
    lines = {one.kudos.id: one for one in _lines(session, [one for one in thanks if one.id in wanted], reader)}
    stories = {one.story.id: one for one in told}
    entries = [
        Entry(None, stories[number]) if is_story else Entry(lines[number], None)
        for _, is_story, number in shown
        if is_story or lines[number].still_stands
    ]
    return Page(entries, cursor_of(*shown[-1]) if len(keys) > size else None)


def _stories(
    session: Session, team_ids: Sequence[int] | None, begins: tuple[datetime, bool, int] | None, most: int
) -> list[Told]:
    query = select(Story, User.name).join(User, User.id == Story.user_id).where(Story.state == StoryState.APPROVED)
    if team_ids is not None:
        query = query.where(User.team_id.in_(team_ids))
    if begins is not None:
        at, is_story, last = begins
        before = Story.approved_at < at
        query = query.where(or_(before, and_(Story.approved_at == at, Story.id < last)) if is_story else before)
    query = query.order_by(Story.approved_at.desc(), Story.id.desc()).limit(most)
    return [Told(story, name) for story, name in session.execute(query)]


def _edge_of_wall(after: str) -> tuple[datetime, bool, int]:
    moment, is_story, last = values_of(after, datetime, int, int)
    return moment, is_story == 1, last


def received(session: Session, *, user: User, after: str = "", size: int = 20) -> Page[Line]:
    """What a person was thanked for, on the wall or not; `after` as for `page`."""
    mine = select(KudosReceiver.kudos_id).where(KudosReceiver.user_id == user.id)
    return _paged(session, select(Kudos).where(Kudos.id.in_(mine)), reader=user, after=after, size=size)


def given(session: Session, *, user: User, after: str = "", size: int = 20) -> Page[Line]:
    """What a person thanked others for; `after` as for `page`."""
    return _paged(session, select(Kudos).where(Kudos.giver_id == user.id), reader=user, after=after, size=size)


def hidden(session: Session, *, reader: User, after: str = "", size: int = 20) -> Page[Line]:
    """What moderators hid, for them to look at again; `after` as for `page`."""
    return _paged(session, select(Kudos).where(Kudos.hidden_at.is_not(None)), reader=reader, after=after, size=size)


def line(session: Session, kudos: Kudos, *, reader: User) -> Line:
    """One, as a reader sees it."""
    return _lines(session, [kudos], reader)[0]


def _paged(session: Session, query: Select[Kudos], *, reader: User, after: str, size: int) -> Page[Line]:
    if after:
        at, last = values_of(after, datetime, int)
        query = query.where(or_(Kudos.given_at < at, and_(Kudos.given_at == at, Kudos.id < last)))
    found = list(session.scalars(query.order_by(Kudos.given_at.desc(), Kudos.id.desc()).limit(size + 1)))
    shown = found[:size]
    following = cursor_of(shown[-1].given_at, shown[-1].id) if len(found) > size else None
    return Page(_lines(session, shown, reader), following)


def _lines(session: Session, shown: Sequence[Kudos], reader: User) -> list[Line]:
    if not shown:
        return []
    of_kudos: dict[int, list[tuple[KudosReceiver, str]]] = defaultdict(list)
    query = (
        select(KudosReceiver, User.name)
        .join(User, User.id == KudosReceiver.user_id)
        .where(KudosReceiver.kudos_id.in_([one.id for one in shown]))
        .order_by(User.search_words)
    )
    for row, name in session.execute(query):
        of_kudos[row.kudos_id].append((row, name))
    givers = {one.giver_id for one in shown}
    names = {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(givers)))}
    wanted = {one.value_id for one in shown if one.value_id is not None}
    values = {one.id: one for one in session.scalars(select(CompanyValue).where(CompanyValue.id.in_(wanted)))}
    return [_line(one, names[one.giver_id], values.get(one.value_id or 0), of_kudos[one.id], reader) for one in shown]


def _line(
    kudos: Kudos, giver: str, value: CompanyValue | None, rows: Sequence[tuple[KudosReceiver, str]], reader: User
) -> Line:
    own = next((row for row, _ in rows if row.user_id == reader.id), None)
    sees_all = kudos.giver_id == reader.id or own is not None
    seen = [Thanked(row.user_id, name, row.shows) for row, name in rows if sees_all or row.shows]
    return Line(
        kudos=kudos,
        giver=giver,
        value=value,
        thanked=seen,
        others=len(rows) - len(seen),
        is_mine=kudos.giver_id == reader.id,
        is_for_me=own is not None,
        my_choice=own.shows if own is not None else None,
        still_stands=stands([row for row, _ in rows]),
    )


def stands(rows: Sequence[KudosReceiver]) -> bool:
    """Whether kudos may be read by everybody by what those who are thanked chose, where no curator hid it.

    Where the words were read a moment before the choices, this is asked of the later ones: somebody may have taken
    theirs back in between.
    """
    return any(row.shows for row in rows) and not any(row.is_named and not row.shows for row in rows)
