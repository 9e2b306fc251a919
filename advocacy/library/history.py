"""What became of an item: every version with who, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.library import content
from advocacy.library.differences import changed_fields
from advocacy.library.models import ContentItem, ItemState, ItemVersion
from advocacy.people.models import User


@dataclass(frozen=True)
class Entry:
    """A line of the history.

    Args:
        number: of the version.
        at: when.
        by: who, by name; "" when nobody did, such as a feed.
        state: where the item stood after it.
        note: why, in the editor's words.
        changed: labels of the fields that changed.
    """

    number: int
    at: datetime
    by: str
    state: ItemState
    note: str
    changed: Sequence[Text]


def record(session: Session, clock: Clock, *, item: ContentItem, by: int | None, note: str = "") -> ItemVersion:
    """Keeps what the item looks like now as its newest version. The item's number has been counted up."""
    session.flush()
    version = ItemVersion(
        item_id=item.id,
        number=item.version,
        at=clock.now(),
        by=by,
        state=item.state,
        note=note.strip()[:500],
        content=content.of_item(item).to_json(),
    )
    session.add(version)
    return version


def page(session: Session, *, item_id: int, after: str = "", size: int = 30) -> Page[Entry]:
    """The history, newest first.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = select(ItemVersion, User.name).outerjoin(User, User.id == ItemVersion.by)
    query = query.where(ItemVersion.item_id == item_id).order_by(ItemVersion.number.desc()).limit(size + 1)
    if after:
        query = query.where(ItemVersion.number < values_of(after, int)[0])
    rows = session.execute(query).all()
    entries = []
    for place, (row, name) in enumerate(rows[:size]):
        older = rows[place + 1][0] if place + 1 < len(rows) else None
        entries.append(
            Entry(
                number=row.number,
                at=row.at,
                by=name or "",
                state=row.state,
                note=row.note,
                changed=changed_fields(older.content, row.content) if older else [],
            )
        )
    return Page(entries, cursor_of(entries[-1].number) if len(rows) > size else None)


def version(session: Session, *, item_id: int, number: int) -> ItemVersion:
    """One version.

    Raises:
        NotFound: there is none of that number.
    """
    found = session.scalar(select(ItemVersion).where(ItemVersion.item_id == item_id, ItemVersion.number == number))
    if found is None:
        raise NotFound()
    return found


def last(session: Session, *, item_id: int) -> tuple[ItemVersion, str] | None:
    """The newest version and who made it, by name; None when there is none."""
    query = select(ItemVersion, User.name).outerjoin(User, User.id == ItemVersion.by)
    row = session.execute(
        query.where(ItemVersion.item_id == item_id).order_by(ItemVersion.number.desc()).limit(1)
    ).first()
    return (row[0], row[1] or "") if row else None


def author(session: Session, *, version: ItemVersion) -> str:
    """Who made a version, by name; "" when nobody did."""
    return session.scalar(select(User.name).where(User.id == version.by)) or ""
