"""What letters are asked when they are handed over: whether their reader still wants them, and what may still be told."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from advocacy.base.house import House
from advocacy.base.letters import Letter
from advocacy.messages import choices, drawing
from advocacy.messages.models import MessageSettings
from advocacy.messages.newsletter_models import Newsletter, NewsletterDelivery
from advocacy.people import outbox
from advocacy.people.mail_models import OutgoingMail
from advocacy.people.models import User
from advocacy.people.outbox import LastLooks


def _newsletter(house: House, mail: OutgoingMail, letter: Letter) -> Letter | None:
    """The newsletter drawn anew: a colleague may have taken back that their kudos stand in it."""
    with house.db.reading() as session:
        query = (
            select(User, Newsletter)
            .join(NewsletterDelivery, NewsletterDelivery.user_id == User.id)
            .join(Newsletter, Newsletter.id == NewsletterDelivery.newsletter_id)
            .where(NewsletterDelivery.message_id == mail.message_id)
        )
        found = session.execute(query).first()
        if found is None:
            return letter  # its editor's own look at it
        user, newsletter = found
        if user.is_active and choices.settings_of(session, user.id).wants_newsletter:
            return drawing.letter(house, session, newsletter, user, is_first=False)
    with house.db.transaction() as session:
        mine = NewsletterDelivery.message_id == mail.message_id
        session.execute(update(NewsletterDelivery).where(mine).values(message_id=""))
        outbox.withdraw(session, message_id=mail.message_id)
    return None


def _digest(house: House, mail: OutgoingMail, letter: Letter) -> Letter | None:
    with house.db.reading() as session:
        kept = _settings(session, mail)
        return letter if kept is not None and kept.digest != choices.NEVER else None


def _notifications(house: House, mail: OutgoingMail, letter: Letter) -> Letter | None:
    with house.db.reading() as session:
        kept = _settings(session, mail)
        return letter if kept is not None and kept.wants_letters else None


def _figures(house: House, mail: OutgoingMail, letter: Letter) -> Letter | None:
    with house.db.reading() as session:
        kept = _settings(session, mail)
        return letter if kept is not None and kept.wants_figures else None


def _settings(session: Session, mail: OutgoingMail) -> MessageSettings | None:
    """What the reader chose; None where they are not here any more, or have another address."""
    user = session.scalar(select(User).where(User.email == mail.to))
    return choices.settings_of(session, user.id) if user is not None and user.is_active else None


LAST_LOOKS = LastLooks(
    {"newsletter": _newsletter, "digest": _digest, "notifications": _notifications, "figures": _figures}
)
