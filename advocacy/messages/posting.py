"""Notifications by e-mail: gathered into one letter, outside quiet hours, and only so many a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base.house import House
from advocacy.base.letters import Letter, Section
from advocacy.base.sealing import Sealer
from advocacy.base.text import Text
from advocacy.messages import choices, unsubscribing
from advocacy.messages.models import MessageSettings, Notification
from advocacy.people import outbox
from advocacy.people.models import User
from config import Settings

MOST_LINES = 10
USEFUL_FOR = timedelta(days=2)


def post_due(house: House) -> int:
    """Puts letters about what is due into the outbox; any number of workers may. A job.

    The letter and the mark that it was written stand in one transaction: killed at any time, it is written once.

    Returns:
        How many letters were put.
    """
    put = 0
    while True:
        with house.db.reading() as session:
            due = select(Notification.user_id).where(Notification.mail_due_at <= house.clock.now()).distinct()
            people = list(session.scalars(due.limit(100)))
        if not people:
            return put
        for user_id in people:
            with house.db.transaction() as session:
                put += _write_to(house, session, user_id)


def _write_to(house: House, session: Session, user_id: int) -> bool:
    now = house.clock.now()
    waiting = select(Notification).where(Notification.user_id == user_id, Notification.mail_due_at.is_not(None))
    lines = list(session.scalars(waiting.order_by(Notification.id).with_for_update(skip_locked=True)))
    user, kept = session.get_one(User, user_id), choices.settings_of(session, user_id)
    if not user.is_active or not kept.wants_letters:
        _wait(lines, None)
        return False
    wait = put_off(user, kept, now, is_enough=_letters_today(session, user, now) >= kept.most_letters)
    if wait is not None or not lines:
        _wait(lines, wait)
        return False
    for line in lines:
        line.mail_due_at, line.mailed_at = None, now
    settings, sealer = house.part(Settings), house.part(Sealer)
    outbox.put(
        session,
        house.clock,
        sealer,
        to=user.email,
        kind="notifications",
        letter=_letter(lines, settings.address, sealer, user_id),
        locale=user.locale,
        useful_for=USEFUL_FOR,
    )
    return True


def put_off(user: User, kept: MessageSettings, now: datetime, *, is_enough: bool) -> datetime | None:
    """Until when a person is left alone: the end of their quiet hours, or the next morning; None for not at all.

    Args:
        user: who.
        kept: what they chose.
        now: the moment.
        is_enough: whether they had all of this kind that they want on one day.
    """
    quiet = choices.end_of_quiet(user, kept, now)
    if quiet is None and is_enough:
        return choices.at_hour(user, now, max(kept.quiet_until, 7), days=1)
    return quiet


def _wait(lines: Sequence[Notification], until: datetime | None) -> None:
    for line in lines:
        line.mail_due_at = until


def _letters_today(session: Session, user: User, now: datetime) -> int:
    since = choices.start_of_day(user, now)
    query = select(func.count(Notification.mailed_at.distinct())).where(
        Notification.user_id == user.id, Notification.mailed_at >= since
    )
    return session.scalar(query) or 0


def sentence(line: Notification) -> Text:
    """What a notification says, for one person or for several."""
    together = line.says.get("together")
    if together and line.count > 1:
        return Text(together["template"], **{**together["params"], "count": line.count})
    return Text.from_json(line.says["one"])


def _letter(lines: Sequence[Notification], address: str, sealer: Sealer, user_id: int) -> Letter:
    after = (Text("You choose what you hear of, and when: {address}", address=f"{address}/me/messages"),)
    stop = unsubscribing.link(sealer, address=address, user_id=user_id, letters=choices.LETTERS)
    if len(lines) == 1:
        button = (Text("Look at it"), f"{address}/me/notifications/{lines[0].id}")
        return Letter(
            subject=sentence(lines[0]), lines=_about(lines[0]), button=button, after=after, unsubscribe=stop
        )
    parts = [
        Section(sentence(line), _about(line), (Text("Look at it"), f"{address}/me/notifications/{line.id}"))
        for line in list(lines)[-MOST_LINES:]
    ]
    return Letter(
        subject=Text("{count} things happened that concern you", count=len(lines)),
        lines=(),
        button=(Text("Look at all"), f"{address}/me/notifications"),
        sections=tuple(parts),
        after=after,
        unsubscribe=stop,
    )


def _about(line: Notification) -> tuple[Text, ...]:
    return (Text("“{title}”", title=line.about),) if line.about else ()
