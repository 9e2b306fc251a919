"""Notifications to people's devices: gathered, outside quiet hours, only so many a day, and sent until taken."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from advocacy.base import web_push
from advocacy.base.fetch import Fetcher, FetchFailed, Refused
from advocacy.base.house import House
from advocacy.base.letters import Printer
from advocacy.base.sealing import CannotOpen, Sealer
from advocacy.base.text import Text
from advocacy.base.web_push import Vapid
from advocacy.messages import choices, push_devices
from advocacy.messages.models import Notification
from advocacy.messages.posting import put_off, sentence
from advocacy.messages.push_models import PushDevice, PushMessage
from advocacy.people.models import User

log = structlog.get_logger()

GATHERED_FOR = timedelta(minutes=10)
"""After one push: what comes meanwhile is told together."""
USEFUL_FOR = timedelta(hours=12)
LEASE = timedelta(minutes=3)
LONGEST_WAIT = timedelta(hours=1)
PATIENCE = 10.0
"""Seconds for one request."""
BATCH, AT_ONCE = 40, 8


def tick(house: House) -> int:
    """Writes what is due to devices and sends it. A job; any number of workers may.

    Returns:
        How many messages were tried.
    """
    _write_due(house)
    return _send_due(house)


def _write_due(house: House) -> None:
    while True:
        with house.db.reading() as session:
            due = select(Notification.user_id).where(Notification.push_due_at <= house.clock.now()).distinct()
            people = list(session.scalars(due.limit(100)))
        if not people:
            return
        for user_id in people:
            with house.db.transaction() as session:
                _write_to(house, session, user_id)


def _write_to(house: House, session: Session, user_id: int) -> None:
    now = house.clock.now()
    waiting = select(Notification).where(Notification.user_id == user_id, Notification.push_due_at.is_not(None))
    lines = list(session.scalars(waiting.order_by(Notification.id).with_for_update(skip_locked=True)))
    user, devices = session.get_one(User, user_id), push_devices.of_person(session, user_id=user_id)
    wait = _wait(session, user, now) if user.is_active and devices else None
    for line in lines:
        line.push_due_at = wait
    if not lines or wait is not None or not devices or not user.is_active:
        return
    for line in lines:
        line.pushed_at = now
    says = _says(house.part(Printer), lines, user.locale)
    session.add_all(
        PushMessage(device_id=one.id, says=says, next_try_at=now, give_up_at=now + USEFUL_FOR) for one in devices
    )


def _wait(session: Session, user: User, now: datetime) -> datetime | None:
    kept = choices.settings_of(session, user.id)
    pushed = Notification.pushed_at
    query = select(func.max(pushed), func.count(pushed.distinct())).where(
        Notification.user_id == user.id, pushed >= choices.start_of_day(user, now)
    )
    last, today = session.execute(query).one()
    wait = put_off(user, kept, now, is_enough=today >= kept.most_pushes)
    if wait is None and last is not None and now < last + GATHERED_FOR:
        return last + GATHERED_FOR
    return wait


def _says(printer: Printer, lines: list[Notification], locale: str) -> dict[str, str]:
    """What a device shows: a sentence without names and titles, since it may lie on a table in the canteen."""
    newest = lines[-1]
    if len(lines) == 1:
        title = printer.said(sentence(newest), locale=locale)
        return {"title": title, "path": f"/me/notifications/{newest.id}", "tag": f"n{newest.id}"}
    several = Text("{count} things happened that concern you", count=len(lines))
    return {"title": printer.said(several, locale=locale), "path": "/me/notifications", "tag": f"n{newest.id}"}


@dataclass(frozen=True)
class _Sent:
    message: PushMessage
    device: PushDevice
    failure: str = ""
    is_gone: bool = False
    """The device takes nothing any more."""
    is_lost: bool = False
    """This message is refused, and would be again."""
    wait: float = 0.0
    """Seconds that the push service asks us to wait."""


def _send_due(house: House) -> int:
    tried = 0
    while batch := _claim(house):
        with ThreadPoolExecutor(AT_ONCE) as threads:
            results = list(threads.map(lambda pair: _send(house, *pair), batch))
        with house.db.transaction() as session:
            for sent in results:
                _record(session, sent, house.clock.now())
        tried += len(batch)
    return tried


def _claim(house: House) -> list[tuple[PushMessage, PushDevice]]:
    with house.db.transaction() as session:
        now = house.clock.now()
        session.execute(delete(PushMessage).where(PushMessage.give_up_at <= now))
        query = (
            select(PushMessage, PushDevice)
            .join(PushDevice, PushDevice.id == PushMessage.device_id)
            .where(PushMessage.next_try_at <= now)
            .order_by(PushMessage.next_try_at, PushMessage.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True, of=PushMessage)
        )
        found = [(message, device) for message, device in session.execute(query)]
        for message, _ in found:
            message.tries += 1
            message.next_try_at = now + LEASE
        return found


def _send(house: House, message: PushMessage, device: PushDevice) -> _Sent:
    """One request, with no transaction open. Sent twice it is shown once: by its topic there and its tag here."""
    try:
        where = push_devices.opened(house.part(Sealer), device)
        body = web_push.sealed(
            json.dumps(message.says, ensure_ascii=False).encode(),
            public=web_push.decoded(where.public),
            auth=web_push.decoded(where.auth),
        )
        now = house.clock.now()
        answer = replace(house.part(Fetcher), seconds=PATIENCE).post(
            where.endpoint,
            body=body,
            headers={
                "Authorization": house.part(Vapid).authorization(where.endpoint, now),
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(max(0, int((message.give_up_at - now).total_seconds()))),
                "Topic": hashlib.sha256(message.says["tag"].encode()).hexdigest()[:32],
                "Urgency": "normal",
            },
        )
    except (Refused, CannotOpen) as problem:
        return _Sent(message, device, str(problem), is_gone=True)
    except FetchFailed as problem:
        return _Sent(message, device, str(problem))
    if 200 <= answer.status < 300:
        return _Sent(message, device)
    if answer.status in (404, 410):
        return _Sent(message, device, f"{answer.status}", is_gone=True)
    failure = f"The push service answered {answer.status}."
    if answer.status == 429 or answer.status >= 500:
        after = answer.headers.get("retry-after", "")
        return _Sent(message, device, failure, wait=float(after) if after.isdigit() else 0.0)
    return _Sent(message, device, failure, is_lost=True)


def _record(session: Session, sent: _Sent, now: datetime) -> None:
    device, message = session.get(PushDevice, sent.device.id), session.get(PushMessage, sent.message.id)
    if device is None:
        return  # signed out or taken off meanwhile; its messages went with it
    if sent.is_gone:
        log.info("push device is gone", device=device.id, why=sent.failure)
        session.delete(device)
        return
    device.failure = sent.failure[:300]
    if message is None:
        return
    if not sent.failure or sent.is_lost:
        session.delete(message)
        return
    wait = min(LONGEST_WAIT, timedelta(seconds=30) * 2**message.tries)
    message.next_try_at = now + max(wait, timedelta(seconds=min(sent.wait, 86_400)))
