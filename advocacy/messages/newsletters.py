"""Newsletters: written, looked at, planned for a morning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.library import audience
from advocacy.library.content import Audience
from advocacy.messages.newsletter_models import Newsletter, NewsletterDelivery, NewsletterState
from advocacy.people import outbox

__all__ = ["Newsletter", "NewsletterState"]

LONGEST = 10_000
EARLIEST = timedelta(hours=14)
"""How far the first place on earth is ahead of UTC: there a day begins."""


@dataclass(frozen=True)
class Written:
    """What an editor decides."""

    subject: str
    opening: str
    closing: str = ""
    blocks: Mapping[str, Sequence[int]] = field(default_factory=dict)
    audience: Audience = field(default_factory=dict)


def get(session: Session, *, newsletter_id: int) -> Newsletter:
    """A newsletter.

    Raises:
        NotFound: there is none.
    """
    found = session.get(Newsletter, newsletter_id)
    if found is None:
        raise NotFound(Text("We could not find that newsletter."))
    return found


def page(session: Session, *, after: str = "", size: int = 20) -> Page[Newsletter]:
    """All of them, the newest first.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = select(Newsletter).order_by(Newsletter.id.desc()).limit(size + 1)
    if after:
        query = query.where(Newsletter.id < values_of(after, int)[0])
    found = list(session.scalars(query))
    return Page(found[:size], cursor_of(found[size - 1].id) if len(found) > size else None)


def save(
    session: Session, clock: Clock, *, written: Written, by: int, newsletter_id: int | None = None
) -> Newsletter:
    """Keeps a draft, a new one without `newsletter_id`.

    Raises:
        Invalid: on `subject`, `opening`, `closing` or `audience`.
        Conflict: it is planned or sent.
    """
    subject = " ".join(written.subject.split())
    if not subject or len(subject) > 160:
        raise Invalid("subject", Text("Please say in one line what it is about."))
    if not written.opening.strip():
        raise Invalid("opening", Text("Please write what you want to say."))
    for name, words in (("opening", written.opening), ("closing", written.closing)):
        if len(words) > LONGEST:
            raise Invalid(name, Text("Please keep this below {count} characters.", count=LONGEST))
    audience.check(session, written.audience)
    if newsletter_id is None:
        found = Newsletter(state=NewsletterState.DRAFT, created_by=by, created_at=clock.now(), counts={}, send_hour=8)
        session.add(found)
    else:
        found = _draft(session, newsletter_id)
    found.subject, found.opening, found.closing = subject, written.opening.strip(), written.closing.strip()
    found.blocks = {name: list(ids) for name, ids in written.blocks.items() if ids}
    found.audience = audience.to_json(written.audience)
    found.updated_at = clock.now()
    session.flush()
    return found


def plan(session: Session, clock: Clock, *, newsletter_id: int, on: date, hour: int, by: int) -> Newsletter:
    """Plans it for an hour of each reader's own day.

    Raises:
        Invalid: on `on` or `hour`.
        Conflict: it is planned or sent already.
    """
    found = _draft(session, newsletter_id)
    today = clock.now().date()
    if not (today - timedelta(days=1) <= on <= today + timedelta(days=365)):
        raise Invalid("on", Text("Please choose today or a day of the next twelve months."))
    if not 0 <= hour <= 23:
        raise Invalid("hour", Text("Please choose an hour of the day."))
    found.state, found.send_on, found.send_hour = NewsletterState.SCHEDULED, on, hour
    events.record(
        session, clock, kind="newsletter.planned", actor_id=by, subject=("newsletter", found.id), data={"on": f"{on}"}
    )
    return found


def take_back(session: Session, clock: Clock, *, newsletter_id: int, by: int) -> None:
    """Makes a planned one a draft again.

    Raises:
        Conflict: its first letters are on their way.
    """
    found = _locked(session, newsletter_id)
    if found.state is not NewsletterState.SCHEDULED:
        raise Conflict(Text("This newsletter is on its way, so it cannot be taken back."))
    found.state = NewsletterState.DRAFT
    events.record(session, clock, kind="newsletter.taken_back", actor_id=by, subject=("newsletter", found.id))


def remove(session: Session, clock: Clock, *, newsletter_id: int, by: int) -> None:
    """Removes a draft.

    Raises:
        NotFound: there is none.
        Conflict: it is planned or sent: what people got stays.
    """
    found = _draft(session, newsletter_id)
    events.record(session, clock, kind="newsletter.removed", actor_id=by, subject=("newsletter", found.id))
    session.delete(found)


def first_at(newsletter: Newsletter) -> datetime:
    """When its first reader's morning is, wherever they may be."""
    on = newsletter.send_on or newsletter.created_at.date()
    return datetime.combine(on, time(newsletter.send_hour), tzinfo=UTC) - EARLIEST


def _draft(session: Session, newsletter_id: int) -> Newsletter:
    found = _locked(session, newsletter_id)
    if found.state is not NewsletterState.DRAFT:
        raise Conflict(Text("This newsletter is planned or sent. Take it back before you change it."))
    return found


def _locked(session: Session, newsletter_id: int) -> Newsletter:
    get(session, newsletter_id=newsletter_id)
    query = select(Newsletter).where(Newsletter.id == newsletter_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def readers(session: Session, newsletter: Newsletter) -> int:
    """How many people it is for: those of its audience, whatever they chose to get."""
    return audience.people_reached(session, audience.from_json(newsletter.audience))


def came_back(session: Session, *, newsletter_id: int) -> int:
    """How many of its letters were taken and came back later; only of the last 30 days."""
    mine = select(NewsletterDelivery.message_id).where(NewsletterDelivery.newsletter_id == newsletter_id)
    return outbox.came_back(session, mine)
