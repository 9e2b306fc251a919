"""Channels of the company: connected by a pasted address, told what an administrator chose, tried out, let go."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import UTC
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.house import House
from advocacy.base.notifying import Kinds
from advocacy.base.sealing import CannotOpen, Sealer, row
from advocacy.base.text import Text
from advocacy.messages.chat_models import ChatChannel, ChatMessage
from advocacy.sharing.networks import Networks, in_our_words
from connectors import ConnectorError, Credentials, Draft, Rejected, new_record_key

LOCALES = ("en", "nb")


def connect(
    house: House, *, network: str, address: str, name: str, kinds: Collection[str], locale: str, by: int
) -> ChatChannel:
    """Connects a channel by the address of its webhook, which is sealed and never shown again.

    Args:
        house: database, clock, networks, sealer, kinds.
        network: the connector's name.
        address: as pasted.
        name: what people call the channel, such as `#everybody`.
        kinds: names of what it is told.
        locale: the language it is told in, one of `LOCALES`.
        by: which administrator.

    Raises:
        Invalid: on `address`: it is none of a webhook there; on `name`: it has none.
        NotFound: no network of channels has this name.
    """
    if not name.strip():
        raise Invalid("name", Text("Please say what the channel is called."))
    if network not in house.part(Networks).channels:
        raise NotFound()
    try:
        found = house.part(Networks).registry.webhook(network).connect(address, name)
    except Rejected as refused:
        raise Invalid("address", in_our_words(refused.reason)) from refused
    key = uuid4().hex
    sealed = house.part(Sealer).seal(
        json.dumps([found.access_token, found.server, found.remote_id]), context=_context(key)
    )
    with house.db.transaction() as session:
        channel = ChatChannel(
            network=network,
            name=found.handle,
            key=key,
            sealed=sealed,
            kinds=_known(house.part(Kinds), kinds),
            locale=locale if locale in LOCALES else LOCALES[0],
            created_at=house.clock.now(),
            created_by=by,
        )
        session.add(channel)
        session.flush()
        _tell(session, house.clock, "added", channel.id, by)
    return channel


def choose(
    session: Session, clock: Clock, kinds: Kinds, *, channel_id: int, wanted: Collection[str], by: int
) -> None:
    """Decides what a channel is told.

    Raises:
        NotFound: there is none.
    """
    get(session, channel_id=channel_id).kinds = _known(kinds, wanted)
    _tell(session, clock, "changed", channel_id, by)


def remove(session: Session, clock: Clock, *, channel_id: int, by: int) -> None:
    """Lets a channel go, with its address.

    Raises:
        NotFound: there is none.
    """
    session.delete(get(session, channel_id=channel_id))
    _tell(session, clock, "removed", channel_id, by)


def get(session: Session, *, channel_id: int) -> ChatChannel:
    """A channel.

    Raises:
        NotFound: there is none.
    """
    found = session.get(ChatChannel, channel_id)
    if found is None:
        raise NotFound()
    return found


def every(session: Session) -> Sequence[ChatChannel]:
    """All of them, by name."""
    return list(session.scalars(select(ChatChannel).order_by(ChatChannel.name, ChatChannel.id).limit(100)))


def not_there(session: Session) -> list[tuple[ChatMessage, ChatChannel]]:
    """The newest fifty messages that did not arrive, or of which nobody knows."""
    query = (
        select(ChatMessage, ChatChannel)
        .join(ChatChannel, ChatChannel.id == ChatMessage.channel_id)
        .where(ChatMessage.next_try_at.is_(None), ChatMessage.sent_at.is_(None))
        .order_by(ChatMessage.id.desc())
        .limit(50)
    )
    return [(message, channel) for message, channel in session.execute(query)]


def send_again(session: Session, clock: Clock, *, message_id: int) -> None:
    """Sends one again that did not arrive or may not have, because an administrator looked and decided it.

    Raises:
        NotFound: there is no such message that waits for that.
    """
    found = session.get(ChatMessage, message_id, with_for_update=True)
    if found is None or found.next_try_at is not None or found.sent_at is not None:
        raise NotFound()
    found.unclear_at = found.handed_at = found.failure = None
    found.next_try_at, found.created_at, found.tries = clock.now(), clock.now(), 0


def forget(session: Session, *, message_id: int) -> None:
    """Takes one that did not arrive off the list; twice is once."""
    session.execute(delete(ChatMessage).where(ChatMessage.id == message_id, ChatMessage.next_try_at.is_(None)))


def try_out(house: House, *, channel_id: int, words: str) -> None:
    """Posts a word of greeting, so that everybody sees that it works. Holds no transaction.

    Raises:
        NotFound: there is no such channel.
        Conflict: it did not arrive, or nobody knows; says why.
    """
    with house.db.reading() as session:
        channel = get(session, channel_id=channel_id)
    now = house.clock.now()
    draft = Draft(words, key=new_record_key(now), record_key=new_record_key(now), created_at=now.astimezone(UTC))
    try:
        house.part(Networks).api(channel.network).publish(draft, opened(house.part(Sealer), channel))
    except ConnectorError as error:
        raise Conflict(in_our_words(error.reason)) from error
    except CannotOpen as error:
        raise Conflict(LOST_KEY) from error


LOST_KEY = Text("The key that this channel's address was sealed with is gone. Remove the channel and add it again.")


def opened(sealer: Sealer, channel: ChatChannel) -> Credentials:
    """The sign-in that a channel's address is.

    Raises:
        CannotOpen: its key is gone.
    """
    token, server, remote_id = json.loads(sealer.open(channel.sealed, context=_context(channel.key)))
    return Credentials(token, server=server, remote_id=remote_id, handle=channel.name)


def _context(key: str) -> str:
    return row("chat_channel", "sealed", key)


def _known(kinds: Kinds, wanted: Collection[str]) -> list[str]:
    return [kind.name for kind in kinds.for_channels if kind.name in wanted]


def _tell(session: Session, clock: Clock, what: str, channel_id: int, by: int) -> None:
    events.record(session, clock, kind=f"chat_channel.{what}", actor_id=by, subject=("chat_channel", channel_id))
