"""Asking for a share, and finding one again. What happens to it later is in `planning` and `publishing`."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid
from advocacy.base.text import Text
from advocacy.library import visibility
from advocacy.library.models import ContentItem
from advocacy.people.models import Policy, PolicyAcceptance, User
from advocacy.sharing import drafts, links, wording
from advocacy.sharing.models import Connection, ConnectionState, Share, ShareRequest, ShareState
from advocacy.sharing.networks import Networks, in_our_words
from advocacy.sharing.states import tell
from advocacy.sharing.wall_time import zone_of
from connectors import Limits, Rejected

UNDO = timedelta(seconds=10)
"""How long "Sharing… Undo" stands there before the publisher takes a share that is for now."""
TOLERANCE = timedelta(hours=2)
"""A share that is later than this is not fired: the moment it was written for has passed, so the person is asked."""
DAILY_CAP = 10
"""Shares a day of one person on one network. A company's posts beyond that read as spam to the person's followers,
and the networks' own spam rules look at bursts first."""
DOUBLE = timedelta(hours=1)
"""The same item to the same account within this time is taken for a slip, such as two open tabs."""
FARTHEST = timedelta(days=366)

UNDER_WAY = (ShareState.SCHEDULED, ShareState.PUBLISHING, ShareState.UNCONFIRMED)


@dataclass(frozen=True)
class Wanted:
    """One network's share, as the person approved it.

    Args:
        network: a name of `Networks`, such as `bluesky` or `linkedin_link`.
        text: word for word; `{link}` stands where the tracked link goes, else it goes below or on the card.
        connection_id: the account to publish with; None for share links.
        caption_id: the ready-made text it came from, if any.
    """

    network: str
    text: str
    connection_id: int | None = None
    caption_id: int | None = None


def request(
    session: Session,
    clock: Clock,
    networks: Networks,
    *,
    user: User,
    item_id: int,
    wanted: Sequence[Wanted],
    request_key: str,
    due_at: datetime | None,
    public_url: str,
) -> list[Share]:
    """Shares an item to several networks at once: all of them are taken, or none.

    Networks with an account become `scheduled`; `now` ones can be undone for `UNDO`. Share links become `draft`
    until the person opens them: see `claims.open_page`.

    Args:
        session: inside a transaction.
        clock: tells when.
        networks: their rules.
        user: who shares.
        item_id: what.
        wanted: one for each network, at least one.
        request_key: the form's own random key; the same form sent twice gives the same shares.
        due_at: aware; None for now. From a time on the wall: `wall_time.moment`. Share links ignore it.
        public_url: `Settings.address`.

    Returns:
        The shares, in the order of `wanted`.

    Raises:
        NotFound, NotAllowed: the item is not there for this person, or for reading inside only.
        Invalid: a text, time, account or cap does not fit, or the key came with another body (field `request_key`).
        Conflict: this item is on its way to this account already.
    """
    digest = _digest(item_id, wanted, due_at)
    session.execute(select(User.id).where(User.id == user.id).with_for_update())  # one request of a person at a time
    if not _is_new(session, clock, user_id=user.id, key=request_key, digest=digest):
        return _of_request(session, user.id, request_key)
    item = visibility.shareable(session, clock, user=user, item_id=item_id)
    if _must_accept_policy(session, user):
        raise Invalid("policy", Text("Please read and accept the social media policy first; then you can share."))
    due = checked_due(clock, item, due_at)
    if not wanted:
        raise Invalid("networks", Text("Please choose at least one network."))
    if len({(one.network, one.connection_id) for one in wanted}) < len(wanted):
        raise Invalid("networks", Text("The same account was chosen twice. Choose it once."))
    return [
        _make(
            session, clock, networks, user, item, one, request_key, due, is_now=due_at is None, public_url=public_url
        )
        for one in wanted
    ]


def _must_accept_policy(session: Session, user: User) -> bool:
    newest = session.scalar(select(Policy.id).order_by(Policy.id.desc()).limit(1))
    return newest is not None and session.get(PolicyAcceptance, (user.id, newest)) is None


def _is_new(session: Session, clock: Clock, *, user_id: int, key: str, digest: str) -> bool:
    if not key or len(key) > 64:
        raise Invalid("request_key", Text("This form is not complete. Reload the page and try again."))
    try:
        with session.begin_nested():
            session.add(ShareRequest(user_id=user_id, key=key, digest=digest, created_at=clock.now()))
    except IntegrityError:
        known = session.get(ShareRequest, (user_id, key), populate_existing=True)
        if known is None or known.digest != digest:
            raise Invalid(
                "request_key",
                Text("This form was sent before with other words. Look at My shares, then reload the page."),
            ) from None
        return False
    return True


def _digest(item_id: int, wanted: Sequence[Wanted], due_at: datetime | None) -> str:
    body = [item_id, [asdict(one) for one in wanted], due_at.isoformat() if due_at else None]
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()


def _of_request(session: Session, user_id: int, key: str) -> list[Share]:
    mine = select(Share).where(Share.user_id == user_id, Share.request_key == key).order_by(Share.id)
    return list(session.scalars(mine))


