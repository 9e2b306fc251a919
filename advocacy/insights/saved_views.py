"""Views of figures under a name: kept as choices that were looked at, never as an address, and shared if one wishes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.insights import click_rows, items, periods, post_rows
from advocacy.insights.periods import Period
from advocacy.insights.posts import NOT_OUT
from advocacy.insights.view_models import SavedView
from advocacy.people.models import User
from advocacy.reach.totals import KINDS

MOST = 50
"""Views of one person."""
LONGEST_NAME = 80
UNDO = timedelta(days=1)
_DAYS = ("period", "from", "to", "network", "item")
PAGES: dict[str, tuple[str, ...]] = {
    "overview": _DAYS,
    "summary": _DAYS,
    "items": (*_DAYS, "order"),
    "sources": _DAYS,
    "posts": (*_DAYS, "which", "state"),
    "clicks": (*_DAYS, "which", "rule"),
    "readings": (*_DAYS, "kind", "known"),
    "teams": ("month", "team"),
}
"""Which filters each page has."""


def _is_day(value: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None


def _is_number(value: str) -> bool:
    return re.fullmatch(r"[0-9]{1,9}", value) is not None


def _is_word(value: str) -> bool:
    return re.fullmatch(r"[a-z0-9_-]{1,40}", value) is not None


_CHECKS: dict[str, Callable[[str], bool]] = {
    "period": lambda value: value in list(Period),
    "from": _is_day,
    "to": _is_day,
    "network": _is_word,
    "item": _is_number,
    "order": lambda value: value in list(items.Order),
    "which": lambda value: value in list(post_rows.Which) or value in list(click_rows.Which),
    "state": lambda value: value in NOT_OUT,
    "rule": _is_word,
    "kind": lambda value: value in KINDS,
    "known": lambda value: value in ("yes", "no"),
    "month": lambda value: re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", value) is not None,
    "team": _is_number,
}


def looked_at(page: str, given: Mapping[str, str], *, now: datetime) -> dict[str, str]:
    """The filters of a page that may be kept; what the page would not understand either is left out.

    Args:
        page: one of `PAGES`.
        given: names and values, from wherever.
        now: the present moment.

    Raises:
        NotFound: there is no such page.
        Invalid: the days make no sense.
    """
    if page not in PAGES:
        raise NotFound()
    kept = {name: given[name] for name in PAGES[page] if given.get(name) and _CHECKS[name](given[name])}
    if kept.get("period") != Period.OWN:
        kept.pop("from", None)
        kept.pop("to", None)
    elif "from" in kept or "to" in kept:
        periods.asked(Period.OWN, first=kept.get("from", ""), last=kept.get("to", ""), now=now)
    return kept


def keep(
    session: Session, clock: Clock, *, by: int, name: str, page: str, given: Mapping[str, str], is_shared: bool
) -> SavedView:
    """Keeps a view under a name.

    Args:
        session: inside a transaction.
        clock: tells when.
        by: the id of whose it is.
        name: 1 to 80 characters; blanks around it are taken off.
        page: one of `PAGES`.
        given: its filters.
        is_shared: whether everybody who may read figures finds it.

    Raises:
        NotFound: there is no such page.
        Invalid: on `name`, where it is empty, too long or taken by another view of theirs; or the days make no sense.
        Conflict: they have as many as one person may.
    """
    count = (
        select(func.count()).select_from(SavedView).where(SavedView.owner_id == by, SavedView.removed_at.is_(None))
    )
    if (session.scalar(count) or 0) >= MOST:
        raise Conflict(Text("You have {count} views, which is the most. Remove one first.", count=MOST))
    view = SavedView(
        owner_id=by,
        name=_named(name),
        page=page,
        choices=looked_at(page, given, now=clock.now()),
        is_shared=is_shared,
        created_at=clock.now(),
    )
    # A view of that name that was removed makes room; it could be brought back no longer.
    session.execute(
        delete(SavedView).where(
            SavedView.owner_id == by, SavedView.name == view.name, SavedView.removed_at.is_not(None)
        )
    )
    _store(session, view)
    return view


def change(session: Session, *, by: int, view_id: int, name: str, is_shared: bool) -> SavedView:
    """Gives one's own view another name, or shares it, or no longer.

    Raises:
        NotFound: there is none of theirs.
        Invalid: on `name`, as `keep` does.
    """
    view = own(session, by=by, view_id=view_id)
    view.name, view.is_shared = _named(name), is_shared
    _store(session, view)
    return view


def _named(name: str) -> str:
    words = " ".join(name.split())
    if not words:
        raise Invalid("name", Text("Please give it a name."))
    if len(words) > LONGEST_NAME:
        raise Invalid("name", Text("Please keep the name below {count} characters.", count=LONGEST_NAME))
    return words


def _store(session: Session, view: SavedView) -> None:
    try:
        with session.begin_nested():
            session.add(view)
    except IntegrityError:
        raise Invalid("name", Text("You have a view of this name already. Please choose another.")) from None


def own(session: Session, *, by: int, view_id: int, is_removed: bool = False) -> SavedView:
    """One's own view.

    Args:
        session: for reading.
        by: whose.
        view_id: which.
        is_removed: whether one that was removed is looked for.

    Raises:
        NotFound: there is none of theirs.
    """
    view = session.get(SavedView, view_id)
    if view is None or view.owner_id != by or (view.removed_at is not None) != is_removed:
        raise NotFound()
    return view


def remove(session: Session, clock: Clock, *, by: int, view_id: int) -> None:
    """Takes one's own view away; for a day it can be brought back.

    Raises:
        NotFound: there is none of theirs.
    """
    own(session, by=by, view_id=view_id).removed_at = clock.now()


def bring_back(session: Session, *, by: int, view_id: int) -> None:
    """Undoes `remove`.

    Raises:
        NotFound: there is none of theirs that was removed.
    """
    own(session, by=by, view_id=view_id, is_removed=True).removed_at = None


def mine(session: Session, *, user_id: int) -> Sequence[SavedView]:
    """A person's views by name."""
    query = select(SavedView).where(SavedView.owner_id == user_id, SavedView.removed_at.is_(None))
    return session.scalars(query.order_by(func.lower(SavedView.name), SavedView.id)).all()


def of_others(session: Session, *, user_id: int) -> list[tuple[SavedView, str]]:
    """Views that others share, with their names, by name."""
    query = (
        select(SavedView, User.name)
        .join(User, User.id == SavedView.owner_id)
        .where(SavedView.is_shared, SavedView.owner_id != user_id, SavedView.removed_at.is_(None))
        .order_by(func.lower(SavedView.name), SavedView.id)
        .limit(200)
    )
    return [(view, name) for view, name in session.execute(query)]


def sweep(house: House) -> None:
    """Deletes views that were removed a day ago."""
    with house.db.transaction() as session:
        session.execute(delete(SavedView).where(SavedView.removed_at < house.clock.now() - UNDO))
