"""News for everybody into channels of the company: from the event log, each once, and never a blind second try.

A webhook cannot be asked whether it posted. What was surely not taken is sent again; where the answer was lost an
administrator looks and decides, as with newsletters (docs/adr/0015).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from advocacy.base.events import Consumer, Event, consume
from advocacy.base.house import House
from advocacy.base.letters import Printer
from advocacy.base.notifying import Kind, Kinds, Told
from advocacy.base.sealing import CannotOpen, Sealer
from advocacy.base.text import Text
from advocacy.messages import chat_channels
from advocacy.messages.chat_models import ChatChannel, ChatMessage
from advocacy.sharing.networks import Networks, in_our_words
from config import Settings
from connectors import (
    Card,
    ConnectorError,
    CredentialsExpired,
    Draft,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    new_record_key,
)

log = structlog.get_logger()

TOO_OLD = timedelta(hours=24)
"""News of yesterday is none: neither taken up nor tried any longer."""
LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=1)
KEPT = timedelta(days=30)


def tick(house: House) -> int:
    """Writes news for channels and sends what is due. A job; any number of workers may.

    Returns:
        How many messages were tried.
    """
    reader = consumer(house)
    while consume(house.db, reader, batch=200) == 200:
        pass
    tried = 0
    while taken := _claim(house):
        _send(house, *taken)
        tried += 1
    return tried


def consumer(house: House) -> Consumer:
    """Who makes messages for channels from events."""
    kinds = house.part(Kinds).for_channels

    def take(session: Session, happened: Event) -> None:
        if happened.at < house.clock.now() - TOO_OLD:
            return
        channels = list(session.scalars(select(ChatChannel)))
        for kind in kinds:
            wanting = [channel for channel in channels if kind.name in channel.kinds]
            if wanting and happened.kind in kind.events:
                told = kind.tell(session, happened)
                if told is not None and told.for_all:
                    _put(session, wanting, kind, happened, told, house.clock.now())

    return Consumer(name="chat", kinds=frozenset(name for kind in kinds for name in kind.events), take=take)


def _put(
    session: Session, channels: list[ChatChannel], kind: Kind, happened: Event, told: Told, now: datetime
) -> None:
    cause = f"{kind.name}:{happened.id}"
    already = set(session.scalars(select(ChatMessage.channel_id).where(ChatMessage.cause == cause)))
    session.add_all(
        ChatMessage(
            channel_id=channel.id,
            cause=cause,
            says=told.says.to_json(),
            about=told.about[:200],
            path=told.path[:300],
            created_at=now,
            next_try_at=now,
            tries=0,
        )
        for channel in channels
        if channel.id not in already
    )


def _claim(house: House) -> tuple[ChatMessage, ChatChannel] | None:
    """The next message that is due, marked as handed over before it is."""
    while True:
        with house.db.transaction() as session:
            now = house.clock.now()
            query = (
                select(ChatMessage, ChatChannel)
                .join(ChatChannel, ChatChannel.id == ChatMessage.channel_id)
                .where(ChatMessage.next_try_at <= now)
                .order_by(ChatMessage.next_try_at, ChatMessage.id)
                .limit(1)
                .with_for_update(skip_locked=True, of=ChatMessage)
            )
            found = session.execute(query).first()
            if found is None:
                return None
            message, channel = found
            if message.handed_at is None and message.created_at > now - TOO_OLD:
                message.handed_at, message.next_try_at = now, now + LEASE
                message.tries += 1
                return message, channel
            message.next_try_at = None
            if message.handed_at is not None:  # its sender died before it noted the answer
                message.unclear_at = now
            else:
                message.failure = Text("It was not taken within a day.").to_json()


def _send(house: House, message: ChatMessage, channel: ChatChannel) -> None:
    """One request, with no transaction open, and what it came to."""
    try:
        credentials = chat_channels.opened(house.part(Sealer), channel)
        house.part(Networks).api(channel.network).publish(_draft(house, message, channel), credentials)
    except OutcomeUnknown as error:
        _record(house, message, channel, in_our_words(error.reason), is_unclear=True)
    except RateLimited as error:
        _record(house, message, channel, in_our_words(error.reason), until=error.until)
    except (Rejected, CredentialsExpired) as error:
        _record(house, message, channel, in_our_words(error.reason))
    except ConnectorError as error:
        wait = min(LONGEST_WAIT, timedelta(seconds=30) * 2**message.tries)
        _record(house, message, channel, in_our_words(error.reason), until=house.clock.now() + wait)
    except CannotOpen:
        _record(house, message, channel, chat_channels.LOST_KEY)
    else:
        _record(house, message, channel, None)


def _draft(house: House, message: ChatMessage, channel: ChatChannel) -> Draft:
    now, link = house.clock.now(), house.part(Settings).address + message.path
    return Draft(
        house.part(Printer).said(Text.from_json(message.says), locale=channel.locale),
        key=new_record_key(now),
        record_key=new_record_key(now),
        created_at=now.astimezone(UTC),
        link=link,
        card=Card(link, message.about or link),
        language=channel.locale,
    )


def _record(
    house: House,
    message: ChatMessage,
    channel: ChatChannel,
    failure: Text | None,
    *,
    until: datetime | None = None,
    is_unclear: bool = False,
) -> None:
    now = house.clock.now()
    why = failure.to_json() if failure else None
    if failure:
        log.warning("news did not reach a channel", channel=channel.id, message=message.id, why=str(failure))
    with house.db.transaction() as session:
        kept_channel, kept = session.get(ChatChannel, channel.id), session.get(ChatMessage, message.id)
        if kept_channel is None or kept is None:
            return  # let go meanwhile
        kept_channel.failure = kept.failure = why
        kept.next_try_at, kept.handed_at = until, None
        if failure is None:
            kept.sent_at = now
        elif is_unclear:
            kept.unclear_at = now
        if until is not None:  # the whole channel rests: what comes after would be refused as well
            session.execute(
                update(ChatMessage)
                .where(ChatMessage.channel_id == channel.id, ChatMessage.next_try_at < until)
                .where(ChatMessage.handed_at.is_(None))
                .values(next_try_at=until)
            )


def sweep(house: House) -> None:
    """Removes what was settled long ago. A job."""
    with house.db.transaction() as session:
        old = ChatMessage.created_at < house.clock.now() - KEPT
        session.execute(delete(ChatMessage).where(ChatMessage.next_try_at.is_(None), old))
