"""The handbook: pages with every version, found by their words, vouched for until a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.comparing import Piece, pieces
from advocacy.base.errors import Invalid, NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.library import search
from advocacy.people.models import User
from advocacy.voice.page_models import HandbookPage, HandbookVersion

__all__ = ["HandbookPage", "HandbookVersion"]

LONGEST = 50_000


@dataclass(frozen=True)
class Written:
    """What an editor decides about a page.

    Args:
        title: what it is about.
        body: Markdown.
        reviewed_until: the day until which it is vouched for.
        note: what was changed, in one line.
    """

    title: str
    body: str
    reviewed_until: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Entry:
    """A version in the history, with who wrote it ("" for a former colleague)."""

    version: HandbookVersion
    by: str


def page(session: Session, *, words: str = "", after: str = "", size: int = 30) -> Page[HandbookPage]:
    """Pages by title; with words only those that hold every one of them, as parts of words.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = select(HandbookPage).order_by(HandbookPage.title, HandbookPage.id).limit(size + 1)
    for word in search.fold(words).split()[: search.MOST_WORDS]:
        query = query.where(HandbookPage.search_words.contains(word, autoescape=True))
    if after:
        title, last = values_of(after, str, int)
        query = query.where(
            or_(
                HandbookPage.title > title,
                and_(HandbookPage.title == title, HandbookPage.id > last),
            )
        )
    found = list(session.scalars(query))
    shown = found[:size]
    return Page(shown, cursor_of(shown[-1].title, shown[-1].id) if len(found) > size else None)


def get(session: Session, *, page_id: int) -> HandbookPage:
    """A page.

    Raises:
        NotFound: there is none.
    """
    found = session.get(HandbookPage, page_id)
    if found is None:
        raise NotFound(Text("We could not find that page of the handbook."))
    return found


def save(
    session: Session,
    clock: Clock,
    *,
    written: Written,
    by: int,
    page_id: int | None = None,
) -> HandbookPage:
    """Writes a page, or a new version of one.

    Args:
        session: inside a transaction.
        clock: tells when.
        written: what the editor decided.
        by: who; they own a new page.
        page_id: of the page to change; None for a new one.

    Raises:
        NotFound: there is no such page.
        Invalid: on `title` or `body`.
    """
    title = " ".join(written.title.split())
    if not title or len(title) > 160:
        raise Invalid("title", Text("Please give the page a title."))
    if not written.body.strip() or len(written.body) > LONGEST:
        raise Invalid("body", Text("Please write the page, in at most {count} characters.", count=LONGEST))
    if page_id is None:
        found = HandbookPage(version=0, owner_id=by)
    else:
        found = session.get_one(HandbookPage, get(session, page_id=page_id).id, with_for_update=True)
    found.title, found.body, found.reviewed_until = title, written.body, written.reviewed_until
    found.search_words, found.version = search.words_of([title, written.body]), found.version + 1
    found.updated_at = clock.now()
    session.add(found)
    session.flush()
    session.add(
        HandbookVersion(
            page_id=found.id,
            number=found.version,
            title=title,
            body=written.body,
            note=written.note.strip()[:300],
            at=clock.now(),
            by=by,
        )
    )
    events.record(
        session,
        clock,
        kind="handbook.saved",
        actor_id=by,
        subject=("handbook_page", found.id),
        data={"title": title, "version": found.version},
    )
    return found


def history(session: Session, *, page_id: int, after: str = "", size: int = 30) -> Page[Entry]:
    """Every version, newest first.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = (
        select(HandbookVersion, User.name)
        .outerjoin(User, User.id == HandbookVersion.by)
        .where(HandbookVersion.page_id == page_id)
        .order_by(HandbookVersion.number.desc())
        .limit(size + 1)
    )
    if after:
        query = query.where(HandbookVersion.number < values_of(after, int)[0])
    found = [Entry(version, name or "") for version, name in session.execute(query)]
    shown = found[:size]
    return Page(shown, cursor_of(shown[-1].version.number) if len(found) > size else None)


def changes(session: Session, *, page_id: int, number: int) -> tuple[HandbookVersion, Sequence[Piece]]:
    """A version, and how it differs from the one before: word by word.

    Raises:
        NotFound: there is none.
    """
    both = {
        one.number: one
        for one in session.scalars(
            select(HandbookVersion).where(
                HandbookVersion.page_id == page_id, HandbookVersion.number.in_([number - 1, number])
            )
        )
    }
    if number not in both:
        raise NotFound(Text("We could not find that version."))
    before = both.get(number - 1)
    return both[number], pieces(_whole(before) if before else "", _whole(both[number]))


def owner_name(session: Session, found: HandbookPage) -> str:
    """Who owns a page; "" for nobody."""
    return session.scalar(select(User.name).where(User.id == found.owner_id)) or "" if found.owner_id else ""


def _whole(version: HandbookVersion) -> str:
    return f"{version.title}\n\n{version.body}"
