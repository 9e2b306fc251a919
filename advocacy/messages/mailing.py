"""Sends newsletters: readers are written down once, and each letter goes into the outbox in its reader's morning."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base import bulk
from advocacy.base.house import House
from advocacy.base.letters import Letter
from advocacy.base.sealing import Sealer
from advocacy.library import audience
from advocacy.messages import choices, drawing, newsletters
from advocacy.messages.models import MessageSettings
from advocacy.messages.newsletter_models import Newsletter, NewsletterDelivery, NewsletterState
from advocacy.people import outbox
from advocacy.people.models import User

log = structlog.get_logger()

USEFUL_FOR = timedelta(days=2)
BATCH = 50


def tick(house: House) -> int:
    """Takes planned newsletters up, puts letters that are due into the outbox, and sums up how they went. A job.

    Any number of workers may, and each may be killed at any time: a reader is written down once (unique), and their
    letter and the mark that it was written stand in one transaction.

    Returns:
        How many letters were put.
    """
    with house.db.reading() as session:
        under_way = (NewsletterState.SCHEDULED, NewsletterState.SENDING)
        waiting = list(session.scalars(select(Newsletter).where(Newsletter.state.in_(under_way))))
    for newsletter in waiting:
        if newsletter.state is NewsletterState.SCHEDULED and newsletters.first_at(newsletter) <= house.clock.now():
            _write_down_readers(house, newsletter.id)
    put = 0
    while batch := _put_some(house):
        put += batch
    for newsletter in waiting:
        _sum_up(house, newsletter.id)
    return put


def _write_down_readers(house: House, newsletter_id: int) -> None:
    with house.db.transaction() as session:
        newsletter = _locked(session, newsletter_id)
        if newsletter.state is not NewsletterState.SCHEDULED or newsletter.send_on is None:
            return  # taken back, or another worker was quicker
        found = audience.members(session, audience.from_json(newsletter.audience)).subquery()
        without = select(MessageSettings.user_id).where(~MessageSettings.wants_newsletter)
        people = session.scalars(select(User).where(User.id.in_(select(found.c.id)), User.id.not_in(without)))
        rows = [
            (newsletter.id, user.id, choices.at_clock(user, newsletter.send_on, newsletter.send_hour), "")
            for user in people
        ]
        bulk.add(
            session,
            NewsletterDelivery.__table__,  # type: ignore[arg-type]
            ("newsletter_id", "user_id", "due_at", "message_id"),
            rows,
        )
        newsletter.state = NewsletterState.SENDING
        log.info("newsletter has its readers", newsletter=newsletter.id, readers=len(rows))


def _put_some(house: House) -> int:
    with house.db.transaction() as session:
        due = (
            select(NewsletterDelivery, User, Newsletter)
            .join(User, User.id == NewsletterDelivery.user_id)
            .join(Newsletter, Newsletter.id == NewsletterDelivery.newsletter_id)
            .where(NewsletterDelivery.put_at.is_(None), NewsletterDelivery.due_at <= house.clock.now())
            .order_by(NewsletterDelivery.due_at, NewsletterDelivery.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True, of=NewsletterDelivery)
        )
        found = session.execute(due).all()
        paused = outbox.paused(session, [user.email for _, user, _ in found])
        for delivery, user, newsletter in found:
            delivery.put_at = house.clock.now()
            wants = choices.settings_of(session, user.id).wants_newsletter
            if user.is_active and wants and user.email not in paused:
                mail = _put(house, session, user, drawing.letter(house, session, newsletter, user))
                delivery.message_id = mail.message_id
        return len(found)


def _put(house: House, session: Session, user: User, letter: Letter) -> outbox.OutgoingMail:
    return outbox.put(
        session,
        house.clock,
        house.part(Sealer),
        to=user.email,
        kind="newsletter",
        letter=letter,
        locale=user.locale,
        useful_for=USEFUL_FOR,
        is_once=True,
    )


def _sum_up(house: House, newsletter_id: int) -> None:
    with house.db.transaction() as session:
        newsletter = _locked(session, newsletter_id)
        if newsletter.state is not NewsletterState.SENDING:
            return
        mine = NewsletterDelivery.newsletter_id == newsletter_id
        went = outbox.outcomes(session, select(NewsletterDelivery.message_id).where(mine))
        skipped = select(func.count()).where(mine, NewsletterDelivery.put_at.is_not(None))
        skipped = skipped.where(NewsletterDelivery.message_id == "")
        to_come = session.scalar(select(func.count()).where(mine, NewsletterDelivery.put_at.is_(None))) or 0
        went["waiting"] += to_come
        newsletter.counts = {**went, "skipped": session.scalar(skipped) or 0}
        if not went["waiting"]:
            newsletter.state = NewsletterState.SENT


def _locked(session: Session, newsletter_id: int) -> Newsletter:
    query = select(Newsletter).where(Newsletter.id == newsletter_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def send_test(house: House, session: Session, *, newsletter_id: int, user: User) -> None:
    """Puts the newsletter into the outbox for its editor alone, with links that are not counted.

    Raises:
        NotFound: there is none.
    """
    newsletter = newsletters.get(session, newsletter_id=newsletter_id)
    _put(house, session, user, drawing.letter(house, session, newsletter, user, is_counted=False))


def send_unclear_again(house: House, session: Session, *, newsletter_id: int) -> int:
    """Sends letters again of which nobody knows whether they arrived, because an editor says so.

    Returns:
        How many.
    """
    newsletter = _locked(session, newsletter_id)
    mine = select(NewsletterDelivery.message_id).where(NewsletterDelivery.newsletter_id == newsletter_id)
    count = outbox.send_unclear_again(session, house.clock, mine, useful_for=USEFUL_FOR)
    if count:
        newsletter.state = NewsletterState.SENDING
    return count
