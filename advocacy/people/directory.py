"""The list of everybody: searched, filtered, a page at a time, also with a hundred thousand people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from advocacy.base.errors import NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.people import teams
from advocacy.people.models import Role, User, UserRole, UserState

Found = TypeVar("Found")


@dataclass(frozen=True)
class Filter:
    """Who is looked for; everything left empty leaves nobody out but the erased.

    Args:
        words: parts of name or address, all of which must be there.
        team_id: a team; the teams below it belong to it.
        role: one that must be held.
        state: whether they can sign in.
    """

    words: str = ""
    team_id: int | None = None
    role: Role | None = None
    state: UserState | None = None


def wanted(*, words: str, team_id: int | None, role: str, state: str) -> Filter:
    """A filter from what stands in a page's address; words that mean nothing are passed over."""
    return Filter(
        words=words,
        team_id=team_id,
        role=Role(role) if role in set(Role) else None,
        state=UserState(state) if state in (UserState.ACTIVE, UserState.DISABLED) else None,
    )


def get(session: Session, *, user_id: int) -> User:
    """A person.

    Raises:
        NotFound: there is none, or they erased themselves.
    """
    user = session.get(User, user_id)
    if user is None or user.state is UserState.ERASED:
        raise NotFound(Text("We could not find that person. They may have erased their account."))
    return user


def page(session: Session, wanted: Filter, *, after: str = "", size: int = 50) -> Page[User]:
    """People in the order of their names.

    Args:
        session: for reading.
        wanted: who.
        after: the cursor of the page before; "" for the first.
        size: rows, 1 or more.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = _narrow(select(User), session, wanted).order_by(User.search_words, User.id).limit(size + 1)
    if after:
        words, last = values_of(after, str, int)
        query = query.where((User.search_words > words) | ((User.search_words == words) & (User.id > last)))
    found = list(session.scalars(query))
    shown = found[:size]
    more = len(found) > size
    return Page(shown, cursor_of(shown[-1].search_words, shown[-1].id) if more else None)


def count(session: Session, wanted: Filter) -> int:
    """How many people there are."""
    return session.scalar(_narrow(select(func.count(User.id)), session, wanted)) or 0


def _narrow(query: Select[Found], session: Session, wanted: Filter) -> Select[Found]:
    query = query.where(*(_has(word) for word in wanted.words.casefold().split()[:8]))
    query = query.where(User.state != UserState.ERASED if wanted.state is None else User.state == wanted.state)
    if wanted.team_id is not None:
        query = query.where(User.team_id.in_(teams.subtree(session, wanted.team_id)))
    if wanted.role is not None and wanted.role is not Role.ADVOCATE:
        query = query.where(exists().where(UserRole.user_id == User.id, UserRole.role == wanted.role))
    return query


def _has(word: str) -> ColumnElement[bool]:
    return User.search_words.contains(word, autoescape=True)
