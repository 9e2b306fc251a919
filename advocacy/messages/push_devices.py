"""The browsers of a person that take pushes: switched on there, listed, taken off, tried out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from advocacy.base import web_push
from advocacy.base.addresses import LONGEST_URL
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid, NotFound
from advocacy.base.fetch import Fetcher
from advocacy.base.house import House
from advocacy.base.letters import Printer
from advocacy.base.sealing import Sealer, row
from advocacy.base.text import Text
from advocacy.messages.push_models import PushDevice, PushMessage
from advocacy.people.models import User

MOST = 10
"""Devices a person; the oldest gives way."""


@dataclass(frozen=True)
class Subscription:
    """What a browser hands over when its person switches pushes on.

    Args:
        endpoint: where its push service takes messages for it.
        public: its key, base64url.
        auth: its secret, base64url.
    """

    endpoint: str
    public: str
    auth: str


def add(house: House, session: Session, *, user_id: int, sign_in: str, given: Subscription, name: str) -> PushDevice:
    """Keeps a browser; one that is known already is kept anew, for whoever is signed in there now.

    Args:
        house: its clock, sealer and fetcher.
        session: inside a transaction.
        user_id: whose.
        sign_in: the hash of the sign-in it belongs to.
        given: what the browser handed over.
        name: browser and system.

    Raises:
        Invalid: on `endpoint`: this is no subscription.
    """
    _check(given, house.part(Fetcher))
    hashed = hashlib.sha256(given.endpoint.encode()).hexdigest()
    session.execute(delete(PushDevice).where(PushDevice.endpoint_hash == hashed))
    mine = select(PushDevice.id).where(PushDevice.user_id == user_id).order_by(PushDevice.id.desc())
    session.execute(delete(PushDevice).where(PushDevice.id.in_(list(session.scalars(mine))[MOST - 1 :])))
    sealed = house.part(Sealer).seal(json.dumps([given.endpoint, given.public, given.auth]), context=_context(hashed))
    device = PushDevice(
        user_id=user_id,
        sign_in=sign_in,
        endpoint_hash=hashed,
        sealed=sealed,
        name=name[:120],
        created_at=house.clock.now(),
        failure="",
    )
    session.add(device)
    session.flush()
    return device


def _check(given: Subscription, fetcher: Fetcher) -> None:
    wrong = Invalid("endpoint", Text("This browser did not hand over what is needed. Please try again."))
    try:
        place = urlsplit(given.endpoint)
        keys = web_push.decoded(given.public), web_push.decoded(given.auth)
    except ValueError:
        raise wrong from None
    is_safe = place.scheme == "https" or place.netloc in fetcher.allow_hosts
    if not is_safe or len(given.endpoint) > LONGEST_URL or not web_push.is_key(keys[0]) or len(keys[1]) != 16:
        raise wrong


def opened(sealer: Sealer, device: PushDevice) -> Subscription:
    """Where a device is reached.

    Raises:
        CannotOpen: its key is gone.
    """
    return Subscription(*json.loads(sealer.open(device.sealed, context=_context(device.endpoint_hash))))


def _context(endpoint_hash: str) -> str:
    return row("push_device", "sealed", endpoint_hash)


def of_person(session: Session, *, user_id: int) -> list[PushDevice]:
    """A person's devices, the newest first."""
    query = select(PushDevice).where(PushDevice.user_id == user_id)
    return list(session.scalars(query.order_by(PushDevice.id.desc())))


def count(session: Session, *, user_id: int) -> int:
    """How many devices a person has."""
    return session.scalar(select(func.count()).where(PushDevice.user_id == user_id)) or 0


def remove(session: Session, *, user_id: int, device_id: int) -> None:
    """Takes a device of theirs off; twice is once, and somebody else's stays."""
    session.execute(delete(PushDevice).where(PushDevice.id == device_id, PushDevice.user_id == user_id))


def send_test(session: Session, clock: Clock, printer: Printer, *, user: User, device_id: int) -> None:
    """Sends something to a device of theirs, to see that it arrives.

    Raises:
        NotFound: they have no such device.
    """
    device = session.get(PushDevice, device_id)
    if device is None or device.user_id != user.id:
        raise NotFound()
    title = printer.said(Text("Notifications of the hub look like this."), locale=user.locale)
    now = clock.now()
    session.add(
        PushMessage(
            device_id=device.id,
            says={"title": title, "path": "/me/messages", "tag": "test"},
            next_try_at=now,
            give_up_at=now + timedelta(minutes=5),
        )
    )
