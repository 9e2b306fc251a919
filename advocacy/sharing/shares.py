"""Asking for a share, and finding one again. What happens to it later is in `planning` and `publishing`."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.library import disclosure_policy, visibility
from advocacy.library.disclosure_policy import Asked
from advocacy.library.disclosures import spoken
from advocacy.library.models import ContentItem, ItemKind
from advocacy.people import policies
from advocacy.people.models import User
from advocacy.sharing import boosts, channels, checks, drafts, gates, links, rules, slots, wording
from advocacy.sharing.gates import Gates
from advocacy.sharing.models import Connection, ConnectionState, Share, ShareKind, ShareRequest, ShareState
from advocacy.sharing.networks import Networks
from advocacy.sharing.rules import Rules
from advocacy.sharing.states import tell

UNDO = timedelta(seconds=10)
"""How long "Sharing… Undo" stands there before the publisher takes a share that is for now."""
TOLERANCE = timedelta(hours=2)
"""A share that is later than this is not fired: the moment it was written for has passed, so the person is asked."""

SMALLEST_GROUP = 5
"""People, unless a caller says what the settings say."""


@dataclass(frozen=True)
class Wanted:
    """One network's share, as the person approved it.

    Args:
        network: a name of `Networks`, such as `bluesky` or `linkedin_link`.
        text: word for word; `{link}` stands where the tracked link goes, else it goes below or on the card.
        connection_id: the account to publish with; None for share links.
        caption_id: the ready-made text it came from, if any.
        as_it_is: whether a post of the company's is passed on without words.
        below: whether the words go below it, as a comment, instead of quoting it.
        picture_ids: which of the item's pictures go along; None for as many as the network takes.
    """

    network: str
    text: str
    connection_id: int | None = None
    caption_id: int | None = None
    as_it_is: bool = False
    below: bool = False
    picture_ids: tuple[int, ...] | None = None


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
    company: str = "",
    smallest_group: int = SMALLEST_GROUP,
    leaves_out_disclosure: bool = False,
    at_slot: bool = False,
    before: Gates = gates.OPEN,
) -> list[Share]:
    """Shares an item to several networks at once: all of them are taken, or none.

    Networks with an account become `scheduled`; `now` ones can be undone for `UNDO`. Share links become `draft`
    until the person opens them: see `claims.opened`.

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
        company: `Settings.company_name`, which ready-made texts may hold a place for.
        smallest_group: `Settings.smallest_group`: no smaller team is told to the page that a link leads to.
        leaves_out_disclosure: whether the person leaves out the disclosure where their country's rule lets them.
        at_slot: whether `due_at` is the good time that was offered: it is refused where colleagues took it since.
        before: what must come before sharing. Whoever takes a share from a person hands in the house's own.

    Returns:
        The shares, in the order of `wanted`.

    Raises:
        NotFound, NotAllowed: the item is not there for this person, or for reading inside only.
        Held: something else comes first, such as a course.
        Invalid: a text, time, account or cap does not fit, or the key came with another body (field `request_key`).
        Conflict: this item is on its way to this account already.
    """
    digest = _digest(item_id, wanted, due_at, leaves_out_disclosure)
    checks.one_at_a_time(session, user=user)
    if not _is_new(session, clock, user_id=user.id, key=request_key, digest=digest):
        return _of_request(session, user.id, request_key)
    item = visibility.shareable(session, clock, user=user, item_id=item_id)
    if policies.must_accept(session, user) is not None:
        raise Invalid("policy", Text("Please read and accept the social media policy first; then you can share."))
    before.check(session, clock, user=user, item=item)
    if at_slot and due_at is not None:
        _still_free(session, clock, user, item, wanted, due_at)
    due = checks.due_time(clock, item, due_at, zone=user.time_zone)
    held_to = rules.now_in_force(session)
    if due_at is None:
        checks.goes_on(held_to)
    if not wanted:
        raise Invalid("networks", Text("Please choose at least one network."))
    if len({(one.network, one.connection_id) for one in wanted}) < len(wanted):
        raise Invalid("networks", Text("The same account was chosen twice. Choose it once."))
    _one_at_a_time(session, wanted)
    disclosure = disclosure_policy.asked_of(session, user=user, item=item, company=company)
    asked = _Asked(
        user,
        item,
        request_key,
        due,
        due_at is None,
        public_url,
        company,
        smallest_group,
        held_to,
        disclosure,
        leaves_out_disclosure,
    )
    return [_make(session, clock, networks, asked, one) for one in wanted]


def _still_free(
    session: Session, clock: Clock, user: User, item: ContentItem, wanted: Sequence[Wanted], offered: datetime
) -> None:
    chosen = {one.network for one in wanted}
    if not slots.is_still_free(session, clock, user=user, item_id=item.id, networks=chosen, offered=offered):
        raise Invalid(
            "when",
            Text("Colleagues took the good time that was offered meanwhile. Here is the next one: choose again."),
        )


def _one_at_a_time(session: Session, wanted: Sequence[Wanted]) -> None:
    """Lets one request after the other look at an account: a channel is shared to by many people at once."""
    chosen = {one.connection_id for one in wanted if one.connection_id is not None}
    accounts = select(Connection.id).where(Connection.id.in_(chosen)).order_by(Connection.id)
    session.execute(accounts.with_for_update())


@dataclass(frozen=True)
class _Asked:
    """What all shares of one request have in common."""

    user: User
    item: ContentItem
    request_key: str
    due: datetime
    is_now: bool
    public_url: str
    company: str
    smallest_group: int
    rules: Rules
    disclosure: Asked
    leaves_out_disclosure: bool


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


def _digest(item_id: int, wanted: Sequence[Wanted], due_at: datetime | None, leaves_out: bool) -> str:
    asked = [
        {name: value for name, value in asdict(one).items() if name not in ("as_it_is", "below") or value}
        for one in wanted
    ]
    body: list[Any] = [item_id, asked, due_at.isoformat() if due_at else None]
    if leaves_out:
        body.append("leaves out the disclosure")
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()


def _of_request(session: Session, user_id: int, key: str) -> list[Share]:
    mine = select(Share).where(Share.user_id == user_id, Share.request_key == key).order_by(Share.id)
    return list(session.scalars(mine))


def _make(session: Session, clock: Clock, networks: Networks, asked: _Asked, one: Wanted) -> Share:
    user, item = asked.user, asked.item
    network = networks.get(one.network)
    checks.is_open(session, network=one.network)
    connection = _connection(session, user, one) if network.is_api else None
    if connection is not None:
        checks.no_double(session, clock, connection, item, user=user)
        checks.not_quiet(asked.rules, due=asked.due, zone=user.time_zone)
        checks.day_has_room(session, asked.rules, user=user, network=one.network, due=asked.due)
    else:  # its page is opened as soon as it is asked for, whatever time the others are for
        checks.told_inside_first(item, clock.now(), zone=user.time_zone)
    kind = boosts.kind_of(
        networks,
        item=item,
        network=network,
        text=one.text,
        as_it_is=one.as_it_is,
        below=one.below,
        disclosure=asked.disclosure,
    )
    link = links.make(
        session,
        clock,
        item=item,
        network=network.network,
        team_id=user.team_id,
        smallest_group=asked.smallest_group,
    )
    url = links.address(asked.public_url, link.code) if link else None
    text = "" if kind is ShareKind.REPOST else _words(session, clock, networks, asked, one, url=url)
    picture_ids = one.picture_ids if connection else None
    if connection is not None or item.kind is not ItemKind.POST:  # by hand its own page is opened, which asks nothing
        checks.words(
            networks,
            item=item,
            network=one.network,
            text=text,
            link=url,
            limits=connection.limits if connection else None,
            public_url=asked.public_url,
            picture_ids=picture_ids,
        )
    now = clock.now()
    share = Share(
        user_id=user.id,
        item_id=item.id,
        kind=kind,
        network=one.network,
        caption_id=one.caption_id if one.caption_id in {caption.id for caption in item.captions} else None,
        link_id=link.id if link else None,
        request_key=asked.request_key,
        text=text,
        disclosed=spoken(text, asked.disclosure.there(is_channel=network.is_channel)),
        disclosed_for=asked.disclosure.country,
        picture_ids=list(picture_ids) if picture_ids is not None else None,
        film_id=film.id if (film := drafts.film_of(item)) else None,
        language=item.language,
        approved_at=now,
        time_zone=user.time_zone,
        idempotency_key=str(uuid.uuid4()),
        created_at=now,
        updated_at=now,
        **(_planned(asked, connection) if connection else {"state": ShareState.DRAFT, "due_at": now}),
    )
    session.add(share)
    session.flush()
    happened = (
        "share.requested" if connection else "share.prepared"
    )  # by hand, nothing is shared before the page opens
    tell(session, clock, share=share, kind=happened, by=user.id, due_at=asked.due.isoformat())
    return share


def _words(session: Session, clock: Clock, networks: Networks, asked: _Asked, one: Wanted, *, url: str | None) -> str:
    """The words as they will go out, held to what the item, its network and the disclosure policy ask."""
    user, item, network = asked.user, asked.item, networks.get(one.network)
    said = asked.disclosure.there(is_channel=network.is_channel, left_out=asked.leaves_out_disclosure)
    wording.check_editing(
        one.text, item=item, network=network.network, user=user, company=asked.company, disclosures=said
    )
    text = wording.final_text(one.text, disclosures=said, link=url)
    checks.own_words(
        session,
        clock,
        networks,
        user_id=user.id,
        item=item,
        network=one.network,
        text=text,
        company=asked.company,
    )
    return text


def _planned(asked: _Asked, connection: Connection) -> dict[str, Any]:
    return {
        "state": ShareState.SCHEDULED,
        "connection_id": connection.id,
        "due_at": asked.due,
        "deadline_at": asked.due + TOLERANCE,
        "next_attempt_at": asked.due + UNDO if asked.is_now else asked.due,
    }


def _connection(session: Session, user: User, one: Wanted) -> Connection:
    connection = session.get(Connection, one.connection_id) if one.connection_id is not None else None
    allowed = connection is not None and channels.may_use(session, user=user, connection=connection)
    if connection is None or not allowed or connection.network != one.network:
        raise Invalid("networks", Text("This account is not connected. Connect it, then share."))
    if connection.state is not ConnectionState.ACTIVE:
        raise Invalid(
            "networks", Text("{handle} needs to be connected again before you can share.", handle=connection.handle)
        )
    return connection
