"""What messages holds about a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.messages.models import DigestTurn, MessageSettings, Notification, NotificationChoice
from advocacy.messages.newsletter_models import Newsletter, NewsletterDelivery
from advocacy.messages.push_models import PushDevice
from advocacy.people.privacy import Holding, rows

_TABLES: Mapping[str, type[Any]] = {
    "notifications": Notification,
    "notification_choices": NotificationChoice,
    "message_settings": MessageSettings,
    "newsletters_received": NewsletterDelivery,
    "letters_with_what_is_new": DigestTurn,
    "devices_that_show_notifications": PushDevice,
}

_LEFT_OUT = ("actor_id", "sealed", "sign_in", "endpoint_hash")
"""Who caused a notification is somebody else's matter; the rest are secrets and what is made of them."""


def _export(session: Session, user_id: int) -> Mapping[str, Any]:
    written = rows(session, select(Newsletter).where(Newsletter.created_by == user_id))
    return {
        "newsletters_written": written,
        **{
            name: rows(session, select(table).where(table.user_id == user_id), without=_LEFT_OUT)
            for name, table in _TABLES.items()
        },
    }


def _erase(session: Session, _clock: Clock, user_id: int) -> None:
    for table in _TABLES.values():
        session.execute(delete(table).where(table.user_id == user_id))
    session.execute(update(Notification).where(Notification.actor_id == user_id).values(actor_id=None))


HOLDING = Holding(area="messages", export=_export, erase=_erase)