def checked_due(clock: Clock, item: ContentItem, due_at: datetime | None) -> datetime:
    """The time a share is for: `due_at`, or now for None.

    Raises:
        Invalid: it has passed, is too far away, or the item ends before.
    """
    now = clock.now()
    due = due_at or now
    if due < now - timedelta(minutes=1):
        raise Invalid("when", Text("This time has passed. Choose a later one."))
    if due > now + FARTHEST:
        raise Invalid("when", Text("Please choose a time within the next year."))
    if item.expires_at is not None and due >= item.expires_at:
        raise Invalid("when", Text("This item ends before that time. Choose an earlier one."))
    return max(due, now)


def _make(
    session: Session,
    clock: Clock,
    networks: Networks,
    user: User,
    item: ContentItem,
    one: Wanted,
    request_key: str,
    due: datetime,
    *,
    is_now: bool,
    public_url: str,
) -> Share:
    network = networks.get(one.network)
    connection = _connection(session, user, one) if network.is_api else None
    if connection is not None:
        _check_double(session, clock, connection, item)
        check_cap(session, user=user, network=one.network, due=due)
    wording.check_editing(one.text, item=item, network=network.network)
    link = links.make(session, clock, item=item, network=network.network)
    url = links.address(public_url, link.code) if link else None
    text = wording.final_text(one.text, disclosure=item.disclosure, link=url)
    check_text(
        networks,
        item=item,
        network=one.network,
        text=text,
        link=url,
        limits=connection.limits if connection else None,
    )
    now = clock.now()
    share = Share(
        user_id=user.id,
        item_id=item.id,
        network=one.network,
        connection_id=connection.id if connection else None,
        caption_id=one.caption_id if one.caption_id in {caption.id for caption in item.captions} else None,
        link_id=link.id if link else None,
        request_key=request_key,
        state=ShareState.SCHEDULED if connection else ShareState.DRAFT,
        text=text,
        language=item.language,
        approved_at=now,
        due_at=due if connection else now,
        time_zone=user.time_zone,
        deadline_at=due + TOLERANCE if connection else None,
        idempotency_key=str(uuid.uuid4()),
        next_attempt_at=(due + UNDO if is_now else due) if connection else None,
        created_at=now,
        updated_at=now,
    )
    session.add(share)
    session.flush()
    tell(session, clock, share=share, kind="share.requested", by=user.id, due_at=due.isoformat())
    return share


def check_text(
    networks: Networks,
    *,
    item: ContentItem,
    network: str,
    text: str,
    link: str | None,
    limits: Mapping[str, Any] | None,
) -> None:
    """Holds a final text to the network's own rules.

    Raises:
        Invalid: it is empty, too long, or has no link where the network needs one.
    """
    if network in networks.registry:
        connector = networks.registry.get(network)
        try:
            connector.check(drafts.for_checking(item, text=text, link=link), Limits.from_json(limits))
        except Rejected as refused:
            raise Invalid("text", in_our_words(refused.reason)) from refused
    elif not networks.wording(network, text, link, has_card=False).strip():
        raise Invalid("text", Text("There is no text to share. Write something first."))


def _connection(session: Session, user: User, one: Wanted) -> Connection:
    connection = session.get(Connection, one.connection_id) if one.connection_id is not None else None
    if connection is None or connection.user_id != user.id or connection.network != one.network:
        raise Invalid("networks", Text("This account is not connected. Connect it, then share."))
    if connection.state is not ConnectionState.ACTIVE:
        raise Invalid(
            "networks", Text("{handle} needs to be connected again before you can share.", handle=connection.handle)
        )
    return connection


def _check_double(session: Session, clock: Clock, connection: Connection, item: ContentItem) -> None:
    same = select(Share.id).where(Share.connection_id == connection.id, Share.item_id == item.id)
    if session.scalar(same.where(Share.state.in_(UNDER_WAY)).limit(1)) is not None:
        raise Conflict(
            Text(
                "This is on its way to {handle} already. Look at My shares: there you can change or cancel it.",
                handle=connection.handle,
            )
        )
    recently = Share.published_at > clock.now() - DOUBLE
    if session.scalar(same.where(recently, Share.removed_at.is_(None)).limit(1)) is not None:
        raise Conflict(
            Text("You shared this to {handle} less than an hour ago. Once is enough.", handle=connection.handle)
        )


def check_cap(session: Session, *, user: User, network: str, due: datetime) -> None:
    """Holds a person to `DAILY_CAP` on the day, in their zone, of `due`.

    Raises:
        Invalid: that day is full.
    """
    zone = zone_of(user.time_zone)
    day = due.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    next_day = (day + timedelta(days=1)).replace(fold=0)
    counted = select(func.count()).where(
        Share.user_id == user.id,
        Share.network == network,
        Share.due_at >= day,
        Share.due_at < next_day,
        Share.state.in_((*UNDER_WAY, ShareState.PUBLISHED)),
    )
    if (session.scalar(counted) or 0) >= DAILY_CAP:
        raise Invalid(
            "when",
            Text(
                "You have {cap} shares on this network that day already. Choose another day: more would look like spam.",
                cap=DAILY_CAP,
            ),
        )
